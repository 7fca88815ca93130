"""Records as dictionary-encoded columns: every distinct value is standardised once, hashed once and compared once.

A table of n records becomes one :class:`Column` per field: int32 codes into a :class:`Vocabulary` of distinct
standardised values. Rows are put into the order of their ids first, so that nothing downstream can depend on the
order in which a file happened to be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
import pyarrow.compute as pc
from numpy.typing import NDArray

from mdm.errors import DuplicateIds
from mdm.kinds.kind import NOT_EVIDENCE, Kind, check_kinds
from mdm.standardise import is_day_first, split
from mdm.standardise.remembered import standard_forms
from mdm.tables import as_table, texts

Codes = NDArray[np.int32]
MISSING = -1

#: Kinds whose values are words of personal names: they share one vocabulary, so that a swap is a comparison of codes.
NAME_KINDS = ("given_name", "middle_name", "family_name")
#: Order of the fields in a model, whatever the order of the columns in the file.
FIELD_ORDER = (
    *NAME_KINDS, "organisation_name", "date_of_birth", "gender", "national_id", "company_number", "email", "phone",
    "postcode", "house_number", "unit", "address_line", "city", "region", "free_text",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Texts:
    """Values as Python strings, made when they are asked for: a million that stay would take a tenth of a gigabyte."""

    values: pl.Series

    def __getitem__(self, codes: Codes) -> NDArray[np.object_]:
        return np.array(self.values.gather(codes).to_list(), dtype=object)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Distinct standardised values, with what is derived from them kept as long as they are."""

    values: pl.Series
    parts: dict[str, NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def derived(self, name: str, derive: Callable[[pl.Series], NDArray[Any]]) -> NDArray[Any]:
        """What ``derive`` makes of the values, worked out once; two threads may do the same work, to the same end."""
        if name not in self.parts:
            self.parts[name] = derive(self.values)
        return self.parts[name]

    @property
    def texts(self) -> Texts:
        """The values as Python strings, by their codes."""
        return Texts(self.values)


@dataclass(frozen=True, eq=False)
class Column:
    """One field of all records: ``codes`` (n,) int32 into ``vocabulary``, -1 where the record says nothing."""

    name: str
    kind: str
    codes: Codes
    vocabulary: Vocabulary

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many records hold each value, shape (v,)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.vocabulary))

    @property
    def is_informative(self) -> bool:
        """A field that is nearly always missing, or always the same, can't tell people apart."""
        filled = int(self.counts.sum())
        return filled >= 0.01 * len(self.codes) and int((self.counts > 0).sum()) >= 2


@dataclass(frozen=True, eq=False)
class Records:
    """All records, in the order of their ids. ``sources`` (n,) holds codes into ``source_names``; empty when unsaid.

    ``day_first`` says how dates were read, None when there are none.
    """

    ids: pl.Series
    columns: Mapping[str, Column]
    sources: Codes
    source_names: tuple[str, ...]
    day_first: bool | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def of_kind(self, kind: str) -> list[Column]:
        """The columns of one kind, in the order in which they were named."""
        return [column for column in self.columns.values() if column.kind == kind]

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row number of each id."""
        return {name: row for row, name in enumerate(self.ids.to_list())}


def read_records(table: Any, kinds: Mapping[str, str], day_first: bool | None = None) -> Records:
    """Encode ``table`` (Arrow, or what converts to it) by the given ``kinds`` (column -> kind).

    ``day_first`` says how 03/04/1990 is to be read; if it is not given, the dates themselves decide.
    """
    arrow = as_table(table)
    arrow, checked = split(arrow, check_kinds(kinds, arrow.column_names))
    by_kind = {kind: column for column, kind in checked.items()}
    ids = _ids(texts(arrow, by_kind[Kind.ID]), by_kind[Kind.ID])
    order = ids.arg_sort()
    if day_first is None and Kind.DATE_OF_BIRTH in by_kind:
        day_first = is_day_first(texts(arrow, by_kind[Kind.DATE_OF_BIRTH]).drop_nulls().unique())
    fields = [
        _standardised(*_dictionary(texts(arrow, column).gather(order)), kind, day_first)
        for column, kind in checked.items()
        if kind not in NOT_EVIDENCE
    ]
    sources: tuple[Codes, tuple[str, ...]] = (np.zeros(0, np.int32), ())
    if Kind.SOURCE in by_kind:
        sources = _sources(texts(arrow, by_kind[Kind.SOURCE]).gather(order))
    return Records(ids.gather(order), _in_order(_share_names(fields)), *sources, day_first)


def _ids(ids: pl.Series, column: str) -> pl.Series:
    if ids.null_count():
        raise DuplicateIds(f"{ids.null_count()} rows have no id in column '{column}'; every record needs one")
    if ids.n_unique() < len(ids):
        twice = ids.filter(ids.is_duplicated()).sort()
        raise DuplicateIds(f"Column '{column}' has '{twice[0]}' more than once; an id names one record")
    return ids.rename("id")


def _sources(named: pl.Series) -> tuple[Codes, tuple[str, ...]]:
    """Source systems in alphabetical order; a record without one belongs to the source ''."""
    named = named.fill_null("")
    names = named.unique().sort()
    codes = named.replace_strict(names, pl.arange(len(names), eager=True)).to_numpy().astype(np.int32)
    return codes, tuple(names.to_list())


def _dictionary(values: pl.Series) -> tuple[Codes, pl.Series]:
    """Codes (n,) in order of first appearance, -1 for null, and the distinct values."""
    encoded = pc.dictionary_encode(values.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()))
    codes = pl.Series(encoded.indices).fill_null(MISSING).to_numpy().astype(np.int32)
    return codes, pl.Series("value", encoded.dictionary, dtype=pl.String)


def _standardised(codes: Codes, distinct: pl.Series, kind: Kind, day_first: bool | None) -> Column:
    """Standardise the distinct values; those that become equal share a code, those that become empty are missing."""
    if not len(distinct):
        return Column(kind.value, kind.value, codes, Vocabulary(distinct))
    clean = standard_forms(distinct, kind, day_first)
    mapping, values = _dictionary(clean)
    return Column(kind.value, kind.value, np.append(mapping, np.int32(MISSING))[codes], Vocabulary(values))


def _share_names(fields: list[Column]) -> list[Column]:
    """Give all personal-name fields one vocabulary."""
    names = [column for column in fields if column.kind in NAME_KINDS]
    if len(names) < 2:
        return fields
    codes, values = _dictionary(pl.concat([column.vocabulary.values for column in names]))
    shared, offsets = Vocabulary(values), np.cumsum([0, *(len(column.vocabulary) for column in names)])
    moved = {
        id(column): np.append(codes[start : start + len(column.vocabulary)], np.int32(MISSING))[column.codes]
        for column, start in zip(names, offsets, strict=False)
    }
    return [Column(c.name, c.kind, moved[id(c)], shared) if id(c) in moved else c for c in fields]


def _in_order(fields: list[Column]) -> dict[str, Column]:
    """Fields by name, in the order of FIELD_ORDER; the second of a kind is called kind_2, and so on."""
    named: dict[str, Column] = {}
    for column in sorted(fields, key=lambda column: FIELD_ORDER.index(column.kind)):
        number = 1 + sum(other.kind == column.kind for other in named.values())
        name = column.kind if number == 1 else f"{column.kind}_{number}"
        named[name] = Column(name, column.kind, column.codes, column.vocabulary)
    return named
