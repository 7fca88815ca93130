"""A misspelt name is looked for under the name that was meant."""

import polars as pl
import pytest

from mdm.columns import read_records
from mdm.index import Index
from mdm.index.near import COMMON, NearNames
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


def find(near: NearNames, value: str, held: dict[int, int], code: int = -2) -> list[int]:
    return near.find("family_name", value, code, lambda _, one: held.get(one, 0))


def test_only_a_much_commoner_name_was_meant():
    table = pl.DataFrame({"id": list("abcd"), "last": ["Smyth", "Smyth", "Smithe", "Smith"]})
    records = read_records(table, {"id": "id", "last": "family_name"})
    values = records.columns["family_name"].vocabulary.values.to_list()
    smyth, smith = values.index("smyth"), values.index("smith")
    near = NearNames(records)
    assert find(near, "smth", {smyth: 2}) == [smyth]
    assert find(near, "smth", {smyth: 2, -2: 1}) == []
    assert find(near, "smyth", {smyth: 2}, code=smyth) == []
    assert find(near, "smth", {smyth: 9, -2: COMMON + 1}) == []
    assert find(near, "smy", {smyth: 2}) == []
    near.learn("family_name", 77, "smtha")
    assert find(near, "smth", {smyth: 2, 77: 9, smith: 5}) == [77, smyth]


def test_a_file_without_names_has_none():
    table = pl.DataFrame({"id": ["1", "2", "3"], "mail": ["a@b.org", "a@b.org", "c@d.org"]})
    found = match(table, {"id": "id", "mail": "email"})
    assert Index(found.model, table).lookup({"mail": "a@b.org"})
