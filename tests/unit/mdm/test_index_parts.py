"""The parts of an index: each does for one record what the engine does for columns."""

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mdm.blocking_keys import DERIVED, key_hashes
from mdm.columns import read_records
from mdm.index.derivations import TEXTS, derived_text, hashes, marked
from mdm.index.glance import asked_parts
from mdm.index.groups import Groups
from mdm.index.keys import FINER, Keys, Slot
from mdm.index.members import GONE, Members
from mdm.index.names import Names
from mdm.index.packed import PackedTexts
from mdm.index.postings import merged, of_codes, postings
from mdm.index.query import QueryReader
from mdm.index.values import standard_value
from mdm.kinds import Kind
from mdm.kinds.kind import check_kinds
from mdm.standardise import standardise
from tests.unit.mdm.people import KINDS, people

WORDS = st.sampled_from([
    *["smith", "St", "dr", "o", "mc", "mr", "van", "o'neil", "anne-marie", "jr", "unknown", "n", "a", "city", "of", "leeds", "12", "12a", "0", "9999", "high", "rd", "x", "1971-05-03"],
    *["03/05/1971", "1900-01-01", "01/01/1900", "ls1", "4ab", "zz99", "3vz", "07700900123", "00000000", "a.b@c.org", "none@none.com", "nee", "test", "the"],
    *["ltd", "limited", "&", "and", "(at)", "[dot]", "<a@b.c>", "mailto:x@y.z", "ext", "45", "+44", "0044", "(0)", "1971", "may", "3rd", "1/2/71", "12:30", "00", "31-12-1999"],
    *["ls1o4ab", "gir0aa", "male", "f", "2", "other", "o'", "mac", "d'arcy", "ii", "greater", "flat", "unit", "no.", "007", "12.0", "gdns", "5/6", "12-14", "#4", "n/a"],
    *["circa", "2001-13-45", "1990-0-23", "19x0-04-05", "googlemail.com", "a+b@googlemail.com", "mr.", "occupier", "é", "ł", "ਸਿੰਘ"],
])  # fmt: skip


KINDS_OF_VALUES = [kind for kind in Kind if kind not in {"id", "source", "ignore"}]


@st.composite
def raw_values(draw):
    """A few words between marks, with a slip of the pen, some of them loud."""
    value = draw(st.sampled_from([" ", "-", "'", "", ".", ", "])).join(draw(st.lists(WORDS, min_size=1, max_size=3)))
    slip = draw(st.sampled_from(["", "x", "7", " ", ".", "-", "/", "(", "@"]))
    value = value[: len(value) // 2] + slip + value[len(value) // 2 :]
    return value.upper() if draw(st.booleans()) else value


@given(value=raw_values(), kind=st.sampled_from(KINDS_OF_VALUES), day_first=st.booleans())
@example(value="13/04/1971", kind=Kind.DATE_OF_BIRTH, day_first=False)
@settings(max_examples=200, deadline=None)
def test_the_quick_way_gives_the_standard_form(value, kind, day_first):
    assert standard_value(value, kind, day_first) == standardise(pl.Series([value]), kind, day_first=day_first)[0]


@pytest.mark.parametrize("name", sorted({**DERIVED, **FINER}))
def test_derivations_of_one_value_are_those_of_a_column(name):
    values = [
        "philips",
        "schack",
        "macdonald",
        "aa",
        "sch",
        "xxavier",
        "19710503",
        "ls14ab",
        "ls1",
        "a@b",
        "abcdef@x.org",
        "hhh",
        "dddtt",
        "cck",
        "07700900123",
    ]
    frame = pl.DataFrame({"value": [*values, "mill road"]})
    column = frame.select({**DERIVED, **FINER}[name](pl.col("value")).fill_null("")).to_series().to_list()
    assert [derived_text(name, value) for value in frame["value"]] == column


def test_every_derivation_of_the_blocking_keys_has_a_quick_way():
    assert {*DERIVED, *FINER} <= set(TEXTS)


@given(
    st.lists(st.tuples(st.sampled_from(["join", "remove", "add"]), st.integers(0, 40), st.integers(0, 40)), max_size=25)
)
@settings(max_examples=60, deadline=None)
def test_rings_of_members_agree_with_sets(steps):
    members = Members(np.array([0, 0, 2, 3, 2, 5], np.int32))
    sets = {0: {0, 1}, 2: {2, 4}, 3: {3}, 5: {5}}
    rows = 6
    for what, one, other in steps:
        labels = sorted(sets)
        if what == "add":
            members.add(rows)
            sets[rows] = {rows}
            rows += 1
        elif what == "remove" and labels:
            label = labels[one % len(labels)]
            row = sorted(sets[label])[other % len(sets[label])]
            members.remove(row)
            rest = sets.pop(label) - {row}
            if rest:
                sets[min(rest)] = rest
        elif len(labels) > 1 and what == "join":
            a, b = labels[one % len(labels)], labels[other % len(labels)]
            if a != b:
                members.join(a, b)
                joined = sets.pop(a) | sets.pop(b)
                sets[min(joined)] = joined
    for label, expected in sets.items():
        assert members.of(label).tolist() == sorted(expected)
    assert set(np.flatnonzero(members.label[:rows] != GONE)) == set().union(*sets.values())


@pytest.fixture(scope="module")
def town():
    table, _ = people(300)
    return table, read_records(table, KINDS)


def test_the_codes_of_one_record_are_the_marks_of_its_keys_in_the_file(town):
    table, records = town
    keys = Keys(records)
    reader = QueryReader(check_kinds(KINDS, table.column_names), records, keys, {})
    rows = {row["id"]: row for row in table.to_pylist()}
    in_file = [keys.of_records(records, number) for number in range(len(keys.names))]
    for place in range(0, len(records), 17):
        expected = {
            (number << 32) | (int(hashes[place]) >> 32)
            for number, alternatives in enumerate(in_file)
            for hashes in alternatives
            if hashes[place]
        }
        assert set(reader.read(rows[records.ids[place]]).codes.tolist()) == expected


def test_a_key_of_the_catalogue_is_the_same_here_as_in_blocking(town):
    _, records = town
    keys = Keys(records)
    for number, name in enumerate(keys.names):
        if not any(part.partition(".")[2] in FINER for part in name.split("+")):
            for mine, theirs in zip(keys.of_records(records, number), key_hashes(records, name), strict=True):
                assert np.array_equal(mine, theirs), name


@given(st.dictionaries(st.tuples(st.integers(0, 2), st.integers(0, 2**32 - 1) | st.integers(0, 5)),
                       st.lists(st.integers(0, 99), min_size=1, max_size=6, unique=True), max_size=30))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_posting_lists_give_back_what_was_put_in(groups):
    codes = {(key << 32) | mark: rows for (key, mark), rows in groups.items()}
    lists = of_codes(codes, 3)
    asked = np.unique(np.array([*codes, 7, (1 << 32) | 9], np.int64))
    rows, which = lists.find(asked)
    found = {int(code): sorted(rows[which == place].tolist()) for place, code in enumerate(asked)}
    assert found == {int(code): sorted(codes.get(int(code), [])) for code in asked}


def test_merged_posting_lists_forget_who_is_gone_and_groups_that_have_grown_too_large():
    one = of_codes({1: [0, 1], 2: [2], (1 << 32) | 5: [0, 1, 2]}, 2)
    other = of_codes({1: [3], (1 << 32) | 5: [3, 4]}, 2)
    both = merged(one, other, [10, 4], lambda rows: rows != 1)
    rows, which = both.find(np.array([1, 2, (1 << 32) | 5]))
    assert (rows.tolist(), which.tolist()) == ([0, 3, 2, 0, 2, 3, 4], [0, 0, 1, 2, 2, 2, 2])
    assert len(merged(both, of_codes({(1 << 32) | 5: [9]}, 2), [10, 4], lambda rows: rows >= 0)) == 3


def test_posting_lists_may_be_empty():
    empty = postings([(np.zeros(0, np.uint32), np.zeros(0, np.int32))] * 2)
    rows, which = empty.find(np.array([3, (1 << 32) | 3]))
    assert (len(empty), len(rows), len(which)) == (0, 0, 0)


def test_additions_are_found_before_and_after_they_are_put_into_lists(town):
    _, records = town
    groups = Groups(records)
    first = len(records)
    codes = np.array([(2 << 32) | 77, (3 << 32) | 88])
    for number in range(2_100):
        groups.add(
            codes if number < 5 else np.array([(4 << 32) | (1_000 + number)]), first + number, lambda rows: rows >= 0
        )
    assert groups.find(codes, lambda rows: rows >= first, 1_500)[0].tolist() == [first + number for number in range(5)]
    assert groups.find(codes, lambda rows: rows != first, 1_500)[0].tolist() == [
        first + number for number in range(1, 5)
    ]
    assert groups.find(np.array([(4 << 32) | 3_050]), lambda rows: rows >= 0, 1_500)[0].tolist() == [first + 2_050]


def test_packed_texts_are_read_by_code_wherever_they_are():
    texts = PackedTexts(pl.Series(["", "ann", "zoe", "łódź"]))
    texts.append("later")
    assert texts[np.array([4, 3, 0, 3], np.int32)].tolist() == ["later", "łódź", "", "łódź"]
    assert [texts.place(text) for text in ("", "ann", "łódź", "zoe", "later", "b")] == [0, 1, 3, 2, None, None]
    assert texts.cut(4) == ["later"]
    assert texts.all() == ["", "ann", "zoe", "łódź"]


def test_an_id_that_was_removed_may_come_again():
    names = Names(pl.Series(["a", "b"]))
    names.remove("a")
    assert (names.row("a"), names.row("b"), names.count) == (None, 1, 1)
    names.add("a")
    names.add("c")
    assert (names.row("a"), names[2], names.row("c"), names.row("d")) == (2, "a", 3, None)
    assert names.of(np.array([3, 1], np.int32)).to_list() == ["c", "b"]


@pytest.mark.parametrize("size", [1, 5, 24, 25, 60])
def test_the_members_of_several_clusters_are_thinned_evenly(size):
    members = Members(np.r_[np.zeros(size), [size], np.full(2, size + 1)].astype(np.int32))
    rows, which = members.of_each(np.array([size + 1, 0, size], np.int32), 24)
    assert rows[which == 0].tolist() == [size + 1, size + 2]
    assert rows[which == 2].tolist() == [size]
    mine = rows[which == 1]
    expected = np.arange(size) if size <= 24 else np.arange(24) * size // 24
    assert mine.tolist() == expected.tolist()


def test_rows_that_share_many_keys_or_rare_ones_are_told_from_the_others(town):
    _, records = town
    groups = Groups(records)
    first = len(records)
    rare, common = (2 << 32) | 77, (3 << 32) | 88
    for number in range(30):
        groups.add(np.array([rare, common] if number == 0 else [common]), first + number, lambda rows: rows >= 0)
    rows, shared = groups.find(np.array([rare, common]), lambda rows: rows >= first, 1_500)
    assert rows.tolist() == list(range(first, first + 30))
    assert shared[0] > 2 * shared[1]
    assert len(set(shared[1:].tolist())) == 1


def test_an_initial_that_stands_alone_is_near_to_the_names_that_begin_with_it():
    slots = [Slot("given_name", derived) for derived in ("lone", "initial")]

    def derived(name: str) -> dict[str, dict[str, int]]:
        texts = [derived_text(slot.derived, name) for slot in slots]
        return {
            "given_name": dict(zip(("hash.lone", "hash.initial"), marked(texts, hashes(texts)).tolist(), strict=True))
        }

    def parts(name: str) -> list[int]:
        return [derived(name)["given_name"][f"hash.{slot.derived}"] >> 48 for slot in slots]

    def near(query: str, other: str) -> bool:
        return any(a == b and a for a, b in zip(asked_parts(slots, derived(query)), parts(other), strict=True))

    assert all(near(*pair) for pair in (("s", "sarah"), ("sarah", "s"), ("s", "s")))
    assert not any(near(*pair) for pair in (("sarah", "simon"), ("s", "ann"), ("ann", "s")))
