"""``housing.xlsx``: the tenancy list that the housing office saves from its own system, title row and all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any, Final

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.seeds.city.model import City
from app.seeds.city.rejects import HEADER_LINES, Reason, with_rejects

SHEET: Final = "Tenancies"
_PERSON: Final = ("Title", "Forename", "Middle Name", "Surname", "DOB", "Gender", "NI Number", "Phone", "Email")
COLUMNS: Final = (
    "Tenancy Ref", "Property Ref", "UPRN", "Flat/Unit", "House No", "Street", "Town", "Postcode", "Tenancy Type",
    "Start Date", "End Date",
    "Weekly Rent", "Household Members", *(f"Main {name}" for name in _PERSON), *(f"Joint {name}" for name in _PERSON),
    "Housing Officer",
    "Last Changed",
)  # fmt: skip
_OFFICERS: Final = ("T. Hadley", "R. Okoro", "S. Bramwell", "M. Castellan", "J. Pickering", "A. Nasir")
Cell = str | int | float | date | None
Row = list[Cell]


def write(city: City, records: pl.DataFrame, path: Path) -> None:
    """Constant memory: a row is on disk before the next is made. No cell can become a formula or a link."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        # The library would stamp the time of writing, and the same city would be another file every day.
        stamp = datetime(city.today.year, city.today.month, city.today.day, tzinfo=UTC).replace(tzinfo=None)
        book.set_properties({"title": "Tenancy extract", "company": f"{city.name} City Council", "created": stamp})
        sheet, day = book.add_worksheet(SHEET), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_string(0, 0, f"Tenancy extract, all tenancies, {city.today:%d/%m/%Y}")
        _line(sheet, HEADER_LINES["housing"] - 1, list(COLUMNS), day)
        rows = with_rejects(_rows(city, records), "housing", records["tenancy"].n_unique(), _broken)
        for number, row in enumerate(rows, start=HEADER_LINES["housing"]):
            _line(sheet, number, row, day)


def _line(sheet: Worksheet, number: int, row: Row, day: Format) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, date):
            sheet.write_datetime(number, column, cell, day)
        elif isinstance(cell, str):
            sheet.write_string(number, column, cell)
        elif cell is not None:
            sheet.write_number(number, column, cell)


def _rows(city: City, records: pl.DataFrame) -> Iterator[Row]:
    random = Random(city.seed + 1)
    for _, tenants in groupby(records.iter_rows(named=True), key=lambda record: record["tenancy"]):
        yield _tenancy(list(tenants), random)


def _tenancy(tenants: list[dict[str, Any]], random: Random) -> Row:
    main = tenants[0]
    joint = _tenant(tenants[1], random) if len(tenants) > 1 else [None] * len(_PERSON)
    kinds = ("Secure", "Introductory", "Fixed term")
    kind = "Temporary" if main["kind"] == "hostel" else random.choices(kinds, (80, 8, 12))[0]
    return [
        f"T{main['tenancy']:07d}", main["housing_ref"], main["uprn"], main["unit"], main["house_number"],
        main["street_name"],
        main["town"], main["postcode"], kind, main["starts"], main["ends"], round(random.gauss(98, 17), 2),
        main["members"],
        *_tenant(main, random), *joint, random.choice(_OFFICERS), main["when"],
    ]  # fmt: skip


def _tenant(tenant: dict[str, Any], random: Random) -> Row:
    born: Cell = tenant["born"]
    if isinstance(born, date) and (random.random() < 0.02 or born.year <= 1900):
        born = f"{born:%d/%m/%Y}"
    gender = tenant["gender"]
    if gender and random.random() < 0.3:
        gender = {"M": "Male", "F": "Female"}[gender]
    number = tenant["national_id"]
    if number and random.random() < 0.25:
        number = f"{number[:2]} {number[2:4]} {number[4:6]} {number[6:8]} {number[8:]}"
    title = tenant["title"].title()
    return [
        title,
        tenant["given"],
        tenant["middle"],
        tenant["family"],
        born,
        gender,
        number,
        tenant["phone"],
        tenant["email"],
    ]


def _broken(row: Row, reason: Reason, number: int) -> Row:
    row = [f"T9{number:06d}", *row[1:]]
    if reason == "too_short":
        return row[:3]
    if reason == "impossible_date":
        at = COLUMNS.index("Main DOB")
        return [*row[:at], "31/02/1961", *row[at + 1 :]]
    return [None, *row[1:]]
