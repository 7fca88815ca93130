"""docs/benchmarks.md, from the results of all runs so far."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from app.customers.estimating import wilson
from tests.benchmarks.page_house import house_part

PACKAGES = ("splink", "duckdb", "polars", "pyarrow", "numpy", "rapidfuzz", "recordlinkage")
NAMES = {
    "households_easy": "households, easy", "households_hard": "households, hard", "city": "demo city",
    "city100k": "demo city, 100,000 rows", "city300k": "demo city, 300,000 rows", "city1m": "demo city, 1,000,000 rows",
}  # fmt: skip
PROMISED = (0.85, 0.95)

Results = dict[str, dict[str, dict[str, Any]]]


def page(results: Results) -> str:
    """The whole page."""
    parts = [_HEAD, *_side_by_side(results), *_growth(results), *_reliability(results), *_labels(results),
             *_index(results), *_one_by_one(results), *house_part(results), _machine(), _REPEAT]  # fmt: skip
    return "\n\n".join(parts) + "\n"


_HEAD = """# Matching, measured

This page is written by `make bench`; what it says was measured, and nothing on it is written by hand. Every figure is
the median of the runs, each in a process of its own and with a seed of its own, the engines taking turns. Precision,
recall and F1 count pairs of records within final clusters. Firstpoint uses one set of defaults and its own threshold,
and learns nothing from the truth; Splink uses settings after its tutorials, probability .95,
`estimate_u(max_pairs=1e6)`, the same columns, and values standardised by us beforehand. The demo city and the households are made anew from each seed."""

_REPEAT = """## Again

`make bench` measures the small sets, `make bench SETS=all DATA=FOLDER` everything. In the folder are
`historical_50k.parquet` and `fake_1000.parquet`; the other sets come with a package or are made. `SETS=febrl3,city` measures a
part, `ROUNDS=1` once instead of three times. Results are kept in `build/benchmarks.json`: the page is made from all of
them, those of earlier runs included. Without `DATA` it goes to `build/benchmarks.md`, with it to this file.

| `SETS=` | what |
|---|---|
| `febrl3`, `febrl4`, `fake_1000`, `historical_50k`, `city`, `households_easy`, `households_hard` | a small set, both engines |
| `city100k`, `city300k`, `city1m` | the demo city grown, both engines |
| `labels` | the small sets with 0, 50 and 200 decisions |
| `index1m`, `index100k` | one record at a time against the grown city |
| `onebyone` | an index filled record by record, beside the whole file |
| `flow45k`, `flow1m` | the demo city's extracts loaded and matched in the database, then one record at a time |
| `search100k`, `search1m` | the console's search in a database of so many customers |
| `view100k`, `view1m` | the page of the single view, with five contacts and enquiries to a customer |"""


def _side_by_side(results: Results) -> list[str]:
    rows = []
    for name in _known(results, "firstpoint", "splink"):
        for engine in ("firstpoint", "splink"):
            found = _medians(results, engine, name)
            if found:
                rows.append([
                    _title(results, engine, name), engine, *(f"{found[key]:.4f}" for key in ("precision", "recall")),
                    f"**{found['f1']:.4f}**", *(f"{found[key]:.4f}" for key in ("best", "bcubed", "complete")),
                    f"{found['seconds']:.1f}", f"{found['cpu']:.1f}", f"{found['peak_mb']:,.0f}",
                ])  # fmt: skip
    head = "set, rows|engine|precision|recall|F1|best F1|B-cubed|completeness|seconds|CPU seconds|peak MB"
    text = """## Beside Splink

From the file to final clusters. *Best F1* is that of the best of seven thresholds for Splink (of two at 300,000 rows and more), which only the
truth can tell; Firstpoint has only the one. *Completeness* is the share of true pairs that were compared and kept."""
    return [text, _table(head, rows)] if rows else []


def _growth(results: Results) -> list[str]:
    lines = []
    for name in _known(results, "firstpoint", "splink"):
        ours, theirs = _medians(results, "firstpoint", name), _medians(results, "splink", name)
        if ours and theirs and name in ("historical_50k", "city300k", "city1m"):
            ratio, busy = ours["seconds"] / theirs["seconds"], ours["cpu"] / theirs["cpu"]
            lines.append(f"- {NAMES.get(name, name)}: {ratio:.2f} of Splink's seconds ({busy:.2f} of its CPU seconds); at most .7 is promised.")  # fmt: skip
    small, large = _medians(results, "firstpoint", "city100k"), _medians(results, "firstpoint", "city1m")
    if small and large:
        lines.append(f"- From 100,000 to 1,000,000 rows: {large['seconds'] / small['seconds']:.1f} times the seconds; at most 12 are promised.")  # fmt: skip
    if large:
        lines.append(f"- Peak at 1,000,000 rows: {large['peak_mb']:,.0f} MB; at most 1,500 are promised.")
    return ["\n".join(lines)] if lines else []


def _reliability(results: Results) -> list[str]:
    """Of the pairs that were given a probability in a band, the share that is true: all runs of a set together."""
    names = _known(results, "firstpoint")
    bands = sorted({(low, high) for name in names for run in _runs(results, "firstpoint", name) for low, high, *_ in run["bands"]})  # fmt: skip
    rows = []
    for name in names:
        cells = []
        for band in bands:
            inside = [(pairs, true) for run in _runs(results, "firstpoint", name)
                      for low, high, pairs, _, true in run["bands"] if (low, high) == band]  # fmt: skip
            total = sum(pairs for pairs, _ in inside)
            share = sum(pairs * true for pairs, true in inside) / total if total else 0
            cells.append(f"{share:.0%} of {total:,}" if total else "")
        rows.append([NAMES.get(name, name), *cells])
    head = "set|" + "|".join(
        f"**{low:g}–{high:g}**" if (low, high) == PROMISED else f"{low:g}–{high:g}" for low, high in bands
    )
    text = """## Is a probability what it says?

The share of true pairs among those that Firstpoint gave a probability in the band, all runs together; 80 to 97% of .85 to .95
is promised. Where a run has only a handful of such pairs, their share says little: how little, tells the 95% interval
(Wilson's, of as many pairs as one run has)."""
    return [text, _table(head, rows), _intervals(results, names)] if rows else []


def _intervals(results: Results, names: list[str]) -> str:
    """What the share of true pairs in the promised band may be in truth, for each set; and the share of all sets together."""
    lines, every = [], []
    for name in names:
        runs = _runs(results, "firstpoint", name)
        inside = [
            (pairs, true) for run in runs for low, high, pairs, _, true in run["bands"] if (low, high) == PROMISED
        ]
        total, right = sum(pairs for pairs, _ in inside), sum(pairs * true for pairs, true in inside)
        if total:
            every.append((total, right))
            of_one = round(total / len(runs))
            low, high = wilson(round(right / len(runs)), of_one)
            lines.append(
                f"- {NAMES.get(name, name)}: {right / total:.0%}, {of_one:,} pairs a run, {low:.0%} to {high:.0%}"
            )
    if every:
        pairs = sum(total for total, _ in every)
        lines.append(f"- All of them together: {sum(right for _, right in every) / pairs:.0%} of {pairs:,} pairs")
    return "\n".join(lines)


def _labels(results: Results) -> list[str]:
    rows = []
    for name in _known(results, "labels"):
        found = _medians(results, "labels", name)
        rows.append([NAMES.get(name, name), *(f"{found[count]:.4f}" for count in ("0", "50", "200"))])
    text = "## With decisions of stewards\n\nF1 with no decision, and with 50 and 200 on pairs in doubt, which are then learned from and kept."
    return [text, _table("set|none|50|200", rows)] if rows else []


def _index(results: Results) -> list[str]:
    rows = []
    for name in _known(results, "index"):
        found = _medians(results, "index", name)
        calls = [
            f"{found[f'{what}_cpu_p50']:.1f} / {found[f'{what}_cpu_p95']:.1f} / {found[f'{what}_clock_p95']:.1f}"
            for what in ("lookup", "add", "remove")
        ]
        shares = [f"{found[key]:.2%}" for key in ("first", "five", "outweighed")]
        rows.append([f"{found['rows']:,.0f}", *calls, *shares, f"{found['resident_mb']:,.0f}", f"{found['build']:.1f}"])
    head = "rows|look-up, ms|add, ms|remove, ms|first|in first five|outweighed|MB|build, CPU s"
    text = """## One record at a time

An index of the demo city and 2,000 queries from one thread, each a record with two slips of the pen and one field left
out; the record itself is not in the index, another of the same person is. Milliseconds are the median and 95th percentile
of processor time, and the 95th percentile of the clock's. *First* and *in first five* say how often the
person's cluster is there. *Outweighed* is the share of queries in which it is not among the five although, had every record of the
index been compared, five other clusters would still have weighed more: people who moved and changed so much that
others are more like the query. *MB* is the whole process, the file's table included."""
    return [text, _table(head, rows)] if rows else []


def _one_by_one(results: Results) -> list[str]:
    rows = []
    for name in _known(results, "one_by_one"):
        found = _medians(results, "one_by_one", name)
        each = f"{found['cpu'] / found['rows'] * 1e3:.1f}"
        rows.append([_title(results, "one_by_one", name), f"{found['batch']:.4f}", f"{found['added']:.4f}",
                     f"{found['added'] - found['batch']:+.4f}", each])  # fmt: skip
    text = "## Record by record, or all at once\n\nF1 of a file matched as a whole, and of an index to which its records were added in a random order."
    return [text, _table("set, rows|whole file|record by record|difference|CPU ms each", rows)] if rows else []


def _machine() -> str:
    packages = ", ".join(map(_version, PACKAGES))
    return f"Python {platform.python_version()}, {os.cpu_count()} processors. {packages}."


def _known(results: Results, *tasks: str) -> list[str]:
    """Sets with results, in the order in which they are listed."""
    order = ["febrl3", "febrl4", "fake_1000", "historical_50k", *NAMES]
    found = {name for task in tasks for name in results.get(task, {})}
    places = {name: order.index(name) if name in order else len(order) for name in found}
    return sorted(found, key=lambda name: (places[name], name))


def _runs(results: Results, task: str, name: str) -> list[dict[str, Any]]:
    return list(results.get(task, {}).get(name, {"runs": {}})["runs"].values())


def _medians(results: Results, task: str, name: str) -> dict[str, float]:
    runs = _runs(results, task, name)
    keys = [key for key, value in runs[0].items() if isinstance(value, int | float)] if runs else []
    return {key: statistics.median(run[key] for run in runs) for key in keys}


def _title(results: Results, task: str, name: str) -> str:
    known = results[task][name]
    rows, seeds = statistics.median(known["rows"].values()), sorted(map(int, known["runs"]))
    return f"{NAMES.get(name, name)}: {rows:,.0f}; seed{'s' if len(seeds) > 1 else ''} {_span(seeds)}"


def _span(seeds: Sequence[int]) -> str:
    return f"{seeds[0]}–{seeds[-1]}" if len(seeds) > 1 else str(seeds[0])


def _table(head: str, rows: Iterable[Sequence[str]]) -> str:
    titles = head.split("|")
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"no {package}"
