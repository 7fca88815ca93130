"""Every column that can hold personal data says what hands it over, what erases it and how long it is kept; the handbook says the same."""

from pathlib import Path

import pytest
from sqlalchemy import Column, Date, LargeBinary, String
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from app.kernel.personal import Holding, PersonalData
from app.rights.table import table_of
from app.runtime import ROOMS_WITH_DATA
from migrations.metadata import load

DOC = Path(__file__).parents[2] / "docs" / "rights.md"
PERSONAL = PersonalData(*(room.ROOM for room in ROOMS_WITH_DATA))


def can_hold_a_person(column: Column[object]) -> bool:
    """Free text, JSON, lists of text, days and bytes; not words from a list of ours, numbers, times and keys."""
    kind = column.type
    if isinstance(kind, SqlEnum):
        return False
    if isinstance(kind, ARRAY):
        return isinstance(kind.item_type, String | Date)
    return isinstance(kind, String | JSONB | LargeBinary) or (isinstance(kind, Date) and "birth" in column.name)


def columns() -> set[str]:
    return {f"{table.name}.{column.name}" for table in load().metadata.sorted_tables for column in table.columns}


def declared() -> dict[str, list[str]]:
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
    for column in columns():
        table = column.partition(".")[0]
        if column not in found and table in whole:
            found[column] = [f"{whole[table]}: plain"]
    return found


def test_every_column_that_can_hold_a_person_is_declared() -> None:
    known = declared()
    metadata = load().metadata
    silent = sorted(
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if can_hold_a_person(column) and f"{table.name}.{column.name}" not in known
    )
    assert silent == [], "say in the room's personal.py what hands these over, erases them and how long they are kept"


def test_no_column_is_declared_twice_or_is_gone() -> None:
    known = declared()
    assert {column: by for column, by in known.items() if len(by) > 1} == {}
    assert sorted(set(known) - columns()) == []


def test_the_handbook_names_exporter_eraser_and_retention_of_each() -> None:
    begin, end = "<!-- personal data: begin -->\n", "<!-- personal data: end -->"
    written = DOC.read_text().partition(begin)[2].partition(end)[0]
    assert written.strip() == table_of(PERSONAL).strip(), "put what table_of gives between the marks"


@pytest.mark.parametrize("holding", PERSONAL.holdings, ids=lambda one: one.slug)
def test_each_class_can_be_counted_before_it_is_erased(holding: Holding) -> None:
    assert (holding.erase is None) == (holding.assess is None)
    assert (holding.retention.expire is None) == (holding.retention.count is None)
    assert holding.retention.expire is None or holding.retention.months
