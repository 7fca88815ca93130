"""What stewards have decided on the records of an index, whether they are in it already or come later."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from mdm.blocking import Rows
from mdm.constraints import ContradictoryDecisions, Pair


class Decisions:
    """Pairs of ids that must, or must not, be one cluster, and the rows of those ids that are in the index."""

    def __init__(self, must_link: Sequence[Pair], cannot_link: Sequence[Pair]) -> None:
        """Raises ContradictoryDecisions when must-links have joined what must not be linked."""
        self._linked, self._apart = _neighbours(must_link), _neighbours(cannot_link)
        together = _components(self._linked)
        for left, right in _texts(cannot_link):
            if together.get(left, left) == together.get(right, right):
                raise ContradictoryDecisions(
                    f"{left!r} and {right!r} must not be linked, but other decisions link them."
                )
        self._rows: dict[str, int] = {}
        self._names: dict[int, str] = {}

    @property
    def names(self) -> list[str]:
        """Every id that a decision is about."""
        return sorted({*self._linked, *self._apart})

    def arrived(self, name: str, row: int) -> None:
        if name in self._linked or name in self._apart:
            self._rows[name] = row
            self._names[row] = name

    def left(self, name: str) -> None:
        if name in self._rows:
            del self._names[self._rows.pop(name)]

    def linked_to(self, row: int) -> list[int]:
        """Rows that must share the row's cluster."""
        return self._others(row, self._linked)

    def apart_from(self, row: int) -> list[int]:
        """Rows that must not share the row's cluster."""
        return self._others(row, self._apart)

    def links(self, rows: Rows) -> list[tuple[int, int]]:
        """Pairs of these rows that must be one cluster."""
        inside = set(rows.tolist())
        return [(row, other) for row in sorted(inside & self._names.keys()) for other in self.linked_to(row)
                if row < other and other in inside]  # fmt: skip

    def apart(self, rows: Rows) -> Rows:
        """Places (2, A) in `rows`, which are in order, of the pairs that must not be one cluster."""
        inside = set(rows.tolist())
        pairs = [(row, other) for row in sorted(inside & self._names.keys()) for other in self.apart_from(row)
                 if row < other and other in inside]  # fmt: skip
        return np.searchsorted(rows, np.array(pairs, np.int32).reshape(-1, 2).T).astype(np.int32)

    def _others(self, row: int, of: dict[str, set[str]]) -> list[int]:
        name = self._names.get(row)
        return sorted(self._rows[other] for other in of.get(name, ()) if other in self._rows) if name else []


def _texts(pairs: Iterable[Pair]) -> list[Pair]:
    return [(str(left), str(right)) for left, right in pairs]


def _neighbours(pairs: Iterable[Pair]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for left, right in _texts(pairs):
        found.setdefault(left, set()).add(right)
        found.setdefault(right, set()).add(left)
    return found


def _components(neighbours: dict[str, set[str]]) -> dict[str, str]:
    """The first id of everybody's component."""
    first: dict[str, str] = {}
    for name in sorted(neighbours):
        waiting = [name] if name not in first else []
        while waiting:
            one = waiting.pop()
            if one not in first:
                first[one] = name
                waiting += neighbours[one]
    return first
