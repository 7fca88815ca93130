"""The records of an index, as codes in arrays with room for more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mdm.blocking import Rows
from mdm.columns import Column, Records, Vocabulary
from mdm.compare import Comparison, SourceComparison, compare, rarity_bins
from mdm.compare_levels import Levels
from mdm.index.derivations import hashes, marked
from mdm.index.glance import Glance, asked_parts, near_parts, near_slots
from mdm.index.query import Query
from mdm.index.vocabulary import GrowingVocabulary
from mdm.model import Model

ROOM = 256
"""Rows that fit in before the arrays are made a quarter larger."""

SLIPS = 1_000
"""Fewer than one record in so many: not a gender, but a slip of the pen."""

SLIPS_OF_INITIALS = 50_000
"""Fewer than one record in so many: not a forename of two letters, but an initial with a slip of the pen."""

Field = Comparison | SourceComparison


@dataclass(frozen=True, eq=False)
class _Known(Comparison):
    """A comparison whose levels (K,) have been worked out."""

    found: Levels

    def levels(self, left: Rows, right: Rows) -> Levels:
        return self.found


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
        self._meant: dict[int, Sequence[int]] = {}
        self._numbers = {name: number for number, name in enumerate(model.sources)}
        if len(records.sources):
            numbers = np.array([self._numbers.get(name, 0) for name in records.source_names], np.int32)
            self._sources[: self.count] = numbers[records.sources]
        self._coded = {one.name for one in model.fields if one.kind == "gender"}
        self._forenames = {one.name for one in model.fields if one.kind in ("given_name", "middle_name")}
        self._slots = near_slots(records)
        self._asked = np.zeros(len(self._slots), np.uint16)
        self._parts = near_parts(records, self._slots, ROOM)
        self.fields = self._as_fields()
        self._glance = Glance(model, self.fields, self._slots)

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
        self._meant = {}
        for place, name in enumerate(self._names):
            value = query.values.get(name)
            code = self._vocabularies[name].find(value, query.derived[name]) if value else -1
            self._codes[row, place] = -1 if value and self._is_slip(name, value, code) else code
        self._sources[row] = self._numbers.get(str(source), 0)
        self._parts[row] = [query.derived[slot.field][f"hash.{slot.derived}"] >> 48 for slot in self._slots]
        self._asked = np.array(asked_parts(self._slots, query.derived), np.uint16)
        self._widen()
        return row

    def _is_slip(self, name: str, value: str, code: int) -> bool:
        """Whether hardly any record has this gender, or this forename of two letters: nobody's is 'nf', and 'qj' was to
        be an initial. Such a slip of the pen says nothing."""
        rare = SLIPS if name in self._coded else SLIPS_OF_INITIALS if name in self._forenames and len(value) == 2 else 0
        held = self._held[name]
        return bool(rare) and (code >= len(held) or int(held[code]) < self.count // rare)

    def _widen(self) -> None:
        """Rarities keep step with vocabularies that have grown."""
        short = [name for name in self._names if len(self._rarity[name]) < self._vocabularies[name].capacity]
        for name in short:
            more = self._vocabularies[name].capacity - len(self._rarity[name])
            self._rarity[name] = np.append(self._rarity[name], np.zeros(more, np.uint8))
            self._held[name] = np.append(self._held[name], np.zeros(more, np.int32))
        if short:
            self.fields = self._as_fields()

    def code(self, row: int, name: str) -> int:
        """The code of a row's value, -1 where there is none."""
        return int(self._codes[row, self._names.index(name)])

    def mean(self, name: str, codes: Sequence[int]) -> None:
        """The query's value may be a slip of these: the first look takes them for nearly equal."""
        if codes:
            self._meant[self._names.index(name)] = codes

    def held(self, name: str, code: int) -> int:
        """How many records hold the value."""
        return int(self._held[name][code])

    def texts(self, name: str, codes: Sequence[int]) -> list[str]:
        return [self._vocabularies[name].texts.one(code) for code in codes]

    def hashes(self, name: str, codes: Sequence[int]) -> list[int]:
        """The hashes of values, as keys use them."""
        texts = self.texts(name, codes)
        return marked(texts, hashes(texts)).tolist() if texts else []

    def lent(self, names: Sequence[str]) -> list[tuple[str, int]]:
        """The fields of the query's row whose values no record held before, with their codes."""
        codes = [(name, self.code(self.count, name)) for name in names]
        return [(name, code) for name, code in codes if self._vocabularies[name].is_lent(code)]

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
            self._parts = np.concatenate([self._parts, np.zeros((more, len(self._slots)), np.uint16)])
            self._sources = np.append(self._sources, np.zeros(more, np.int32))
            self.fields = self._as_fields()

    def keep_up(self, model: Model) -> None:
        """The first look is taken with the prior of this model; how rare a value is, stays measured by the first one's."""
        self._glance = Glance(model, self.fields, self._slots)

    def forget(self, row: int) -> None:
        """The record's values are held by one record fewer."""
        self._recount(row, -1)
        self._codes[row] = -1

    def _recount(self, row: int, change: int) -> None:
        for name, code in zip(self._names, self._codes[row].tolist(), strict=True):
            if code >= 0:
                held = self._held[name]
                held[code] += change
                value = self._vocabularies[name].texts.one(code)
                pooled = (self._trained[name].get(value, 0) + int(held[code])) * self._scale()
                self._rarity[name][code] = rarity_bins(np.array([pooled]))[0]

    def has_value(self, rows: Rows, chosen: Sequence[int]) -> NDArray[np.int32]:
        """1 where the chosen fields (S) of the model have a value in the rows (K,), (S, K)."""
        first = len(self.fields) - len(self._names)
        held = self._codes[rows][:, [number - first for number in chosen]] >= 0
        return held.T.astype(np.int32)

    def glance(self, row: int, rows: Rows) -> NDArray[np.float32]:
        """Approximate weight of the query in `row` against others (K,)."""
        mine = self._codes[row]
        rarity = [int(self._rarity[name][code]) if code >= 0 else 0
                  for name, code in zip(self._names, mine.tolist(), strict=True)]  # fmt: skip
        parts = self._asked, self._parts[rows]
        return self._glance.weights(mine, rarity, self._codes[rows], *parts, meant=self._meant)

    def compare(self, left: Rows, right: Rows) -> Levels:
        """Levels (F, K) of pairs of rows."""
        return compare(self.fields, left, right)

    def against(self, row: int, rows: Rows) -> Levels:
        """Levels (F, K) of one row and others, as `compare` gives them: names of all fields are compared at once."""
        mine, yours = self._codes[row].tolist(), np.ascontiguousarray(self._codes[rows].T)
        asked: dict[int, list[tuple[int, NDArray[np.int64]]]] = {}
        known: list[Field] = []
        first = len(self.fields) - len(self._names)
        for place, field in enumerate(self.fields):
            if not isinstance(field, Comparison):
                known.append(field)
                continue
            levels = np.zeros(len(rows), np.uint8)
            code, theirs = mine[place - first], yours[place - first]
            if code >= 0:
                equal = theirs == code
                levels[equal] = field.exact + field.rarity[code]
                unequal = np.flatnonzero((theirs >= 0) & ~equal)
                if len(unequal):
                    asked.setdefault(id(field.column.vocabulary), []).append((place, unequal))
            known.append(_Known(field.name, field.kind, field.column, field.rarity, levels))
        for group in asked.values():
            self._fill(known, group, mine, yours)
        return compare(known, np.full(len(rows), row, np.int32), rows)

    def _fill(
        self, known: list[Field], group: list[tuple[int, NDArray[np.int64]]], mine: list[int], yours: NDArray[np.int32]
    ) -> None:
        """Levels of unequal values of the fields that share a vocabulary, each distinct pair of values compared once."""
        first = len(self.fields) - len(self._names)
        a = np.concatenate([np.full(len(unequal), mine[place - first], np.int32) for place, unequal in group])
        b = np.concatenate([yours[place - first][unequal] for place, unequal in group])
        asking = cast(_Known, known[group[0][0]])
        found, begin = asking.unequal_levels(a, b), 0
        for place, unequal in group:
            cast(_Known, known[place]).found[unequal] = found[begin : begin + len(unequal)]
            begin += len(unequal)


def _growing(records: Records) -> dict[str, GrowingVocabulary]:
    """Fields that share a vocabulary go on sharing it."""
    made: dict[int, GrowingVocabulary] = {}
    for column in records.columns.values():
        if id(column.vocabulary) not in made:
            made[id(column.vocabulary)] = GrowingVocabulary(column.vocabulary)
    return {name: made[id(column.vocabulary)] for name, column in records.columns.items()}
