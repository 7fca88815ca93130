"""A single raw record in the shape in which `mdm.blocking_keys` takes whole files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from mdm.blocking_keys import part_hashes
from mdm.columns import FIELD_ORDER, Column, Records, Vocabulary
from mdm.index.derivations import BEGINNING, beginning, derived_text, hashes, marked
from mdm.index.keys import Keys
from mdm.index.values import standard_value
from mdm.kinds.kind import NOT_EVIDENCE, Kind
from mdm.standardise import split

HERE, ABSENT = np.array([0], np.int32), np.array([-1], np.int32)
PREFIX = "hash."


class _Hashed:
    """The vocabulary of one value: the hashes of what can be derived from it."""

    def __init__(self, known: Mapping[str, Any]) -> None:
        self._known = known

    def derived(self, name: str, _: Callable[[pl.Series], NDArray[Any]]) -> NDArray[np.uint64]:
        return np.array([self._known[name], 0], np.uint64)


class _Asked:
    """Notes which derivations a part of a key asks for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def derived(self, name: str, _: Callable[[pl.Series], NDArray[Any]]) -> NDArray[np.uint64]:
        self.names.add(name)
        return np.zeros(2, np.uint64)


@dataclass(frozen=True, eq=False)
class Query:
    """Standard value per field, '' where the record says nothing; what is derived from it, by the name under which a
    vocabulary keeps it; and the codes of the record's keys (A,)."""

    values: Mapping[str, str]
    derived: Mapping[str, Mapping[str, int]]
    codes: NDArray[np.int64]


class QueryReader:
    """Reads raw records as the table of the index was read."""

    def __init__(
        self, kinds: Mapping[str, Kind], records: Records, keys: Keys, also: Mapping[str, tuple[str, ...]]
    ) -> None:
        """`also` names what is to be derived from a field beyond what the keys ask for."""
        self._kinds, self._keys, self._day_first = dict(kinds), keys, records.day_first
        self._fields = fields_in_order({name: column.kind for name, column in records.columns.items()})
        self._splits = bool({Kind.FULL_NAME, Kind.ADDRESS} & set(kinds.values())) or (
            Kind.ADDRESS_LINE in kinds.values()
            and Kind.HOUSE_NUMBER not in kinds.values()
            and Kind.HOUSE_NUMBER.value in self._fields
        )
        self._asked = self._derivations(also)

    def read(self, record: Mapping[str, Any]) -> Query:
        values = self._values(record)
        texts = [_derived(name, values[field]) for field, name in self._asked]
        raw = hashes(texts)
        odd = marked(texts, raw).tolist()
        derived: dict[str, dict[str, int]] = {field: {} for field in self._fields}
        for place, (field, name) in enumerate(self._asked):
            derived[field][name] = int(raw[place]) if name == BEGINNING else odd[place]
        codes = self._keys.of_query(derived, self._as_records(values, lambda field: _Hashed(derived[field])))
        return Query(values, derived, codes)

    def derived(self, field: str, values: Sequence[str]) -> list[dict[str, int]]:
        """What is derived from each of other values of a field."""
        names = [name for one, name in self._asked if one == field and name != BEGINNING]
        texts = [_derived(name, value) for value in values for name in names]
        odd = marked(texts, hashes(texts)).tolist() if texts else []
        return [dict(zip(names, odd[at : at + len(names)], strict=True)) for at in range(0, len(odd), len(names))]

    def _values(self, record: Mapping[str, Any]) -> dict[str, str]:
        """Field → standard value. Second columns of a kind are numbered as `mdm.columns` does it."""
        kinds = self._kinds
        if self._splits:
            texts = {column: [_text(record.get(column))] for column in kinds}
            table, kinds = split(pa.table(texts, schema=pa.schema([(c, pa.string()) for c in kinds])), kinds)
            record = {column: table[column][0].as_py() for column in kinds}
        values: dict[str, str] = dict.fromkeys(self._fields, "")
        seen: Counter[Kind] = Counter()
        for column, kind in kinds.items():
            if kind in NOT_EVIDENCE:
                continue
            seen[kind] += 1
            field = kind.value if seen[kind] == 1 else f"{kind.value}_{seen[kind]}"
            if field in values:
                values[field] = standard_value(_text(record.get(column)), kind, self._day_first)
        return values

    def _as_records(self, values: Mapping[str, str], vocabulary: Callable[[str], Any]) -> Records:
        columns = {
            field: Column(field, kind, HERE if values.get(field) else ABSENT, cast(Vocabulary, vocabulary(field)))
            for field, kind in self._fields.items()
        }
        return Records(_NO_ID, columns, ABSENT[:0], ())

    def _derivations(self, also: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
        """(field, name) of everything that keys and comparisons need to know of a value."""
        asked = {field: _Asked() for field in self._fields}
        everything = self._as_records(dict.fromkeys(self._fields, "x"), asked.__getitem__)
        for slot in self._keys.slots:
            if slot.part:
                part_hashes(everything, slot.part)
            else:
                asked[slot.field].names.add(PREFIX + slot.derived)
        always = {PREFIX, PREFIX + "initial", PREFIX + "local_part", BEGINNING}
        more = {field: {PREFIX + name for name in also.get(field, ())} for field in asked}
        return [(field, name) for field, one in asked.items() for name in sorted(one.names | always | more[field])]


_NO_ID = pl.Series("id", [""])


def fields_in_order(fields: Mapping[str, str]) -> dict[str, str]:
    """Field → kind in the order of a model's fields."""
    return dict(sorted(fields.items(), key=lambda item: (FIELD_ORDER.index(item[1]), item[0])))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _derived(name: str, value: str) -> str:
    return beginning(value) if name == BEGINNING else derived_text(name.removeprefix(PREFIX), value) if value else ""
