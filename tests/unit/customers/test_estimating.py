"""Estimates say what a sample can bear, and no more."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.customers.bridging import bridges, contradictions
from app.customers.desk_policy import conflicts, risks, score
from app.customers.enums import HoldReason, Risk, Verdict
from app.customers.estimating import Seen, kappa, recall, stratified, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662), (0, 0, 0.0, 1.0)],
)
def test_wilson_as_published(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


def test_strata_weigh_by_how_many_there_are_and_not_by_how_many_were_judged() -> None:
    told = stratified([Seen(9_000, 10, 10), Seen(1_000, 90, 45)])
    assert told is not None
    assert told[0] == pytest.approx(0.95)


def test_a_stratum_that_nobody_has_judged_widens_the_interval() -> None:
    known, unknown = Seen(500, 100, 98), Seen(500, 0, 0)
    narrow, wide = stratified([known]), stratified([known, unknown])
    assert narrow is not None
    assert wide is not None
    assert wide[2] - wide[1] > 5 * (narrow[2] - narrow[1])
    assert stratified([unknown]) is None


@pytest.mark.parametrize("precision", [0.9, 0.97])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(precision: float) -> None:
    random, held = Random(7), 0
    for _ in range(100):
        strata = [Seen(size, 60, sum(random.random() < precision for _ in range(60))) for size in (4_000, 1_000)]
        told = stratified(strata)
        assert told is not None
        held += told[1] <= precision <= told[2]
    assert held >= 88


def test_recall_is_what_is_joined_of_all_that_should_be() -> None:
    told = recall([Seen(900, 100, 100)], [Seen(1_000, 100, 10)])
    assert told is not None
    assert told[0] == pytest.approx(0.9)
    assert told[1] < 0.9 < told[2]
    assert recall([Seen(900, 100, 100)], [Seen(1_000, 0, 0)]) is None


def test_kappa_of_two_judges() -> None:
    assert kappa(20, 15, (5, 10)) == pytest.approx(0.4)
    assert kappa(0, 0, (0, 0)) is None
    assert kappa(10, 0, (0, 0)) is None, "who always says the same cannot agree beyond chance"


def test_the_weakest_bridge_is_the_lightest_link_that_holds_the_parts_together() -> None:
    found = bridges("abcd", [("a", "b", 12.0), ("c", "d", 11.0), ("b", "c", 0.4), ("a", "d", 0.2)])
    assert (found[0].left, found[0].right, found[0].weight, found[0].part) == ("b", "c", 0.4, ("c", "d"))
    alone = bridges("abc", [("a", "b", 3.0)])
    assert (alone[0].weight, alone[0].part) == (None, ("c",))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.floats(-2, 20)), max_size=25))
def test_no_way_of_parting_a_cluster_cuts_only_weaker_links_than_its_weakest_bridge(
    edges: list[tuple[int, int, float]],
) -> None:
    nodes = list(range(7))
    pairs = [edge for edge in edges if edge[0] != edge[1]]
    weakest = bridges(nodes, pairs)[0]
    cuts = []
    for mask in range(1, 64):
        side = {node for node in nodes if mask >> node & 1}
        cuts.append(max((w for a, b, w in pairs if (a in side) != (b in side)), default=None))
    parted = [cut for cut in cuts if cut is None]
    assert (weakest.weight is None) == bool(parted)
    if weakest.weight is not None:
        assert weakest.weight == min(cut for cut in cuts if cut is not None)


def test_contradictions_and_conflicts() -> None:
    assert contradictions(
        [{"date_of_birth": "1980-01-01", "given_name": "Jo"}, {"date_of_birth": "1980-01-02", "given_name": "J."}]
    ) == ("date_of_birth",)
    assert contradictions([{"given_name": "Ann"}, {"given_name": "Bob"}, {}]) == ("given_name",)
    assert conflicts({"phone": "07700 900123", "title": "Mr"}, {"phone": "07700900123", "title": "Dr"}) == ()
    assert conflicts({"postcode": "ZF1 2AB"}, {"postcode": "ZF1 2AC"}) == ("postcode",)


def test_risks_and_stakes() -> None:
    quiet = {"restricted": False, "open_enquiries": 0, "records": 2}
    assert risks(Verdict.SAME, HoldReason.UNSURE, **quiet) == ()
    assert risks(Verdict.SAME, HoldReason.UNSURE, restricted=True, open_enquiries=3, records=8) == (
        Risk.RESTRICTED,
        Risk.ENQUIRIES,
        Risk.SIZE,
    )
    assert risks(Verdict.DIFFERENT, HoldReason.IDENTIFIER, restricted=True, open_enquiries=9, records=20) == ()
    open_one, sure_one = score({}, 2, 0.5, HoldReason.UNSURE), score({}, 2, 0.99, HoldReason.UNSURE)
    assert score({"Open enquiries": 3}, 2, 0.99, HoldReason.UNSURE) > open_one > sure_one
