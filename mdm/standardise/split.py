"""One column that holds several things becomes several columns that hold one each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl
import pyarrow as pa

from mdm.kinds.kind import Kind
from mdm.standardise.split_address import split_addresses, split_line
from mdm.standardise.split_name import split_full_names

NUMBERED_SHARE = 0.3
"""An address line is split when at least this share of its distinct values begins with a house number or a flat."""

Parts = dict[Kind, pl.Series]


def split(table: pa.Table, kinds: Mapping[str, Kind]) -> tuple[pa.Table, dict[str, Kind]]:
    """`table` and `kinds` with every full name and whole address replaced by its parts.

    The new columns are called 'column.kind'. A part that the table already has a column for is not added: what a
    system stores apart is better than what can be cut out. The split column itself becomes `ignore`.
    """
    kinds = dict(kinds)
    for column, kind in list(kinds.items()):
        cut = _cutter(kind, set(kinds.values()))
        if cut is None:
            continue
        codes, distinct = _encode(table[column])
        parts = cut(distinct)
        present = set(kinds.values()) - {kind}
        for part, values in parts.items():
            if part in present or not bool((values != "").any()):
                continue
            name = _free_name(f"{column}.{part}", table.column_names)
            table = table.append_column(name, _spread(values, codes))
            kinds[name] = part
        if parts:
            kinds[column] = Kind.IGNORE
    return table, kinds


def _cutter(kind: Kind, present: set[Kind]) -> Callable[[pl.Series], Parts] | None:
    if kind is Kind.FULL_NAME:
        return split_full_names
    if kind is Kind.ADDRESS:
        return split_addresses
    if kind is Kind.ADDRESS_LINE and Kind.HOUSE_NUMBER not in present:
        return _line_parts
    return None


def _line_parts(distinct: pl.Series) -> Parts:
    """Nothing when few of the lines carry a house number."""
    parts = split_line(distinct)
    numbered = (parts[Kind.HOUSE_NUMBER] != "") | (parts[Kind.UNIT] != "")
    return parts if len(distinct) and float(numbered.mean() or 0) >= NUMBERED_SHARE else {}  # type: ignore[arg-type]  # - polars says a mean may be anything; of numbers it is one


def _encode(column: pa.ChunkedArray) -> tuple[pl.Series, pl.Series]:
    """Row → number of its distinct value (null for null), and the distinct values."""
    values = pl.Series("value", column.cast(pa.string()))
    distinct = values.drop_nulls().unique(maintain_order=True)
    codes = values.replace_strict(distinct, pl.arange(0, len(distinct), eager=True), default=None)
    return codes.cast(pl.UInt32), distinct


def _spread(values: pl.Series, codes: pl.Series) -> pa.Array:
    return values.gather(codes).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())


def _free_name(name: str, taken: list[str]) -> str:
    while name in taken:
        name += "_"
    return name
