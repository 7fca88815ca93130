"""A few records are read one value at a time to what a table of them would say, to the last bit of every weight."""

from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mdm
from mdm.blocking_keys import DERIVED, value_hashes
from mdm.columns import Records, read_records
from mdm.compare_levels import name_levels
from mdm.errors import DuplicateIds
from mdm.few import FewValues, few_records
from mdm.steady import FEW, Prepared, Recipe
from mdm.steady_clusters import neighbours
from tests.unit.mdm.people import KINDS, people

WRITTEN = {
    "given": "given_name", "middle": "middle_name", "family": "family_name", "born": "date_of_birth", "sex": "gender",
    "ni": "national_id", "mail": "email", "tel": "phone", "flat": "unit", "house": "house_number", "street": "address_line",
    "town": "city", "code": "postcode", "from": "source", "id": "id",
}  # fmt: skip
WORDS = st.sampled_from([
    "Anne-Marie", "smith", "SMITH", "o'neil", "Mrs", "jr", "unknown", "n/a", "12/03/1980", "1980-03-12", "1/2/71", "May 1971", "01/01/1900",
    "07700 900123", "+44 7700 900123", "a.b+c@googlemail.com", "ZF1 2AB", "zf12ab", "Flat 3B", "12a", "High St.", "St Johns Rd", "Łukasz",
    "ਸਿੰਘ", "AB 12 34 56 C", "f", "Male", "city of leeds", "", " ", "tax", "crm",
])  # fmt: skip


@st.composite
def rows(draw):
    """A few records whose values are whatever people write, in whatever column."""
    count = draw(st.integers(1, 6))
    said = [{column: draw(st.none() | WORDS) for column in WRITTEN} for _ in range(count)]
    return [row | {"id": f"r{draw(st.integers(0, 9))}.{number}"} for number, row in enumerate(said)]


def as_table(some: list[dict[str, str | None]]) -> pa.Table:
    return pa.table({column: pa.array([row[column] for row in some], pa.string()) for column in some[0]})


def assert_same(few: Records, table: Records) -> None:
    assert few.ids.to_list() == table.ids.to_list()
    assert (few.source_names, few.sources.tolist(), few.day_first) == (table.source_names, table.sources.tolist(), table.day_first)  # fmt: skip
    assert list(few.columns) == list(table.columns)
    for name, column in few.columns.items():
        other = table.columns[name]
        assert column.vocabulary.values.to_list() == other.vocabulary.values.to_list(), name
        assert (column.name, column.kind, column.codes.tolist()) == (other.name, other.kind, other.codes.tolist())
        assert column.codes.dtype == other.codes.dtype


@given(some=rows(), day_first=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_few_rows_are_read_as_a_table_of_them_is(some, day_first):
    assert_same(few_records(some, WRITTEN, day_first), read_records(as_table(some), WRITTEN, day_first))


@given(some=rows())
@settings(max_examples=8, deadline=None)
def test_what_is_derived_of_each_value_is_the_same(some):
    few, table = few_records(some, WRITTEN, True), read_records(as_table(some), WRITTEN, True)
    for name, column in few.columns.items():
        assert isinstance(column.vocabulary, FewValues)
        for derived in ("", *DERIVED):
            mine, theirs = (value_hashes(one.columns[name].vocabulary, derived) for one in (few, table))
            assert mine.dtype == theirs.dtype
            assert mine.tolist() == theirs.tolist(), (name, derived)
        codes = np.arange(len(column.vocabulary), dtype=np.int32)
        assert column.vocabulary.texts[codes].tolist() == table.columns[name].vocabulary.texts[codes].tolist()
        left, right = codes[:-1], codes[1:]
        if column.kind == "given_name":
            compared = [name_levels(one.columns[name].vocabulary, left, right).tolist() for one in (few, table)]
            assert compared[0] == compared[1]


def test_what_one_row_cannot_tell_is_read_as_a_table():
    dates = [{"id": "1", "born": "03/04/1990"}, {"id": "2", "born": "12/25/1971"}, {"id": "3", "born": "11/30/1980"}]
    kinds = {"id": "id", "born": "date_of_birth"}
    assert_same(few_records(dates, kinds, None), read_records(as_table(dates), kinds, None))
    whole = [{"id": "1", "name": "Mr John Smith"}, {"id": "2", "name": "Ann Lee"}]
    kinds = {"id": "id", "name": "full_name"}
    assert_same(few_records(whole, kinds, True), read_records(as_table(whole), kinds, True))
    with pytest.raises(DuplicateIds):
        few_records([{"id": "1", "name": "a"}, {"id": "1", "name": "b"}], {"id": "id", "name": "given_name"}, True)


@pytest.mark.parametrize("seed", [3])
def test_pairs_weigh_the_same_among_a_few_and_among_all_to_the_last_bit(seed):
    table, _ = people(300, seed=seed)
    model, recipe = mdm.train(table, KINDS), Recipe()
    whole = Prepared(model, recipe, table)
    assert len(whole) > FEW
    by_row: dict[int, set[int]] = {}
    for row, mark in zip(*(one.tolist() for one in whole.marks()), strict=True):
        by_row.setdefault(row, set()).add(mark)
    said = {row["id"]: row for row in table.to_pylist()}
    for one, other in pairwise(range(0, len(whole), 3)):
        few = Prepared(model, recipe, [said[whole.ids[one]], said[whole.ids[other]]])
        sides = np.array([0], np.int32), np.array([1], np.int32)
        among_all = whole.weigh(np.array([one], np.int32), np.array([other], np.int32))
        assert few.weigh(*sides).tolist() == among_all.tolist()
        assert few.levels(*sides).tolist() == whole.levels(np.array([one]), np.array([other])).tolist()
        rows, marks = few.marks()
        assert set(marks[rows == 0].tolist()) == by_row[one]
        assert few.who().tolist() == whole.who()[[one, other]].tolist()
        assert neighbours(few, *sides).weight.tolist() == among_all[among_all >= recipe.weakest].tolist()
