"""The ids of an index's rows, and the way back: those of the beginning packed and in order, later ones in a dictionary."""

from __future__ import annotations

import polars as pl

from mdm.blocking import Rows
from mdm.index.packed import PackedTexts

GONE_NAME = -1


class Names:
    """A removed id leaves its row without a way back, and may be given to a new row."""

    def __init__(self, ids: pl.Series) -> None:
        """`ids` in order, as `mdm.columns.read_records` gives them."""
        self._ids = PackedTexts(ids)
        self._moved: dict[str, int] = {}
        self.count = len(ids)
        """Ids in use."""

    def __getitem__(self, row: int) -> str:
        return self._ids.one(row)

    def row(self, name: str) -> int | None:
        """The row of an id; None when there is none."""
        moved = self._moved.get(name)
        if moved is None:
            return self._ids.place(name)
        return moved if moved != GONE_NAME else None

    def add(self, name: str) -> None:
        self._moved[name] = len(self._ids)
        self._ids.append(name)
        self.count += 1

    def remove(self, name: str) -> None:
        self._moved[name] = GONE_NAME
        self.count -= 1

    def of(self, rows: Rows) -> pl.Series:
        """The ids (K,) of rows (K,)."""
        return pl.Series("id", self._ids[rows].tolist(), dtype=pl.String)
