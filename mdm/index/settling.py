"""The clusters of a handful of records, made afresh: what lets a record that comes late put right what came before.

Records that arrive one by one meet clusters that are not finished. A namesake that arrives first finds nothing better
to join than the wrong person. So whenever a new record is in doubt, the clusters that it touches are taken apart and
agglomerated again, by the rule of `mdm.cluster` and with the evidence of all their pairs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mdm.cluster import THRESHOLD
from mdm.cluster_bonds import Bonds, Labels, bonds_of_pairs, pooled
from mdm.compare_levels import Levels
from mdm.model import Model, distinct_patterns


def open_pairs(start: Labels) -> tuple[Labels, Labels]:
    """The positions (low, high) of all pairs of records that `start` (m,) does not hold together."""
    low, high = np.triu_indices(len(start), 1)
    apart = start[low] != start[high]
    return low[apart].astype(np.int32), high[apart].astype(np.int32)


def agglomerated(
    model: Model, levels: Levels, held: NDArray[np.int32], singular: Sequence[int], *, start: Labels, apart: Labels
) -> Labels:
    """Cluster of each of m records (m,), named by its first position.

    `levels` (F, P) are those of `open_pairs(start)`; `held` (S, m) is 1 where a record has a value in a singular
    field; `start` (m,) holds the clusters that must not be taken apart, `apart` (2, A) positions that must not meet.
    """
    low, high = open_pairs(start)
    patterns, shown = distinct_patterns(levels)
    label = start.copy()
    bonds = bonds_of_pairs(low, high, patterns, model.evidence(patterns), shown).relabelled(label)
    support = np.zeros(held.shape, np.float32)
    for place, row in enumerate(held):
        support[place] = np.bincount(label, row, minlength=len(label))
    while True:
        score = pooled(bonds, support, singular)
        score[_forbidden(bonds, label[apart])] = -np.inf
        chosen = _mutual_best(bonds, score, len(label))
        if not len(chosen):
            return label
        into = np.arange(len(label), dtype=np.int32)
        into[bonds.high[chosen]] = bonds.low[chosen]
        support[:, bonds.low[chosen]] += support[:, bonds.high[chosen]]
        label = into[label]
        bonds = bonds.relabelled(into)


def _forbidden(bonds: Bonds, apart: Labels) -> NDArray[np.bool_]:
    """Which bonds would bring together what must not meet: `apart` (2, A) are clusters by now."""
    kept = np.minimum(*apart).astype(np.int64) << 32 | np.maximum(*apart)
    return np.isin(bonds.low.astype(np.int64) << 32 | bonds.high, kept)


def _mutual_best(bonds: Bonds, score: NDArray[np.float32], size: int) -> NDArray[np.int64]:
    """Bonds above the threshold that are the best of both their ends; of equal ones, the first."""
    ranked = np.flatnonzero(score > THRESHOLD)
    ranked = ranked[np.argsort(-score[ranked], kind="stable")]
    first = np.full(size, len(ranked))
    np.minimum.at(first, bonds.low[ranked], np.arange(len(ranked)))
    np.minimum.at(first, bonds.high[ranked], np.arange(len(ranked)))
    place = np.arange(len(ranked))
    chosen: NDArray[np.int64] = ranked[(first[bonds.low[ranked]] == place) & (first[bonds.high[ranked]] == place)]
    return chosen
