"""Files as sources send them, small enough to read, and the demo city's extracts for the rest."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from sqlalchemy.orm import Session

from app.customers import services as customers
from app.customers.enums import LawfulBasis
from app.customers.layout import layout_of
from app.customers.rows import Entry
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.seeds.city import City, generate, planned_rejects, write_extracts, write_truth

SLUGS = {"council_tax": "council-tax", "housing": "housing", "crm": "legacy-crm"}
TAX = layout_of("council-tax").file.columns
HOUSING = layout_of("housing").file.columns
PARTY = {
    "ACCOUNT_REF": "700000001", "PARTY_NO": "1", "PARTY_TYPE": "P", "NAME": "TALLIS MRS JOSEPHINE A", "DOB": "12/03/1980",
    "UPRN": "999010000001", "ADDR1": "FLAT 2", "ADDR2": "14 MARINE PARADE", "ADDR3": "HALLOWMERE", "POSTCODE": "ZF1 2AB",
    "LIABLE_FROM": "01/04/2015", "TELEPHONE": "07700 900123", "EMAIL": "josie@resident.example", "LAST_CHANGED": "02/05/2020",
}  # fmt: skip
CARD: dict[str, Any] = {
    "contact_id": "CRM-0000001", "created": "2011-03-05T10:12:44+00:00", "updated": "2016-01-02T09:00:10+00:00",
    "name": {"title": "Mrs", "first": "Josie", "middle": None, "last": "Tallis"}, "dob": "1980-03-12", "gender": "F",
    "address": {"unit": "Flat 2", "number": "14", "street": "Marine Parade", "town": "Hallowmere", "postcode": "ZF12AB", "uprn": None},
    "phones": [{"type": "mobile", "number": "07700 900123"}], "emails": ["josie@resident.example"],
    "channel": "phone", "topic": "missed-bin", "notes": "Rang about bin",
}  # fmt: skip


def party(**changes: str) -> dict[str, str]:
    """A row of the council-tax extract."""
    return PARTY | changes


def card(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A line of the legacy CRM."""
    return CARD | {"contact_id": f"CRM-{number:07d}"} | changes


def write_tax(path: Path, rows: Iterable[Mapping[str, str]], *, encoding: str = "cp1252") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, TAX, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_crm(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path


def write_housing(path: Path, rows: Iterable[Mapping[str, Any]], *, sheet: str = "Tenancies") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    page.append(["Tenancy report"])
    page.append([])
    page.append(list(HOUSING))
    for row in rows:
        page.append([row.get(column) for column in HOUSING])
    book.save(path)
    return path


def register_members(session: Session, actor: Actor, *, now: datetime) -> str:
    """A source made in the console: key, whole name and date of birth. Gives its name in addresses."""
    sample = b"contact_id,name,dob,changed\nP1,Ada Tallis,1980-03-12,2026-01-01\nP2,Bo Okafor,1979-01-02,2026-01-01\n"
    draft = customers.draft(session, actor, "members.csv", BytesIO(sample), now=now)
    chosen = {"contact_id": "key", "name": "full_name", "dob": "date_of_birth", "changed": "ignore"}
    customers.choose(session, actor, draft, chosen)
    entry = Entry("Members", "Libraries", "To lend books", LawfulBasis.CONTRACT, "lib@example.com")
    return customers.register_draft(session, actor, draft, entry, now=now)


@dataclass(frozen=True)
class LoadedCity:
    """A small city in a database of its own: loaded and matched."""

    database: Database
    city: City
    folder: Path
    clock: FixedClock

    @property
    def truth(self) -> pl.DataFrame:
        """record (slug:key) and person."""
        table = pl.read_parquet(self.folder / "truth.parquet")
        source = pl.col("source").cast(pl.String).replace(SLUGS)
        return table.select((source + ":" + pl.col("source_key")).alias("record"), "person")

    @property
    def planned(self) -> list[tuple[str, int, str]]:
        return [(SLUGS[one.source], one.line, one.reason) for one in planned_rejects(self.city)]


def load_city(database: Database, folder: Path, clock: FixedClock, residents: int) -> LoadedCity:
    """Generate, write, load and match a city."""
    city = generate(residents, today=date(2026, 3, 11))
    for source, path in write_extracts(city, folder).items():
        customers.ingest_file(database, SLUGS[source], path, clock=clock)
    write_truth(city, folder)
    customers.match_all(database, clock=clock)
    return LoadedCity(database, city, folder, clock)


def pairwise_f1(predicted: pl.DataFrame, truth: pl.DataFrame) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs, of (record, golden) against (record, person)."""
    joined = predicted.join(truth, on="record", how="inner")

    def pairs(*columns: str) -> int:
        size = pl.col("len").cast(pl.Int64)
        return int(joined.group_by(*columns).len().select((size * (size - 1) // 2).sum()).item())

    both = pairs("golden", "person")
    precision, recall = both / pairs("golden"), both / pairs("person")
    return precision, recall, 2 * precision * recall / (precision + recall)
