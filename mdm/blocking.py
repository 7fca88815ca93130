"""Candidate pairs: the pairs of records that share a group under at least one blocking key.

Every key keeps its groups up to the largest size, 400 at most, at which the pairs of all its groups still fit its
budget, so that neither a common name nor a file in which everybody is "unknown" can blow up the number of pairs.
See Papadakis et al. (2020), Blocking and filtering techniques for entity resolution, ACM Computing Surveys 53.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mdm.blocking_keys import Hashes, available_keys, key_hashes
from mdm.columns import Records

Rows = NDArray[np.int32]
PairCodes = NDArray[np.int64]

LARGEST_GROUP = 400
THREADS = 2
#: Pairs of several keys are made distinct whenever so many have come together.
WAITING = 12_000_000
#: A file of so many records is large: a rare single value gets an eighth of the budget rather than a third.
LARGE = 200_000


@dataclass(frozen=True)
class Candidates:
    """Distinct pairs ``left < right`` (K,), and for every key its cap on group size and its number of pairs."""

    left: Rows
    right: Rows
    caps: dict[str, int]
    pairs: dict[str, int]

    def __len__(self) -> int:
        return len(self.left)


def budget(key: str, n: int) -> int:
    """How many pairs one key may spend on n records: clip(2·10⁶, 1.2 n, 40 n), or a fraction for a single value."""
    whole = int(np.clip(2e6, 1.2 * n, 40 * n))
    if not key.startswith("rare:"):
        return whole
    return max(whole // (3 if n < LARGE else 8), n // 4)


def candidates(records: Records, keys: Iterable[str] | None = None, one_in: int = 1) -> Candidates:
    """Pairs under ``keys`` (all that the records allow); ``one_in`` = 10 keeps a tenth of the groups, by hash."""
    chosen, n = list(available_keys(records) if keys is None else keys), len(records)
    caps: dict[str, int] = {}
    pairs: dict[str, int] = {}
    codes, waiting = np.zeros(0, np.int64), [np.zeros(0, np.int64)]
    with ThreadPoolExecutor(THREADS) as threads:
        found = threads.map(lambda key: pairs_of_key(key_hashes(records, key), budget(key, n), one_in), chosen)
        for key, (some, cap) in zip(chosen, found, strict=True):
            caps[key], pairs[key] = cap, len(some)
            waiting.append(some)
            if sum(map(len, waiting)) > WAITING:
                codes = distinct(np.concatenate([codes, *waiting]))
                waiting.clear()
    codes = distinct(np.concatenate([codes, *waiting]))
    return Candidates((codes // n).astype(np.int32), (codes % n).astype(np.int32), caps, pairs)


def pairs_of_key(alternatives: list[Hashes], budget: int, one_in: int = 1) -> tuple[PairCodes, int]:
    """Pairs within the groups of one key as codes left·n + right, and the cap that its budget allows."""
    n = len(alternatives[0])
    hashes, rows = _present(alternatives, one_in)
    order = np.argsort(hashes)
    hashes, rows = hashes[order], rows[order]
    starts = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]]) if len(hashes) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(hashes)])
    starts, sizes = starts[sizes > 1], sizes[sizes > 1]
    cap = largest_cap(sizes, budget // one_in)
    first, second = pairs_within(starts[sizes <= cap], sizes[sizes <= cap])
    left, right = rows[first], rows[second]
    if len(alternatives) > 1:
        different = left != right
        left, right = left[different], right[different]
    return np.minimum(left, right).astype(np.int64) * n + np.maximum(left, right), cap


def _present(alternatives: list[Hashes], one_in: int) -> tuple[Hashes, Rows]:
    """Hashes and rows of the records that have the key (in a pilot: of the groups that it keeps)."""
    kept = [
        np.flatnonzero((hashes != 0) & ((hashes >> np.uint64(1)) % np.uint64(one_in) == 0))
        if one_in > 1
        else np.flatnonzero(hashes)
        for hashes in alternatives
    ]
    hashes = np.concatenate([hashes[rows] for hashes, rows in zip(alternatives, kept, strict=True)])
    return hashes, np.concatenate(kept).astype(np.int32)


def largest_cap(sizes: NDArray[np.int64], budget: int) -> int:
    """Largest group size whose groups, with all smaller ones, have at most ``budget`` pairs; 1 if there is none."""
    groups = np.bincount(sizes, minlength=2)
    size = np.arange(len(groups))
    spent = np.cumsum(groups * (size * (size - 1) // 2))
    return min(LARGEST_GROUP, int(np.searchsorted(spent, budget, side="right")) - 1)


def pairs_within(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> tuple[PairCodes, PairCodes]:
    """Positions of all pairs within the groups that begin at ``starts`` and have ``sizes`` members."""
    total = int(sizes.sum())
    within = np.arange(total) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    later = np.repeat(sizes, sizes) - 1 - within
    first = np.repeat(np.repeat(starts, sizes) + within, later)
    nth = np.arange(len(first)) - np.repeat(np.cumsum(later) - later, later)
    return first, first + 1 + nth


def distinct(codes: PairCodes) -> PairCodes:
    """Sorted distinct codes; sorts ``codes`` in place to save memory."""
    codes.sort()
    first = np.ones(len(codes), bool)
    np.not_equal(codes[1:], codes[:-1], out=first[1:])
    return codes[first]
