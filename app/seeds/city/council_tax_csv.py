"""``council_tax.csv``: a revenues system's print file turned export.

CP1252, capitals, one merged name, address in lines.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import polars as pl

from app.seeds.city.model import City
from app.seeds.city.rejects import Reason, with_rejects
from app.seeds.city.words import CITY_NAME, LANDLORDS

COLUMNS: Final = (
    "ACCOUNT_REF", "PARTY_NO", "PARTY_TYPE", "NAME", "DOB", "PROPERTY_REF", "UPRN", "ADDR1", "ADDR2", "ADDR3", "ADDR4",
    "POSTCODE",
    "LIABLE_FROM", "LIABLE_TO", "BAND", "DISCOUNT", "TELEPHONE", "EMAIL", "PAY_METHOD", "BALANCE", "LAST_CHANGED",
    "COMPANY_NO",
)  # fmt: skip
Row = list[str]
DIFFICULT: Final = (
    ("O0011", "TERN QUAY LETTINGS LTD", "ZZ300011", "07700 900811"),
    ("O0011", "TERN QUAY LETTINGS LIMITED", "ZZ300011", ""),
    ("O0011", "TERN QUAY LETINGS LTD", "", "07700 900811"),
    ("O0012", "GANNET ESTATES LTD", "ZZ300012", ""),
    ("O0013", "GANNET ESTATES LTD", "ZZ300013", ""),
    ("O0014", "THE CORNER SHOP", "", "01632 960141"),
    ("O0015", "THE CORNER SHOP", "", "01632 960152"),
    ("O0016", "KITTIWAKE HOMES LTD", "ZZ300016", ""),
    ("O0016", "REDSHANK RESIDENTIAL LTD", "ZZ300016", ""),
)
"""Which organisation it is, and what council tax has of it: a slip in a name, one name with two numbers, one name of two shops, a company
that has changed its name."""
APART: Final = 6
FEWEST: Final = len(DIFFICULT) * APART + 1
"""In a city of fewer accounts nobody is made difficult."""


def write(city: City, records: pl.DataFrame, path: Path) -> None:
    organisations = organisation_accounts(city)
    rows = _rows(city, records, organisations)
    total = records.height + organisations.height
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        for row in with_rejects(rows, "council_tax", total, _broken):
            writer.writerow(row)


def organisation_accounts(city: City) -> pl.DataFrame:
    """Landlords who pay for shared houses and empty homes, the keepers of the institutions, and a few that are hard to tell apart.

    Key and organisation id included. Company numbers begin with ZZ, as none in the register does; a third of the accounts lack theirs.
    """
    living = city.households.filter(pl.col("left_on").is_null())
    family_homes = living.filter(~pl.col("kind").is_in(["sharers", "care_home", "hostel"]))["property"]
    owned = city.properties.filter(~pl.col("property").is_in(family_homes.implode()))
    number = {"care_home": len(LANDLORDS) + 1, "hostel": len(LANDLORDS) + 2}
    which = (
        pl.col("kind")
        .replace_strict(number, default=None, return_dtype=pl.Int64)
        .fill_null(pl.col("ward") % len(LANDLORDS) + 1)
    )
    names = [*LANDLORDS, "SAMPHIRE LODGE CARE LTD", f"{CITY_NAME.upper()} CITY COUNCIL HOUSING"]
    accounts = owned.with_columns(
        organisation=pl.format("O{}", which.cast(pl.String).str.zfill(4)), account=790_000_000 + pl.int_range(pl.len()),
        name=(which - 1).replace_strict(dict(enumerate(names)), return_dtype=pl.String),
    ).with_columns(
        key=pl.format("{}-1", "account"), telephone=pl.lit(""),
        company=pl.when(pl.col("name").str.contains(r" (?:LTD|LLP)$") & (pl.col("account") % 3 > 0))
        .then(pl.format("ZZ20{}", pl.col("organisation").str.tail(4))).otherwise(pl.lit("")),
    )  # fmt: skip
    return _with_difficult_ones(accounts) if accounts.height >= FEWEST else accounts


def _with_difficult_ones(accounts: pl.DataFrame) -> pl.DataFrame:
    """Some accounts, far from each other, are those of organisations that a steward has to look at."""
    place = pl.int_range(pl.len())
    last = accounts.height - 1
    for number, (organisation, name, company, telephone) in enumerate(DIFFICULT):
        said = {"organisation": organisation, "name": name, "company": company, "telephone": telephone}
        here = place == last - number * APART
        accounts = accounts.with_columns(
            **{column: pl.when(here).then(pl.lit(value)).otherwise(column) for column, value in said.items()}
        )
    return accounts


def _rows(city: City, records: pl.DataFrame, organisations: pl.DataFrame) -> Iterator[Row]:
    random = Random(city.seed)
    for record in records.iter_rows(named=True):
        yield _party(record, random)
    for account in organisations.iter_rows(named=True):
        yield _organisation(account, city.today - timedelta(days=random.randrange(100, 4000)), random)


def _party(record: dict[str, Any], random: Random) -> Row:
    return [
        str(record["account"]), str(record["party"]), "P", _name(record, random), _day(record["born"]),
        record["revenues_ref"],
        record["uprn"] or "", *_address(record, random), record["postcode"] or "", _day(record["starts"]),
        _day(record["ends"]),
        record["band"], record["discount"] or "", record["phone"] or "", record["email"] or "", *_money(random),
        _day(record["when"]), "",
    ]  # fmt: skip


def _organisation(account: dict[str, Any], since: date, random: Random) -> Row:
    place = {
        "unit": account["unit"] and account["unit"].upper(),
        "building": account["building"] and account["building"].upper(),
    }
    place |= {
        "house_number": account["house_number"],
        "street_name": account["street_name"].upper(),
        "town": CITY_NAME.upper(),
    }
    return [
        str(account["account"]), "1", "O", account["name"], "", account["revenues_ref"], account["uprn"],
        *_address(place, random),
        account["postcode"], _day(since), "", account["band"], "", account["telephone"], "", *_money(random), _day(since),
        account["company"],
    ]  # fmt: skip


def _name(record: dict[str, Any], random: Random) -> str:
    """Three generations of data entry: surname first, title first, or surname comma given."""
    given = " ".join(filter(None, (record["given"], record["middle"])))
    chance = random.random()
    if chance < 0.80 or not given:
        return f"{record['family']} {record['title']} {given}".strip()
    if chance < 0.92:
        return f"{record['title']} {given} {record['family']}"
    return f"{record['family']}, {given}"


def _address(place: dict[str, Any], random: Random) -> Row:
    street = " ".join(filter(None, (place["house_number"], place["street_name"])))
    parts = [part for part in (place["unit"], place["building"], street, place["town"]) if part]
    if random.random() < 0.06:
        parts = [", ".join(parts)]
    return parts + [""] * (4 - len(parts))


def _money(random: Random) -> Row:
    method = random.choices(("DD", "CASH", "SO", "CARD"), (68, 12, 5, 15))[0]
    balance = 0.0 if random.random() < 0.6 else random.gauss(180, 240)
    return [method, f"{balance:.2f}"]


def _day(value: date | None) -> str:
    return f"{value:%d/%m/%Y}" if value else ""


def _broken(row: Row, reason: Reason, number: int) -> Row:
    row = [str(780_000_000 + number), *row[1:]]
    if reason == "too_short":
        return row[:6]
    if reason == "impossible_date":
        return [*row[:4], "31/02/1975", *row[5:]]
    return ["", *row[1:]]
