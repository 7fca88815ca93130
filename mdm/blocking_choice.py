"""Which keys are worth their pairs: a choice made on a pilot, for files too large to try every key in full."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import THREADS, Rows
from mdm.blocking_keys import Hashes, key_hashes
from mdm.columns import Records

#: Share of the expected matches that the chosen keys must reach.
COVER = 0.9993
BUCKETS = np.uint64((1 << 21) - 1)


def membership(records: Records, caps: Mapping[str, int], left: Rows, right: Rows) -> NDArray[np.bool_]:
    """Which keys produce each pair, (keys, K); equality in a group above the key's cap is not membership."""
    with ThreadPoolExecutor(THREADS) as threads:
        rows = threads.map(lambda key: _shares_group(key_hashes(records, key), caps[key], left, right), caps)
        return np.stack(list(rows))


def _shares_group(alternatives: list[Hashes], cap: int, left: Rows, right: Rows) -> NDArray[np.bool_]:
    """Group sizes are counted by hash bucket: a collision can only overstate a size."""
    sizes = sum(np.bincount(hashes[hashes != 0] & BUCKETS, minlength=int(BUCKETS) + 1) for hashes in alternatives)
    shares = np.zeros(len(left), bool)
    for one in alternatives:
        mine = one[left]
        small = (mine != 0) & (np.asarray(sizes)[mine & BUCKETS] <= cap + 1)
        for other in alternatives:
            shares |= small & (mine == other[right])
    return shares


def choose_keys(pairs: Mapping[str, int], members: NDArray[np.bool_], expected: NDArray[np.float64]) -> list[str]:
    """Greedy choice by gain/√pairs until the expected matches of the pilot are covered.

    ``pairs`` gives each key's number of pairs, ``members`` (keys, K) which pairs it produces, ``expected`` (K,) the
    number of matches that each sampled pair stands for.
    """
    names, left = list(pairs), list(range(len(pairs)))
    covered = np.zeros(members.shape[1], bool)
    wanted = COVER * float(expected[members.any(axis=0)].sum())
    chosen: list[str] = []
    while left and float(expected[covered].sum()) < wanted:
        gains = [float(expected[members[key] & ~covered].sum()) / max(pairs[names[key]], 1) ** 0.5 for key in left]
        best = left.pop(int(np.argmax(gains)))
        covered |= members[best]
        chosen.append(names[best])
    return chosen
