"""Probabilities after the last merge: what the other records of the clusters say about a pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm import posterior as module
from mdm.cluster import Clustering, Scored
from mdm.model import probability
from mdm.posterior import posterior

NONE = np.zeros(0, np.int32)


def scored(pairs: dict[tuple[int, int], float]) -> Scored:
    left, right = np.array(list(pairs), np.int32).reshape(-1, 2).T
    return Scored(left, right, np.zeros((0, len(pairs)), np.uint8), np.array(list(pairs.values()), float))


def grouped(label: list[int], bonds: dict[tuple[int, int], float] | None = None) -> Clustering:
    low, high = np.array(list(bonds or {}), np.int32).reshape(-1, 2).T
    return Clustering(np.array(label, np.int32), low, high, np.array(list((bonds or {}).values()), np.float32))


def test_a_pair_that_nobody_else_speaks_of_has_its_own_probability():
    pairs = {(0, 1): 2.0, (2, 3): -1.5}
    assert posterior(scored(pairs), grouped([0, 0, 2, 3])) == pytest.approx(probability(np.array([2.0, -1.5])))


def test_a_doubtful_link_is_raised_by_a_third_record_that_both_are_surely_linked_to():
    pairs = {(0, 1): 0.5, (0, 2): 6.0, (1, 2): 4.0, (0, 3): 1.0, (1, 3): 1.0}
    sure = probability(np.array([6.0, 4.0])).sum() - 1
    after = posterior(scored(pairs), grouped([0, 0, 0, 0]))
    assert after[0] == pytest.approx(sure)
    assert after[1] == pytest.approx(probability(np.array([6.0]))[0])


def test_between_clusters_all_their_records_speak():
    pairs = {(0, 2): 3.0, (1, 3): -1.0, (0, 4): 1.0, (1, 4): 2.0}
    after = posterior(scored(pairs), grouped([0, 0, 2, 2, 4], {(0, 2): -2.5, (0, 4): -np.inf}))
    assert after[:2] == pytest.approx(probability(np.array([-2.5, -2.5])))
    assert after[2:] == pytest.approx([0, 0])


def test_clusters_without_a_bond_leave_a_pair_alone():
    after = posterior(scored({(0, 1): -2.5, (2, 3): -2.0}), grouped([0, 1, 2, 3], {(1, 2): 1.0, (0, 3): 1.0}))
    assert after == pytest.approx(probability(np.array([-2.5, -2.0])))


def test_no_pairs_have_no_probabilities():
    assert len(posterior(scored({}), grouped([0, 1]))) == 0


WEIGHTS = st.dictionaries(
    st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1]), st.floats(-4, 8), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(WEIGHTS, st.integers(1, 4))
def test_links_are_never_lowered_whatever_is_done_at_a_time(pairs, most: int):
    given = scored(pairs)
    whole = posterior(given, grouped([0] * 7))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "AT_ONCE", most)
        assert (posterior(given, grouped([0] * 7)) == whole).all()
    own = probability(given.weight)
    assert (whole >= own).all()
    assert (whole <= 1).all()
    assert (whole[own <= 0.5] == own[own <= 0.5]).all()
