"""Candidate pairs: who meets whom, and that no group can blow up."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm import blocking
from mdm.blocking import LARGEST_GROUP, candidates, distinct, largest_cap, pairs_of_key, pairs_within
from mdm.blocking_choice import choose_keys, membership
from mdm.blocking_clusters import cluster_candidates, gathered_values
from mdm.blocking_keys import available_keys, key_hashes, mix, skeleton
from mdm.columns import read_records

PEOPLE = {"id": "id", "first": "given_name", "last": "family_name", "born": "date_of_birth", "post": "postcode"}


def records_of(*rows: tuple[str, str, str, str]):
    columns = list(zip(*rows, strict=True)) or [[]] * 4
    table = dict(zip(["first", "last", "born", "post"], [list(column) for column in columns], strict=True))
    return read_records({"id": [f"{row:04d}" for row in range(len(rows))], **table}, PEOPLE)


def pairs(found) -> set[tuple[int, int]]:
    return set(zip(found.left.tolist(), found.right.tolist(), strict=True))


def test_swapped_names_meet_by_name_alone():
    records = records_of(("kaspar", "hauser", "", ""), ("hauser", "kaspar", "", ""), ("ada", "byron", "", ""))
    assert pairs(candidates(records, ["@pair"])) == {(0, 1)}


def test_a_swapped_name_meets_through_any_token_and_the_birth_date():
    records = records_of(("kaspar", "hauser", "1990-03-04", ""), ("hauser", "other", "1990-03-04", ""))
    assert pairs(candidates(records, ["@token+date_of_birth"])) == {(0, 1)}


def test_pairs_are_the_same_however_often_they_are_made_distinct(monkeypatch):
    records = records_of(*((f"g{row % 7}", f"f{row % 5}", f"1990-03-{1 + row % 9:02d}", "") for row in range(60)))
    found = candidates(records)
    monkeypatch.setattr(blocking, "WAITING", 10)
    again = candidates(records)
    assert pairs(found) == pairs(again)
    assert found.pairs == again.pairs


def test_missing_values_never_meet():
    records = records_of(("", "", "", ""), ("", "", "", ""), ("ada", "", "", ""), ("ada", "", "", ""))
    assert pairs(candidates(records)) == {(2, 3)}


def test_day_and_month_meet_in_either_order():
    records = records_of(("a", "philips", "1990-03-05", ""), ("a", "filips", "1990-05-03", ""))
    assert pairs(candidates(records, ["@skeletons+date_of_birth.day_month"])) == {(0, 1)}


@pytest.mark.parametrize(("name", "sound"), [("philips", "flps"), ("jackson", "gksn"), ("mm", "m"), ("", "")])
def test_skeletons_keep_the_sound(name: str, sound: str):
    assert pl.DataFrame({"name": [name]}).select(skeleton(pl.col("name"))).item() == sound


def test_one_giant_group_is_left_out_and_the_small_ones_are_kept():
    rows = [("ann", "smith", "", "")] * 1000 + [("rare", "bird", "", "")] * 2
    found = candidates(records_of(*rows), ["@pair"])
    assert pairs(found) == {(1000, 1001)}
    assert found.caps["@pair"] <= LARGEST_GROUP


@settings(deadline=None)
@given(st.lists(st.integers(2, 60), max_size=40), st.integers(0, 5000))
def test_the_cap_keeps_the_budget_and_is_the_largest_that_does(sizes: list[int], budget: int):
    found = largest_cap(np.array(sizes, np.int64), budget)

    def spent(cap: int) -> int:
        return sum(size * (size - 1) // 2 for size in sizes if size <= cap)

    assert spent(found) <= budget
    assert found >= max(sizes, default=1) or spent(found + 1) > budget


@settings(deadline=None)
@given(st.lists(st.integers(1, 6), min_size=1, max_size=8))
def test_pairs_within_groups_are_all_pairs_of_each(sizes: list[int]):
    starts = np.cumsum([0, *sizes[:-1]])
    first, second = pairs_within(starts, np.array(sizes))
    expected = {(start + i, start + j) for start, size in zip(starts, sizes, strict=True)
                for i in range(size) for j in range(i + 1, size)}  # fmt: skip
    assert set(zip(first.tolist(), second.tolist(), strict=True)) == expected
    assert len(first) == len(expected)


def test_a_pilot_keeps_some_groups_whole_and_drops_the_others():
    hashes = mix([np.repeat(np.arange(1, 1001, dtype=np.uint64), 3)])
    whole, _ = pairs_of_key([hashes], 10**6)
    part, _ = pairs_of_key([hashes], 10**6, one_in=10)
    assert set(part.tolist()) < set(whole.tolist())
    assert len(part) % 3 == 0
    assert 150 < len(part) < 450


def test_membership_says_which_keys_made_a_pair():
    records = records_of(("ann", "lee", "1990-01-02", "ls1 4dy"), ("ann", "lee", "1991-07-02", "ls1 4dy"))
    found = candidates(records)
    members = membership(records, found.caps, found.left, found.right)
    named = {key for key, (member,) in zip(found.caps, members, strict=True) if member}
    assert "@pair" in named
    assert "@token+postcode" in named
    assert "@token+date_of_birth" not in named


def test_keys_are_chosen_until_the_matches_are_covered():
    members = np.array([[1, 1, 0, 0], [0, 0, 1, 0], [1, 1, 1, 0]], bool)
    chosen = choose_keys({"a": 100, "b": 100, "c": 10_000}, members, np.array([5.0, 5.0, 5.0, 0.0]))
    assert chosen == ["a", "b"]


def test_keys_need_all_their_kinds():
    records = read_records({"id": ["1", "2"], "mail": ["a@b.org", "c@d.org"]}, {"id": "id", "mail": "email"})
    assert available_keys(records) == ["email", "email.local"]


def test_second_phone_numbers_meet_the_first():
    table = {"id": ["1", "2"], "a": ["07700900111", None], "b": [None, "07700900111"]}
    records = read_records(table, {"id": "id", "a": "phone", "b": "phone"})
    assert len(key_hashes(records, "phone")) == 2
    assert pairs(candidates(records, ["phone"])) == {(0, 1)}


def test_a_cluster_meets_by_values_that_no_single_record_has():
    records = records_of(
        ("kaspar", "hauser", "1990-03-04", ""), ("kaspar", "", "", "ls1 4dy"), ("", "", "1990-03-04", "ls1 4dy")
    )
    assert pairs(candidates(records, ["date_of_birth+postcode"])) == set()
    low, high = cluster_candidates(records, np.array([0, 0, 2], np.int32))
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == [(0, 2)]


def test_a_cluster_brings_its_most_frequent_values():
    hashes = np.array([1, 1, 2, 2, 3, 3, 4, 5], np.uint64) << np.uint64(32)
    clusters, values = gathered_values(np.zeros(8, np.int32), [hashes])
    assert clusters.tolist() == [0, 0, 0]
    assert sorted((values >> np.uint64(32)).tolist()) == [1, 2, 3]


@settings(deadline=None)
@given(st.lists(st.integers(0, 9)))
def test_distinct_codes_are_sorted_and_single(codes: list[int]):
    assert distinct(np.array(codes, np.int64)).tolist() == sorted(set(codes))
