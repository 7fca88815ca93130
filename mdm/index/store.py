"""The records of an index, as codes in arrays with room for more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import Rows
from mdm.columns import Column, Records, Vocabulary
from mdm.compare import Comparison, SourceComparison, compare, rarity_bins
from mdm.compare_levels import Levels
from mdm.index.query import Query
from mdm.index.vocabulary import GrowingVocabulary
from mdm.model import MATCHES, Model

ROOM = 256
"""Rows that fit in before the arrays are made a quarter larger."""

Field = Comparison | SourceComparison


class Store:
    """Codes (rows, F) of the model's fields. The row after the last one is where a query is put to be compared."""

    def __init__(self, model: Model, records: Records) -> None:
        self.count = len(records)
        self._model = model
        self._names = [one.name for one in model.fields if one.kind != "source"]
        self._vocabularies = _growing(records)
        self._codes = np.full((self.count + ROOM, len(self._names)), -1, np.int32)
        self._trained: dict[str, Mapping[str, int]] = {one.name: one.common for one in model.fields}
        self._held: dict[str, NDArray[np.int32]] = {}
        self._rarity: dict[str, NDArray[np.uint8]] = {}
        for place, name in enumerate(self._names):
            column = records.columns[name]
            self._codes[: self.count, place] = column.codes
            self._describe(name, column)
        self._sources = np.zeros(self.count + ROOM, np.int32)
        self._numbers = {name: number for number, name in enumerate(model.sources)}
        if len(records.sources):
            numbers = np.array([self._numbers.get(name, 0) for name in records.source_names], np.int32)
            self._sources[: self.count] = numbers[records.sources]
        self.fields = self._as_fields()

    def _describe(self, name: str, column: Column) -> None:
        """How many records hold each value, and how rare that makes it among as many records as the model was made from."""
        vocabulary = self._vocabularies[name]
        held = np.zeros(vocabulary.capacity, np.int32)
        held[: len(column.counts)] = column.counts
        common = self._trained[name]
        trained = np.zeros(vocabulary.capacity)
        trained[: len(column.counts)] = [common.get(value, 0) for value in column.vocabulary.values.to_list()]
        self._held[name] = held
        self._rarity[name] = rarity_bins((trained + held) * self._scale())

    def _scale(self) -> float:
        return self._model.n / (self._model.n + self.count)

    def _as_fields(self) -> list[Field]:
        fields: list[Field] = []
        for one in self._model.fields:
            if one.kind == "source":
                fields.append(SourceComparison(self._model.sources, self._sources))
                continue
            codes = self._codes[:, self._names.index(one.name)]
            vocabulary = cast(Vocabulary, self._vocabularies[one.name])
            fields.append(
                Comparison(one.name, one.kind, Column(one.name, one.kind, codes, vocabulary), self._rarity[one.name])
            )
        return fields

    def put(self, query: Query, source: Any) -> int:
        """Write the query into the row after the last; its new values are lent, until `keep` or `release`."""
        row = self.count
        for place, name in enumerate(self._names):
            value = query.values.get(name)
            code = self._vocabularies[name].find(value, query.derived[name]) if value else -1
            self._codes[row, place] = code
        self._sources[row] = self._numbers.get(str(source), 0)
        self._widen()
        return row

    def _widen(self) -> None:
        """Rarities keep step with vocabularies that have grown."""
        short = [name for name in self._names if len(self._rarity[name]) < self._vocabularies[name].capacity]
        for name in short:
            more = self._vocabularies[name].capacity - len(self._rarity[name])
            self._rarity[name] = np.append(self._rarity[name], np.zeros(more, np.uint8))
            self._held[name] = np.append(self._held[name], np.zeros(more, np.int32))
        if short:
            self.fields = self._as_fields()

    def release(self) -> None:
        for vocabulary in self._vocabularies.values():
            vocabulary.release()

    def keep(self) -> None:
        """The query's row becomes a record."""
        for vocabulary in self._vocabularies.values():
            vocabulary.keep()
        row = self.count
        self.count += 1
        self._recount(row, +1)
        if self.count == len(self._codes):
            more = max(ROOM, self.count // 4)
            self._codes = np.concatenate([self._codes, np.full((more, len(self._names)), -1, np.int32)])
            self._sources = np.append(self._sources, np.zeros(more, np.int32))
            self.fields = self._as_fields()

    def forget(self, row: int) -> None:
        """The record's values are held by one record fewer."""
        self._recount(row, -1)
        self._codes[row] = -1

    def _recount(self, row: int, change: int) -> None:
        for place, name in enumerate(self._names):
            code = int(self._codes[row, place])
            if code >= 0:
                self._held[name][code] += change
                value = str(self._vocabularies[name].texts[code])
                pooled = (self._trained[name].get(value, 0) + self._held[name][code]) * self._scale()
                self._rarity[name][code] = rarity_bins(np.array([pooled]))[0]

    def has_value(self, rows: Rows, chosen: Sequence[int]) -> NDArray[np.int32]:
        """1 where the chosen fields (S) of the model have a value in the rows (K,), (S, K)."""
        columns = [field.column.codes for field in self.fields if isinstance(field, Comparison)]
        first = len(self.fields) - len(columns)
        held = [columns[number - first][rows] >= 0 for number in chosen]
        return np.array(held, np.int32).reshape(len(chosen), len(rows))

    def coarse_weights(self, row: int, rows: Rows) -> NDArray[np.float32]:
        """Approximate weight of one row against others (K,): equal, different or missing in each field."""
        mine, yours = self._codes[row], self._codes[rows]
        state = np.where(yours == mine, 2, 1)
        state[(yours < 0) | (mine < 0)] = 0
        total = np.log(np.maximum(self._model.sizes, 1e-300)).astype(np.float32)[:, None]
        for place, table in enumerate(self._coarse_tables(mine)):
            total = total + table[:, state[:, place]]
        best: NDArray[np.float32] = total[:MATCHES].max(axis=0) - total[MATCHES:].max(axis=0)
        return best

    def _coarse_tables(self, mine: Rows) -> list[NDArray[np.float32]]:
        """Per field the log probability (C, 3) of missing, different, and equal in this row's value."""
        tables = []
        place = 0
        for field, known in zip(self.fields, self._model.fields, strict=True):
            if isinstance(field, Comparison):
                equal = field.exact + int(field.rarity[mine[place]]) if mine[place] >= 0 else field.exact
                different = known.tables[:, 1 : field.exact].sum(axis=1)
                stacked = np.stack([known.tables[:, 0], different, known.tables[:, equal]], axis=1)
                tables.append(np.log(stacked).astype(np.float32))
                place += 1
        return tables

    def compare(self, left: Rows, right: Rows) -> Levels:
        return compare(self.fields, left, right)


def _growing(records: Records) -> dict[str, GrowingVocabulary]:
    """Fields that share a vocabulary go on sharing it."""
    made: dict[int, GrowingVocabulary] = {}
    for column in records.columns.values():
        if id(column.vocabulary) not in made:
            made[id(column.vocabulary)] = GrowingVocabulary(column.vocabulary)
    return {name: made[id(column.vocabulary)] for name, column in records.columns.items()}
