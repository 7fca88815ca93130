"""A cheap look at many pairs: the model on exact / different / missing only, before any string is compared.

The levels below exact agreement are summed over ("marginalised"), so that a pair costs a few table look-ups: fields
are taken together in groups whose combined levels index one table per class.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import THREADS, Rows
from mdm.compare import RARITIES, Comparison, SourceComparison
from mdm.model import MATCHES, Floats, Model

CHUNK = 262_144
#: Levels of the coarse view: missing, different, and exact by rarity.
COARSE = 2 + RARITIES
#: So many fields share a table of COARSE^GROUP rows.
GROUP = 4


@dataclass(frozen=True, eq=False)
class CoarseView:
    """Per field the value code (n,) and coarse level of agreement (n,) of every record."""

    codes: list[Rows]
    agreement: list[NDArray[np.uint8]]

    def groups(self, left: Rows, right: Rows) -> list[NDArray[np.int32]]:
        """Combined coarse levels of pairs (K,): one array of table rows per group of fields."""
        numbers: list[NDArray[np.int32]] = []
        for place, (codes, agreement) in enumerate(zip(self.codes, self.agreement, strict=True)):
            mine, yours = codes[left], codes[right]
            level = np.where(mine == yours, agreement[left], np.uint8(1))
            level[(mine < 0) | (yours < 0)] = 0
            if place % GROUP == 0:
                numbers.append(level.astype(np.int32))
            else:
                numbers[-1] = numbers[-1] * np.int32(COARSE) + level
        return numbers


def coarse_view(fields: Sequence[Comparison | SourceComparison]) -> CoarseView:
    """The coarse view of the fields that hold values; the pair of sources takes no part."""
    valued = [field for field in fields if isinstance(field, Comparison)]
    agreement = [np.append(field.rarity + np.uint8(2), np.uint8(0))[field.column.codes] for field in valued]
    return CoarseView([field.column.codes for field in valued], agreement)


def agreeing_fields(view: CoarseView, left: Rows, right: Rows) -> NDArray[np.uint8]:
    """How many fields agree exactly in each pair (K,)."""
    tables = [_group_table([(np.arange(COARSE) >= 2).astype(np.float32)] * size) for size in _group_sizes(view)]

    def count(pairs: slice) -> NDArray[np.uint8]:
        groups = view.groups(left[pairs], right[pairs])
        counts: NDArray[np.uint8] = np.sum(
            [table[rows] for table, rows in zip(tables, groups, strict=True)], axis=0
        ).astype(np.uint8)
        return counts

    return _in_chunks(count, len(left), np.uint8)


def coarse_weights(model: Model, view: CoarseView, fields: Sequence[Comparison | SourceComparison],
                   left: Rows, right: Rows) -> NDArray[np.float32]:  # fmt: skip
    """Approximate match weight of each pair (K,): ln Σ over matches less the largest rival, on coarse levels."""
    exact = tuple(field.exact if isinstance(field, Comparison) else 0 for field in fields)
    tables = _class_tables(model, exact)
    with np.errstate(divide="ignore"):
        sizes = np.log(model.sizes).astype(np.float32)

    def weigh(pairs: slice) -> NDArray[np.float32]:
        groups = view.groups(left[pairs], right[pairs])
        best = np.full((2, pairs.stop - pairs.start), -np.inf, np.float32)
        for number, size in enumerate(sizes):
            if np.isfinite(size):
                total = np.full(best.shape[1], size, np.float32)
                for table, rows in zip(tables, groups, strict=True):
                    total += table[number][rows]
                side = best[int(number >= MATCHES)]
                np.maximum(side, total, out=side)
        weight: NDArray[np.float32] = best[0] - best[1]
        return weight

    return _in_chunks(weigh, len(left), np.float32)


@lru_cache(maxsize=4)
def _class_tables(model: Model, exact: tuple[int, ...]) -> list[NDArray[np.float32]]:
    """Per group of fields, log probabilities (C, COARSE^size) of the combined coarse levels.

    ``exact``: the first level of exact agreement of each field, 0 for one that takes no part. Who asks again and again asks of one model.
    """
    per_field = []
    for first, known in zip(exact, model.fields, strict=True):
        if first:
            table = known.tables
            different = table[:, 1:first].sum(axis=1, keepdims=True)
            per_field.append(np.log(np.concatenate([table[:, :1], different, table[:, first:]], axis=1)))
    tables = []
    for start in range(0, len(per_field), GROUP):
        group = per_field[start : start + GROUP]
        rows = [_group_table([logs[number] for logs in group]) for number in range(len(model.sizes))]
        tables.append(np.stack(rows).astype(np.float32))
    return tables


def _group_sizes(view: CoarseView) -> list[int]:
    return [len(view.codes[start : start + GROUP]) for start in range(0, len(view.codes), GROUP)]


def _group_table(columns: Sequence[NDArray[np.floating]]) -> NDArray[np.float32]:
    """Sum over the fields of a group for every combination of their levels, the first field slowest."""
    total = np.zeros(1)
    for column in columns:
        total = (total[:, None] + column[None, :]).ravel()
    return total.astype(np.float32)


def _in_chunks(work: Callable[[slice], NDArray[Any]], pairs: int, dtype: Any) -> NDArray[Any]:
    """Apply ``work`` to slices of pairs that stay in the processor's cache; the order of results is fixed."""
    slices = [slice(start, min(start + CHUNK, pairs)) for start in range(0, pairs, CHUNK)]
    if len(slices) == 1:
        return work(slices[0])
    with ThreadPoolExecutor(THREADS) as threads:
        return np.concatenate([np.zeros(0, dtype), *threads.map(work, slices)])


def stratified_sample(
    strata: NDArray[np.uint8], size: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], Floats]:
    """Positions of a sample with equal quotas by stratum, and how many pairs each stands for (inverse probability).

    Matches are rare among candidates: a uniform sample would starve EM of them.
    """
    if len(strata) <= size:
        return np.arange(len(strata)), np.ones(len(strata))
    strata = np.minimum(strata, 6)
    counts = np.bincount(strata, minlength=7)
    taken, weights, left = [], [], size
    for turn, stratum in enumerate(np.argsort(counts, kind="stable")):
        quota = min(int(counts[stratum]), left // (7 - turn))
        left -= quota
        members = np.flatnonzero(strata == stratum)
        if quota < len(members):
            members = np.sort(rng.choice(members, quota, replace=False))
        taken.append(members)
        weights.append(np.full(len(members), counts[stratum] / max(len(members), 1)))
    order = np.argsort(positions := np.concatenate(taken))
    return positions[order], np.concatenate(weights)[order]
