"""The three files can be read by ordinary readers, are as dirty as they should be, and are the same every time."""

import csv
import json
from collections import Counter
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from app.seeds.city import City, Source, generate, planned_rejects, write_extracts
from app.seeds.city import council_tax_csv as council_tax
from app.seeds.city import housing_xlsx as housing
from tests.unit.seeds.conftest import TODAY

Files = dict[Source, Path]


@pytest.fixture(scope="module")
def council_tax_rows(extracts: Files) -> list[list[str]]:
    with extracts["council_tax"].open(encoding="cp1252", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture(scope="module")
def tenancies(extracts: Files) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(extracts["housing"], read_only=True)
    rows = list(book[housing.SHEET].iter_rows(values_only=True))
    book.close()
    return rows


@pytest.fixture(scope="module")
def cards(extracts: Files) -> list[str]:
    return extracts["crm"].read_text(encoding="utf-8").splitlines()


def test_there_are_about_forty_five_thousand_records(table: pl.DataFrame) -> None:
    assert 43_000 < table.height < 47_000
    by_source = dict(table["source"].value_counts().iter_rows())
    assert by_source["crm"] > by_source["council_tax"] > by_source["housing"] > 2_000


def test_council_tax_is_cp1252_with_windows_line_ends(extracts: Files, council_tax_rows: list[list[str]]) -> None:
    raw = extracts["council_tax"].read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") == len(council_tax_rows)
    assert any(byte > 127 for byte in raw)
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    assert tuple(council_tax_rows[0]) == council_tax.COLUMNS


def test_council_tax_names_are_merged_in_three_ways(council_tax_rows: list[list[str]]) -> None:
    names = [row[3] for row in council_tax_rows[1:] if row[2:3] == ["P"]]
    titles = {"MR", "MRS", "MISS", "MS", "MX", "DR", "REV"}
    shapes = Counter(
        "comma" if "," in name else "title first" if name.split()[0] in titles else "surname first" for name in names
    )
    assert shapes["surname first"] > shapes["title first"] > 1_000
    assert shapes["comma"] > 800
    assert all(name == name.upper() for name in names)


def test_liability_is_joint_in_thousands_of_accounts(council_tax_rows: list[list[str]]) -> None:
    parties = Counter(row[0] for row in council_tax_rows[1:] if row[0])
    assert sum(count > 1 for count in parties.values()) > 4_000
    assert max(parties.values()) <= 5


def test_addresses_take_one_to_four_lines(council_tax_rows: list[list[str]]) -> None:
    lines = Counter(sum(map(bool, row[7:11])) for row in council_tax_rows[1:] if len(row) > 11)
    assert set(lines) == {1, 2, 3, 4}


def test_housing_opens_in_a_spreadsheet(tenancies: list[tuple[Any, ...]]) -> None:
    assert tenancies[0][0].startswith("Tenancy extract")
    assert tenancies[2] == housing.COLUMNS
    start, born = housing.COLUMNS.index("Start Date"), housing.COLUMNS.index("Main DOB")
    good = [row for row in tenancies[3:] if row[start] is not None]
    assert all(isinstance(row[start], datetime) for row in good)
    kinds = Counter(type(row[born]) for row in good)
    assert kinds[datetime] > 1_000
    assert kinds[str] > 10
    assert sum(row[housing.COLUMNS.index("Joint Surname")] is not None for row in good) > 500


def test_every_crm_line_is_json_but_for_the_cut_ones(cards: list[str]) -> None:
    bad = 0
    for card in cards:
        try:
            assert json.loads(card).keys() >= {
                "contact_id",
                "created",
                "name",
                "dob",
                "address",
                "phones",
                "emails",
                "notes",
            }
        except json.JSONDecodeError:
            bad += 1
    assert bad == 3


def test_the_crm_begins_in_2004_and_ends_yesterday(cards: list[str]) -> None:
    created = [card.split('"created": "')[1][:10] for card in cards if '"created": "' in card]
    assert min(created).startswith("2004")
    assert max(created) < TODAY.isoformat()


def test_the_crm_holds_many_duplicates(table: pl.DataFrame) -> None:
    crm = table.filter(pl.col("source") == "crm")
    assert crm.height / crm["person"].n_unique() > 2
    assert crm.group_by("person").len()["len"].max() >= 8  # type: ignore[operator]  # - polars leaves the type of a value open


def test_planned_rejects_stand_where_they_say(
    city: City, council_tax_rows: list[list[str]], tenancies: list[tuple[Any, ...]], cards: list[str]
) -> None:
    rejects = planned_rejects(city)
    assert Counter(reject.source for reject in rejects) == {"council_tax": 12, "housing": 6, "crm": 9}
    files: dict[str, list[Any]] = {"council_tax": council_tax_rows, "housing": tenancies, "crm": cards}
    for reject in rejects:
        row = files[reject.source][reject.line - 1]
        if reject.source == "crm":
            assert {
                "too_short": not row.endswith("}"),
                "missing_id": '"contact_id": null' in row,
                "impossible_date": "1975-02-31" in row,
            }[reject.reason]
        elif reject.reason == "too_short":
            assert sum(cell is not None for cell in row) <= 6
        else:
            assert (
                (not row[0]) if reject.reason == "missing_id" else any(str(cell).startswith("31/02/19") for cell in row)
            )


def test_the_same_city_writes_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_extracts(generate(2_000, today=TODAY), tmp_path / name) for name in ("one", "two"))
    for source, path in one.items():
        assert sha256(two[source].read_bytes()).digest() == sha256(path.read_bytes()).digest(), source


def test_no_telephone_in_any_file_can_ring(table: pl.DataFrame) -> None:
    digits = table["phone"].drop_nulls().str.replace_all(r"\D", "").str.replace(r"^(0044|44)", "0")
    full = digits.filter(digits.str.len_chars() == 11)
    assert full.len() > 25_000
    assert full.str.contains(r"^(07700[245689]|01632|0{11})").all()
