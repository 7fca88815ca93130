"""The house measured in its own database: python -m tests.benchmarks.house TASK SEED prints one line of JSON.

Every task has a database of its own on the embedded server, durable as in use. Times are milliseconds of the clock (p50, p95) unless
they are named otherwise; `python` is the processor's time of this process, `postgres` that of the server's process behind it.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers import queries, services
from app.customers.enums import RunKind
from app.customers.layout import ATTRIBUTES
from app.customers.matching.flow import step
from app.customers.models import SourceRecord
from app.customers.rows import FoundCustomer
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.kernel.errors import Invalid
from app.kernel.postgres import EmbeddedPostgres, scratch_directory
from app.seeds.city import generate, write_extracts
from migrations.metadata import load
from tests.benchmarks.town import Resident, build, miskeyed, mistyped, residents, sample, timeline
from tests.support.customers import SLUGS

ADVISOR = Actor(ActorKind.STAFF, None, "Ada Visor", frozenset({Role.ADVISOR}))
ROWS_PER_RESIDENT = 2.259
QUERIES, LOOKED_UP, ARRIVING, PAGES = 2_000, 500, 200, 200


def main() -> None:
    task, seed = sys.argv[1], int(sys.argv[2])
    sys.stdout.write(json.dumps(TASKS[task](seed)) + "\n")


@contextmanager
def database() -> Iterator[Database]:
    """A PostgreSQL of its own, with every table and guard."""
    postgres = EmbeddedPostgres(scratch_directory(), durable=True)
    try:
        opened = Database(postgres.start())
        with opened.engine.begin() as connection:
            load().metadata.create_all(connection)
        yield opened
        opened.close()
    finally:
        postgres.stop()
        postgres.remove()


def flow(rows: int, seed: int) -> dict[str, Any]:
    """The demo city's extracts of about so many rows: loaded, matched, then one record at a time."""
    with database() as house, tempfile.TemporaryDirectory() as folder:
        extracts = write_extracts(generate(round(rows / ROWS_PER_RESIDENT), seed, today=date(2026, 3, 2)), Path(folder))
        began = perf_counter()
        loaded = sum(
            services.ingest_file(house, SLUGS[source], path, clock=SystemClock()).rows
            for source, path in extracts.items()
        )
        loading, began = perf_counter() - began, perf_counter()
        report = services.match_all(house, clock=SystemClock())
        matching = perf_counter() - began
        figures = {
            "rows": loaded, "records": report.records, "load_rows_a_second": loaded / loading,
            "match_rows_a_second": report.records / matching, "load_seconds": loading, "match_seconds": matching,
        }  # fmt: skip
        return figures | _one_at_a_time(house, seed)


def _one_at_a_time(house: Database, seed: int) -> dict[str, float]:
    """Somebody described by what a record says of them; and a record that arrives with another telephone number."""
    with house.transaction() as session:
        chosen = session.scalars(
            text("SELECT id FROM source_record WHERE attributes ?& array['family_name', 'given_name'] "
                 "AND attributes ?| array['date_of_birth', 'street', 'postcode', 'phone', 'email'] "
                 "ORDER BY md5(id::text || :seed) LIMIT :most"), {"seed": str(seed), "most": LOOKED_UP},
        ).all()  # fmt: skip
        lookup, arrival, first = Watch(session), Watch(session), 0
        for record_id in chosen:
            record = session.get_one(SourceRecord, record_id)
            said = {name: value for name, value in record.attributes.items() if name in ATTRIBUTES}
            wanted = queries.golden_of_source_record(session, record_id)
            with lookup.one():
                found = services.match_person(session, ADVISOR, said, now=SystemClock().now())
            first += bool(found) and found[0].customer.golden_id == wanted
        for number, record_id in enumerate(chosen[:ARRIVING]):
            record = session.get_one(SourceRecord, record_id)
            record.attributes = {**record.attributes, "phone": f"01632 96{number:04d}"}
            record.version += 1
            session.flush()
            with arrival.one():
                step(session, ADVISOR, kind=RunKind.ARRIVAL, now=SystemClock().now(), changed=[record_id])
        session.rollback()
    return {
        "lookup_first": first / len(chosen), **lookup.figures("lookup"), **arrival.figures("arrival")
    }  # fmt: skip


def search(count: int, seed: int) -> dict[str, Any]:
    """So many customers, found by two names with a slip in each and a part of the town or a year; and with a slip in that too."""
    people = residents(count, seed)
    with database() as house:
        began = perf_counter()
        with house.transaction() as session:
            build(session, people)
        _settle(house)
        figures: dict[str, Any] = {"customers": len(people), "build_seconds": perf_counter() - began}
        scans = _scans(house)
        for name, ask in ASKED.items():
            with house.reading() as session:
                watch, found = Watch(session), 0
                for chance, one in sample(people, QUERIES + 50, seed + 1):
                    typed = ask(chance, one)
                    with watch.one():
                        rows = _searched(session, typed)
                    found += one.golden_id in [row.golden_id for row in rows]
                figures |= watch.figures(name) | {f"{name}_recall": found / (QUERIES + 50)}
        return figures | {"whole_table_read": _scans(house) - scans}


def _searched(session: Session, typed: str) -> list[FoundCustomer]:
    """Nobody for what a slip has made unreadable."""
    try:
        return queries.search(session, ADVISOR, typed, limit=10)
    except Invalid:
        return []


def _scans(house: Database) -> int:
    """How often the whole index table was read from end to end."""
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SELECT pg_stat_clear_snapshot()"))
        return int(
            connection.scalar(text("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'golden_search'")) or 0
        )


def _names(chance: Any, one: Resident) -> str:
    """Given and family name in either order, every word with a slip of the pen."""
    names = [" ".join(mistyped(chance, word) for word in name.lower().split()) for name in (one.given, one.family)]
    chance.shuffle(names)
    return " ".join(names)


def _sector(one: Resident) -> str:
    return one.postcode[:-2].strip()


def _district(one: Resident) -> str:
    return one.postcode[:-3].strip()


ASKED: dict[str, Callable[[Any, Resident], str]] = {
    "area": lambda chance, one: f"{_names(chance, one)} {_sector(one)}",
    "year": lambda chance, one: f"{_names(chance, one)} {one.born.year}",
    "slip_in_area": lambda chance, one: f"{_names(chance, one)} {miskeyed(chance, _sector(one))}",
    "slip_in_year": lambda chance, one: f"{_names(chance, one)} {miskeyed(chance, str(one.born.year))}",
    "district": lambda chance, one: f"{_names(chance, one)} {_district(one)}",
    "slip_in_district": lambda chance, one: f"{_names(chance, one)} {miskeyed(chance, _district(one))}",
    "phone": lambda _chance, one: one.phone or one.email or f"{one.given} {one.family} {one.postcode}",
    "exact": lambda _chance, one: f"{one.given} {one.family} {one.address} {one.postcode}",
}
"""What is typed, by name. Promised are the first four: a slip in each name, the area ('ZF1 4') or the year right, or with a slip too."""


def view(count: int, entries: int, seed: int) -> dict[str, Any]:
    """The page of the single view, with so many customers and so many contacts and enquiries behind them."""
    from tests.benchmarks.pages import signed_in

    people = residents(count, seed)
    with database() as house:
        with house.transaction() as session:
            build(session, people)
        with signed_in(house) as client:
            written = timeline(house, entries)
            _settle(house)
            times, busy, size = [], [], 0
            for _, one in sample(people, PAGES + 20, seed):
                began, worked = perf_counter(), process_time()
                answer = client.get(f"/console/customers/{one.golden_id}?purpose=call")
                times.append((perf_counter() - began) * 1e3)
                busy.append((process_time() - worked) * 1e3)
                if answer.status_code != 200:
                    raise RuntimeError(f"the page answers {answer.status_code}")
                size = max(size, len(answer.data))
        return {"customers": len(people), "entries": written, "page_bytes": size, **_spread("page", times[20:]),
                **_spread("page_python", busy[20:])}  # fmt: skip


class Watch:
    """Milliseconds of each call: by the clock, of this process, and of the server's process for all of them together."""

    def __init__(self, session: Session) -> None:
        self._times: list[float] = []
        self._busy: list[float] = []
        self._pid = session.scalar(text("SELECT pg_backend_pid()"))
        self._before = _worked(self._pid)

    @contextmanager
    def one(self) -> Iterator[None]:
        began, worked = perf_counter(), process_time()
        yield
        self._times.append((perf_counter() - began) * 1e3)
        self._busy.append((process_time() - worked) * 1e3)

    def figures(self, name: str) -> dict[str, float]:
        server = (_worked(self._pid) - self._before) / len(self._times) * 1e3
        return {**_spread(name, self._times), **_spread(f"{name}_python", self._busy), f"{name}_postgres": server}


def _spread(name: str, times: list[float]) -> dict[str, float]:
    return {f"{name}_p50": statistics.median(times), f"{name}_p95": statistics.quantiles(times, n=20)[-1]}


def _worked(pid: int) -> float:
    """Seconds of the processor's time that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _settle(house: Database) -> None:
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))


TASKS: dict[str, Callable[[int], dict[str, Any]]] = {
    "flow45k": lambda seed: flow(45_000, seed),
    "flow1m": lambda seed: flow(1_000_000, seed),
    "search100k": lambda seed: search(100_000, seed),
    "search1m": lambda seed: search(1_000_000, seed),
    "view100k": lambda seed: view(100_000, 500_000, seed),
    "view1m": lambda seed: view(1_000_000, 5_000_000, seed),
}
"""What can be measured."""

if __name__ == "__main__":
    main()
