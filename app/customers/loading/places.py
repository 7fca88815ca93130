"""Properties from the gazetteer and from the records themselves, and the property of each record."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.copying import copy_rows, temporary
from app.customers.errors import BadFile
from app.customers.parsing.addresses import address_key, tidy_postcode
from app.customers.progress import Progress, quietly
from app.kernel.actors import SYSTEM
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.i18n import N_
from app.kernel.ids import new_id

_GAZETTEER = ("uprn", "unit", "number", "street", "town", "postcode", "ward", "latitude", "longitude")
_BATCH = 5000
_COLUMNS = (
    "id", "uprn", "unit", "building", "house_number", "street", "city", "postcode", "ward", "latitude", "longitude",
    "address_key", "search",
)  # fmt: skip

_PROPERTIES = """
    INSERT INTO property (id, uprn, unit, building, house_number, street, city, postcode, ward, address_key, search, from_gazetteer)
    SELECT gen_random_uuid(), uprn, unit, building, house_number, street, city, postcode, '', address_key,
           lower(concat_ws(' ', unit, building, house_number, street, city, postcode, replace(postcode, ' ', ''))), false
    FROM (
        SELECT DISTINCT ON (uprn) *
        FROM (
            SELECT attributes->>'uprn' AS uprn, address_key, count(*) AS times,
                   left(coalesce(attributes->>'unit', ''), 120) AS unit,
                   left(coalesce(attributes->>'building', ''), 120) AS building,
                   left(coalesce(attributes->>'house_number', ''), 60) AS house_number,
                   left(coalesce(attributes->>'street', ''), 160) AS street,
                   left(coalesce(attributes->>'city', ''), 120) AS city,
                   left(coalesce(attributes->>'postcode', ''), 10) AS postcode
            FROM source_record WHERE {whose} GROUP BY 1, 2, 4, 5, 6, 7, 8, 9
        ) AS spelling
        ORDER BY uprn, times DESC, (address_key <> '') DESC, unit, building, house_number, street, city, postcode
    ) AS commonest
    ON CONFLICT (uprn) DO UPDATE SET
        unit = excluded.unit, building = excluded.building, house_number = excluded.house_number, street = excluded.street,
        city = excluded.city, postcode = excluded.postcode, address_key = excluded.address_key, search = excluded.search
    WHERE NOT property.from_gazetteer AND (property.search, property.address_key) IS DISTINCT FROM (excluded.search, excluded.address_key)
    """
_PLACES = """
    UPDATE source_record AS r SET property_id = found.property_id
    FROM (
        SELECT s.id, coalesce(by_uprn.id, by_address.id) AS property_id
        FROM source_record AS s
        LEFT JOIN property AS by_uprn ON by_uprn.uprn = s.attributes->>'uprn'
        LEFT JOIN {by_address} AS by_address ON by_address.address_key = s.address_key AND by_uprn.id IS NULL
        WHERE {whose}
    ) AS found
    WHERE found.id = r.id AND r.property_id IS DISTINCT FROM found.property_id
    """
_ALL_ADDRESSES = """(
            SELECT address_key, (array_agg(id))[1] AS id FROM property WHERE address_key <> '' GROUP BY 1 HAVING count(*) = 1
        )"""
_ITS_ADDRESS = """LATERAL (
            SELECT p.address_key, (array_agg(p.id))[1] AS id FROM property p
            WHERE p.address_key <> '' AND p.address_key = s.address_key GROUP BY 1 HAVING count(*) = 1
        )"""
_FROM_RECORDS = text(_PROPERTIES.format(whose="attributes ? 'uprn'"))
_FROM_THESE = text(
    _PROPERTIES.format(
        whose="attributes->>'uprn' IN (SELECT attributes->>'uprn' FROM source_record WHERE id = ANY(:ids))"
    )
)
_PLACE = text(_PLACES.format(by_address=_ALL_ADDRESSES, whose="true"))
_PLACE_THESE = text(_PLACES.format(by_address=_ITS_ADDRESS, whose="s.id = ANY(:ids)"))
_UPSERT = text(
    """
    INSERT INTO property (id, uprn, unit, building, house_number, street, city, postcode, ward, latitude, longitude,
        address_key, search, from_gazetteer)
    SELECT DISTINCT ON (uprn) id, uprn, unit, building, house_number, street, city, postcode, ward, latitude, longitude,
        address_key, search, true
    FROM gazetteer ORDER BY uprn, id
    ON CONFLICT (uprn) DO UPDATE SET unit = excluded.unit, building = excluded.building, house_number = excluded.house_number,
        street = excluded.street, city = excluded.city, postcode = excluded.postcode, ward = excluded.ward,
        latitude = excluded.latitude, longitude = excluded.longitude, address_key = excluded.address_key,
        search = excluded.search, from_gazetteer = true
    """
)


def place_records(session: Session) -> None:
    """Every UPRN that a record names is a property; every record gets the property of its UPRN, else of its address."""
    session.execute(_FROM_RECORDS)
    session.execute(_PLACE)


def place_some(session: Session, record_ids: Sequence[UUID]) -> None:
    """The same for these records only, at once; what they change for others follows with the next load of a file."""
    session.execute(_FROM_THESE, {"ids": list(record_ids)})
    session.execute(_PLACE_THESE, {"ids": list(record_ids)})


def load_gazetteer(database: Database, path: Path, *, clock: Clock, progress: Progress | None = None) -> int:
    """Load the list of properties (CSV, UTF-8, with a header). It outranks what records say; returns how many rows it has."""
    done = 0
    for rows in _batches(path):
        with database.transaction() as session:
            temporary(session, "gazetteer", _typed())
            copy_rows(session, "gazetteer", _COLUMNS, rows)
            session.execute(_UPSERT)
        done += len(rows)
        (progress or quietly)("properties", done, None)
    with database.transaction() as session:
        session.execute(_PLACE)
        audit.record(session, SYSTEM, "gazetteer.loaded", "property", None, now=clock.now(), rows=done)
    return done


def _batches(path: Path) -> Iterator[list[tuple[Any, ...]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in _GAZETTEER if column not in (reader.fieldnames or ())]
            if missing:
                raise BadFile(N_("This is not a gazetteer. Missing columns: %(missing)s"), missing=", ".join(missing))
            batch: list[tuple[Any, ...]] = []
            for row in reader:
                batch.append(_property(row, reader.line_num))
                if len(batch) == _BATCH:
                    yield batch
                    batch = []
            yield batch
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(N_("The gazetteer is not CSV in UTF-8")) from error


def _property(row: dict[str, str], line: int) -> tuple[Any, ...]:
    text_of = {name: " ".join((row[name] or "").split()) for name in _GAZETTEER}
    number, building = text_of["number"], (row.get("building") or "").strip()
    try:
        latitude, longitude = (float(text_of[name]) if text_of[name] else None for name in ("latitude", "longitude"))
        if not text_of["uprn"].isdigit():
            raise ValueError(text_of["uprn"])
    except ValueError as error:
        raise BadFile(N_("Line %(line)s of the gazetteer has a value that is no number"), line=line) from error
    code = tidy_postcode(text_of["postcode"])
    parts = (text_of["unit"], building, number, text_of["street"], text_of["town"], code)
    search = " ".join(part for part in (*parts, code.replace(" ", "")) if part).lower()
    key = address_key(text_of["unit"], number, code, building)
    return (str(new_id()), text_of["uprn"], *parts, text_of["ward"], latitude, longitude, key, search)


def _typed() -> str:
    kinds = {"id": "uuid", "latitude": "float8", "longitude": "float8"}
    return ", ".join(f"{column} {kinds.get(column, 'text')}" for column in _COLUMNS)
