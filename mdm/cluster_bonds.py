"""Bonds: the pooled evidence between two clusters, field by field.

The record pairs between two clusters are no independent witnesses: a value copied ten times is still one value. So
the evidence of a field is not summed over pairs but averaged, as a blend of the mean weight and of the log-mean
likelihood ratio ("a noisy copy of one of the variants seen"), and the prior counts once::

    w_f = .4 · mean W_f  +  .6 · ln mean e^{W_f}      over the pairs in which both sides have a value
    score = Σ_f w_f + mean prior + β − 1.5 · log₂ b

β is :attr:`mdm.model.Model.belonging`: where a person has many records, a record is rarely the only one of somebody.
b is the support of the smaller side, the most records that it has in one singular field. Averages do not grow with the
number of witnesses: two groups of one person agree overwhelmingly, so if several records on both sides together only
just agree, that speaks for two people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from mdm.compare import Comparison, SourceComparison
from mdm.compare_levels import Levels
from mdm.model import Evidence

Singles = NDArray[np.float32]
Labels = NDArray[np.int32]

#: Share of the log-mean likelihood ratio in a field's pooled weight.
BEST_VARIANT = 0.6
#: What two groups must bring beyond the threshold, in nats for every doubling of the smaller one.
RESERVE = 1.5
#: Weights are capped before they are taken to the exponent.
HIGHEST = 30.0
#: A well-supported cluster has one of each of these: two that differ are different people.
SINGULAR = frozenset({"given_name", "middle_name", "date_of_birth", "national_id", "gender", "company_number"})


@dataclass(eq=False)
class Bonds:
    """Evidence between clusters ``low < high``, for E pairs of clusters.

    ``total``, ``power`` and ``present`` (F, E) are Σ W, Σ e^W and the number of record pairs with a value on both
    sides; ``prior`` and ``pairs`` (E,) the sum of the prior's parts and the number of record pairs.
    """

    low: Labels
    high: Labels
    total: Singles
    power: Singles
    present: Singles
    prior: Singles
    pairs: Singles

    def __len__(self) -> int:
        return len(self.low)

    def take(self, chosen: NDArray[np.int64] | NDArray[np.bool_]) -> Bonds:
        """The chosen bonds."""
        return Bonds(*(getattr(self, one.name)[..., chosen] for one in fields(self)))

    def put(self, places: NDArray[np.int64], other: Bonds) -> None:
        """Overwrite the evidence at ``places``."""
        for one in fields(self):
            getattr(self, one.name)[..., places] = getattr(other, one.name)

    @staticmethod
    def join(left: Bonds, right: Bonds) -> Bonds:
        """Both lists of bonds, one after the other."""
        return Bonds(
            *(np.concatenate([getattr(left, one.name), getattr(right, one.name)], axis=-1) for one in fields(left))
        )

    def relabelled(self, label: Labels) -> Bonds:
        """Bonds between the clusters that ``label`` (n,) makes of the old ones; what falls inside one is dropped."""
        one, other = label[self.low], label[self.high]
        apart = one != other
        moved = self.take(apart)
        moved.low, moved.high = np.minimum(one, other)[apart], np.maximum(one, other)[apart]
        return moved.grouped()

    def grouped(self) -> Bonds:
        """Bonds between the same two clusters, added up."""
        if not len(self):
            return self
        code = pair_codes(self.low, self.high)
        order = np.argsort(code, kind="stable")
        code = code[order]
        starts = np.flatnonzero(np.r_[True, code[1:] != code[:-1]])
        return _added(self.take(order), starts)


def pair_codes(low: Labels, high: Labels) -> NDArray[np.int64]:
    """One number for each pair of clusters, or of records."""
    return (low.astype(np.int64) << 32) | high


def _added(bonds: Bonds, starts: NDArray[np.int64]) -> Bonds:
    """Sums over runs of bonds that begin at ``starts``."""
    evidence = (bonds.total, bonds.power, bonds.present, bonds.prior, bonds.pairs)
    return Bonds(bonds.low[starts], bonds.high[starts], *(np.add.reduceat(one, starts, axis=-1) for one in evidence))


def bonds_of_pairs(low: Labels, high: Labels, levels: Levels, evidence: Evidence, shown: NDArray[np.int64]) -> Bonds:
    """Bonds of single record pairs; ``levels`` (F, P) and ``evidence`` are of patterns, ``shown`` (K,) of the pairs."""
    present = (levels > 0).astype(np.float32)
    parts = evidence.parts.astype(np.float32)
    power = np.where(levels > 0, np.exp(np.minimum(parts, HIGHEST)), 0).astype(np.float32)
    prior = (evidence.prior + evidence.belonging).astype(np.float32)
    return Bonds(
        low, high, parts[:, shown], power[:, shown], present[:, shown], prior[shown], np.ones(len(low), np.float32)
    )  # fmt: skip


def singular_fields(comparisons: Sequence[Comparison | SourceComparison]) -> list[int]:
    """Places of the fields of which a person has one."""
    return [number for number, one in enumerate(comparisons) if one.kind in SINGULAR]


def pooled(bonds: Bonds, support: Singles, singular: Sequence[int]) -> Singles:
    """Score of each bond (E,), nats.

    ``support`` (S, n) counts the records of each cluster that hold a value in each singular field. Disagreement in
    such a field is multiplied by 1 + log₂ of the smaller support: slips of the pen do not repeat themselves on one
    side only, so two brothers with several records each part.
    """
    held = np.maximum(bonds.present, 1)
    variant = np.where(bonds.present > 0, np.log(np.maximum(bonds.power, 1e-30) / held), 0)
    weight = (1 - BEST_VARIANT) * bonds.total / held + BEST_VARIANT * variant
    for place, number in enumerate(singular):
        backing = np.maximum(np.minimum(support[place][bonds.low], support[place][bonds.high]), 1)
        row = weight[number]
        weight[number] = np.where(row < 0, row * (1 + np.log2(backing)), row)
    score: Singles = weight.sum(axis=0) + bonds.prior / bonds.pairs
    if len(singular):
        backing = np.max([np.minimum(held[bonds.low], held[bonds.high]) for held in support], axis=0)
        score -= np.float32(RESERVE) * np.log2(np.maximum(backing, 1))
    return score
