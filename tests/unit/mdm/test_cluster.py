"""Clusters: evidence is pooled, decisions bind, order does not matter."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mdm
from mdm.cluster_bonds import RESERVE, Bonds, pooled
from mdm.cluster_pairs import cross_pairs
from mdm.columns import read_records
from mdm.constraints import ContradictoryDecisions, bound, starting_clusters
from mdm.errors import UnknownId
from tests.unit.mdm.people import KINDS, people

TABLE, TRUTH = people(80, seed=4, noise=0.3)
IDS = TABLE["id"].to_pylist()
MODEL = mdm.train(TABLE, KINDS)
PAIR = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda pair: pair[0] != pair[1])


def clusters_of(result: mdm.MatchResult) -> dict[str, str]:
    return dict(zip(result.clusters["id"].to_pylist(), result.clusters["cluster"].to_pylist(), strict=True))


@settings(max_examples=25, deadline=None)
@given(st.lists(PAIR, max_size=4), st.lists(PAIR, max_size=4))
def test_decisions_are_always_kept_or_refused_as_contradictory(must, cannot):
    try:
        found = clusters_of(mdm.match(TABLE, KINDS, MODEL, must_link=must, cannot_link=cannot))
    except ContradictoryDecisions:
        assert cannot
        return
    assert all(found[left] == found[right] for left, right in must)
    assert all(found[left] != found[right] for left, right in cannot)


def test_what_would_merge_by_itself_can_be_kept_apart():
    link = mdm.match(TABLE, KINDS, MODEL).links.slice(0, 1).to_pylist()[0]
    pair = (link["left"], link["right"])
    found = clusters_of(mdm.match(TABLE, KINDS, MODEL, cannot_link=[pair]))
    assert found[pair[0]] != found[pair[1]]


def test_a_chain_of_must_links_against_a_cannot_link_is_refused():
    a, b, c = IDS[:3]
    with pytest.raises(ContradictoryDecisions, match="must not be linked"):
        mdm.match(TABLE, KINDS, MODEL, must_link=[(a, b), (b, c)], cannot_link=[(a, c)])
    with pytest.raises(UnknownId, match="nobody"):
        mdm.match(TABLE, KINDS, MODEL, must_link=[(a, "nobody")])


def test_remembered_decisions_give_way_to_given_ones():
    records = read_records(TABLE, KINDS)
    a, b, c, d = IDS[:4]
    remembered = [(a, b, True), (c, d, False), (b, c, True), ("gone", a, True)]
    start, apart = bound(records, [], [(a, b)], remembered)
    rows = [records.rows[name] for name in (a, b, c, d)]
    assert start[rows[0]] != start[rows[1]]
    assert start[rows[1]] == start[rows[2]]
    assert apart.shape == (2, 2)
    start, _ = bound(records, [], [], remembered)
    assert start[rows[0]] == start[rows[2]]


@settings(max_examples=25, deadline=None)
@given(st.lists(PAIR, max_size=12))
def test_must_links_are_an_equivalence(pairs):
    records = read_records(TABLE, KINDS)
    start = starting_clusters(records, pairs)
    assert (start[start] == start).all()
    assert (start <= np.arange(len(records))).all()
    for left, right in pairs:
        assert start[records.rows[left]] == start[records.rows[right]]


def bonds(total, power=None, present=None, pairs=1.0) -> Bonds:
    total = np.array(total, np.float32)[:, None]
    power = np.exp(total) if power is None else np.array(power, np.float32)[:, None]
    present = np.ones_like(total) if present is None else np.array(present, np.float32)[:, None]
    one = np.ones(1, np.float32)
    return Bonds(np.array([0], np.int32), np.array([1], np.int32), total, power, present, -2 * one, pairs * one)


def test_a_single_pair_scores_what_the_model_says():
    score = pooled(bonds([3.0, -1.0]), np.ones((0, 2), np.float32), [])
    assert score[0] == pytest.approx(3 - 1 - 2)


@settings(deadline=None)
@given(st.floats(-8, 8), st.floats(-8, 8), st.floats(0, 5))
def test_evidence_is_monotone(first: float, second: float, more: float):
    support = np.full((1, 2), 4, np.float32)
    less = pooled(bonds([first, second]), support, [0])[0]
    assert pooled(bonds([first + more, second]), support, [0])[0] >= less - 1e-4


def test_well_supported_clusters_part_at_a_singular_field():
    few, many = np.full((1, 2), 1, np.float32), np.full((1, 2), 8, np.float32)
    assert pooled(bonds([-3.0, 4.0]), many, [0])[0] == pytest.approx(
        pooled(bonds([-3.0, 4.0]), few, [0])[0] - 9 - 3 * RESERVE
    )
    assert pooled(bonds([3.0, 4.0]), many, [0])[0] == pooled(bonds([3.0, 4.0]), few, [0])[0] - 3 * RESERVE


def test_ten_copies_of_one_witness_are_one_witness():
    once = pooled(bonds([2.0]), np.ones((0, 2), np.float32), [])[0]
    ten = bonds([20.0], power=[10 * np.exp(2.0)], present=[10.0], pairs=10.0)
    ten.prior = ten.prior * 10
    assert pooled(ten, np.ones((0, 2), np.float32), [])[0] == pytest.approx(once, abs=1e-4)


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=2, max_size=60), st.integers(4, 40))
def test_cross_pairs_are_between_the_two_clusters_and_not_too_many(owners: list[int], most: int):
    first = {owner: owners.index(owner) for owner in owners}
    label = np.array([first[owner] for owner in owners], np.int32)
    pairs = np.array(list(combinations(sorted(set(label.tolist())), 2)), np.int32).reshape(-1, 2)
    low, high = pairs[:, 0], pairs[:, 1]
    which, left, right = cross_pairs(label, low, high, most)
    assert (label[left] == low[which]).all()
    assert (label[right] == high[which]).all()
    sizes = np.bincount(label, minlength=len(label))
    for number, (one, other) in enumerate(zip(low, high, strict=True)):
        seen = int((which == number).sum())
        whole = sizes[one] * sizes[other]
        assert seen == whole if whole <= most else 0 < seen <= most
    assert len({*zip(which.tolist(), left.tolist(), right.tolist(), strict=True)}) == len(which)


def test_a_family_in_one_house_is_not_chained_together():
    rng = np.random.default_rng(8)
    rows = []
    for house in range(100):
        last = "".join(rng.choice(list("abdefgiklmnorstuv"), 7))
        for member in range(3):
            first = "".join(rng.choice(list("abdefgiklmnorstuv"), 6))
            born = f"{1930 + 30 * member + rng.integers(30)}-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
            rows.extend((f"{house:03d}-{member}-{copy}", first, last, born, f"ls{house} 4dy") for copy in range(2))
    names = ("id", "first", "last", "born", "post")
    columns = dict(zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True))
    found = clusters_of(mdm.match(columns, {name: KINDS[name] for name in names}))
    assert all(found[name] == f"{name[:-1]}0" for name in found)
