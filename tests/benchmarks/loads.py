"""Measure loading: rows a second from the file to the records, the first time, and again with a hundredth changed.

    python -m tests.benchmarks.loads [--rows 45000,1000000]

Each size gets a database of its own on the embedded server, durable as in use, and a process's own peak of memory is told.
"""

import argparse
import csv
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

import app.accounts.models
import app.audit.models
import app.customers.models  # noqa: F401 - the tables that the audit trail and loads refer to
from app.customers.rows import LoadReport
from app.customers.services import ingest_file
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from tests.support.customers import TAX, party
from tests.support.database import TestServer

STREETS = ("MARINE PARADE", "HARBOUR STREET", "QUEENS ROAD", "STATION APPROACH", "MILL LANE")
NAMES = ("TALLIS MRS JOSEPHINE", "OKAFOR MR DANIEL", "QUILL, EDMUND", "MACKENZIE MS FIONA", "FERNANDES MR RUI")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure loading.")
    parser.add_argument("--rows", default="45000,1000000", help="Sizes, separated by commas")
    sizes = [int(size) for size in parser.parse_args().rows.split(",")]
    server = TestServer()
    try:
        for rows in sizes:
            with tempfile.TemporaryDirectory() as folder, server.copy() as url:
                _measure(url, Path(folder), rows)
    finally:
        server.stop()


def _measure(url: str, folder: Path, rows: int) -> None:
    database = Database(url)
    first = _write(folder / "first.csv", rows, changed=0)
    second = _write(folder / "second.csv", rows, changed=100)
    for what, path in (("first load", first), ("again, 1 % changed", second)):
        stages: dict[str, float] = {}
        cpu = process_time()
        report = ingest_file(database, "council-tax", path, clock=SystemClock(), progress=_Watch(stages))
        _say(what, report, process_time() - cpu, stages)
    database.close()


class _Watch:
    """When each stage was last heard of."""

    def __init__(self, stages: dict[str, float]) -> None:
        self._stages, self._began = stages, perf_counter()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        self._stages[stage] = perf_counter() - self._began


def _say(what: str, report: LoadReport, cpu: float, stages: dict[str, float]) -> None:
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    told = ", ".join(f"{stage} until {seconds:.1f} s" for stage, seconds in stages.items())
    sys.stdout.write(
        f"{report.rows:>9,} rows, {what}: {report.rows / report.seconds:,.0f} rows/s ({report.seconds:.1f} s, {cpu:.1f} s of Python; "
        f"{told}); {report.new:,} new, {report.changed:,} changed; peak {int(peak[1]) // 1024 if peak else 0} MB\n"
    )
    sys.stdout.flush()


def _write(path: Path, rows: int, *, changed: int) -> Path:
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, TAX, restval="")
        writer.writeheader()
        writer.writerows(_rows(rows, changed))
    return path


def _rows(rows: int, changed: int) -> Iterator[dict[str, str]]:
    for number in range(rows):
        street = STREETS[number % len(STREETS)]
        moved = changed and number % changed == 0
        yield party(
            ACCOUNT_REF=f"7{number:08d}", NAME=NAMES[number % len(NAMES)], DOB=f"{number % 28 + 1:02d}/{number % 12 + 1:02d}/19{number % 80 + 10}",
            UPRN=f"99{number // 2:010d}", ADDR1="", ADDR2=f"{number % 300 + 1} {street}", TELEPHONE=f"07700 9{number % 100_000:05d}",
            EMAIL=f"person{number}@resident.example", BAND="B" if moved else "A",
        )  # fmt: skip


if __name__ == "__main__":
    main()
