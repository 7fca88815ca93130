"""A misspelt name is looked for under the name that was meant, and where nobody convinces, under all that it may stand for."""

import polars as pl
import pytest

from mdm.columns import read_records
from mdm.index import Index
from mdm.index.near import COMMON, MOST_SLIPS, Nearby, NearValues
from mdm.match import match, train

KINDS = {"id": "id", "first": "given_name", "last": "family_name", "town": "city"}
LASTS = ["Cunningham", "Ottershaw", "Pemberton", "Lindqvist", "Szymanski", "Abernathy"]
FIRSTS = ["Andrew", "Deborah", "Kirsty", "Thomas", "Lucy", "Nellie", "Howard"]


def rows() -> list[dict[str, str]]:
    """Every first name with every last name, in a town of its own, and some with a second record."""
    pairs = [(first, last) for first in FIRSTS for last in LASTS]
    made = [{"first": first, "last": last, "town": f"Town {number}"} for number, (first, last) in enumerate(pairs)]
    return [{"id": str(number), **row} for number, row in enumerate([*made, *made[::2]])]


@pytest.fixture(scope="module")
def model():
    return train(pl.DataFrame(rows()), KINDS)


@pytest.mark.parametrize("written", ["Cuningham", "Cunninghamm", "Cunnimgham", "Cunnignham"])
@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_slip_in_a_name_still_leads_to_the_person(model, written, one_by_one):
    index = Index(model, None if one_by_one else pl.DataFrame(rows()))
    for row in rows() if one_by_one else ():
        index.add(row)
    hits = index.lookup({"first": "Kirsty", "last": written})
    wanted = {row["id"] for row in rows() if (row["first"], row["last"]) == ("Kirsty", "Cunningham")}
    assert hits[0].id in wanted


def find(near: NearValues, value: str, held: dict[int, int], code: int = -2, field: str = "family_name") -> Nearby:
    return near.find({field: (value, code)}, lambda _, one: held.get(one, 0))[field]


def of(near_to: str, *values: str, kind: str = "family_name") -> tuple[NearValues, list[int]]:
    """The near values of some records, and the codes of the values."""
    said = [*values, near_to]
    table = pl.DataFrame({"id": [str(number) for number in range(len(said))], "value": said})
    records = read_records(table, {"id": "id", "value": kind})
    known = records.columns[kind].vocabulary.values.to_list()
    return NearValues(records), [known.index(value.lower()) for value in values]


def test_only_a_much_commoner_name_was_meant():
    near, (smyth, _, _, smith) = of("Jones", "Smyth", "Smyth", "Smithe", "Smith")
    assert find(near, "smth", {smyth: 2}).meant == [smyth]
    assert find(near, "smth", {smyth: 2, -2: 1}).meant == []
    assert find(near, "smyth", {smyth: 2}, code=smyth).meant == []
    assert find(near, "smth", {smyth: 9, -2: COMMON + 1}).meant == []
    assert find(near, "smy", {smyth: 2}).meant == []
    near.learn("family_name", 77, "smtha")
    assert find(near, "smth", {smyth: 2, 77: 9, smith: 5}).meant == [77, smith, smyth]


def test_a_record_may_have_the_slip_and_not_the_query():
    near, (oreston, preston) = of("Jones", "Oreston", "Preston")
    found = find(near, "preston", {preston: 400, oreston: 1}, code=preston)
    assert (found.meant, found.slips) == ([], [oreston])
    assert find(near, "preston", {preston: 400, oreston: COMMON + 1}, code=preston).slips == []
    for code in range(100, 100 + 2 * MOST_SLIPS):
        near.learn("family_name", code, "prestan")
    assert (
        len(find(near, "preston", {preston: 400} | dict.fromkeys(range(100, 300), 1), code=preston).slips) == MOST_SLIPS
    )


def test_one_of_two_family_names_leads_to_both():
    near, (both, conway) = of("Jones", "Conway Jackson", "Conway")
    assert find(near, "conway", {both: 1, conway: 9}, code=conway).slips == [both]
    assert conway in find(near, "conway jackson", {both: 1, conway: 9}, code=both).meant


def test_a_forename_has_other_forms_and_a_family_name_has_none():
    near, (rebecca, becky) = of("Jane", "Rebecca", "Becky", kind="given_name")
    assert find(near, "becky", {rebecca: 9, becky: 2}, code=becky, field="given_name").forms == [rebecca]
    assert find(near, "becky", {rebecca: 1, becky: 2}, code=becky, field="given_name").forms == []
    near.learn("given_name", 77, "bex")
    assert find(near, "becky", {rebecca: 9, becky: 2, 77: 20}, code=becky, field="given_name").forms == [77, rebecca]
    last, (smith, smyth) = of("Jones", "Rebecca", "Becky")
    assert find(last, "becky", {smith: 9, smyth: 2}, code=smyth).forms == []


def test_a_street_has_what_was_meant_and_nothing_else():
    near, (drive, _) = of("1 Long Lane", "Darwin Drive", "Darwin Drive", kind="address_line")
    assert find(near, "darwn drive", {drive: 5}, field="address_line") == Nearby([drive], [], [])


def test_who_is_not_found_at_once_is_looked_for_again(model):
    """The record has the slip, and no other record has the name that is asked for."""
    person = {"id": "a", "first": "Lucy", "last": "Quilfeather", "town": "Town 700"}
    index = Index(model, pl.DataFrame([*rows(), person]))
    asked = {"first": "Thomas", "last": "Quillfeather", "town": "Town 4"}
    assert index.lookup(asked)[0].id == "a"


def test_a_file_without_names_has_none():
    table = pl.DataFrame({"id": ["1", "2", "3"], "mail": ["a@b.org", "a@b.org", "c@d.org"]})
    found = match(table, {"id": "id", "mail": "email"})
    assert Index(found.model, table).lookup({"mail": "a@b.org"})
