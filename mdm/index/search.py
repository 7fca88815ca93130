"""From one record to the clusters that it may belong to, the likeliest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import Rows
from mdm.cluster_bonds import bonds_of_pairs, pooled
from mdm.index.members import Members
from mdm.index.store import Store
from mdm.model import Model, distinct_patterns

Near = tuple[Rows, NDArray[np.float64]]
"""Rows (K,) that share keys with a query, and how much each shares with it."""

SEEN = 24
"""Members looked at in each of these clusters."""


DOUBTFUL = 1.0
"""Weight (nats) below which the best answer to a look-up is no answer yet: such a query is looked up again, thoroughly."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How records are sought: so many are `gathered` by their keys and `compared`; `freely`, with other forms of a name,
    other streets, and slips in the records themselves."""

    gathered: int
    compared: int
    freely: bool = False


AT_FIRST = Manner(1_500, 300)
AGAIN_AND_FREELY = Manner(12_000, 3_000, freely=True)
IN_PASSING = Manner(1_500, 200)
"""A record that is added has fewer slips of the pen than a query, and only its best clusters count."""


@dataclass(frozen=True, slots=True)
class Found:
    """A cluster, its row most like the query, the pooled evidence (nats) that it is the query's, and the evidence of
    the row most like it, and of the one least like it."""

    label: int
    nearest: int
    weight: float
    best: float
    least: float

    @property
    def rank(self) -> float:
        """The mean of the pooled evidence and of the nearest row's: a slip in the query counts against every record of
        a large cluster, and once against its nearest one."""
        return (self.weight + self.best) / 2


def search(
    model: Model,
    store: Store,
    members: Members,
    found: Near,
    *,
    row: int,
    top: int,
    compared: int,
) -> list[Found]:
    """The `top` clusters that come into question for the record in `row`, best first, from the rows `found` by its keys;
    about so many records are `compared`."""
    if not len(found[0]):
        return []
    labels, others, group = _worth_comparing(store, members, row, found, compared)
    weights, alone = pooled_weights(model, store, row, others, group)
    nearest = _best_of_each(group, alone)
    best, least = alone[nearest], np.minimum.reduceat(alone, np.searchsorted(group, np.arange(len(labels))))
    return [
        Found(
            int(labels[place]),
            int(others[nearest[place]]),
            float(weights[place]),
            float(best[place]),
            float(least[place]),
        )
        for place in np.lexsort((labels, -(weights + best)))[:top]
    ]


def pooled_weights(
    model: Model, store: Store, row: int, others: Rows, group: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Evidence (nats) that the record in `row` is one person with each group of the `others`; `group` (K,) is in order
    from 0. Also that it is one with each of them alone (K,)."""
    patterns, shown = distinct_patterns(store.against(row, others))
    evidence = model.evidence(patterns)
    bonds = bonds_of_pairs(np.zeros_like(others), (group + 1).astype(np.int32), patterns, evidence, shown).grouped()
    return pooled(bonds, _NO_SUPPORT, ()), evidence.weight[shown]


_NO_SUPPORT = np.zeros((0, 0), np.float32)
"""A single record backs no disagreement: 1 + log₂ 1 is 1."""


def _worth_comparing(
    store: Store, members: Members, row: int, found: Near, compared: int
) -> tuple[Rows, Rows, NDArray[np.int64]]:
    """The clusters of the rows `found` that look best, as many as have `compared` members; those members, and whose they are.

    Rows look good at a glance, or because they share many keys, or rare ones, with the query: what a slip of the pen
    hides from the one shows in the other.
    """
    rows, shared = found
    if len(rows) > compared // 4:
        order = np.lexsort((rows, np.minimum(_ranks(store.glance(row, rows)), _ranks(shared))))
    else:
        order = np.arange(len(rows))
    ranked = members.label[rows[order]]
    _, first = np.unique(ranked, return_index=True)
    labels = ranked[np.sort(first)[:compared]]
    others, group = members.of_each(labels, SEEN)
    reached = np.cumsum(np.bincount(group, minlength=len(labels)))
    enough = int(np.searchsorted(reached, compared)) + 1
    kept = group < enough
    return labels[:enough], others[kept], group[kept]


def _ranks(marks: NDArray[Any]) -> NDArray[np.int64]:
    """The place (K,) of each mark among all, the highest first."""
    ranks = np.empty(len(marks), np.int64)
    ranks[np.argsort(-marks, kind="stable")] = np.arange(len(marks))
    return ranks


def _best_of_each(group: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.int64]:
    """The place of the highest weight in each group; of equal ones, the first."""
    order = np.lexsort((np.arange(len(group)), -weight, group))
    grouped = group[order]
    first: NDArray[np.int64] = order[np.r_[True, grouped[1:] != grouped[:-1]]]
    return first
