"""Names that are one slip of the pen away from a query's: whoever wrote *Andew* may have meant *Andrew*.

Every name that several records hold is kept under its near hashes (:mod:`mdm.blocking_near`). A query's name that is
much rarer than such a neighbour is looked for under the neighbour as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.blocking_keys import Hashes
from mdm.blocking_near import LONGEST, SHORTEST, hash_lists
from mdm.columns import NAME_KINDS, Records
from mdm.index.derivations import hashes

SEVERAL = 2
"""A neighbour is held by so many records at least."""

RARER = 4
"""A slip is held by so many times fewer records than what was meant."""

COMMON = 50
"""A name that more records hold is no slip."""

MOST = 4
"""Neighbours of one name that are followed, the commonest first."""

Held = Callable[[str, int], int]
"""How many records hold the value with this code in this field."""


class NearNames:
    """The names of an index by their near hashes: sorted arrays of the first ones, a dictionary of later ones."""

    def __init__(self, records: Records) -> None:
        self.fields = [column.name for kind in NAME_KINDS for column in records.of_kind(kind)]
        self._known: dict[str, tuple[Hashes, NDArray[np.int32]]] = {}
        self._later: dict[str, dict[int, list[int]]] = {}
        made: dict[int, str] = {}
        for name in self.fields:
            vocabulary = records.columns[name].vocabulary
            same = made.setdefault(id(vocabulary), name)
            if same == name:
                alike = [column for column in records.columns.values() if column.vocabulary is vocabulary]
                held = np.sum([column.counts for column in alike], axis=0)
                self._known[name] = _sorted(vocabulary.values, np.flatnonzero(held >= SEVERAL))
                self._later[name] = {}
            self._known[name], self._later[name] = self._known[same], self._later[same]

    def learn(self, field: str, code: int, value: str) -> None:
        """A new name."""
        for one in _near(value).tolist():
            self._later[field].setdefault(one, []).append(code)

    def find(self, field: str, value: str, code: int, held: Held) -> list[int]:
        """Codes of the names that `value`, which has this code, may be a slip of."""
        if held(field, code) > COMMON:
            return []
        asked = _near(value)
        sorted_hashes, codes = self._known[field]
        begins, ends = np.searchsorted(sorted_hashes, asked), np.searchsorted(sorted_hashes, asked, side="right")
        found = {int(one) for begin, end in zip(begins, ends, strict=True) for one in codes[begin:end]}
        found.update(one for near in asked.tolist() for one in self._later[field].get(near, ()))
        found.discard(code)
        least = max(SEVERAL, RARER * held(field, code))
        counted = sorted((-held(field, one), one) for one in found)
        return [one for times, one in counted[:MOST] if -times >= least]


def _sorted(values: pl.Series, chosen: NDArray[np.int64]) -> tuple[Hashes, NDArray[np.int32]]:
    """The near hashes of the chosen values in order, and whose they are."""
    lists = hash_lists(values.gather(chosen))
    which = np.repeat(chosen, lists.list.len().to_numpy()).astype(np.int32)
    found = lists.explode().drop_nulls().to_numpy().astype(np.uint64)
    order = np.argsort(found, kind="stable")
    return found[order], which[order]


def _near(value: str) -> Hashes:
    """The near hashes of one value, as `mdm.blocking_near` makes them."""
    if len(value) < SHORTEST:
        return np.zeros(0, np.uint64)
    texts: Sequence[str] = [value, *(value[:at] + value[at + 1 :] for at in range(min(len(value), LONGEST)))]
    return np.unique(hashes(list(texts)) | np.uint64(1))
