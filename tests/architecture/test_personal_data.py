"""Every column that can hold personal data says what hands it over, what erases it and how long it is kept; the handbook says the same."""

from pathlib import Path

import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeEngine

from app.kernel.db import UtcDateTime
from app.kernel.personal import Holding, PersonalData
from app.rights.table import table_of
from app.runtime import ROOMS_WITH_DATA
from migrations.metadata import load

DOC = Path(__file__).parents[2] / "docs" / "rights.md"
PERSONAL = PersonalData(*(room.ROOM for room in ROOMS_WITH_DATA))


HARMLESS = (SqlEnum, Integer, BigInteger, Boolean, Float, Uuid, UtcDateTime)
"""Words from a list of ours, numbers, moments and keys. Whatever else a column is, it can hold somebody: text, JSON, lists, days, bytes, places."""


def can_hold_a_person(column: Column[object]) -> bool:
    return isinstance(column.type, Double) or not isinstance(column.type, HARMLESS)


def silent(metadata: MetaData) -> list[str]:
    """Columns that can hold a person and that nobody declares."""
    found = (
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if can_hold_a_person(column)
    )
    known = declared(metadata)
    return sorted(name for name in found if name not in known)


def columns(metadata: MetaData) -> set[str]:
    return {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}


def listed(metadata: MetaData) -> dict[str, tuple[str, ...]]:
    """Of each table the columns that can hold a person."""
    return {
        table.name: tuple(column.name for column in table.columns if can_hold_a_person(column))
        for table in metadata.sorted_tables
    }


def declared(metadata: MetaData) -> dict[str, list[str]]:
    """Column → by whom it is declared; a whole table counts for each of its columns that nobody names."""
    found: dict[str, list[str]] = {}
    for holding in PERSONAL.holdings:
        for column in holding.columns:
            found.setdefault(column, []).append(holding.slug)
    for room in PERSONAL.rooms:
        for name in room.plain:
            if not name.endswith(".*"):
                found.setdefault(name, []).append(f"{room.name}: plain")
    whole = {
        name.removesuffix(".*"): room.name for room in PERSONAL.rooms for name in room.plain if name.endswith(".*")
    }
    for column in columns(metadata):
        table = column.partition(".")[0]
        if column not in found and table in whole:
            found[column] = [f"{whole[table]}: plain"]
    return found


def test_every_column_that_can_hold_a_person_is_declared() -> None:
    told = "say in the room's personal.py what hands these over, erases them and how long they are kept"
    assert silent(load().metadata) == [], told


@pytest.mark.parametrize("kind", [String(), JSONB(), LargeBinary(), Date(), Double(), ARRAY(BigInteger())], ids=repr)
def test_a_new_column_of_any_table_does_not_go_unnoticed(kind: TypeEngine[object]) -> None:
    """It is reported, or, where a whole table is about nobody, the handbook no longer says what is there."""
    metadata = MetaData()
    for table in load().metadata.sorted_tables:
        columns = (Column(column.name, column.type) for column in table.columns)
        Table(table.name, metadata, *columns, Column("nickname_of_somebody", kind))
    reported = {name.partition(".")[0] for name in silent(metadata)}
    whole = {name.removesuffix(".*") for room in PERSONAL.rooms for name in room.plain if name.endswith(".*")}
    assert reported == set(metadata.tables) - whole
    told = table_of(PERSONAL, listed(metadata)).splitlines()
    for name in whole:
        (line,) = [line for line in told if line.startswith(f"| `{name}.*`")]
        assert "nickname_of_somebody" in line
        assert line not in written()


def test_no_column_is_declared_twice_or_is_gone() -> None:
    known = declared(load().metadata)
    assert {column: by for column, by in known.items() if len(by) > 1} == {}
    assert sorted(set(known) - columns(load().metadata)) == []


def written() -> str:
    begin, end = "<!-- personal data: begin -->\n", "<!-- personal data: end -->"
    return DOC.read_text().partition(begin)[2].partition(end)[0]


def test_the_handbook_names_exporter_eraser_and_retention_of_each() -> None:
    assert written().strip() == table_of(PERSONAL, listed(load().metadata)).strip(), (
        "put what table_of gives between the marks"
    )


@pytest.mark.parametrize("holding", PERSONAL.holdings, ids=lambda one: one.slug)
def test_each_class_can_be_counted_before_it_is_erased(holding: Holding) -> None:
    assert (holding.erase is None) == (holding.assess is None)
    assert (holding.retention.expire is None) == (holding.retention.count is None)
    assert holding.retention.expire is None or holding.retention.months
