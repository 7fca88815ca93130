"""The three extracts as files, the truth beside them, and the same rows as one table for the matching engine's
benchmarks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from app.seeds.city import council_tax_csv, crm_jsonl, housing_xlsx
from app.seeds.city.model import SOURCES, City, Source
from app.seeds.city.records import source_records
from app.seeds.city.rejects import Reject, planned

FILES: Final[dict[Source, str]] = {"council_tax": "council_tax.csv", "housing": "housing.xlsx", "crm": "crm.jsonl"}
TRUTH: Final = "truth.parquet"
_WRITERS: Final = {"council_tax": council_tax_csv.write, "housing": housing_xlsx.write, "crm": crm_jsonl.write}


def write_extracts(city: City, folder: Path) -> dict[Source, Path]:
    """Write the three files, one source in memory at a time; the same city gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {source: folder / name for source, name in FILES.items()}
    for source, path in paths.items():
        _WRITERS[source](city, source_records(city, source), path)
    return paths


def write_truth(city: City, folder: Path) -> Path:
    """Which person each loadable row is (organisations too, as ``O0001``).

    For tests and benchmarks: never ship it with the extracts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = {"source": "source", "key": "source_key", "person": "person"}
    parts = [source_records(city, source).select(pl.lit(source).alias("source"), "key", "person") for source in SOURCES]
    owners = council_tax_csv.organisation_accounts(city).select(
        pl.lit("council_tax").alias("source"), "key", pl.col("organisation").alias("person")
    )
    table = pl.concat([*parts, owners]).rename(columns).to_arrow(compat_level=pl.CompatLevel.oldest())
    pq.write_table(table, folder / TRUTH)
    return folder / TRUTH


def planned_rejects(city: City) -> list[Reject]:
    """Every row that a loader must refuse, by file, line and reason."""
    found: list[Reject] = []
    for source in SOURCES:
        records = source_records(city, source)
        rows = records["tenancy"].n_unique() if source == "housing" else records.height
        if source == "council_tax":
            rows += council_tax_csv.organisation_accounts(city).height
        found += planned(source, rows)
    return found


def extract_tables(city: City) -> pa.Table:
    """All rows about people as a good parser would read them from the files: raw text, errors included, all
    strings.

    ``id`` is ``source:source_key``; ``person`` is the truth, to be left out of matching. Dates are ISO.
    Organisations are not in it.
    """
    frame = pl.concat([_flat(source_records(city, source), source) for source in SOURCES])
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))


def _flat(records: pl.DataFrame, source: Source) -> pl.DataFrame:
    return records.select(
        id=pl.format("{}:{}", pl.lit(source), "key"), source=pl.lit(source), given_name="given", family_name="family",
        middle_name="middle", date_of_birth=pl.col("born").dt.to_string("%Y-%m-%d"), gender="gender",
        national_id="national_id", email="email",
        phone="phone", house_number="house_number", unit="unit", address_line="street_name", city="town",
        postcode="postcode",
        uprn="uprn", person="person",
    )  # fmt: skip
