"""Which rows are one customer: clusters as rings, so that joining and leaving cost no search."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import Rows

GONE = -1


class Members:
    """`label` (rows,) is the row after which a cluster is called, GONE for a removed record."""

    def __init__(self, label: NDArray[np.int32]) -> None:
        self.label = label.copy()
        self.core = label.copy()
        """What was one cluster at the beginning stays one; a later record is a core of its own."""
        self._next = np.arange(len(label), dtype=np.int32)
        order = np.argsort(label, kind="stable").astype(np.int32)
        ordered = label[order]
        last = np.flatnonzero(np.r_[ordered[1:] != ordered[:-1], True]) if len(label) else np.zeros(0, np.int64)
        first = np.r_[0, last[:-1] + 1]
        following = np.arange(1, len(label) + 1)
        following[last] = first[: len(last)]
        self._next[order] = order[following] if len(label) else order

    def add(self, row: int) -> None:
        """A new record, a cluster of its own."""
        if row == len(self.label):
            more = max(256, row // 4)
            self.label = np.append(self.label, np.full(more, GONE, np.int32))
            self.core = np.append(self.core, np.full(more, GONE, np.int32))
            self._next = np.append(self._next, np.zeros(more, np.int32))
        self.label[row] = self.core[row] = self._next[row] = row

    def are_here(self, rows: Rows) -> NDArray[np.bool_]:
        """Which rows (K,) have not been removed."""
        here: NDArray[np.bool_] = self.label[rows] != GONE
        return here

    def of(self, label: int) -> Rows:
        """The rows of a cluster, in order."""
        rows, row = [label], int(self._next[label])
        while row != label:
            rows.append(row)
            row = int(self._next[row])
        return np.array(sorted(rows), np.int32)

    def of_each(self, labels: Rows, most: int) -> tuple[Rows, NDArray[np.int64]]:
        """The rows of each cluster, by cluster and in order, and the cluster's place in `labels`; of a cluster with
        more than `most` rows so many, evenly spread."""
        rows, which = [labels], [np.arange(len(labels))]
        for _ in range(most):
            following = self._next[rows[-1]]
            going = following != labels[which[-1]]
            if not going.any():
                break
            rows.append(following[going])
            which.append(which[-1][going])
        else:
            large = np.unique(which.pop()).tolist()
            rows.pop()
            return self._thinned(labels, large, most, np.concatenate(rows), np.concatenate(which))
        return _in_order(np.concatenate(rows), np.concatenate(which))

    def _thinned(
        self, labels: Rows, large: Iterable[int], most: int, rows: Rows, which: NDArray[np.int64]
    ) -> tuple[Rows, NDArray[np.int64]]:
        """The same, with another choice from the `large` clusters."""
        kept = ~np.isin(which, list(large))
        parts, places = [rows[kept]], [which[kept]]
        for place in large:
            everybody = self.of(int(labels[place]))
            parts.append(everybody[np.arange(most) * len(everybody) // most])
            places.append(np.full(most, place))
        return _in_order(np.concatenate(parts), np.concatenate(places))

    def join(self, one: int, other: int) -> int:
        """Make one cluster of two; it is called after the older name, which is given back."""
        kept, gone = min(one, other), max(one, other)
        self.label[self.of(gone)] = kept
        self._next[kept], self._next[gone] = self._next[gone], self._next[kept]
        return kept

    def regroup(self, rows: Rows, group: NDArray[np.int32]) -> None:
        """Make clusters of `rows` by their `group`; the rows are in order and make up whole clusters."""
        for number in np.unique(group):
            ring = rows[group == number]
            self.label[ring] = ring[0]
            self._next[ring] = np.roll(ring, -1)

    def loosen(self, rows: Rows) -> None:
        """From now on these rows may be taken apart."""
        self.core[rows] = rows

    def bind(self, one: int, other: int, among: Rows) -> None:
        """From now on the cores of two rows stay together; `among` are the rows that may belong to them."""
        kept, gone = sorted((int(self.core[one]), int(self.core[other])))
        self.core[among[self.core[among] == gone]] = kept

    def remove(self, row: int) -> None:
        """Take a record out; a cluster called after it is called after its next oldest."""
        rows = self.of(int(self.label[row]))
        rest = rows[rows != row]
        self.label[row] = GONE
        if len(rest):
            self.label[rest] = rest[0]
            self._next[rest] = np.roll(rest, -1)
            bereft = rest[self.core[rest] == row]
            self.core[bereft] = bereft[:1]


def _in_order(rows: Rows, which: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
    order = np.lexsort((rows, which))
    return rows[order], which[order]
