"""Who is the same person among some records: whole components, the model and the decisions, nothing else."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.customers.enums import HoldReason
from app.customers.matching.engine import as_table_or_rows
from app.customers.matching.hollow import shares_placeholder
from app.customers.matching.parameters import Parameters
from app.customers.matching.records import Current, Decisions, Named
from mdm import WEAKEST, probability
from mdm.steady import Marks, Prepared, Rows, candidate_pairs, shared_marks
from mdm.steady_clusters import Neighbours, neighbours, settle


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records by their place in the list, and how the engine weighs them."""

    left: int
    right: int
    weight: float
    reason: HoldReason = HoldReason.UNSURE

    @property
    def probability(self) -> float:
        return float(probability(np.array([self.weight]))[0])


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters as lists of places in the list of records; links within them, and pairs that are left to a person."""

    members: list[list[int]]
    links: list[Pair]
    open: list[Pair]


class People:
    """Some records, as the engine has prepared them. Its rows are in the order of names; `place` leads back to the list."""

    def __init__(self, records: Sequence[Current], by: Parameters, shared: Marks | None = None) -> None:
        self.records = records
        self.prepared = Prepared(by.model, by.recipe, as_table_or_rows(records), shared)
        known = {record.name: number for number, record in enumerate(records)}
        self.place = [known[name] for name in self.prepared.ids]
        self.row = {name: row for row, name in enumerate(self.prepared.ids)}

    @property
    def lent(self) -> set[int]:
        """The marks of values that could be shared."""
        return set(self.prepared.lent()[1].tolist())

    def without(self, shared: Collection[int]) -> None:
        """From now on these values say nothing of anybody."""
        self.prepared.with_shared(np.array(sorted(shared), np.int64))

    def find_shared(self) -> Marks:
        """The values that say nothing, when these are all the records that there are."""
        rows, marks = self.prepared.lent()
        shared = shared_marks(marks, self.prepared.who()[rows], self.prepared.recipe)
        self.prepared.with_shared(shared)
        return shared

    def near(self) -> Neighbours:
        """All pairs that are not hopeless, when these are all the records that there are."""
        left, right = candidate_pairs(*self.prepared.marks(), self.prepared.recipe.largest_group)
        return neighbours(self.prepared, left, right)

    def near_among(self, pairs: Iterable[Named]) -> Neighbours:
        """Those of the named pairs that are not hopeless."""
        rows = sorted({(min(a, b), max(a, b)) for a, b in ((self.row[one], self.row[two]) for one, two in pairs)})
        left, right = (np.array([pair[side] for pair in rows], np.int32) for side in (0, 1))
        return neighbours(self.prepared, left, right)

    def cluster(self, near: Neighbours, decisions: Decisions) -> Clusters:
        """Cluster the records; all neighbours of each must be here."""
        restricted = np.array([self.records[place].restricted for place in self.place], bool)
        settled = settle(self.prepared, near, self._rows(decisions.same), self._rows(decisions.different), restricted)
        grouped: defaultdict[int, list[int]] = defaultdict(list)
        for row, label in enumerate(settled.label.tolist()):
            grouped[label].append(self.place[row])
        together = np.flatnonzero((settled.label[near.left] == settled.label[near.right]) & (near.weight > WEAKEST))
        weight = np.maximum(near.weight, near.with_shared)
        links = [self._pair(near, int(number), float(near.weight[number])) for number in together]
        left_open = [
            self._left_open(self._pair(near, int(number), float(weight[number]), HoldReason(reason.value)))
            for number, reason in zip(settled.open, settled.reasons, strict=True)
        ]
        return Clusters([sorted(group) for _, group in sorted(grouped.items())], links, left_open)

    def _left_open(self, pair: Pair) -> Pair:
        """What two records share only as a placeholder has not counted; who decides should know that it is one."""
        unsure = pair.reason is HoldReason.UNSURE
        if unsure and shares_placeholder(self.records[pair.left], self.records[pair.right]):
            return replace(pair, reason=HoldReason.SHARED)
        return pair

    def _pair(self, near: Neighbours, number: int, weight: float, reason: HoldReason = HoldReason.UNSURE) -> Pair:
        return Pair(self.place[int(near.left[number])], self.place[int(near.right[number])], weight, reason)

    def _rows(self, pairs: Iterable[Named]) -> NDArray[np.int32]:
        rows: list[Rows] = [
            np.array([self.row[one], self.row[other]], np.int32)
            for one, other in pairs
            if one in self.row and other in self.row
        ]
        return np.stack(rows, axis=1) if rows else np.zeros((2, 0), np.int32)
