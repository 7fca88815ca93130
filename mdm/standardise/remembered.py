"""What has been worked out of values that come again and again, for those who ask of a few at a time.

A handful of values costs as much as thousands do: what costs is the asking. A town's names, streets and days come again all the time, so
that whoever compares one record with a few others pays only for what is new.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import polars as pl

from mdm.kinds.kind import Kind
from mdm.standardise import standardise

FEW = 2_000
"""Of more values at once nothing is kept."""
MOST = 20_000
"""So many values are kept of each thing that is worked out; then it begins anew."""

_known: dict[Hashable, dict[str, Any]] = {}


def remembered(what: Hashable, values: list[str], work_out: Callable[[list[str]], list[Any]]) -> list[Any]:
    """``work_out`` of the values, one for one, asking only for those that have not been asked for before.

    ``what`` names it; it must be a pure function of each value. Several threads may work out the same.
    """
    known = _known.setdefault(what, {})
    found = {value: known[value] for value in values if value in known} if known else {}
    fresh = [value for value in dict.fromkeys(values) if value not in found]
    if fresh:
        worked = dict(zip(fresh, work_out(fresh), strict=True))
        found |= worked
        if len(known) + len(worked) > MOST:
            known = _known[what] = {}
        known |= worked
    return [found[value] for value in values]


def standard_forms(distinct: pl.Series, kind: Kind, day_first: bool | None) -> pl.Series:
    """As :func:`mdm.standardise.standardise`, for distinct values without nulls; what is missing is null."""
    if len(distinct) > FEW or (kind is Kind.DATE_OF_BIRTH and day_first is None):
        return standardise(distinct, kind, day_first=day_first).replace("", None)

    def work_out(fresh: list[str]) -> list[str | None]:
        forms = standardise(pl.Series(distinct.name, fresh, dtype=pl.String), kind, day_first=day_first).to_list()
        return [form or None for form in forms]

    return pl.Series(distinct.name, remembered((kind, day_first), distinct.to_list(), work_out), dtype=pl.String)
