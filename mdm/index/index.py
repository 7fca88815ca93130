"""One record against a million, with the same keys, comparisons, model and pooled evidence as a whole file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import RLock
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from mdm.blocking import Rows
from mdm.cluster_bonds import bonds_of_pairs, pooled, singular_fields
from mdm.cluster_pairs import VERIFIED
from mdm.columns import NAME_KINDS, Column, Records, Vocabulary, read_records
from mdm.errors import DuplicateIds, NoIdColumn, UnknownId
from mdm.index.groups import Groups
from mdm.index.members import GONE, Members
from mdm.index.query import Query, QueryReader, fields_in_order
from mdm.index.settling import agglomerated, all_pairs
from mdm.index.store import Store
from mdm.kinds.kind import Kind, check_kinds
from mdm.match import match
from mdm.model import Model, distinct_patterns, probability
from mdm.tables import as_table

COMPARED = 160
"""Rows compared field by field for one query: those that look best at a glance."""

SEEN = 24
"""Members looked at in each cluster that comes into question."""

RESERVE = 3
"""Clusters pooled beyond those asked for: the best single record need not be in the best cluster."""

PLAUSIBLE = -2.0
"""Clusters below this weight (nats) are left alone when a record is added."""

BEYOND_DOUBT = 4.0
"""Above this weight, and with no other plausible cluster, a record joins without a second look."""

CLUSTERED_ANEW = 64
"""At most so many records are clustered again when one is added."""

AGAIN = 1.1
"""The prior is brought up to date whenever the index has grown by a tenth."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A cluster that may be the query's. `weight` is the pooled evidence in nats; `id` its record most like the query."""

    id: str
    cluster: str
    weight: float
    probability: float


class Index:
    """Records, their clusters, and the way to them from a single record. Safe to share between threads."""

    def __init__(self, model: Model, table: Any = None, clusters: Any = None) -> None:
        """Index `table`, which has the columns of `model.kinds`; without one the index starts empty.

        `clusters` is a table of id and cluster, as `mdm.match` gives it; without it the table is matched first.
        """
        records, kinds = _read(model, table)
        self._lock = RLock()
        self._kinds = kinds
        self._model = model.for_size(max(model.n, len(records)))
        self._ids: list[str] = records.ids.to_list()
        self._rows = {name: row for row, name in enumerate(self._ids)}
        if clusters is None and len(records):
            clusters = match(table, model.kinds, model).clusters
        self._members = Members(_labels(records.ids, clusters))
        self._groups = Groups(records)
        fields = fields_in_order({name: column.kind for name, column in records.columns.items()})
        self._reader = QueryReader(kinds, fields, self._groups.keys, records.day_first)
        self._store = Store(self._model, records)
        self._singular = singular_fields(self._store.fields)
        self._source = next((column for column, kind in kinds.items() if kind is Kind.SOURCE), None)
        self._id = next(column for column, kind in kinds.items() if kind is Kind.ID)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, name: object) -> bool:
        return name in self._rows

    def lookup(self, record: Mapping[str, Any], top: int = 5) -> list[Hit]:
        """The clusters that the raw `record` (column → value) may belong to, the likeliest first, at most `top`."""
        with self._lock:
            query = self._reader.read(record)
            row = self._store.put(query, record.get(self._source) if self._source else None)
            try:
                found = self._candidates(query, row, top + RESERVE)
                weights = self._pooled(np.array([row], np.int32), [self._members.of(label) for label, _ in found])
            finally:
                self._store.release()
        ranked = sorted(zip(-weights, found, strict=True), key=lambda hit: (hit[0], hit[1]))
        return [self._hit(-float(against), *hit) for against, hit in ranked[:top]]

    def add(self, record: Mapping[str, Any]) -> str:
        """Take in a raw record under its id, and name its cluster: a known one, or a new one called after it.

        Records that were added before may change their clusters by what the new one shows; what was one cluster when
        the index was made stays one. Raises NoIdColumn or DuplicateIds.
        """
        name = record.get(self._id)
        if name is None:
            raise NoIdColumn(f"The record has no value in the id column '{self._id}'")
        name = str(name)
        with self._lock:
            if name in self._rows:
                raise DuplicateIds(f"The index has a record '{name}' already; remove that one first")
            query = self._reader.read(record)
            row = self._store.put(query, record.get(self._source) if self._source else None)
            found = self._candidates(query, row, 1 + RESERVE)
            self._store.keep()
            self._groups.add(query.records, row)
            self._members.add(row)
            self._ids.append(name)
            self._rows[name] = row
            label = self._settle(row, [label for label, _ in found])
            self._keep_up()
        return self._ids[label]

    def remove(self, name: str) -> None:
        """Take a record out of the index and its cluster. Raises UnknownId."""
        with self._lock:
            row = self._rows.pop(str(name), None)
            if row is None:
                raise UnknownId(f"The index has no record '{name}'")
            self._members.remove(row)
            self._store.forget(row)

    def cluster_of(self, name: str) -> str:
        """The cluster of a record. Raises UnknownId."""
        row = self._rows.get(str(name))
        if row is None:
            raise UnknownId(f"The index has no record '{name}'")
        return self._ids[int(self._members.label[row])]

    def clusters(self) -> pa.Table:
        """(id, cluster) of all records, in the order of their ids."""
        with self._lock:
            names = sorted(self._rows)
            return pa.table({"id": names, "cluster": [self.cluster_of(name) for name in names]})

    def _candidates(self, query: Query, row: int, most: int) -> list[tuple[int, int]]:
        """(cluster, its row most like the query) for the clusters of the best single records."""
        rows = self._groups.find(query.records)
        rows = rows[self._members.label[rows] != GONE]
        if len(rows) > COMPARED:
            glance = self._store.coarse_weights(row, rows)
            rows = np.sort(rows[np.argpartition(-glance, COMPARED)[:COMPARED]])
        if not len(rows):
            return []
        levels = self._store.compare(np.full(len(rows), row, np.int32), rows)
        weights = self._model.weights(levels)
        best: dict[int, int] = {}
        for place in np.lexsort((rows, -weights)):
            best.setdefault(int(self._members.label[rows[place]]), int(rows[place]))
            if len(best) == most:
                break
        return list(best.items())

    def _pooled(self, one: Rows, others: list[Rows]) -> NDArray[np.float32]:
        """Pooled evidence (nats) that the records of `one` and those of each of the `others` (G) are one person, (G,)."""
        if not others:
            return np.zeros(0, np.float32)
        mine = _thin(one, SEEN)
        theirs = [_thin(rows, max(1, min(SEEN, VERIFIED // len(mine)))) for rows in others]
        left = np.concatenate([np.repeat(mine, len(rows)) for rows in theirs])
        right = np.concatenate([np.tile(rows, len(mine)) for rows in theirs])
        group = np.repeat(np.arange(1, len(theirs) + 1), [len(mine) * len(rows) for rows in theirs]).astype(np.int32)
        levels = self._store.compare(left, right)
        patterns, shown = distinct_patterns(levels)
        evidence = self._model.evidence(patterns)
        bonds = bonds_of_pairs(np.zeros_like(group), group, patterns, evidence, shown).grouped()
        return pooled(bonds, self._support([one, *others]), self._singular)

    def _support(self, clusters: list[Rows]) -> NDArray[np.float32]:
        """How many records of each cluster hold a value in each singular field, (S, clusters)."""
        held = self._store.has_value(np.concatenate(clusters), self._singular)
        starts = np.cumsum([0, *(len(rows) for rows in clusters[:-1])])
        return np.add.reduceat(held, starts, axis=1).astype(np.float32)

    def _settle(self, row: int, found: list[int]) -> int:
        """Put the new record where it belongs: alone, into the one cluster that is beyond doubt, or by clustering anew."""
        weights = self._pooled(np.array([row], np.int32), [self._members.of(label) for label in found])
        plausible = [label for label, weight in zip(found, weights, strict=True) if weight > PLAUSIBLE]
        if len(plausible) == 1 and weights.max() > BEYOND_DOUBT:
            return self._members.join(row, plausible[0])
        rows = np.array([row], np.int32)
        for label in plausible:
            members = self._members.of(label)
            if len(rows) + len(members) <= CLUSTERED_ANEW:
                rows = np.append(rows, members)
        rows.sort()
        if len(rows) > 1:
            self._cluster_anew(rows)
        return int(self._members.label[row])

    def _cluster_anew(self, rows: Rows) -> None:
        low, high = all_pairs(len(rows))
        levels = self._store.compare(rows[low], rows[high])
        held = self._store.has_value(rows, self._singular)
        start = np.searchsorted(rows, self._members.core[rows]).astype(np.int32)
        self._members.regroup(rows, agglomerated(self._model, levels, held, self._singular, start))

    def _keep_up(self) -> None:
        """The prior follows the size of the index; between two steps it is a tenth off at most, which is 0.1 nats."""
        if len(self._rows) > AGAIN * self._model.n:
            self._model = self._model.for_size(len(self._rows))

    def _hit(self, weight: float, label: int, nearest: int) -> Hit:
        return Hit(self._ids[nearest], self._ids[label], weight, float(probability(np.array([weight]))[0]))


def _read(model: Model, table: Any) -> tuple[Records, dict[str, Kind]]:
    """The records of the table, or none, and the kinds of its columns in their order."""
    if table is not None:
        arrow = as_table(table)
        return read_records(arrow, model.kinds, model.day_first), check_kinds(model.kinds, arrow.column_names)
    names = _nothing()
    columns = {
        one.name: Column(one.name, one.kind, _NO_ROWS, names if one.kind in NAME_KINDS else _nothing())
        for one in model.fields
        if one.kind != "source"
    }
    records = Records(pl.Series("id", [], dtype=pl.String), columns, _NO_ROWS, (), model.day_first)
    return records, check_kinds(model.kinds, list(model.kinds))


_NO_ROWS = np.zeros(0, np.int32)


def _nothing() -> Vocabulary:
    return Vocabulary(pl.Series("value", [], dtype=pl.String))


def _labels(ids: pl.Series, clusters: Any) -> NDArray[np.int32]:
    """The first row of each record's cluster; a record without one is a cluster of its own."""
    own = np.arange(len(ids), dtype=np.int32)
    if clusters is None or not len(ids):
        return own
    given = pl.DataFrame(pl.from_arrow(as_table(clusters).select([0, 1])))
    given.columns = ["id", "cluster"]
    frame = pl.DataFrame({"id": ids, "row": own}).join(
        given.cast(pl.String), on="id", how="left", maintain_order="left"
    )
    named = pl.when(pl.col("cluster").is_null()).then("id").otherwise("cluster")
    first = frame.select(pl.col("row").min().over(named)).to_series()
    return first.to_numpy().astype(np.int32)


def _thin(rows: Rows, most: int) -> Rows:
    """At most so many of the rows, evenly spread."""
    return rows if len(rows) <= most else rows[np.arange(most) * len(rows) // most]
