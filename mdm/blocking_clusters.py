"""A second look: candidate pairs of clusters, by keys over the values that a whole cluster has gathered.

A cluster that knows a birth date from one record and a postcode from another can meet a fragment that has both,
although no two of their records share a key. Large groups of records are also small groups of clusters by now.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import THREADS, PairCodes, distinct, largest_cap, pairs_within
from mdm.blocking_keys import Hashes, mix, part_hashes
from mdm.columns import Codes, Records

#: Keys for clusters, two parts each.
CLUSTER_KEYS = (
    "@token+date_of_birth", "@token+postcode", "@token+city", "@token+address_line", "@token+phone", "@token+email",
    "@token+free_text", "date_of_birth+postcode", "date_of_birth+city", "date_of_birth+address_line",
    "date_of_birth+free_text", "postcode+city", "postcode+free_text", "date_of_birth.day_month+postcode",
    "date_of_birth.day_month+city", "@token.skeleton+date_of_birth", "@token.skeleton+postcode", "@token.skeleton+city",
    "@token.skeleton+date_of_birth.day_month", "@token+organisation_name",
)  # fmt: skip
#: Most distinct values of one part that a cluster brings, the most frequent first.
MOST_VALUES = 3
#: Most clusters in a group, and pairs that one key may give for every record.
LARGEST_GROUP, PAIRS_PER_RECORD = 12, 0.25

Entries = tuple[NDArray[np.int64], Hashes]


def cluster_candidates(records: Records, label: Codes) -> tuple[Codes, Codes]:
    """Pairs of clusters ``low < high`` that share a key; ``label`` (n,) names each record's cluster.

    Two single records have met before, or were not worth it: one side at least has gathered something since.
    """
    n = len(label)
    with ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(lambda key: _pairs_of_key(records, label, key), CLUSTER_KEYS))
    codes = distinct(np.concatenate(found))
    gathered = np.bincount(label, minlength=n) > 1
    codes = codes[gathered[codes // n] | gathered[codes % n]]
    return (codes // n).astype(np.int32), (codes % n).astype(np.int32)


def _pairs_of_key(records: Records, label: Codes, key: str) -> PairCodes:
    parts = [part_hashes(records, part) for part in key.split("+")]
    if not all(parts):
        return np.zeros(0, np.int64)
    (clusters, first), (others, second) = (gathered_values(label, part) for part in parts)
    left, right = _joined(clusters, others, len(label))
    return _pairs_of_groups(clusters[left], mix([first[left], second[right]]), len(label))


def gathered_values(label: Codes, alternatives: Sequence[Hashes]) -> Entries:
    """Clusters and their values, ordered by cluster: at most MOST_VALUES each, the most frequent first."""
    codes = np.concatenate([
        (label[hashes != 0].astype(np.uint64) << np.uint64(32)) | (hashes[hashes != 0] >> np.uint64(32))
        for hashes in alternatives
    ])  # fmt: skip
    codes.sort()
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]]) if len(codes) else np.zeros(0, np.int64)
    times = np.diff(np.r_[starts, len(codes)])
    codes = codes[starts]
    clusters = (codes >> np.uint64(32)).astype(np.int64)
    crowded = np.bincount(clusters, minlength=1)[clusters] > MOST_VALUES
    order = np.flatnonzero(crowded)
    order = order[np.lexsort((-times[order], clusters[order]))]
    rank = _rank_in_runs(clusters[order])
    kept = ~crowded
    kept[order[rank < MOST_VALUES]] = True
    return clusters[kept], (codes[kept] << np.uint64(32)) | np.uint64(1)


def _rank_in_runs(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Place of each element within its run of equal values."""
    starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]]) if len(values) else np.zeros(0, np.int64)
    return np.arange(len(values)) - np.repeat(starts, np.diff(np.r_[starts, len(values)]))


def _joined(one: NDArray[np.int64], other: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions of all combinations of entries of the same cluster; both lists are ordered by cluster."""
    sizes = np.bincount(other, minlength=n)
    starts = np.cumsum(sizes) - sizes
    each = sizes[one]
    left = np.repeat(np.arange(len(one)), each)
    nth = np.arange(len(left)) - np.repeat(np.cumsum(each) - each, each)
    return left, starts[one[left]] + nth


def _pairs_of_groups(clusters: NDArray[np.int64], keys: Hashes, n: int) -> PairCodes:
    """Pairs of clusters that share a key, in groups as large as the budget allows."""
    order = np.argsort(keys)
    keys, clusters = keys[order], clusters[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(keys)])
    cap = largest_cap(sizes[(sizes > 1) & (sizes <= LARGEST_GROUP)], int(PAIRS_PER_RECORD * n) + 100)
    small = (sizes > 1) & (sizes <= cap)
    first, second = pairs_within(starts[small], sizes[small])
    left, right = clusters[first], clusters[second]
    apart = left != right
    return distinct(np.minimum(left, right)[apart] * n + np.maximum(left, right)[apart])
