"""What an index begins with: the records of a table, or none, and their clusters."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.columns import NAME_KINDS, Column, Records, Vocabulary, read_records
from mdm.kinds.kind import Kind, check_kinds
from mdm.model import Model
from mdm.tables import as_table


def starting_records(model: Model, table: Any) -> tuple[Records, dict[str, Kind]]:
    """The records of the table, or none, and the kinds of its columns in their order."""
    if table is not None:
        arrow = as_table(table)
        return read_records(arrow, model.kinds, model.day_first), check_kinds(model.kinds, arrow.column_names)
    names = _nothing()
    columns = {
        one.name: Column(one.name, one.kind, _NO_ROWS, names if one.kind in NAME_KINDS else _nothing())
        for one in model.fields
        if one.kind != "source"
    }
    records = Records(pl.Series("id", [], dtype=pl.String), columns, _NO_ROWS, (), model.day_first)
    return records, check_kinds(model.kinds, list(model.kinds))


_NO_ROWS = np.zeros(0, np.int32)


def _nothing() -> Vocabulary:
    return Vocabulary(pl.Series("value", [], dtype=pl.String))


def starting_labels(ids: pl.Series, clusters: Any) -> NDArray[np.int32]:
    """The first row of each record's cluster; a record without one is a cluster of its own."""
    own = np.arange(len(ids), dtype=np.int32)
    if clusters is None or not len(ids):
        return own
    given = pl.DataFrame(pl.from_arrow(as_table(clusters).select([0, 1])))
    given.columns = ["id", "cluster"]
    frame = pl.DataFrame({"id": ids, "row": own}).join(
        given.cast(pl.String), on="id", how="left", maintain_order="left"
    )
    named = pl.when(pl.col("cluster").is_null()).then("id").otherwise("cluster")
    first = frame.select(pl.col("row").min().over(named)).to_series()
    return first.to_numpy().astype(np.int32)
