"""A few records, read as a table of them is, one value at a time.

A column pays for the start of every step once, however long it is: for a thousand values that is nothing, for the five records that a
look-up compares it is nearly all. Here are the same codes, standard forms and hashes without columns; tests hold both ways together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.columns import FIELD_ORDER, MISSING, NAME_KINDS, Codes, Column, Records, Texts, Vocabulary, read_records
from mdm.index.derivations import BEGINNING, VALUES, beginning, derived_text, hashes, marked
from mdm.index.values import standard_value
from mdm.kinds.kind import NOT_EVIDENCE, Kind

Row = Mapping[str, str | None]

_HASH = "hash."
_SPLIT = frozenset({Kind.FULL_NAME, Kind.ADDRESS})
_SHORT: dict[str, tuple[type, tuple[int, ...]]] = {
    "length": (np.int16, ()), "spaced": (np.bool_, ()), "digits": (np.uint8, (8,)),
}  # fmt: skip
"""Type and shape of what the comparison asks of each value."""


def few_records(rows: Sequence[Row], kinds: Mapping[str, str], day_first: bool | None) -> Records:
    """As :func:`mdm.columns.read_records` of a table with a column of text for every kind."""
    known = {column: Kind(kind) for column, kind in kinds.items()}
    ids = [row[next(column for column, kind in known.items() if kind is Kind.ID)] for row in rows]
    if not _can_be_read(known, day_first) or not ids or None in ids or len(set(ids)) < len(ids):
        return read_records({column: [row[column] for row in rows] for column in kinds}, kinds, day_first)
    order = sorted(range(len(rows)), key=cast("list[str]", ids).__getitem__)
    ordered = [rows[place] for place in order]
    fields = [
        (kind, [standard_value(row[column], kind, day_first) for row in ordered])
        for column, kind in known.items()
        if kind not in NOT_EVIDENCE
    ]
    named = next((column for column, kind in known.items() if kind is Kind.SOURCE), None)
    sources = _sources([row[named] or "" for row in ordered]) if named else (np.zeros(0, np.int32), ())
    named_ids = pl.Series("id", [ids[place] for place in order], dtype=pl.String)
    return Records(named_ids, _columns(fields), *sources, day_first)


def _can_be_read(kinds: Mapping[str, Kind], day_first: bool | None) -> bool:
    """Columns that hold several things, and dates that decide how they are read, need all their values."""
    held = set(kinds.values())
    lines = Kind.ADDRESS_LINE in held and Kind.HOUSE_NUMBER not in held
    return not (held & _SPLIT or lines or (day_first is None and Kind.DATE_OF_BIRTH in held))


def _sources(names: Sequence[str]) -> tuple[Codes, tuple[str, ...]]:
    known = sorted(set(names))
    return np.array([known.index(name) for name in names], np.int32), tuple(known)


def _columns(fields: Sequence[tuple[Kind, list[str]]]) -> dict[str, Column]:
    """Fields by name, in the order of FIELD_ORDER; codes by first appearance, those of personal names in one vocabulary."""
    names: dict[str, int] = {}
    together = sum(kind in NAME_KINDS for kind, _ in fields) > 1
    coded = [
        (kind, codes, _encode(forms, codes)) for kind, forms, codes in (
            (kind, forms, names if together and kind in NAME_KINDS else dict[str, int]()) for kind, forms in fields
        )
    ]  # fmt: skip
    vocabularies = {id(codes): _vocabulary(codes) for _, codes, _ in coded}
    found: dict[str, Column] = {}
    for kind, codes, numbers in sorted(coded, key=lambda one: FIELD_ORDER.index(one[0])):
        number = 1 + sum(other.kind == kind for other in found.values())
        name = kind.value if number == 1 else f"{kind.value}_{number}"
        found[name] = Column(name, kind.value, numbers, vocabularies[id(codes)])
    return found


def _encode(forms: Sequence[str], codes: dict[str, int]) -> Codes:
    """The code of every form (n,), new ones added; -1 for ''."""
    return np.array([codes.setdefault(form, len(codes)) if form else MISSING for form in forms], np.int32)


def _vocabulary(codes: Mapping[str, int]) -> Vocabulary:
    values = list(codes)
    held = np.empty(len(values), object)
    held[:] = values
    return FewValues(pl.Series("value", values, dtype=pl.String), held=held)


@dataclass(frozen=True, eq=False)
class _Held(Texts):
    """Values as Python strings, that are there already."""

    held: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, object))

    def __getitem__(self, codes: Codes) -> NDArray[np.object_]:
        return self.held[codes]


@dataclass(frozen=True, eq=False)
class FewValues(Vocabulary):
    """Distinct values of a few records; what is derived from them is worked out one by one."""

    held: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, object))

    @property
    def texts(self) -> Texts:
        return _Held(self.values, self.held)

    def derived(self, name: str, derive: Callable[[pl.Series], NDArray[Any]]) -> NDArray[Any]:
        if name not in self.parts:
            self.parts[name] = self._worked_out(name, derive)
        return self.parts[name]

    def _worked_out(self, name: str, derive: Callable[[pl.Series], NDArray[Any]]) -> NDArray[Any]:
        values: list[str] = self.held.tolist()
        if name.startswith(_HASH):
            texts = [derived_text(name.removeprefix(_HASH), value) for value in values]
            return np.append(marked(texts, hashes(texts)), np.uint64(0))
        if name == BEGINNING:
            return hashes([beginning(value) for value in values])
        if name in _SHORT:
            kind, shape = _SHORT[name]
            return np.array([VALUES[name](value) for value in values], kind).reshape(len(values), *shape)
        return derive(self.values)
