"""Levels of agreement: the scales, their order, and what a pair of records shows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.columns import read_records
from mdm.compare import FEW_PAIRS, RARITY_EDGES, Comparison, compare, comparisons, level_labels, rarity_bins
from mdm.compare_nicknames import MOST_ROOTS, ROOTS, SHORT_FORMS

WORDS = st.text("abcdeghiklmnorstu", min_size=1, max_size=10)


def label(kind: str, left: str, right: str) -> str:
    """The level of two values of one field, in words."""
    records = read_records({"id": ["1", "2"], "x": [left, right]}, {"id": "id", "x": kind})
    (field,) = comparisons(records)
    return field.labels[int(compare([field], np.array([0], np.int32), np.array([1], np.int32))[0, 0])]


@pytest.mark.parametrize(
    ("kind", "left", "right", "level"),
    [
        ("given_name", "katharine", "katherine", "typing error"),
        ("given_name", "john", "jhon", "typing error"),
        ("given_name", "s", "samuel", "initial"),
        ("given_name", "s", "peter", "different"),
        ("given_name", "alexander", "alex", "short form"),
        ("family_name", "smith jones", "jones", "short form"),
        ("given_name", "william", "bill", "short form"),
        ("given_name", "peggy", "meg", "short form"),
        ("given_name", "kasia", "katarzyna", "short form"),
        ("given_name", "chris", "christine", "short form"),
        ("given_name", "bill", "bob", "different"),
        ("given_name", "mary", "peter", "different"),
        ("date_of_birth", "1990-05-17", "1990-05-18", "one digit"),
        ("date_of_birth", "1990-05-17", "1990-05-71", "one digit"),
        ("date_of_birth", "1990-05-12", "1990-12-05", "day and month swapped"),
        ("date_of_birth", "1990-05-12", "1990-05-27", "two parts"),
        ("date_of_birth", "1990-01-01", "1990-07-23", "two digits or day and month"),
        ("date_of_birth", "1990-05-12", "1990-11-27", "same year"),
        ("date_of_birth", "1990-05-12", "1961-11-27", "different"),
        ("postcode", "LS1 4DY", "LS1 4DX", "one edit"),
        ("postcode", "LS1 4DY", "LS1 9XZ", "same beginning"),
        ("postcode", "LS1 4DY", "XY9 8ZW", "different"),
        ("city", "milton keynes", "keynes milton", "close"),
        ("city", "leeds", "truro", "different"),
        ("house_number", "12", "12a", "one edit"),
        ("email", "ann.lee@post.org", "ann.lee@mail.net", "same local part"),
        ("email", "ann.lee@post.org", "an.lee@post.org", "two edits"),
        ("gender", "female", "male", "different"),
    ],
)
def test_levels(kind: str, left: str, right: str, level: str):
    assert label(kind, left, right) == level
    assert label(kind, right, left) == level


@settings(max_examples=40, deadline=None)
@given(WORDS, WORDS)
def test_a_level_does_not_depend_on_the_side(left: str, right: str):
    assert label("given_name", left, right) == label("given_name", right, left)


@pytest.mark.parametrize(("other", "level"), [(("hauser", "kaspar"), "swapped"), (("hauser", "kasper"), "swapped"),
                                               (("hauser", "miller"), "crossed")])  # fmt: skip
def test_swapped_names_are_told_once(other: tuple[str, str], level: str):
    records = read_records(
        {"id": ["1", "2"], "g": ["kaspar", other[0]], "f": ["hauser", other[1]]},
        {"id": "id", "g": "given_name", "f": "family_name"},
    )
    fields = comparisons(records)
    given_name, family_name = compare(fields, np.array([0], np.int32), np.array([1], np.int32))[:, 0]
    assert fields[0].labels[given_name] == level
    assert family_name == 0


def test_equal_values_are_told_apart_by_rarity_and_missing_says_nothing():
    common, rare = ["smith"] * 10, ["zdziarski"] * 2
    records = read_records({"id": [f"{i:02d}" for i in range(13)], "f": [*common, *rare, None]},
                           {"id": "id", "f": "family_name"})  # fmt: skip
    fields = comparisons(records)
    levels = compare(fields, np.array([0, 10, 0], np.int32), np.array([1, 11, 12], np.int32))
    told = [fields[0].labels[level] for level in levels[0]]
    assert told == ["equal, in 9 to 20 records", "equal, in at most 3 records", "missing"]


@settings(deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=2))
def test_rarer_values_never_fall_into_a_commoner_bin(counts: list[int]):
    bins = rarity_bins(np.sort(counts))
    assert (np.diff(bins.astype(int)) >= 0).all()
    assert bins.max() <= len(RARITY_EDGES)


def test_every_root_of_a_name_is_kept():
    assert all(0 < len(ROOTS[name].nonzero()[0]) <= MOST_ROOTS for name in ROOTS)
    roots = {name: sum(name == root or name in forms.split() for root, forms in SHORT_FORMS.items()) for name in ROOTS}
    assert {name: len(ROOTS[name].nonzero()[0]) for name in ROOTS} == roots


def test_every_level_has_a_name():
    for kind in ("given_name", "date_of_birth", "postcode", "city", "email", "gender", "house_number"):
        labels = level_labels(kind)
        assert labels[0] == "missing"
        assert len(set(labels)) == len(labels)


def test_pairs_of_systems_are_levels():
    table = {"id": ["1", "2", "3"], "s": ["b", "a", "b"], "f": ["x", "y", "z"]}
    fields = comparisons(read_records(table, {"id": "id", "s": "source", "f": "family_name"}))
    levels = fields[0].levels(np.array([0, 0, 1], np.int32), np.array([1, 2, 2], np.int32))
    assert [fields[0].labels[level] for level in levels] == ["a and b", "b and b", "a and b"]


def test_many_pairs_get_the_levels_that_few_get():
    rng = np.random.default_rng(3)
    names = ["".join(rng.choice(list("abcde"), 4)) for _ in range(200)]
    records = read_records({"id": [str(i) for i in range(200)], "g": names, "f": names[::-1]},
                           {"id": "id", "g": "given_name", "f": "family_name"})  # fmt: skip
    fields = comparisons(records)
    assert all(isinstance(field, Comparison) for field in fields)
    left, right = rng.integers(0, 200, (2, FEW_PAIRS + 1)).astype(np.int32)
    whole = compare(fields, left, right)
    half = len(left) // 2
    parts = np.concatenate([compare(fields, left[:half], right[:half]), compare(fields, left[half:], right[half:])], 1)
    assert (whole == parts).all()
