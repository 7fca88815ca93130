"""Clusters within connected components, with what must never come about by itself.

The agglomeration is that of `mdm.cluster`, without its second look at the whole file. A merge that would bring together
what a rule holds apart is not made: it is left to a person, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import pairs_within
from mdm.cluster import WEAKEST, Growing
from mdm.cluster_batches import components
from mdm.cluster_bonds import bonds_of_pairs
from mdm.model import Floats, distinct_patterns
from mdm.steady import Prepared, Rows


class Held(StrEnum):
    """Why two clusters are not joined by themselves."""

    UNSURE = "unsure"
    RESTRICTED = "restricted"
    IDENTIFIER = "identifier"
    BIRTH = "birth"
    SHARED = "shared"
    SIZE = "size"


CONFLICTS = {"national_id": (Held.IDENTIFIER, 2), "date_of_birth": (Held.BIRTH, 2)}
"""Kind → the reason, and the highest level of agreement at which two values contradict each other rather than differ by
a slip."""


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Pairs of rows ``left < right`` (K,) that are not hopeless: their ``weight``, and what it would be ``with_shared`` values."""

    left: Rows
    right: Rows
    weight: Floats
    with_shared: Floats


@dataclass(frozen=True, eq=False)
class Settled:
    """``label`` (n,) names each row's cluster by its first row; ``open`` are places of pairs between clusters, strongest first,
    and ``reasons`` say why each is left to a person."""

    label: NDArray[np.int32]
    open: NDArray[np.int64]
    reasons: list[Held]


def neighbours(prepared: Prepared, left: Rows, right: Rows) -> Neighbours:
    """Those of the candidate pairs that are worth keeping."""
    weight, shared = prepared.weigh(left, right), prepared.weigh_with_shared(left, right)
    near = np.flatnonzero((weight >= prepared.recipe.weakest) | (shared > 0))
    return Neighbours(left[near], right[near], weight[near], shared[near])


def settle(
    prepared: Prepared,
    near: Neighbours,
    same: NDArray[np.int32],
    different: NDArray[np.int32],
    restricted: NDArray[np.bool_],
) -> Settled:
    """Cluster whole components. ``same`` and ``different`` (2, A) are decisions, of which different ones outrank same ones."""
    start = _started(len(prepared), same, different)
    component = components(near.left, near.right, start)
    conflicts = _conflicts(prepared, component, start)
    held = _restricted_pairs(component, start, restricted)
    apart = np.concatenate([different, held, *conflicts.values()], axis=1)
    growing = _Steady(prepared, start, apart)
    strong = near.weight > WEAKEST
    growing.join_up(near.left[strong], near.right[strong])
    return _with_reasons(prepared, near, growing, different=different, restricted=restricted, conflicts=conflicts)


class _Steady(Growing):
    """The usual agglomeration with a limit on size, and ties that do not depend on the company."""

    def __init__(self, prepared: Prepared, start: NDArray[np.int32], apart: NDArray[np.int32]) -> None:
        super().__init__(prepared.model, prepared.fields, start, apart)
        self.most, self.order = prepared.recipe.most_records, prepared.order

    def join_up(self, left: Rows, right: Rows) -> None:
        """Merge over the bonds that these pairs make."""
        patterns, shown = distinct_patterns(self.levels(left, right))
        bonds = bonds_of_pairs(left, right, patterns, self.model.evidence(patterns), shown).relabelled(self.label)
        self.take_up(bonds)
        self.merge_all()

    def forbidden(self, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
        low, high = self.bonds.low[chosen], self.bonds.high[chosen]
        return super().forbidden(chosen) | (self.size[low] + self.size[high] > self.most)

    def tie_break(self, low: Rows, high: Rows) -> NDArray[np.uint64]:
        return (self.order[low] * np.uint64(0x9E3779B97F4A7C15)) ^ self.order[high]


def _started(rows: int, same: NDArray[np.int32], different: NDArray[np.int32]) -> NDArray[np.int32]:
    """The clusters that decisions make (n,); a link that would join what was told apart is left out."""
    start = np.arange(rows, dtype=np.int32)
    for one, other in same.T.tolist():
        low, high = sorted((start[one], start[other]))
        joined = np.where(start == high, low, start).astype(np.int32) if low != high else start
        if not (joined[different[0]] == joined[different[1]]).any():
            start = joined
    return start


def _pairs_within(component: NDArray[np.int32], rows: Rows) -> tuple[Rows, Rows]:
    """All pairs of these rows that lie in one component."""
    rows = rows[np.argsort(component[rows], kind="stable")]
    owner = component[rows]
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]) if len(rows) else np.zeros(0, np.int64)
    first, second = pairs_within(starts, np.diff(np.r_[starts, len(rows)]))
    one, other = rows[first], rows[second]
    return np.minimum(one, other), np.maximum(one, other)


def _conflicts(
    prepared: Prepared, component: NDArray[np.int32], start: NDArray[np.int32]
) -> dict[Held, NDArray[np.int32]]:
    """Rows (2, A) whose decided clusters hold values that contradict each other, by reason."""
    found = {}
    for field in prepared.identifying(tuple(CONFLICTS)):
        reason, slip = CONFLICTS[field.kind]
        left, right = _pairs_within(component, np.flatnonzero(field.column.codes >= 0).astype(np.int32))
        levels = field.levels(left, right)
        agree = {
            tuple(sorted(pair))
            for pair in zip(start[left[levels > slip]].tolist(), start[right[levels > slip]].tolist(), strict=True)
        }
        clash = np.flatnonzero((levels > 0) & (levels <= slip) & (start[left] != start[right]))
        kept = [k for k in clash.tolist() if tuple(sorted((int(start[left[k]]), int(start[right[k]])))) not in agree]
        found[reason] = np.stack([left[kept], right[kept]]).astype(np.int32)
    return found


def _restricted_pairs(
    component: NDArray[np.int32], start: NDArray[np.int32], restricted: NDArray[np.bool_]
) -> NDArray[np.int32]:
    """Rows (2, A) of which one is restricted, of different decided clusters."""
    concerned = np.isin(component, component[restricted])
    left, right = _pairs_within(component, np.flatnonzero(concerned).astype(np.int32))
    kept = (restricted[left] | restricted[right]) & (start[left] != start[right])
    return np.stack([left[kept], right[kept]])


def _codes(label: NDArray[np.int32], left: Rows, right: Rows) -> NDArray[np.int64]:
    one, other = label[left].astype(np.int64), label[right].astype(np.int64)
    return (np.minimum(one, other) << 32) | np.maximum(one, other)


def _with_reasons(
    prepared: Prepared, near: Neighbours, growing: Growing, *, different: NDArray[np.int32],
    restricted: NDArray[np.bool_], conflicts: dict[Held, NDArray[np.int32]],
) -> Settled:  # fmt: skip
    """The strongest pair between any two clusters that no decision has told apart, and why it is left open."""
    label = growing.label
    between = np.flatnonzero(label[near.left] != label[near.right])
    codes = _codes(label, near.left[between], near.right[between])
    undecided = ~np.isin(codes, _codes(label, different[0], different[1]))
    between, codes = between[undecided], codes[undecided]
    best = np.maximum(near.weight, near.with_shared)[between]
    order = np.lexsort((near.right[between], near.left[between], -best))
    between, codes, best = between[order], codes[order], best[order]
    _, first = np.unique(codes, return_index=True)
    first.sort()
    between, codes = between[first], codes[first]
    clashing = {reason: set(_codes(label, rows[0], rows[1]).tolist()) for reason, rows in conflicts.items()}
    held = np.zeros(len(label), bool)
    held[label[restricted]] = True
    reasons = []
    for place, code in zip(between.tolist(), codes.tolist(), strict=True):
        one, other = code >> 32, code & 0xFFFFFFFF
        clash = next((reason for reason, between_them in clashing.items() if code in between_them), None)
        if held[one] or held[other]:
            reasons.append(Held.RESTRICTED)
        elif clash:
            reasons.append(clash)
        elif near.weight[place] > 0 and growing.size[one] + growing.size[other] > prepared.recipe.most_records:
            reasons.append(Held.SIZE)
        elif near.with_shared[place] > 0 >= near.weight[place]:
            reasons.append(Held.SHARED)
        else:
            reasons.append(Held.UNSURE)
    return Settled(label, between, reasons)
