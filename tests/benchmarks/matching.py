"""Measure matching beside Splink 5, and write docs/benchmarks.md.

    python -m tests.benchmarks.matching --data FOLDER [--sets febrl3,city] [--rounds 3] [--out docs/benchmarks.md]

Every run is a process of its own, so that peak memory and start-up are its own; engines take turns, and the tables
show medians. Splink gets the values standardised by us, and that time is not counted against it. Results are kept in a
file of their own, so that a part can be measured again and the page still shows the rest.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from mdm.kinds import Kind
from mdm.standardise import standardise
from tests.benchmarks.page import page
from tests.benchmarks.sets import SETS, LabelledSet

SMALL = ("febrl3", "febrl4", "fake_1000", "historical_50k", "city", "households_easy", "households_hard")
SERIES = {
    **{name: [(name, task) for task in ("firstpoint", "splink")] for name in SETS},
    "labels": [(name, "labels") for name in SMALL],
    "onebyone": [
        (name, "one_by_one") for name in ("fake_1000", "febrl3", "households_easy", "households_hard", "city")
    ],
    "index100k": [("city100k", "index")],
    "index1m": [("city1m", "index")],
}
"""What can be asked for by name: runs of a task on a set."""

HOUSE = ("flow45k", "flow1m", "search100k", "search1m", "view100k", "view1m")
"""What is measured of the house in its own database: loading and matching, search, the page of the single view."""

ALL = (*SMALL, "labels", "onebyone", "city100k", "city1m", "index1m", "flow45k", "flow1m", "search1m", "view1m")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure matching beside Splink 5.")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("BENCHMARK_DATA", "var/benchmarks")))
    parser.add_argument("--sets", default=",".join(SMALL), help=f"any of {', '.join((*SERIES, *HOUSE))}; or all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument("--results", type=Path, default=Path("build/benchmarks.json"))
    arguments = parser.parse_args()
    asked = ALL if arguments.sets == "all" else [name for name in arguments.sets.split(",") if name]
    unknown = [name for name in asked if name not in SERIES and name not in HOUSE]
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join((*SERIES, *HOUSE))}, and all")
    results = json.loads(arguments.results.read_text(encoding="utf-8")) if arguments.results.exists() else {}
    for name in asked:
        if name in HOUSE:
            _measure_house(name, arguments, results)
            continue
        runs = SERIES[name]
        for chosen in dict.fromkeys(found for found, _ in runs):
            _measure(chosen, [task for found, task in runs if found == chosen], arguments, results)
    arguments.out.write_text(page(results), encoding="utf-8")


def _measure(name: str, tasks: list[str], arguments: argparse.Namespace, results: dict[str, Any]) -> None:
    """Every task in every round, the tasks taking turns; each result is kept as soon as it is there."""
    for seed in range(1, arguments.rounds + 1):
        try:
            chosen = SETS[name](arguments.data, seed)
        except FileNotFoundError:
            _say(f"{name}: no file in {arguments.data}, left out")
            return
        with tempfile.TemporaryDirectory() as folder:
            _prepare(chosen, Path(folder))
            for task in tasks:
                figures = _run(task, folder, seed)
                if figures is not None:
                    known = results.setdefault(task, {}).setdefault(name, {"rows": {}, "runs": {}})
                    known["rows"][str(seed)] = chosen.table.num_rows
                    known["runs"][str(seed)] = figures
                    _keep(results, arguments)
                    _say(f"{name} {task} {seed}: { {key: value for key, value in figures.items() if key != 'bands'} }")


def _measure_house(name: str, arguments: argparse.Namespace, results: dict[str, Any]) -> None:
    """A task of tests.benchmarks.house, in every round."""
    for seed in range(1, arguments.rounds + 1):
        figures = _answer(name, [sys.executable, "-m", "tests.benchmarks.house", name, str(seed)])
        if figures is not None:
            results.setdefault("house", {}).setdefault(name, {"runs": {}})["runs"][str(seed)] = figures
            _keep(results, arguments)
            _say(f"{name} {seed}: {figures}")


def _keep(results: dict[str, Any], arguments: argparse.Namespace) -> None:
    arguments.results.parent.mkdir(parents=True, exist_ok=True)
    arguments.results.write_text(json.dumps(results, indent=1), encoding="utf-8")


def _run(task: str, folder: str, seed: int) -> dict[str, Any] | None:
    return _answer(task, [sys.executable, "-m", "tests.benchmarks.run", task, folder, str(seed)])


def _answer(task: str, command: list[str]) -> dict[str, Any] | None:
    """What a measurement prints on its last line; None after saying that it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        _say(f"{task} failed: {(done.stderr.strip() or 'killed').splitlines()[-1]}")
        return None
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _prepare(chosen: LabelledSet, folder: Path) -> None:
    """The set as a file for each engine; truth and settings beside it."""
    identity = next(column for column, kind in chosen.kinds.items() if kind == Kind.ID)
    truth = pa.table({"id": chosen.table[identity], "truth": chosen.table[chosen.truth]})
    pq.write_table(truth, folder / "truth.parquet")
    given = chosen.table.select(list(chosen.kinds))
    pq.write_table(given, folder / "firstpoint.parquet")
    pq.write_table(_standardised(given, chosen.kinds), folder / "splink.parquet")
    about = {"kinds": chosen.kinds, "family": chosen.family, "identity": identity}
    (folder / "about.json").write_text(json.dumps(about), encoding="utf-8")


def _standardised(table: pa.Table, kinds: dict[str, str]) -> pa.Table:
    frame = pl.DataFrame(pl.from_arrow(table))
    for column, kind in kinds.items():
        distinct = frame[column].drop_nulls().unique()
        clean = standardise(distinct, Kind(kind))
        frame = frame.with_columns(pl.col(column).replace_strict(distinct, clean, default=None).replace("", None))
    if kinds.get("dob") == Kind.DATE_OF_BIRTH:
        frame = frame.with_columns(pl.col("dob").str.replace(r"^(....)(..)(..)$", "$1-$2-$3"))
    return frame.to_arrow()


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
