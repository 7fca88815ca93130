"""What the index takes and finds: one record at a time against a whole set, from a single thread."""

from __future__ import annotations

import gc
import random
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mdm.index import Hit, Index
from mdm.model import Model
from tests.benchmarks.households import mistyped

QUERIES, WARM = 2_000, 100

Row = dict[str, str | None]


def index_figures(path: Path, model: Model, clusters: pa.Table, truth: pa.Table, seed: int) -> dict[str, Any]:
    """Milliseconds of the processor's time and of the clock, megabytes, and how often the right cluster is found.

    Each query is a record with two slips of the pen and one field left out. The record itself is taken out of the
    index first, and put back afterwards; another one of the same person is there.
    """
    who = dict(zip(truth["id"].to_pylist(), truth["truth"].to_pylist(), strict=True))
    identity = next(column for column, kind in model.kinds.items() if kind == "id")
    table = pq.read_table(path)
    before, began = _resident(), process_time()
    index = Index(model, table, clusters)
    built = process_time() - began
    gc.collect()
    queries = _queries(table, model.kinds, who, seed)
    del table, clusters
    watch = _Watch()
    found: Counter[str] = Counter()
    for number, (row, query) in enumerate(queries):
        name = str(row[identity])
        watch.time("remove", index.remove, name)
        hits: list[Hit] = watch.time("lookup", index.lookup, query)
        if number >= WARM:
            found.update(_judged(index, query, hits, name, who))
        watch.time("add", index.add, row)
    return {
        "rows": len(index), "build": built, "resident_mb": _resident(), "before_mb": before,
        **{key: found[key] / QUERIES for key in ("first", "five", "outweighed")}, **watch.figures(),
    }  # fmt: skip


def _judged(index: Index, query: Row, hits: list[Hit], name: str, who: Mapping[str, Any]) -> list[str]:
    """Whether the right cluster is first, or in the first five; and if not, whether five others weigh more.

    In that case a comparison with every single record of the index would not have found it either.
    """
    right = [who[hit.id] == who[name] for hit in hits[:5]]
    if any(right):
        return ["five", "first"] if right[0] else ["five"]
    best = max(index.weigh(query, other) for other in _others(who, name))
    return ["outweighed"] if len(hits) >= 5 and best <= hits[4].weight else []


_BY_PERSON: dict[Any, list[str]] = {}


def _others(who: Mapping[str, Any], name: str) -> list[str]:
    """The other records of the same person."""
    if not _BY_PERSON:
        for one, person in who.items():
            _BY_PERSON.setdefault(person, []).append(one)
    return [one for one in _BY_PERSON[who[name]] if one != name]


def _queries(table: pa.Table, kinds: Mapping[str, str], who: Mapping[str, Any], seed: int) -> list[tuple[Row, Row]]:
    """Records of people who have several, one per person, each with its damaged copy."""
    chance, rng = random.Random(seed), np.random.default_rng(seed)
    identity = next(column for column, kind in kinds.items() if kind == "id")
    fields = [column for column, kind in kinds.items() if kind not in ("id", "source", "ignore")]
    sizes, used = Counter(who.values()), set()
    chosen: list[tuple[Row, Row]] = []
    while len(chosen) < QUERIES + WARM:
        row = table.slice(chance.randrange(table.num_rows), 1).to_pylist()[0]
        person = who[str(row[identity])]
        if sizes[person] < 2 or person in used:
            continue
        used.add(person)
        query = dict(row)
        given = [field for field in fields if query[field]]
        query[given.pop(chance.randrange(len(given)))] = None
        for field in chance.choices(given, k=2):
            query[field] = mistyped(rng, str(query[field]))
        chosen.append((row, query))
    return chosen


class _Watch:
    """Milliseconds per kind of call, of this thread and of the clock."""

    def __init__(self) -> None:
        self._times: dict[str, list[tuple[float, float]]] = {}

    def time(self, what: str, call: Callable[..., Any], *arguments: Any) -> Any:
        clock, busy = perf_counter(), thread_time()
        answer = call(*arguments)
        self._times.setdefault(what, []).append(((thread_time() - busy) * 1e3, (perf_counter() - clock) * 1e3))
        return answer

    def figures(self) -> dict[str, float]:
        found = {}
        for what, times in self._times.items():
            for place, unit in enumerate(("cpu", "clock")):
                values = [time[place] for time in times[WARM:]]
                for share in (50, 95):
                    found[f"{what}_{unit}_p{share}"] = float(np.percentile(values, share))
        return found


def _resident() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
