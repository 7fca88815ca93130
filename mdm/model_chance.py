"""What chance does: how often two unrelated records agree, free of blocking bias.

u of exact agreement is counted, not sampled: Σ c(c−1) / n(n−1) over the values of each rarity bin, c their numbers of
records. u of the levels below is estimated from random pairs of records.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mdm.compare import RARITIES, Comparison, SourceComparison, compare
from mdm.model import Floats

RANDOM_PAIRS = 300_000
SMALLEST = 1e-9


@dataclass(frozen=True, eq=False)
class Chance:
    """Chance levels of one field: ``u`` (L,), level 0 being 1; ``exact`` (8,) share of agreeing pairs per rarity bin;
    ``present`` share of pairs in which both sides have a value; ``rarity`` (8,) share of records per rarity bin."""

    u: Floats
    exact: Floats
    present: float
    rarity: Floats


def chances(fields: Sequence[Comparison | SourceComparison], n: int, rng: np.random.Generator) -> list[Chance]:
    """Chance of every level of every field in a file of n records."""
    left = rng.integers(0, n, RANDOM_PAIRS).astype(np.int32)
    right = rng.integers(0, n, RANDOM_PAIRS).astype(np.int32)
    left, right = left[left != right], right[left != right]
    levels = compare(fields, left, right)
    return [
        _of_sources(field) if isinstance(field, SourceComparison) else _of_values(field, levels[number])
        for number, field in enumerate(fields)
    ]


def _of_values(field: Comparison, levels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Chance:
    """Chance of a field's levels; each bin is given at least one other holder per two values."""
    seen = np.bincount(levels, minlength=len(field.labels)).astype(float)
    present = seen[1:].sum()
    fuzzy = (seen[1 : field.exact] + 0.5) / (present + 0.5 * field.exact)
    counts = field.column.counts.astype(float)
    filled = max(counts.sum(), 1.0)
    exact = np.bincount(field.rarity, counts * (counts - 1), RARITIES) / (filled * max(filled - 1, 1.0))
    rarity = np.bincount(field.rarity, counts, RARITIES) / filled
    u = np.r_[fuzzy * (1 - exact.sum()), np.maximum(exact, 0.5 * rarity / filled)]
    u = np.maximum(u / u.sum(), SMALLEST)
    return Chance(np.r_[1.0, u], exact, float(present / max(len(levels), 1)), rarity)


def _of_sources(field: SourceComparison) -> Chance:
    """All pairs of the file by their two source systems."""
    size = len(field.names)
    counts = np.bincount(field.codes, minlength=size).astype(float)
    pairs = np.outer(counts, counts)
    pairs[np.diag_indices(size)] = counts * (counts - 1) / 2
    u = pairs[np.triu_indices(size)]
    return Chance(np.r_[1.0, np.maximum(u / u.sum(), SMALLEST)], np.zeros(0), 1.0, np.zeros(0))
