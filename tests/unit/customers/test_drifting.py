"""A source is said to have become worse only when counts bear it out, and only the one that has."""

from random import Random

import pytest

from app.customers.drifting import ENOUGH, Counts, Pair, by_source, change, difference
from app.customers.enums import Drift


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [(Counts(56, 70, 48, 80), 0.0524, 0.3339), (Counts(9, 10, 3, 10), 0.1705, 0.8090), (Counts(10, 10, 0, 20), 0.6791, 1.0)],
)  # fmt: skip
def test_the_interval_of_a_difference_as_published(counts: Counts, low: float, high: float) -> None:
    """Newcombe 1998, method 10, examples a, b and h."""
    assert difference([counts]) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_it_holds_the_truth_about_as_often_as_it_says() -> None:
    random, held = Random(11), 0
    for _ in range(300):
        kinds = [Counts(drawn(random, 40, one + 0.1), 40, drawn(random, 90, one), 90) for one in (0.05, 0.3)]
        low, high = difference(kinds)
        held += low <= 0.1 <= high
    assert held >= 275


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        (Counts(30, 100, 50, 1_000), Drift.RISING),
        (Counts(5, 100, 50, 1_000), Drift.STEADY),
        (Counts(9, 100, 50, 1_000), Drift.STEADY),
        (Counts(0, 100, 50, 1_000), Drift.STEADY),
        (Counts(3, 3, 50, 1_000), Drift.FEW),
        (Counts(29, 29, 50, 1_000), Drift.FEW),
        (Counts(90, 100, 0, 29), Drift.FEW),
        (Counts(), Drift.FEW),
    ],
)
def test_too_few_say_nothing_and_chance_is_no_rise(counts: Counts, state: Drift) -> None:
    told = change({"": counts})
    assert told.state is state
    assert (told.needed > 0 or told.needed_before > 0) == (state is Drift.FEW)
    assert told.low <= counts.part / (counts.whole or 1) - counts.part_before / (counts.whole_before or 1) <= told.high


def test_what_has_not_changed_is_hardly_ever_said_to_rise() -> None:
    random = Random(5)
    said = [change({"": Counts(drawn(random, 40, 0.1), 40, drawn(random, 200, 0.1), 200)}).state for _ in range(1_000)]
    assert said.count(Drift.RISING) <= 5


def test_judging_more_of_what_is_doubtful_is_no_drift() -> None:
    """In all 140 of 300 were wrong and 60 of 400 before, but of each kind as many as ever."""
    told = change({"sample": Counts(5, 100, 15, 300), "doubtful": Counts(90, 200, 45, 100)})
    assert (told.part, told.whole, told.part_before, told.whole_before) == (95, 300, 60, 400)
    assert told.state is Drift.STEADY
    assert change({"": Counts(95, 300, 60, 400)}).state is Drift.RISING, "taken together it would have looked like one"


def test_what_cannot_be_compared_counts_as_nothing() -> None:
    told = change({"sample": Counts(0, 500, 0, 0), "doubtful": Counts(0, 0, 20, 500)})
    assert (told.state, told.needed, told.needed_before) == (Drift.FEW, ENOUGH, ENOUGH)


WORSE, AS_EVER = Counts(40, 60, 12, 200), Counts(4, 60, 12, 200)


def test_only_the_source_that_has_changed_is_blamed_and_the_others_are_told_of_with_it() -> None:
    pairs: dict[Pair, Counts] = {
        ("crm", "crm"): WORSE, ("crm", "housing"): WORSE, ("crm", "tax"): WORSE, ("housing", "tax"): AS_EVER, ("tax", "tax"): AS_EVER,
        ("electoral", "housing"): AS_EVER,
    }  # fmt: skip
    told = by_source({pair: {"": counts} for pair, counts in pairs.items()})
    assert {source: (one.state, one.shared) for source, one in told.items()} == {
        "crm": (Drift.RISING, ()),
        "housing": (Drift.SHARED, ("crm",)),
        "tax": (Drift.SHARED, ("crm",)),
        "electoral": (Drift.STEADY, ()),
    }


def test_two_that_have_changed_are_both_found() -> None:
    pairs: dict[Pair, Counts] = {
        ("crm", "tax"): WORSE, ("crm", "crm"): WORSE, ("housing", "housing"): WORSE, ("housing", "tax"): WORSE,
        ("tax", "tax"): AS_EVER, ("crm", "housing"): WORSE,
    }  # fmt: skip
    told = by_source({pair: {"": counts} for pair, counts in pairs.items()})
    assert {source for source, one in told.items() if one.state is Drift.RISING} == {"crm", "housing"}
    assert told["tax"].shared == ("crm", "housing")


def test_of_two_that_have_only_pairs_with_each_other_neither_is_blamed() -> None:
    told = by_source({("crm", "tax"): {"": WORSE}})
    assert (told["crm"].state, told["crm"].shared) == (Drift.SHARED, ("tax",))
    assert (told["tax"].state, told["tax"].shared) == (Drift.SHARED, ("crm",))


def drawn(random: Random, whole: int, share: float) -> int:
    return sum(random.random() < share for _ in range(whole))
