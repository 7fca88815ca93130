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


def all_pairs(size: int) -> tuple[Labels, Labels]:
    """The positions (low, high) of all pairs of so many records, size·(size−1)/2 of each."""
    low, high = np.triu_indices(size, 1)
    return low.astype(np.int32), high.astype(np.int32)


def agglomerated(
    model: Model, levels: Levels, held: NDArray[np.int32], singular: Sequence[int], start: Labels
) -> Labels:
    """Cluster of each of m records (m,), named by its first position.

    `levels` (F, m·(m−1)/2) are those of `all_pairs(m)`; `held` (S, m) is 1 where a record has a value in a singular
    field; `start` (m,) holds the clusters that must not be taken apart.
    """
    low, high = all_pairs(len(start))
    patterns, shown = distinct_patterns(levels)
    label = start.copy()
    bonds = bonds_of_pairs(low, high, patterns, model.evidence(patterns), shown).relabelled(label)
    support = np.zeros(held.shape, np.float32)
    for place, row in enumerate(held):
        support[place] = np.bincount(label, row, minlength=len(label))
    while True:
        score = pooled(bonds, support, singular)
        chosen = _mutual_best(bonds, score, len(label))
        if not len(chosen):
            return label
        into = np.arange(len(label), dtype=np.int32)
        into[bonds.high[chosen]] = bonds.low[chosen]
        support[:, bonds.low[chosen]] += support[:, bonds.high[chosen]]
        label = into[label]
        bonds = bonds.relabelled(into)


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
