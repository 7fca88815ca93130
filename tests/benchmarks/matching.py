"""Measure matching beside Splink 5, and write docs/benchmarks.md.

    python -m tests.benchmarks.matching --data FOLDER [--sets febrl3,city] [--rounds 3] [--out docs/benchmarks.md]

Every run is a process of its own, so that peak memory and start-up are its own; engines take turns, and the table
shows medians. Splink gets the values standardised by us, and that time is not counted against it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from mdm.evaluate import Evaluation, evaluate
from mdm.kinds import Kind
from mdm.match import match
from mdm.standardise import standardise
from tests.benchmarks.sets import SETS, LabelledSet

ENGINES = ("firstpoint", "splink")
OTHER_THRESHOLDS = (0.5, 0.8, 0.9, 0.99, 0.999, 0.9999)
PACKAGES = ("splink", "duckdb", "polars", "pyarrow", "numpy", "rapidfuzz", "recordlinkage")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure matching beside Splink 5.")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("BENCHMARK_DATA", "var/benchmarks")))
    parser.add_argument("--sets", default="febrl3,febrl4,fake_1000,historical_50k,city")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("docs/benchmarks.md"))
    parser.add_argument("--run", nargs=3, metavar=("ENGINE", "FOLDER", "SEED"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.run:
        engine, folder, seed = arguments.run
        sys.stdout.write(json.dumps(_run(engine, Path(folder), int(seed))) + "\n")
        return
    lines = []
    for name in arguments.sets.split(","):
        lines += _measure(name, arguments.data, arguments.rounds)
    arguments.out.write_text(_page(lines, arguments.rounds), encoding="utf-8")


def _measure(name: str, data: Path, rounds: int) -> list[dict[str, Any]]:
    """One line of figures per engine: medians of the rounds, the engines taking turns."""
    try:
        chosen = SETS[name](data)
    except FileNotFoundError:
        _say(f"{name}: no file in {data}, left out")
        return []
    with tempfile.TemporaryDirectory() as folder:
        _prepare(chosen, Path(folder))
        runs: dict[str, list[dict[str, Any]]] = {engine: [] for engine in ENGINES}
        for seed in range(1, rounds + 1):
            for engine in ENGINES:
                command = [sys.executable, "-m", "tests.benchmarks.matching", "--run", engine, folder, str(seed)]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                if done.returncode:
                    _say(f"{name}: {engine} failed: {done.stderr.strip().splitlines()[-1]}")
                    continue
                runs[engine].append(json.loads(done.stdout.splitlines()[-1]))
                _say(f"{name} {engine} {seed}: {runs[engine][-1]}")
    return [{"set": chosen.name, "engine": engine, **_medians(found)} for engine, found in runs.items() if found]


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


def _run(engine: str, folder: Path, seed: int) -> dict[str, Any]:
    """One engine, once: figures, seconds from file to final clusters, peak megabytes."""
    about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    truth = pq.read_table(folder / "truth.parquet")
    began = perf_counter()
    if engine == "firstpoint":
        result = match(pq.read_table(folder / "firstpoint.parquet"), about["kinds"], seed=seed)
        figures = {"seconds": perf_counter() - began, "peak_mb": _peak()}
        judged = evaluate(result, truth)
        band = next((band.true for band in judged.reliability if band.low == 0.85), None)
        return {**figures, **_figures(judged), "best": judged.pairs.f1, "band": band}
    from tests.benchmarks.splink_engine import Splink

    splink = Splink(pl.read_parquet(folder / "splink.parquet"), about["family"], about["identity"], seed)
    clusters = splink.clusters()
    figures = {"seconds": perf_counter() - began, "peak_mb": _peak()}
    judged = evaluate(clusters, truth)
    others = [evaluate(splink.clusters(threshold), truth).pairs.f1 for threshold in OTHER_THRESHOLDS]
    return {**figures, **_figures(judged), "best": max(judged.pairs.f1, *others)}


def _figures(judged: Evaluation) -> dict[str, float]:
    return {"precision": judged.pairs.precision, "recall": judged.pairs.recall, "f1": judged.pairs.f1,
            "bcubed": judged.bcubed.f1}  # fmt: skip


def _peak() -> float:
    """Megabytes; not ru_maxrss, which a child inherits from its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _medians(runs: list[dict[str, Any]]) -> dict[str, float]:
    known = [key for key in runs[0] if all(run.get(key) is not None for run in runs)]
    return {key: statistics.median(run[key] for run in runs) for key in known}


def _page(lines: list[dict[str, Any]], rounds: int) -> str:
    rows = [
        "| {set} | {engine} | {precision:.4f} | {recall:.4f} | **{f1:.4f}** | {best:.4f} | {bcubed:.4f} | {band} "
        "| {seconds:.1f} | {peak_mb:,.0f} |".format(**{**line, "band": f"{line['band']:.0%}" if "band" in line else ""})
        for line in lines
    ]
    return "\n".join([
        "# Matching, measured",
        "",
        f"Medians of {rounds} runs with the seeds 1 to {rounds}, each in a process of its own, the engines taking turns.",
        "Precision, recall and F1 count pairs of records within final clusters. Firstpoint uses one set of defaults and its",
        "own threshold; Splink uses settings after its tutorials, probability .95, `estimate_u(max_pairs=1e6)`, and values",
        "standardised by us beforehand. *Best* is the F1 at the best of seven thresholds, which only the truth can tell;",
        "*.85–.95* is the share of true pairs among those that were given such a probability.",
        "",
        "| set | engine | precision | recall | F1 | best | B-cubed | .85–.95 | seconds | peak MB |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *rows,
        "",
        f"Python {platform.python_version()}, {os.cpu_count()} processors. " + ", ".join(map(_version, PACKAGES)) + ".",
        "",
    ])  # fmt: skip


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


if __name__ == "__main__":
    main()
