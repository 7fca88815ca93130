"""The part of docs/benchmarks.md about the house in its own database."""

from __future__ import annotations

import statistics
from typing import Any

Figures = dict[str, float]
ASKED = {
    "area": "two names with a slip in each word, and a part of the town (ZF1 4)",
    "slip_in_area": "the same with a slip in the part of the town too",
    "year": "two names with a slip in each word, and the year of birth",
    "slip_in_year": "the same with a slip in the year too",
    "district": "two names with a slip in each word, and a larger part of the town (ZF1)",
    "slip_in_district": "the same with a slip in that too",
    "phone": "a telephone number",
    "exact": "name, address and postcode, all right",
}
"""Kind of query, as tests.benchmarks.house has them, in words."""


def house_part(results: dict[str, Any]) -> list[str]:
    """Loading and matching, search, the single view: what there are figures of."""
    known = {name: _medians(found) for name, found in results.get("house", {}).items()}
    parts = [*_flow(known), *_search(known), *_view(known)]
    head = """## In the house

In the database, durable as in use, beside everything that the house keeps: versions, links, history, the search. Milliseconds by the
clock are the median and 95th percentile; those of the processor are of Python (95th percentile) and of PostgreSQL (mean)."""
    return [head, *parts] if parts else []


def _flow(known: dict[str, Figures]) -> list[str]:
    rows = [
        f"| {one['records']:,.0f} | {one['load_rows_a_second']:,.0f} | {one['match_rows_a_second']:,.0f} | {_times(one, 'lookup')} | "
        f"{one['lookup_first']:.1%} | {_times(one, 'arrival')} |"
        for name, one in known.items()
        if name.startswith("flow")
    ]
    head = """### Loading and matching

*Look-up*: one person who is described by what a record says, as `$match` and the form for a new customer ask. *Arrival*: a record that
comes with another telephone number, until its golden record stands.

| records | loaded, rows/s | matched, rows/s | look-up, ms | right one first | arrival, ms |
|---|---|---|---|---|---|
"""
    return [head + "\n".join(rows)] if rows else []


def _search(known: dict[str, Figures]) -> list[str]:
    rows = [
        f"| {one['customers']:,.0f} | {told} | {_times(one, kind)} | {one[f'{kind}_python_p95']:.1f} + {one[f'{kind}_postgres']:.1f} | "
        f"{one[f'{kind}_recall']:.2%} |"
        for name, one in known.items()
        if name.startswith("search")
        for kind, told in ASKED.items()
    ]
    head = """### Search

People of the demo city grown, and queries made from them by seed. 50 ms and 98% are promised for the first four kinds at a million.

| customers | typed | ms | processor, ms | in the first ten |
|---|---|---|---|---|
"""
    return [head + "\n".join(rows)] if rows else []


def _view(known: dict[str, Figures]) -> list[str]:
    rows = [
        f"| {one['customers']:,.0f} | {one['entries']:,.0f} | {_times(one, 'page')} | {one['page_python_p95']:.1f} |"
        for name, one in known.items()
        if name.startswith("view")
    ]
    head = """### The single view

The whole page, from the request to the last byte, without the network.

| customers | contacts and enquiries | ms | Python, ms |
|---|---|---|---|
"""
    return [head + "\n".join(rows)] if rows else []


def _times(one: Figures, name: str) -> str:
    return f"{one[f'{name}_p50']:.1f} / {one[f'{name}_p95']:.1f}"


def _medians(found: dict[str, Any]) -> Figures:
    runs = list(found["runs"].values())
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}
