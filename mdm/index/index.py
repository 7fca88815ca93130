"""One record against a million, with the same keys, comparisons, model and pooled evidence as a whole file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mdm.blocking import Rows
from mdm.cluster_bonds import singular_fields
from mdm.constraints import ContradictoryDecisions, Pair
from mdm.errors import DuplicateIds, NoIdColumn, UnknownId
from mdm.index.decisions import Decisions
from mdm.index.forgiving import forgiving
from mdm.index.glance import near_derivations
from mdm.index.groups import Groups
from mdm.index.keys import Variant
from mdm.index.members import GONE, Members
from mdm.index.names import Names
from mdm.index.near import NearValues
from mdm.index.query import Query, QueryReader
from mdm.index.search import (
    AGAIN_AND_FREELY,
    AT_FIRST,
    DOUBTFUL,
    IN_PASSING,
    SEEN,
    Found,
    Manner,
    pooled_weights,
    search,
)
from mdm.index.settling import agglomerated, open_pairs
from mdm.index.start import starting_labels, starting_records
from mdm.index.store import Store
from mdm.kinds.kind import Kind
from mdm.match import match
from mdm.model import Model, probability

RESERVE = 4
"""Clusters that a new record may bring together."""

PLAUSIBLE = -2.0
"""Clusters below this weight (nats), also that of their nearest record, are left alone when a record is added: what
has joined the wrong cluster weighs little in it, and is found by itself."""

BEYOND_DOUBT = 4.0
"""A record that has this weight with every record of the only plausible cluster joins it without a second look."""

CLUSTERED_ANEW = 64
"""At most so many records are clustered again when one is added."""

AGAIN = 1.1
"""The prior is brought up to date whenever the index has grown by a tenth."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A cluster that may be the query's. `id` is its record most like the query, `weight` the mean of the evidence (nats)
    of that record and of the whole cluster's pooled, both with a query in mind that may have slips of the pen
    (:mod:`mdm.index.forgiving`)."""

    id: str
    cluster: str
    weight: float
    probability: float


class Index:
    """Records, their clusters, and the way to them from a single record. Safe to share between threads."""

    def __init__(
        self,
        model: Model,
        table: Any = None,
        clusters: Any = None,
        *,
        must_link: Sequence[Pair] = (),
        cannot_link: Sequence[Pair] = (),
    ) -> None:
        """Index `table`, which has the columns of `model.kinds`; without one the index starts empty.

        `clusters` is a table of id and cluster, as `mdm.match` gives it; without it the table is matched first. The
        decisions are kept, also those about ids that come later. Raises ContradictoryDecisions when they, or they and
        the clusters given, exclude each other.
        """
        records, kinds = starting_records(model, table)
        self._lock = RLock()
        self._model = model.for_size(max(model.n, len(records)))
        self._asking = forgiving(self._model)
        self._names = Names(records.ids)
        self._decisions = Decisions(must_link, cannot_link)
        if clusters is None and len(records):
            clusters = match(table, model.kinds, model, *map(self._about_known, (must_link, cannot_link))).clusters
        self._members = Members(starting_labels(records.ids, clusters))
        self._groups = Groups(records)
        self._near = NearValues(records)
        self._reader = QueryReader(kinds, records, self._groups.keys, near_derivations(records))
        self._store = Store(self._model, records)
        self._singular = singular_fields(self._store.fields)
        self._source = next((column for column, kind in kinds.items() if kind is Kind.SOURCE), None)
        self._id = next(column for column, kind in kinds.items() if kind is Kind.ID)
        self._take_decisions()

    def __len__(self) -> int:
        return self._names.count

    def __contains__(self, name: object) -> bool:
        return self._names.row(str(name)) is not None

    def lookup(self, record: Mapping[str, Any], top: int = 5) -> list[Hit]:
        """The clusters that the raw `record` (column → value) may belong to, the likeliest first, at most `top`.

        A few queries in a hundred find nobody who convinces; these are looked up again more thoroughly.
        """
        with self._lock:
            row, query = self._put(record)
            found = self._search(row, query, self._asking, AT_FIRST, top)
            if not found or found[0].rank < DOUBTFUL:
                found = self._search(row, query, self._asking, AGAIN_AND_FREELY, top)
            self._store.release()
            return [self._hit(one) for one in found]

    def weigh(self, record: Mapping[str, Any], name: str) -> float:
        """The weight (nats) of a raw record for the cluster of the record called `name`, found or not: see Hit."""
        with self._lock:
            label = self._members.label[self._row(name)]
            row, _ = self._put(record)
            others, group = self._members.of_each(np.array([label], np.int32), SEEN)
            weights, alone = pooled_weights(self._asking, self._store, row, others, group)
            self._store.release()
            return float(weights[0] + alone.max()) / 2

    def add(self, record: Mapping[str, Any]) -> str:
        """Take in a raw record under its id, and name its cluster: a known one, or a new one called after it.

        Records that were added before may change their clusters by what the new one shows; what was one cluster when
        the index was made stays one, unless a decision parts it. Raises NoIdColumn or DuplicateIds.
        """
        name = record.get(self._id)
        if name is None:
            raise NoIdColumn(f"The record has no value in the id column '{self._id}'")
        name = str(name)
        with self._lock:
            if name in self:
                raise DuplicateIds(f"The index has a record '{name}' already; remove that one first")
            row, query = self._put(record)
            found = self._search(row, query, self._model, IN_PASSING, RESERVE)
            for field, code in self._store.lent(self._near.fields):
                self._near.learn(field, code, query.values[field])
            self._store.keep()
            self._groups.add(query.codes, row, self._members.are_here)
            self._members.add(row)
            self._names.add(name)
            self._decisions.arrived(name, row)
            self._settle(row, found)
            self._keep_up()
            return self._names[int(self._members.label[row])]

    def remove(self, name: str) -> None:
        """Take a record out of the index and its cluster. Raises UnknownId."""
        with self._lock:
            row = self._row(name)
            self._names.remove(str(name))
            self._decisions.left(str(name))
            self._members.remove(row)
            self._store.forget(row)

    def cluster_of(self, name: str) -> str:
        """The cluster of a record. Raises UnknownId."""
        with self._lock:
            return self._names[int(self._members.label[self._row(name)])]

    def clusters(self) -> pa.Table:
        """(id, cluster) of all records, in the order of their ids."""
        with self._lock:
            rows = np.flatnonzero(self._members.label != GONE).astype(np.int32)
            ids, clusters = self._names.of(rows), self._names.of(self._members.label[rows])
            order = ids.arg_sort()
            return pa.table({"id": ids.gather(order).to_arrow(), "cluster": clusters.gather(order).to_arrow()})

    def _row(self, name: str) -> int:
        row = self._names.row(str(name))
        if row is None:
            raise UnknownId(f"The index has no record '{name}'")
        return row

    def _search(self, row: int, query: Query, model: Model, how: Manner, top: int) -> list[Found]:
        """The clusters of the record that was put in `row`."""
        codes = np.union1d(query.codes, self._near_codes(row, query, freely=how.freely))
        near = self._groups.find(codes, self._members.are_here, how.gathered)
        return search(model, self._store, self._members, near, row=row, top=top, compared=how.compared)

    def _put(self, record: Mapping[str, Any]) -> tuple[int, Query]:
        query = self._reader.read(record)
        return self._store.put(query, record.get(self._source) if self._source else None), query

    def _near_codes(self, row: int, query: Query, *, freely: bool) -> NDArray[np.int64]:
        """The codes of the keys that the record would have, had one of its values been meant for another."""
        fields = self._near.fields if freely else self._near.names
        asked = {field: (query.values[field], self._store.code(row, field)) for field in fields}
        near = self._near.find(
            {field: one for field, one in asked.items() if one[1] >= 0}, self._store.held, freely=freely
        )
        names: list[Variant] = []
        streets: list[Variant] = []
        slips: list[int] = []
        for field, one in near.items():
            meant = one.meant + one.forms if freely else one.meant
            self._store.mean(field, meant + one.slips if freely else meant)
            into = streets if field in self._near.streets else names
            into += [(field, derived) for derived in self._reader.derived(field, self._store.texts(field, meant))]
            slips += self._store.hashes(field, one.slips) if freely else []
        keys = self._groups.keys
        found = keys.of_names(query.derived, names), keys.of_streets(query.derived, streets), keys.of_slips(slips)
        return np.concatenate(found)

    def _settle(self, row: int, found: Sequence[Found]) -> None:
        """Put the new record where it belongs: alone, into the one cluster that is beyond doubt, or by clustering anew."""
        label = self._members.label
        bound = {int(label[other]) for other in self._decisions.linked_to(row)}
        barred = {int(label[other]) for other in self._decisions.apart_from(row)}
        likely = [one for one in found if max(one.weight, one.best) > PLAUSIBLE]
        plausible = [one for one in likely if one.label not in barred | bound]
        if not bound and len(plausible) == 1 and plausible[0].least > BEYOND_DOUBT:
            self._members.join(row, plausible[0].label)
            return
        rows = [np.array([row], np.int32), *map(self._members.of, sorted(bound))]
        for one in plausible:
            members = self._members.of(one.label)
            if sum(map(len, rows)) + len(members) <= CLUSTERED_ANEW:
                rows.append(members)
        if len(rows) > 1:
            self._cluster_anew(np.sort(np.concatenate(rows)), loosely=bool(bound & barred))

    def _cluster_anew(self, rows: Rows, *, loosely: bool = False) -> None:
        """Cluster the records of whole clusters again; `loosely` takes apart what was together from the beginning."""
        if loosely:
            self._members.loosen(rows)
        for one, other in self._decisions.links(rows):
            self._members.bind(one, other, rows)
        start = np.searchsorted(rows, self._members.core[rows]).astype(np.int32)
        low, high = open_pairs(start)
        levels = self._store.compare(rows[low], rows[high])
        held = self._store.has_value(rows, self._singular)
        apart = self._decisions.apart(rows)
        self._members.regroup(rows, agglomerated(self._model, levels, held, self._singular, start=start, apart=apart))

    def _about_known(self, decisions: Sequence[Pair]) -> list[Pair]:
        return [(left, right) for left, right in decisions if left in self and right in self]

    def _take_decisions(self) -> None:
        """Must-links join the clusters that were given; raises ContradictoryDecisions where cannot-links part them."""
        for name in self._decisions.names:
            row = self._names.row(name)
            if row is not None:
                self._decisions.arrived(name, row)
        known = [row for row in map(self._names.row, self._decisions.names) if row is not None]
        for row in known:
            for other in self._decisions.linked_to(row):
                one, two = int(self._members.label[row]), int(self._members.label[other])
                if one != two:
                    joined = self._members.of(self._members.join(one, two))
                    self._members.bind(row, other, joined)
        for row in known:
            for other in self._decisions.apart_from(row):
                if self._members.label[row] == self._members.label[other]:
                    left, right = self._names[row], self._names[other]
                    raise ContradictoryDecisions(f"{left!r} and {right!r} must not be linked, but share a cluster.")

    def _keep_up(self) -> None:
        """The prior follows the size of the index; between two steps it is a tenth off at most, which is 0.1 nats."""
        if len(self) > AGAIN * self._model.n:
            self._model = self._model.for_size(len(self))
            self._asking = forgiving(self._model)
            self._store.keep_up(self._model)

    def _hit(self, found: Found) -> Hit:
        chance = float(probability(np.array([found.rank]))[0])
        return Hit(self._names[found.nearest], self._names[found.label], found.rank, chance)
