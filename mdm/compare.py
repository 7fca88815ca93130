"""Comparison of pairs of records: one small level per field.

Level 0 means that a side is missing and says nothing; 1 and up are the levels of :mod:`mdm.compare_levels`; above
them lies exact agreement, split into eight bins by how many records hold the value. The bins stand in for
term-frequency formulas and let every class of the mixture learn its own profile of common and rare values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import THREADS, Rows
from mdm.columns import Codes, Column, Records
from mdm.compare_levels import CROSSED, FAMILIES, LEVELS, SCALES, SWAPPED, TYPING_ERROR, Levels, name_levels

#: Exact agreement is rarest when at most 3 records hold the value, and commonest above 2500.
RARITY_EDGES = np.array([3, 8, 20, 60, 200, 700, 2500])
RARITIES = len(RARITY_EDGES) + 1
#: More systems than this are taken together by the model.
MOST_SOURCES = 12
#: Below this number of pairs, threads cost more than they bring.
FEW_PAIRS = 20_000
#: So many distinct pairs of values are made into strings and compared at a time.
AT_ONCE = 1 << 16


@dataclass(frozen=True, eq=False)
class Comparison:
    """How one field is compared: its ``column`` and the rarity bin (v,) of each of its distinct values."""

    name: str
    kind: str
    column: Column
    rarity: NDArray[np.uint8]

    @property
    def family(self) -> str:
        return FAMILIES[self.kind]

    @property
    def exact(self) -> int:
        """The first level of exact agreement."""
        return 1 + len(SCALES[self.family])

    @property
    def labels(self) -> tuple[str, ...]:
        return level_labels(self.kind)

    def levels(self, left: Rows, right: Rows) -> Levels:
        """Level of each pair (K,), without regard to other fields."""
        a, b = self.column.codes[left], self.column.codes[right]
        present = (a >= 0) & (b >= 0)
        equal = present & (a == b)
        levels = np.zeros(len(left), np.uint8)
        levels[equal] = self.exact + self.rarity[a[equal]]
        unequal = np.flatnonzero(present & ~equal)
        levels[unequal] = self.unequal_levels(a[unequal], b[unequal])
        return levels

    def unequal_levels(self, a: Codes, b: Codes) -> Levels:
        """Levels of unequal codes (P,), each similarity computed once per distinct pair of values."""
        if not len(a) or self.family == "category":
            return np.ones(len(a), np.uint8)
        size = len(self.column.vocabulary)
        pairs = np.minimum(a, b).astype(np.int64) * size + np.maximum(a, b)
        order = np.argsort(pairs)
        ordered = pairs[order]
        new = np.r_[True, ordered[1:] != ordered[:-1]]
        distinct = ordered[new]
        low, high = (distinct // size).astype(np.int32), (distinct % size).astype(np.int32)
        found = np.empty(len(distinct), np.uint8)
        for start in range(0, len(distinct), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            found[some] = LEVELS[self.family](self.column.vocabulary, low[some], high[some])
        levels = np.empty(len(a), np.uint8)
        levels[order] = found[np.cumsum(new) - 1]
        return levels


@dataclass(frozen=True, eq=False)
class SourceComparison:
    """The unordered pair of source systems as a level: the model learns which systems hold duplicates of their own."""

    names: tuple[str, ...]
    codes: Codes

    name = kind = "source"
    exact = 1

    @property
    def labels(self) -> tuple[str, ...]:
        return source_labels(self.names)

    def levels(self, left: Rows, right: Rows) -> Levels:
        return _pair_numbers(len(self.names))[self.codes[left], self.codes[right]]


def level_labels(kind: str) -> tuple[str, ...]:
    """Names of the levels of a kind: missing, the scale of its family, and exact agreement by rarity."""
    held = ["in at most 3 records", *(f"in {low + 1} to {high} records" for low, high in _spans()), "in over 2500"]
    return ("missing", *SCALES[FAMILIES[kind]], *(f"equal, {how}" for how in held))


def _spans() -> list[tuple[int, int]]:
    return [(int(low), int(high)) for low, high in pairwise(RARITY_EDGES)]


def source_labels(names: Sequence[str]) -> tuple[str, ...]:
    """Names of the pairs of sources, in the order of their levels."""
    return ("missing", *(f"{a} and {b}" for a, b in combinations_with_replacement(names, 2)))


def _pair_numbers(size: int) -> Levels:
    numbers = np.zeros((size, size), np.uint8)
    for number, (a, b) in enumerate(combinations_with_replacement(range(size), 2), start=1):
        numbers[a, b] = numbers[b, a] = number
    return numbers


def rarity_bins(counts: NDArray[np.integer] | NDArray[np.floating]) -> NDArray[np.uint8]:
    """Rarity bin of each value from the number of records that hold it: 0 is rarest."""
    return np.searchsorted(RARITY_EDGES, counts, side="left").astype(np.uint8)


def comparisons(records: Records) -> list[Comparison | SourceComparison]:
    """The comparisons that the records allow, the pair of sources first.

    Fields that are nearly empty or always the same are left out, unless there are no others.
    """
    fields: list[Comparison | SourceComparison] = []
    if 2 <= len(records.source_names) <= MOST_SOURCES:
        fields.append(SourceComparison(records.source_names, records.sources))
    columns = list(records.columns.values())
    informative = [column for column in columns if column.is_informative] or columns
    fields.extend(Comparison(one.name, one.kind, one, rarity_bins(one.counts)) for one in informative)
    return fields


def compare(fields: Sequence[Comparison | SourceComparison], left: Rows, right: Rows) -> Levels:
    """Levels (F, K) of K pairs of rows."""
    levels = np.zeros((len(fields), len(left)), np.uint8)

    def one(number: int) -> None:
        levels[number] = fields[number].levels(left, right)

    if len(left) < FEW_PAIRS:
        for number in range(len(fields)):
            one(number)
    else:
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(one, range(len(fields))))
    _mark_swaps({field.name: (field, levels[number]) for number, field in enumerate(fields)}, left, right)
    return levels


def _mark_swaps(fields: Mapping[str, tuple[Comparison | SourceComparison, Levels]], left: Rows, right: Rows) -> None:
    """Mark pairs whose given name is the other's family name: "swapped" if both cross, "crossed" if one does.

    Both levels are written in place at the given name; the family name then says nothing of its own.
    """
    if "given_name" not in fields or "family_name" not in fields:
        return
    (given, given_levels), (family, family_levels) = fields["given_name"], fields["family_name"]
    if not (isinstance(given, Comparison) and isinstance(family, Comparison)):
        return
    g, f = given.column.codes, family.column.codes
    weak = (given_levels < TYPING_ERROR) & (family_levels < TYPING_ERROR)
    cross = ((g[left] == f[right]) & (g[left] >= 0)) | ((f[left] == g[right]) & (f[left] >= 0))
    pairs = np.flatnonzero(weak & cross)
    if not len(pairs):
        return
    swapped = _both_cross(given, g[left[pairs]], f[right[pairs]], f[left[pairs]], g[right[pairs]])
    given_levels[pairs] = np.where(swapped, SWAPPED, CROSSED)
    family_levels[pairs] = 0


def _both_cross(given: Comparison, a: Codes, b: Codes, x: Codes, y: Codes) -> NDArray[np.bool_]:
    """Of pairs in which a = b or x = y: do both hold, one of them perhaps with a typing error?"""
    first, second = (a == b) & (a >= 0), (x == y) & (x >= 0)
    both: NDArray[np.bool_] = first & second
    for holds, one, other in ((first, x, y), (second, a, b)):
        rest = np.flatnonzero(holds & ~both & (one >= 0) & (other >= 0))
        if len(rest):
            both[rest] = name_levels(given.column.vocabulary, one[rest], other[rest]) >= TYPING_ERROR
    return both
