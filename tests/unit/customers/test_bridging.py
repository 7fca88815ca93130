"""How sure the links of a cluster are that it is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.customers.bridging import SURE, chance, wholeness


def test_a_chain_is_as_sure_as_its_weakest_link_and_no_less_than_its_doubts_added_up() -> None:
    whole = wholeness("abcd", [("a", "b", 2.0), ("b", "c", 0.4), ("c", "d", 3.0)])
    assert whole
    assert whole.weakest == pytest.approx(chance(0.4))
    doubts = sum(1 - chance(weight) for weight in (2.0, 0.4, 3.0))
    assert whole.at_least == pytest.approx(1 - doubts)


def test_another_way_round_a_weak_link_makes_it_count_for_nothing() -> None:
    loose = wholeness("abc", [("a", "b", 5.0), ("b", "c", -1.0)])
    tight = wholeness("abc", [("a", "b", 5.0), ("b", "c", -1.0), ("a", "c", 6.0)])
    assert loose
    assert tight
    assert (loose.weakest, tight.weakest) == (pytest.approx(chance(-1.0)), pytest.approx(chance(5.0)))


def test_a_stewards_word_is_certain_and_what_was_never_weighed_gives_no_chance() -> None:
    joined = wholeness("ab", [("a", "b", SURE)])
    assert joined
    assert (joined.weakest, joined.at_least) == (pytest.approx(1), pytest.approx(1))
    assert wholeness("abc", [("a", "b", 5.0)]) is None
    assert wholeness("a", []) is None


@given(weights=st.lists(st.floats(-40, 40), min_size=1, max_size=8))
def test_at_least_is_never_more_than_the_weakest(weights: list[float]) -> None:
    nodes = list(range(len(weights) + 1))
    whole = wholeness(nodes, [(number, number + 1, weight) for number, weight in enumerate(weights)])
    assert whole
    assert 0 <= whole.at_least <= whole.weakest + 1e-12
    assert 0 <= whole.weakest <= 1
