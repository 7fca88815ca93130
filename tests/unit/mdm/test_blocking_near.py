"""Values that are one slip of the pen apart share a hash."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.blocking_clusters import cluster_candidates
from mdm.blocking_near import near_hashes
from mdm.columns import Vocabulary, read_records

WORDS = st.text("abcdefg", min_size=5, max_size=12)


def hashes_of(*values: str) -> list[set[int]]:
    """The near hashes of each value."""
    codes = np.arange(len(values), dtype=np.int64)
    which, hashes = near_hashes(Vocabulary(pl.Series("value", list(values), dtype=pl.String)), codes)
    return [set(hashes[which == place].tolist()) for place in range(len(values))]


@settings(deadline=None)
@given(WORDS, st.integers(0, 3), st.sampled_from("abxyz"))
def test_one_slip_keeps_a_hash_in_common(word: str, place: int, sign: str):
    slips = [
        word[:place] + sign + word[place + 1 :],
        word[:place] + word[place + 1 :],
        word[:place] + sign + word[place:],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    ]
    own, *others = hashes_of(word, *slips)
    assert all(own & other for other in others)


def test_other_values_share_nothing_and_short_ones_have_nothing():
    one, other, short = hashes_of("cursham", "robinson", "joe")
    assert one
    assert not one & other
    assert not short


def test_the_hashes_of_the_codes_asked_for_come_in_their_order():
    vocabulary = Vocabulary(pl.Series("value", ["cursham", "joe", "robinson"], dtype=pl.String))
    which, hashes = near_hashes(vocabulary, np.array([2, 1, 0, 2]))
    assert which.tolist() == sorted(which.tolist())
    assert set(which.tolist()) == {0, 2, 3}
    assert (hashes[which == 0] == hashes[which == 3]).all()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"family": "Cursham", "given": "Henry"}, {"family": "Cutsham", "given": "Henry"}),
        ({"email": "henry.cursham@post.example"}, {"email": "henry.cursham@pst.example"}),
        ({"phone": "07700900123"}, {"phone": "07700900132"}),
    ],
)
def test_two_single_records_may_meet_by_a_near_value_only(left: dict[str, str], right: dict[str, str]):
    kinds = {"given": "given_name", "family": "family_name", "email": "email", "phone": "phone"}
    table = {column: [left.get(column), right.get(column), None] for column in kinds}
    records = read_records({"id": ["1", "2", "3"], **table}, {"id": "id", **kinds})
    low, high = cluster_candidates(records, np.arange(3, dtype=np.int32))
    assert list(zip(low.tolist(), high.tolist(), strict=True)) == [(0, 1)]
