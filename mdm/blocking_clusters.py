"""A second look: candidate pairs of clusters, by keys over the values that a whole cluster has gathered.

A cluster that knows a birth date from one record and a postcode from another can meet a fragment that has both,
although no two of their records share a key. Large groups of records are also small groups of clusters by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import THREADS, PairCodes, distinct, largest_cap, pairs_within
from mdm.blocking_keys import Hashes, mix, part_hashes
from mdm.blocking_near import near_hashes
from mdm.columns import NAME_KINDS, Codes, Column, Records

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

#: Keys of which one part, marked ``~``, need only be one slip of the pen away (:mod:`mdm.blocking_near`).
NEAR_KEYS = (
    "~@token+@token", "~@token+date_of_birth.year", "~@token+city", "~email", "~phone", "~national_id",
)  # fmt: skip
#: Pairs that such a key may give for every record; equal values meet in it many times over.
NEAR_PAIRS_PER_RECORD = 4.0

Entries = tuple[NDArray[np.int64], Hashes]
NOTHING: Entries = (np.zeros(0, np.int64), np.zeros(0, np.uint64))


def cluster_candidates(records: Records, label: Codes) -> tuple[Codes, Codes]:
    """Pairs of clusters ``low < high`` that share a key; ``label`` (n,) names each record's cluster.

    Two single records that share a whole key have met before, or were not worth it: one side at least has gathered
    something since. Only by a near key may they meet for the first time.
    """
    n = len(label)
    with ThreadPoolExecutor(THREADS) as threads:
        parts = sorted({part for key in (*CLUSTER_KEYS, *NEAR_KEYS) for part in key.split("+")})
        entries = dict(zip(parts, threads.map(lambda part: _entries(records, label, part), parts), strict=True))
        found = list(threads.map(lambda key: _pairs_of_key(entries, len(label), key), CLUSTER_KEYS))
        near = list(threads.map(lambda key: _pairs_of_key(entries, len(label), key), NEAR_KEYS))
    codes = np.concatenate(found)
    gathered = np.bincount(label, minlength=n) > 1
    codes = codes[gathered[codes // n] | gathered[codes % n]]
    codes = distinct(np.concatenate([codes, *near]))
    return (codes // n).astype(np.int32), (codes % n).astype(np.int32)


def _pairs_of_key(entries: Mapping[str, Entries], n: int, key: str) -> PairCodes:
    parts = [entries[part] for part in key.split("+")]
    if not all(len(clusters) for clusters, _ in parts):
        return np.zeros(0, np.int64)
    most = int((NEAR_PAIRS_PER_RECORD if "~" in key else PAIRS_PER_RECORD) * n) + 100
    if len(parts) == 1:
        return _pairs_of_groups(*parts[0], n, most)
    (clusters, first), (others, second) = parts
    left, right = _joined(clusters, others, n)
    return _pairs_of_groups(clusters[left], mix([first[left], second[right]]), n, most)


def _entries(records: Records, label: Codes, part: str) -> Entries:
    """Clusters and their values of one part, ordered by cluster."""
    if not part.startswith("~"):
        alternatives = part_hashes(records, part)
        return gathered_values(label, alternatives) if alternatives else NOTHING
    kinds = NAME_KINDS if part == "~@token" else (part[1:],)
    found = [_near_entries(label, column) for kind in kinds for column in records.of_kind(kind)]
    if not found:
        return NOTHING
    clusters, hashes = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    order = np.argsort(clusters, kind="stable")
    return clusters[order], hashes[order]


def _near_entries(label: Codes, column: Column) -> Entries:
    """Clusters and the near hashes of their values in one column."""
    spelled = (column.codes.astype(np.uint64) << np.uint64(32)) | np.uint64(1)
    clusters, values = gathered_values(label, [np.where(column.codes >= 0, spelled, np.uint64(0))])
    which, hashes = near_hashes(column.vocabulary, (values >> np.uint64(32)).astype(np.int64))
    return clusters[which], hashes


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


def _pairs_of_groups(clusters: NDArray[np.int64], keys: Hashes, n: int, most: int) -> PairCodes:
    """Pairs of clusters that share a key, in groups as large as ``most`` pairs allow."""
    order = np.argsort(keys)
    keys, clusters = keys[order], clusters[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(keys)])
    cap = largest_cap(sizes[(sizes > 1) & (sizes <= LARGEST_GROUP)], most)
    small = (sizes > 1) & (sizes <= cap)
    first, second = pairs_within(starts[small], sizes[small])
    left, right = clusters[first], clusters[second]
    apart = left != right
    return distinct(np.minimum(left, right)[apart] * n + np.maximum(left, right)[apart])
