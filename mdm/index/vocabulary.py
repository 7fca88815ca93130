"""A vocabulary that grows: the distinct values of a field, with room for new ones and for those of a passing query."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.blocking_keys import value_hashes
from mdm.columns import Vocabulary
from mdm.index.derivations import VALUES
from mdm.index.packed import PackedTexts

Derive = Callable[[pl.Series], NDArray[Any]]

ROOM = 256
"""Values that fit in before the arrays are made a quarter larger."""


class GrowingVocabulary:
    """Stands in for `mdm.columns.Vocabulary` wherever values are compared by their codes.

    Values have codes 0 … v−1. A query's new values are lent the codes from v on; `keep` makes them stay, `release`
    forgets them.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        hashes = value_hashes(vocabulary, "")[:-1]
        self._order = np.argsort(hashes).astype(np.int32)
        self._sorted = hashes[self._order]
        self._later: dict[str, int] = {}
        self._kept = len(hashes)
        self.capacity = len(hashes) + ROOM
        self.texts = PackedTexts(vocabulary.values)
        self._derived: dict[str, tuple[Derive, NDArray[Any]]] = {}

    def __len__(self) -> int:
        """Above every code in use."""
        return len(self.texts)

    def find(self, value: str, derived: Mapping[str, int]) -> int:
        """The code of a value, lent if it is new. `derived` holds what is known of it, its hash at least."""
        code = self._known(value, derived["hash."])
        if code < 0:
            code = self._later.get(value, -1)
        return code if code >= 0 else self._lend(value, derived)

    def is_lent(self, code: int) -> bool:
        """Whether the value is new, and not kept yet."""
        return code >= self._kept

    def keep(self) -> None:
        """The values lent so far stay."""
        self._kept = len(self.texts)

    def release(self) -> None:
        """Forget the values lent since the last `keep`."""
        if self._kept < len(self.texts):
            for value in self.texts.cut(self._kept):
                del self._later[value]

    def derived(self, name: str, derive: Derive) -> NDArray[Any]:
        """What `derive` makes of every value; one more element at the end stands for missing, all zeros."""
        known = self._derived.get(name)
        if known is None:
            found = derive(pl.Series("value", self.texts.all(), dtype=pl.String))[: len(self.texts)]
            array = np.zeros((self.capacity + 1, *found.shape[1:]), found.dtype)
            array[: len(self.texts)] = found
            known = self._derived[name] = (derive, array)
        return known[1]

    def _known(self, value: str, hashed: int) -> int:
        place = int(self._sorted.searchsorted(np.uint64(hashed)))
        if place < len(self._sorted) and self._sorted[place] == hashed:
            code = int(self._order[place])
            if self.texts.one(code) == value:
                return code
        return -1

    def _lend(self, value: str, derived: Mapping[str, Any]) -> int:
        if len(self.texts) == self.capacity:
            self._grow()
        code = len(self.texts)
        self.texts.append(value)
        self._later[value] = code
        for name, (derive, array) in self._derived.items():
            if name in derived:
                array[code] = derived[name]
            elif name in VALUES:
                array[code] = VALUES[name](value)
            else:
                array[code] = derive(pl.Series("value", [value], dtype=pl.String))[0]
        return code

    def _grow(self) -> None:
        more = max(ROOM, self.capacity // 4)
        self.capacity += more
        for name, (derive, array) in self._derived.items():
            room = np.zeros((more, *array.shape[1:]), array.dtype)
            self._derived[name] = (derive, np.concatenate([array, room]))
