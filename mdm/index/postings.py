"""Posting lists: from the mark of a key to the rows that have it, in sorted arrays with a table of where to look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import Rows
from mdm.blocking_keys import Hashes

Marks = NDArray[np.uint32]
List = tuple[Marks, Rows]

PER_BUCKET = 4
"""About so many entries share a bucket of the table."""


@dataclass(frozen=True, eq=False)
class Postings:
    """Entries (M,) of all keys, one key after the other, each key's in the order of (mark, row).

    Marks are evenly spread, so that their leading bits say where they stand: `starts` holds, for each key, where in
    the entries every value of those bits begins. The key's part of `starts` begins at `tables` (K,); `shifts` (K,)
    takes the leading bits. Two hashes with the same mark, one in some thousands, only add rows to be compared.
    """

    marks: Marks
    rows: Rows
    starts: NDArray[np.int32]
    tables: NDArray[np.int64]
    shifts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.marks)

    def find(self, codes: NDArray[np.int64]) -> tuple[Rows, NDArray[np.int64]]:
        """Rows under any of the codes number·2³² + mark (A,), and the place of the code that each was found under."""
        numbers, marks = codes >> 32, codes & 0xFFFFFFFF
        table = self.tables[numbers] + (marks >> self.shifts[numbers])
        begins = self.starts[table].astype(np.int64)
        sizes = self.starts[table + 1] - begins
        ends = np.cumsum(sizes)
        which = np.repeat(np.arange(len(codes)), sizes)
        entries = np.arange(len(which)) + (begins - ends + sizes)[which]
        met = np.flatnonzero(self.marks[entries] == marks[which])
        return self.rows[entries[met]], which[met]

    def of_key(self, number: int) -> List:
        """The entries of one key."""
        begin, end = self._span(number)
        return self.marks[begin:end], self.rows[begin:end]

    def _span(self, number: int) -> tuple[int, int]:
        table = self.tables[number]
        last = self.tables[number + 1] - 1 if number + 1 < len(self.tables) else len(self.starts) - 1
        return int(self.starts[table]), int(self.starts[last])


def postings(lists: Iterable[List]) -> Postings:
    """The posting lists of keys 0, 1, …, each with its marks in order."""
    marks, rows = np.zeros(0, np.uint32), np.zeros(0, np.int32)
    starts, tables, shifts, cells = [], [], [], 0
    for some, theirs in lists:
        begin, size = len(marks), len(some)
        bits = min(20, max(0, int(size / PER_BUCKET).bit_length()))
        counts = np.bincount(some.astype(np.int64) >> (32 - bits), minlength=1 << bits)
        starts.append((begin + np.r_[0, np.cumsum(counts)]).astype(np.int32))
        tables.append(cells)
        shifts.append(32 - bits)
        for whole, part in ((marks, some), (rows, theirs)):
            whole.resize(begin + size, refcheck=False)
            whole[begin:] = part
        cells += len(starts[-1])
    return Postings(marks, rows, np.concatenate(starts), np.array(tables), np.array(shifts))


def listed(alternatives: list[Hashes], largest: int) -> List:
    """The posting list of one key from the hashes (n,) of its alternatives; groups above the largest size are left out."""
    present = [np.flatnonzero(hashes) for hashes in alternatives]
    packed = [
        (hashes[rows] & np.uint64(0xFFFFFFFF00000000)) | rows.astype(np.uint64)
        for hashes, rows in zip(alternatives, present, strict=True)
    ]
    return _unpacked(np.concatenate(packed), largest)


def merged(
    one: Postings, other: Postings, largest: list[int], are_kept: Callable[[Rows], NDArray[np.bool_]]
) -> Postings:
    """Both as one, without the rows that are gone and the groups that have become too large."""

    def lists() -> Iterable[List]:
        for number, limit in enumerate(largest):
            both = [of.of_key(number) for of in (one, other)]
            marks, rows = (np.concatenate(parts) for parts in zip(*both, strict=True))
            kept = are_kept(rows)
            yield _unpacked((marks[kept].astype(np.uint64) << np.uint64(32)) | rows[kept].astype(np.uint64), limit)

    return postings(lists())


def of_codes(codes: dict[int, list[int]], keys: int) -> Postings:
    """Posting lists of a dictionary from number·2³² + mark to rows."""
    sizes = [len(rows) for rows in codes.values()]
    flat = np.repeat(np.fromiter(codes, np.int64, len(codes)), sizes)
    rows = np.fromiter((row for some in codes.values() for row in some), np.int32, len(flat))
    order = np.lexsort((rows, flat))
    flat, rows = flat[order], rows[order]
    bounds = np.searchsorted(flat >> 32, np.arange(keys + 1))
    marks = (flat & 0xFFFFFFFF).astype(np.uint32)
    return postings((marks[bounds[key] : bounds[key + 1]], rows[bounds[key] : bounds[key + 1]]) for key in range(keys))


def _unpacked(packed: NDArray[np.uint64], largest: int) -> List:
    packed.sort()
    marks, rows = (packed >> np.uint64(32)).astype(np.uint32), packed.astype(np.uint32).astype(np.int32)
    starts = np.flatnonzero(np.r_[True, marks[1:] != marks[:-1]]) if len(marks) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(marks)])
    kept = np.repeat(sizes <= largest, sizes)
    return marks[kept], rows[kept]
