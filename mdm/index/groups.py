"""The groups of the keys, turned round: from a single record to the rows that share one with it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import LARGEST_GROUP, Rows
from mdm.columns import Records
from mdm.index.keys import Keys
from mdm.index.postings import listed, merged, of_codes, postings

Here = Callable[[Rows], NDArray[np.bool_]]

LARGEST_RARE_GROUP = 60
"""A single value that more records than this share says too little to be worth a look."""

LATER = 2_048
"""So many additions are kept aside in a dictionary before they are put into posting lists of their own."""


class Groups:
    """Posting lists of what the index began with, and of later additions: each at least twice as long as the next.

    Additions go through a dictionary. When it is full it becomes a posting list, and lists of like length become one,
    so that an addition costs little, a look-up few steps more, and ten thousand additions no more memory than a file.
    """

    def __init__(self, records: Records) -> None:
        self.keys = Keys(records)
        self._largest = [LARGEST_RARE_GROUP if key.startswith("rare:") else LARGEST_GROUP for key in self.keys.names]
        numbers = range(len(self.keys.names))
        self._lists = [postings(listed(self.keys.of_records(records, key), self._largest[key]) for key in numbers)]
        self._limits = np.array(self._largest)
        self._later: dict[int, list[int]] = {}
        self._waiting = 0

    def find(self, codes: NDArray[np.int64], are_here: Here, enough: int) -> tuple[Rows, NDArray[np.float64]]:
        """Distinct rows (K,) under the codes of a query, from the smallest groups until there are `enough`, and how
        much each shares with it: the sum of ln(enough / rows of the group) (K,) over the groups. `are_here` says who is left."""
        found = [one.find(codes) for one in self._lists]
        found.append(self._find_later(codes))
        rows = np.concatenate([rows for rows, _ in found])
        which = np.concatenate([which for _, which in found])
        here = are_here(rows)
        rows, which = rows[here], which[here]
        sizes = np.bincount(which, minlength=len(codes))
        order = np.argsort(sizes, kind="stable")
        order = order[sizes[order] <= self._limits[codes[order] >> 32]]
        within = int(np.searchsorted(np.cumsum(sizes[order]), enough)) + 1
        chosen = np.zeros(len(codes), bool)
        chosen[order[:within]] = True
        met = chosen[which]
        distinct, place = np.unique(rows[met], return_inverse=True)
        told = np.log(enough / np.maximum(sizes, 1))
        return distinct.astype(np.int32), np.bincount(place, told[which[met]], len(distinct)).astype(np.float64)

    def _find_later(self, codes: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
        if not self._later:
            return np.zeros(0, np.int32), np.zeros(0, np.int64)
        found = [self._later.get(code, ()) for code in codes.tolist()]
        rows = np.fromiter((row for some in found for row in some), np.int32)
        return rows, np.repeat(np.arange(len(codes)), [len(some) for some in found])

    def add(self, codes: NDArray[np.int64], row: int, are_here: Here) -> None:
        """Put a record into its groups as `row`."""
        for code in codes.tolist():
            self._later.setdefault(code, []).append(row)
        self._waiting += 1
        if self._waiting == LATER:
            self._lists.append(of_codes(self._later, len(self._largest)))
            self._later, self._waiting = {}, 0
            self._put_together(are_here)

    def _put_together(self, are_here: Here) -> None:
        while len(self._lists) > 1 and len(self._lists[-2]) <= 2 * len(self._lists[-1]):
            last = self._lists.pop()
            self._lists[-1] = merged(self._lists[-1], last, self._largest, are_here)
