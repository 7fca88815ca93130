"""What was worked out of a value once is not worked out again, and is the same."""

import polars as pl
import pytest

from mdm.kinds.kind import Kind
from mdm.standardise import standardise
from mdm.standardise.remembered import FEW, MOST, remembered, standard_forms

VALUES = {
    Kind.GIVEN_NAME: ["Josephine", "JOSEPHINE ", "Łukasz", "unknown", "Mrs Jo"],
    Kind.PHONE: ["07700 900123", "+44 7700 900123", "01234567890", "n/a"],
    Kind.DATE_OF_BIRTH: ["12/03/1980", "1980-03-12", "01/01/1900", "soon"],
    Kind.POSTCODE: ["ZF1 4EZ", "zf14ez", "zz99 3vz"],
}


@pytest.mark.parametrize("kind", VALUES)
def test_forms_are_the_same_the_first_time_the_second_time_and_beside_others(kind: Kind) -> None:
    values = pl.Series("v", VALUES[kind])
    wanted = standardise(values, kind, day_first=True).replace("", None).to_list()
    assert standard_forms(values, kind, True).to_list() == wanted
    assert standard_forms(values, kind, True).to_list() == wanted
    mixed = pl.Series("v", [*VALUES[kind][::-1], f"new {kind}"])
    assert standard_forms(mixed, kind, True).to_list()[:-1] == wanted[::-1]


def test_the_order_of_day_and_month_is_never_mixed_up() -> None:
    written = pl.Series("v", ["03/04/1990"])
    assert standard_forms(written, Kind.DATE_OF_BIRTH, True).to_list() == ["19900403"]
    assert standard_forms(written, Kind.DATE_OF_BIRTH, False).to_list() == ["19900304"]
    american = pl.Series("v", ["03/04/1990", "12/25/1971", "11/30/1980"])
    assert standard_forms(american, Kind.DATE_OF_BIRTH, None).to_list()[0] == "19900304"


def test_only_what_is_new_is_asked_for() -> None:
    asked: list[list[str]] = []

    def work_out(fresh: list[str]) -> list[str]:
        asked.append(fresh)
        return [value.upper() for value in fresh]

    what = object()
    assert remembered(what, ["a", "b", "a"], work_out) == ["A", "B", "A"]
    assert remembered(what, ["b", "c"], work_out) == ["B", "C"]
    assert remembered(what, ["c", "a"], work_out) == ["C", "A"]
    assert asked == [["a", "b"], ["c"]]
    assert remembered(object(), ["a"], lambda _: ["other"]) == ["other"]


def test_it_forgets_rather_than_grow() -> None:
    what, asked = object(), 0

    def work_out(fresh: list[str]) -> list[str]:
        nonlocal asked
        asked += len(fresh)
        return fresh

    many = [str(number) for number in range(MOST)]
    remembered(what, many, work_out)
    remembered(what, ["one more"], work_out)
    assert remembered(what, many[:3], work_out) == many[:3]
    assert asked == MOST + 1 + 3


def test_of_many_values_at_once_nothing_is_kept() -> None:
    values = pl.Series("v", [f"name {number}" for number in range(FEW + 1)])
    assert (
        standard_forms(values, Kind.CITY, None).to_list() == standardise(values, Kind.CITY).replace("", None).to_list()
    )
