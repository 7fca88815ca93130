"""The groups of the blocking keys, turned round: from a key's hash to the rows that have it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import LARGEST_GROUP, Rows
from mdm.blocking_keys import Hashes, available_keys, key_hashes, part_hashes
from mdm.columns import Records

LARGEST_RARE_GROUP = 60
"""A single value that more records than this share says too little to be worth a look."""

ENOUGH = 1_500
"""Rows gathered for one query; the smallest groups come first."""


FINER_KEYS = (
    "address_line+house_number", "postcode+house_number", "@token.skeleton+house_number+postcode.outward",
    "@token.skeleton+address_line.first_word", "@token.skeleton+date_of_birth.year", "@token.initial+date_of_birth",
    "@token.skeleton+phone.last4", "@token.skeleton+phone.all_but_last4", "@token.initial+phone.last6",
    "@token.initial+national_id.last4", "@token.skeleton+email.local", "@token.skeleton+postcode",
    "address_line.first_word+house_number+date_of_birth.day_month", "phone.last6+house_number",
)  # fmt: skip
"""Keys that would bring a file too many pairs, and bring a single record few rows: a query may be short of its names."""


class Groups:
    """Per key, the upper 32 bits of the hashes (m,) in order, and the row of each.

    Two different hashes with the same upper half, one in some thousands of look-ups, only add rows to compare. Later
    additions are kept aside in a dictionary.
    """

    def __init__(self, records: Records) -> None:
        self.keys = available_keys(records) + [key for key in FINER_KEYS if _can_be_made(records, key)]
        self._marks: list[NDArray[np.uint32]] = []
        self._rows: list[Rows] = []
        self._later: dict[tuple[int, int], list[int]] = {}
        for key in self.keys:
            marks, rows = _sorted_groups(key_hashes(records, key), self._largest(key))
            self._marks.append(marks)
            self._rows.append(rows)

    def find(self, query: Records) -> Rows:
        """Distinct rows that share a group with the one record of `query`, those of small groups before others."""
        found: list[Rows] = []
        of_query = Marks(query)
        for number, key in enumerate(self.keys):
            largest = self._largest(key)
            marks, rows = self._marks[number], self._rows[number]
            for mark in of_query.of(key):
                narrow = np.uint32(mark)
                group = rows[marks.searchsorted(narrow) : marks.searchsorted(narrow, side="right")]
                later = self._later.get((number, mark))
                if later is not None:
                    group = np.concatenate([group, np.array(later, np.int32)])
                if 0 < len(group) <= largest:
                    found.append(group)
        if not found:
            return np.zeros(0, np.int32)
        found.sort(key=len)
        within = int(np.searchsorted(np.cumsum([len(group) for group in found]), ENOUGH)) + 1
        return np.unique(np.concatenate(found[:within]))

    def add(self, query: Records, row: int) -> None:
        """Put the record of `query` into its groups as `row`."""
        of_query = Marks(query)
        for number, key in enumerate(self.keys):
            for mark in of_query.of(key):
                later = self._later.setdefault((number, mark), [])
                if len(later) <= LARGEST_GROUP:
                    later.append(row)

    @staticmethod
    def _largest(key: str) -> int:
        return LARGEST_RARE_GROUP if key.startswith("rare:") else LARGEST_GROUP


def _can_be_made(records: Records, key: str) -> bool:
    return all(part_hashes(records, part) for part in key.split("+"))


class Marks:
    """The marks of a single record under any key: what `mdm.blocking_keys.key_hashes` does for columns, in integers."""

    def __init__(self, query: Records) -> None:
        self._query = query
        self._parts: dict[str, list[int]] = {}

    def of(self, key: str) -> set[int]:
        """One mark per alternative of the key that the record has."""
        parts = [self._part(part) for part in key.removeprefix("rare:").split("+")]
        widest = max(range(len(parts)), key=lambda number: len(parts[number]))
        fixed = [alternatives[0] for number, alternatives in enumerate(parts) if number != widest]
        hashes = [_mixed([alternative, *fixed]) if fixed else alternative for alternative in parts[widest]]
        return {hashed >> 32 for hashed in hashes if hashed}

    def _part(self, part: str) -> list[int]:
        known = self._parts.get(part)
        if known is None:
            known = self._parts[part] = [int(hashes[0]) for hashes in part_hashes(self._query, part)]
        return known


def _mixed(parts: list[int]) -> int:
    """`mdm.blocking_keys.mix` of single hashes."""
    mixed = 0
    for part in parts:
        if not part:
            return 0
        mixed = ((mixed ^ part) * 0x9E3779B97F4A7C15) & _64_BITS
        mixed ^= mixed >> 29
    mixed = (mixed * 0xBF58476D1CE4E5B9) & _64_BITS
    return (mixed ^ (mixed >> 32)) | 1


_64_BITS = (1 << 64) - 1


def _sorted_groups(alternatives: list[Hashes], largest: int) -> tuple[NDArray[np.uint32], Rows]:
    """Marks in order and their rows, without the groups that are too large to be of use."""
    present = [np.flatnonzero(hashes) for hashes in alternatives]
    marks = np.concatenate([hashes[rows] >> np.uint64(32) for hashes, rows in zip(alternatives, present, strict=True)])
    rows = np.concatenate(present).astype(np.int32)
    marks = marks.astype(np.uint32)
    order = np.argsort(marks)
    marks, rows = marks[order], rows[order]
    starts = np.flatnonzero(np.r_[True, marks[1:] != marks[:-1]]) if len(marks) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(marks)])
    kept = np.repeat(sizes <= largest, sizes)
    return marks[kept], rows[kept]
