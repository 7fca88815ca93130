"""One measurement, in a process of its own: python -m tests.benchmarks.run TASK FOLDER SEED prints one line of JSON."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from mdm.evaluate import Evaluation, evaluate
from mdm.index import Index
from mdm.match import MatchResult, match, train
from mdm.model import load
from tests.benchmarks.index_figures import index_figures

OTHER_THRESHOLDS = (0.5, 0.8, 0.9, 0.99, 0.999, 0.9999)
FEW_ROWS = 300_000
"""Larger sets are clustered at the tutorials' threshold only: every other one takes minutes."""


def main() -> None:
    task, folder, seed = sys.argv[1:]
    sys.stdout.write(json.dumps(TASKS[task](Path(folder), int(seed))) + "\n")


def firstpoint(folder: Path, seed: int) -> dict[str, Any]:
    """File to final clusters."""
    about, truth = _about(folder), pq.read_table(folder / "truth.parquet")
    began, busy = perf_counter(), process_time()
    result = match(pq.read_table(folder / "firstpoint.parquet"), about["kinds"], seed=seed)
    figures = {"seconds": perf_counter() - began, "cpu": process_time() - busy, "peak_mb": peak()}
    judged = evaluate(result, truth)
    bands = [[band.low, band.high, band.pairs, band.claimed, band.true] for band in judged.reliability]
    return {**figures, **_figures(judged), "best": judged.pairs.f1, "complete": judged.completeness, "bands": bands}


def splink(folder: Path, seed: int) -> dict[str, Any]:
    """The same with the other engine, at the tutorials' threshold and at the best of seven."""
    from tests.benchmarks.splink_engine import Splink

    about, truth = _about(folder), pq.read_table(folder / "truth.parquet")
    began, busy = perf_counter(), process_time()
    engine = Splink(pl.read_parquet(folder / "splink.parquet"), about["family"], about["identity"], seed)
    clusters = engine.clusters()
    figures = {"seconds": perf_counter() - began, "cpu": process_time() - busy, "peak_mb": peak()}
    judged = evaluate(clusters, truth)
    others = OTHER_THRESHOLDS if truth.num_rows < FEW_ROWS else (0.999,)
    best = max(judged.pairs.f1, *(evaluate(engine.clusters(limit), truth).pairs.f1 for limit in others))
    who = dict(zip(truth["id"].to_pylist(), truth["truth"].to_pylist(), strict=True))
    return {**figures, **_figures(judged), "best": best, "complete": engine.completeness(who)}


def labels(folder: Path, seed: int) -> dict[str, Any]:
    """F1 without decisions, and with 50 and 200 of them on pairs that a steward would be shown."""
    about, truth = _about(folder), pq.read_table(folder / "truth.parquet")
    table = pq.read_table(folder / "firstpoint.parquet")
    without = match(table, about["kinds"], seed=seed)
    shown = _shown_to_stewards(without, seed)
    who = dict(zip(truth["id"].to_pylist(), truth["truth"].to_pylist(), strict=True))
    figures = {"0": evaluate(without, truth).pairs.f1}
    for count in (50, 200):
        decided = [(left, right, who[left] == who[right]) for left, right in shown[:count]]
        model = train(table, about["kinds"], labels=decided, seed=seed)
        figures[str(count)] = evaluate(match(table, about["kinds"], model, seed=seed), truth).pairs.f1
    return figures


def _shown_to_stewards(result: MatchResult, seed: int) -> list[tuple[str, str]]:
    """Pairs in doubt (.05 < p < .95) in a random order, then the others."""
    pairs = pl.concat([pl.DataFrame(pl.from_arrow(found)) for found in (result.links, result.possible)])
    pairs = pairs.sort("left", "right").sample(fraction=1.0, shuffle=True, seed=seed)
    in_doubt = pairs["probability"].is_between(0.05, 0.95)
    ordered = pl.concat([pairs.filter(in_doubt), pairs.filter(~in_doubt)])
    return list(ordered.select("left", "right").iter_rows())


def one_by_one(folder: Path, seed: int) -> dict[str, Any]:
    """Clusters of the whole file, and of an index to which its records are added one after the other."""
    about, truth = _about(folder), pq.read_table(folder / "truth.parquet")
    table = pq.read_table(folder / "firstpoint.parquet")
    whole = match(table, about["kinds"], seed=seed)
    index = Index(whole.model)
    rows = table.to_pylist()
    random.Random(seed).shuffle(rows)
    busy = process_time()
    for row in rows:
        index.add(row)
    figures = {"cpu": process_time() - busy, "rows": len(rows)}
    added = evaluate(index.clusters(), truth).pairs.f1
    return {**figures, "batch": evaluate(whole, truth).pairs.f1, "added": added}


def index(folder: Path, seed: int) -> dict[str, Any]:
    """One record at a time against the whole set, which another process has matched."""
    subprocess.run([sys.executable, "-m", "tests.benchmarks.run", "model", str(folder), str(seed)], check=True)
    model, clusters = load(folder / "model.json"), pq.read_table(folder / "clusters.parquet")
    truth = pq.read_table(folder / "truth.parquet")
    return index_figures(folder / "firstpoint.parquet", model, clusters, truth, seed)


def whole(folder: Path, seed: int) -> dict[str, Any]:
    """The model and the clusters of the whole set, for an index."""
    result = match(pq.read_table(folder / "firstpoint.parquet"), _about(folder)["kinds"], seed=seed)
    result.model.save(folder / "model.json")
    pq.write_table(result.clusters, folder / "clusters.parquet")
    return {"clusters": len(result.clusters["cluster"].unique())}


def _about(folder: Path) -> dict[str, Any]:
    about: dict[str, Any] = json.loads((folder / "about.json").read_text(encoding="utf-8"))
    return about


def _figures(judged: Evaluation) -> dict[str, float]:
    return {"precision": judged.pairs.precision, "recall": judged.pairs.recall, "f1": judged.pairs.f1,
            "bcubed": judged.bcubed.f1}  # fmt: skip


def peak() -> float:
    """Megabytes; not ru_maxrss, which a child inherits from its parent."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


TASKS = {"firstpoint": firstpoint, "splink": splink, "labels": labels, "one_by_one": one_by_one, "index": index,
         "model": whole}  # fmt: skip

if __name__ == "__main__":
    main()
