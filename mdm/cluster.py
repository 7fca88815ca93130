"""Clusters: reciprocal-best agglomeration of records under pooled evidence.

In every round each pair of clusters that are each other's best partner above the threshold is merged. Before two
clusters with several records merge, the evidence is verified on the record pairs between them, not only on those that
blocking happened to produce: that is what keeps households from being chained together. When no merge is left, clusters
are blocked once more by the values that they have gathered; a large file has no time for it (it gains .0005 in F1), and
is worked through in batches of connected components to save memory. Decisions of stewards bind: what must be linked
starts as one cluster, what can't be linked never becomes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import LARGE
from mdm.blocking_clusters import cluster_candidates
from mdm.cluster_batches import component_batches
from mdm.cluster_bonds import SINGULAR, Bonds, Labels, Singles, bonds_of_pairs, pair_codes, pooled, singular_fields
from mdm.cluster_pairs import VERIFIED, cross_pairs
from mdm.columns import Records
from mdm.compare import Comparison, SourceComparison, compare
from mdm.compare_levels import Levels
from mdm.model import Floats, Model, distinct_patterns

THRESHOLD = 0.0
#: Pairs below this weight (nats) carry no bond of their own; verification still sees them.
WEAKEST = -2.0
#: Record pairs on which a pair of clusters is first weighed in the second look.
GLANCE = 4


@dataclass(frozen=True, eq=False)
class Scored:
    """Compared pairs: rows ``left``, ``right`` (K,), their ``levels`` (F, K) and ``weight`` (K,)."""

    left: Labels
    right: Labels
    levels: Levels
    weight: Floats


@dataclass(frozen=True, eq=False)
class Clustering:
    """``label`` (n,) is the cluster of each record, named by its first row; ``score`` (E,) in nats is the last word on
    each pair of clusters ``low < high`` that had a bond and was not merged."""

    label: Labels
    low: Labels
    high: Labels
    score: NDArray[np.float32]


def agglomerate(
    model: Model,
    fields: Sequence[Comparison | SourceComparison],
    records: Records,
    scored: Scored,
    *,
    start: Labels,
    apart: NDArray[np.int32],
) -> Clustering:
    """Cluster the records.

    ``start`` (n,) holds the clusters to begin with, ``apart`` (2, A) rows that must never share one.
    """
    label, near = _settle_lonely_pairs(scored, start, apart, model.belonging)
    growing = Growing(model, fields, label, apart)
    if len(records) < LARGE:
        growing.take_up(_bonds_of(model, scored, near, start))
        growing.merge_all()
        growing.look_again(*cluster_candidates(records, growing.label))
        growing.merge_all()
        return Clustering(growing.label, growing.bonds.low, growing.bonds.high, growing.score)
    left = [(near[:0].astype(np.int32), near[:0].astype(np.int32), np.zeros(0, np.float32))]
    for some in component_batches(scored.left, scored.right, near, start):
        growing.take_up(_bonds_of(model, scored, some, start))
        growing.merge_all()
        left.append((growing.bonds.low, growing.bonds.high, growing.score))
    return Clustering(growing.label, *(np.concatenate(parts) for parts in zip(*left, strict=True)))


def _bonds_of(model: Model, scored: Scored, pairs: NDArray[np.int64], start: Labels) -> Bonds:
    """The bonds between the clusters ``start`` that the pairs at these positions make."""
    patterns, shown = distinct_patterns(scored.levels[:, pairs])
    bonds = bonds_of_pairs(scored.left[pairs], scored.right[pairs], patterns, model.evidence(patterns), shown)
    return bonds.relabelled(start) if (start != np.arange(len(start))).any() else bonds


def _settle_lonely_pairs(
    scored: Scored, start: Labels, apart: NDArray[np.int32], belonging: float
) -> tuple[Labels, NDArray[np.int64]]:
    """Merge the matches of two records that have no other bond and no decision on them.

    Gives the clusters so far, and the positions of all other pairs above WEAKEST: what needs rounds of merging.
    """
    near = np.flatnonzero(scored.weight > WEAKEST)
    left, right = scored.left[near], scored.right[near]
    degree = np.bincount(left, minlength=len(start)) + np.bincount(right, minlength=len(start))
    degree += np.bincount(start, minlength=len(start))[start] - 1
    degree[apart.ravel()] += 1
    lonely = (degree[left] == 1) & (degree[right] == 1)
    matches = lonely & (scored.weight[near] + belonging > THRESHOLD)
    label = start.copy()
    label[right[matches]] = left[matches]
    return label, near[~lonely]


class Growing:
    """Clusters on their way: ``label`` (n,), their bonds with scores, and the support of their singular fields."""

    def __init__(
        self,
        model: Model,
        fields: Sequence[Comparison | SourceComparison],
        label: Labels,
        apart: NDArray[np.int32],
    ) -> None:
        self.model, self.fields, self.label, self.apart = model, fields, label, apart
        self.singular = singular_fields(fields)
        columns = [field.column for field in fields if isinstance(field, Comparison) and field.kind in SINGULAR]
        self.support: Singles = np.zeros((len(self.singular), len(label)), np.float32)
        for place, column in enumerate(columns):
            self.support[place] = np.bincount(label[column.codes >= 0], minlength=len(label))
        self.size = np.bincount(label, minlength=len(label))

    def take_up(self, bonds: Bonds) -> None:
        """Work on these bonds from now on."""
        self.bonds = bonds
        self.score = pooled(bonds, self.support, self.singular)

    def merge_all(self) -> None:
        """Merge until no bond is left that holds."""
        while self.merge_round():
            pass

    def look_again(self, low: Labels, high: Labels) -> None:
        """Add bonds between the clusters ``low`` and ``high`` where there were none, after a glance at their records."""
        known = pair_codes(self.bonds.low, self.bonds.high)
        new = ~np.isin(pair_codes(low, high), known)
        added = self._evidence_between(low[new], high[new], GLANCE)
        self.bonds = Bonds.join(self.bonds, added)
        self.score = np.concatenate([self.score, pooled(added, self.support, self.singular)])

    def merge_round(self) -> bool:
        """Merge every reciprocal best pair that passes verification; False when none is left to try."""
        chosen = self._proposals()
        if not len(chosen):
            return False
        allowed = ~self.forbidden(chosen)
        self.score[chosen[~allowed]] = -np.inf
        chosen = chosen[allowed]
        self._verify(chosen)
        merged = chosen[self.score[chosen] > THRESHOLD]
        if len(merged):
            self._merge(self.bonds.low[merged], self.bonds.high[merged])
        return True

    def _proposals(self) -> NDArray[np.int64]:
        """Bonds above the threshold that are the best of both their ends; a tie goes to the lower hash of the bond."""
        alive = np.flatnonzero(self.score > THRESHOLD)
        low, high, score = self.bonds.low[alive], self.bonds.high[alive], self.score[alive]
        best = np.full(len(self.label), -np.inf, np.float32)
        np.maximum.at(best, low, score)
        np.maximum.at(best, high, score)
        mutual = np.flatnonzero((score == best[low]) & (score == best[high]))
        low, high = low[mutual], high[mutual]
        place = np.empty(len(mutual), np.int32)
        place[np.argsort(self.tie_break(low, high))] = np.arange(len(mutual))
        first = np.full(len(self.label), len(mutual), np.int32)
        np.minimum.at(first, low, place)
        np.minimum.at(first, high, place)
        chosen: NDArray[np.int64] = alive[mutual[(first[low] == place) & (first[high] == place)]]
        return chosen

    def tie_break(self, low: Labels, high: Labels) -> NDArray[np.uint64]:
        """What settles ties between bonds."""
        return _tie_break(low, high)

    def forbidden(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which bonds would bring together what a steward has kept apart."""
        one, other = self.label[self.apart[0]], self.label[self.apart[1]]
        kept = pair_codes(np.minimum(one, other), np.maximum(one, other))
        return np.isin(pair_codes(self.bonds.low[chosen], self.bonds.high[chosen]), kept)

    def _verify(self, chosen: NDArray[np.int64]) -> None:
        """Replace the evidence of bonds that rest on some of their record pairs only, and score them again."""
        low, high = self.bonds.low[chosen], self.bonds.high[chosen]
        partial = chosen[self.bonds.pairs[chosen] < np.minimum(self.size[low] * self.size[high], VERIFIED)]
        if not len(partial):
            return
        order = np.argsort(pair_codes(self.bonds.low[partial], self.bonds.high[partial]))
        partial = partial[order]
        whole = self._evidence_between(self.bonds.low[partial], self.bonds.high[partial], VERIFIED)
        self.bonds.put(partial, whole)
        self.score[partial] = pooled(whole, self.support, self.singular)

    def _evidence_between(self, low: Labels, high: Labels, most: int) -> Bonds:
        """Bonds of clusters from at most ``most`` record pairs each, in order of (low, high)."""
        which, left, right = cross_pairs(self.label, low, high, most)
        patterns, shown = distinct_patterns(self.levels(left, right))
        evidence = self.model.evidence(patterns)
        return bonds_of_pairs(low[which], high[which], patterns, evidence, shown).grouped()

    def levels(self, left: Labels, right: Labels) -> Levels:
        """Levels of agreement of record pairs (F, K)."""
        return compare(self.fields, left, right)

    def _merge(self, low: Labels, high: Labels) -> None:
        """Put each cluster ``high`` into ``low``; only the bonds that touch them are added up and scored again."""
        self.support[:, low] += self.support[:, high]
        self.size[low] += self.size[high]
        into = np.arange(len(self.label), dtype=np.int32)
        into[high] = low
        self.label = into[self.label]
        touched = np.zeros(len(self.label), bool)
        touched[low] = touched[high] = True
        moving = touched[self.bonds.low] | touched[self.bonds.high]
        moved = self.bonds.take(moving).relabelled(into)
        still = ~moving
        self.bonds = Bonds.join(self.bonds.take(still), moved)
        self.score = np.concatenate([self.score[still], pooled(moved, self.support, self.singular)])


def _tie_break(low: Labels, high: Labels) -> NDArray[np.uint64]:
    """A fixed shuffle of bonds: among equals, pairs form all over a clique at once rather than one after the other."""
    code = (low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64)
    code = (code + np.uint64(0x9E3779B97F4A7C15)) * np.uint64(0xBF58476D1CE4E5B9)
    return code ^ (code >> np.uint64(31))
