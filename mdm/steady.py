"""Matching in the flow: who is who as a pure function of the records, a fixed model and the decisions.

A whole file matched afresh learns from the file: how common a value is, how many pairs a key may bring. That is best
for one file, and useless for a stream: every record that came would change what is thought of all others. Here nothing
is learned on the way. What a pair of records weighs depends on the two records and the model alone; whether they are
compared at all, on how many records hold what they share; and clusters form within the connected components of the
pairs that are not hopeless. So one record touches only the components of its neighbours, and the same records in any
order, in one batch or one by one, come to the same clusters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.blocking import distinct, pairs_within
from mdm.blocking_keys import key_hashes, mix, record_hashes
from mdm.coarse import coarse_view, coarse_weights
from mdm.columns import NAME_KINDS, Column, Records, Vocabulary, read_records
from mdm.compare import Comparison, compare, rarity_bins
from mdm.compare_levels import Levels
from mdm.few import few_records
from mdm.fields import Field, of_sources
from mdm.model import Evidence, FieldModel, Floats, Model, distinct_patterns

Marks = NDArray[np.int64]
Rows = NDArray[np.int32]

KEYS = (
    "national_id", "email", "phone", "email.local", "@pair", "@token+date_of_birth", "@skeletons+date_of_birth.year",
    "given_name.initial+family_name.initial+date_of_birth", "rare:date_of_birth", "@token+postcode",
    "postcode+house_number+given_name.initial", "@skeletons+postcode.outward", "@skeletons+city.skeleton",
    "address_line+given_name", "address_line+family_name", "address_line.first_word+date_of_birth",
    "phone.last6+given_name.initial",
)  # fmt: skip
"""What two records must share to be compared: selective enough that a group seldom outgrows its limit."""

PAIR = frozenset({"given_name", "family_name"})
"""The kinds of which keys of both names are made."""

SHAREABLE = ("national_id", "email", "phone")
"""Kinds whose value one person has for themselves, unless a hostel or an office lends it to all who stay there."""

FEW = 500
"""Up to so many records are read quicker as rows than as a table."""
_FEW_MARKS = 10_000
"""Fewer are put in order without a data frame."""

GRAIN = 1024.0
"""Weights are rounded to 1/GRAIN nats: sums of such numbers are exact in any order and any company."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is fixed beside the model. `fingerprint` changes whenever the marks of records do."""

    keys: tuple[str, ...] = KEYS
    largest_group: int = 60
    """A key that more records share brings no pairs."""
    namesakes: int = 12
    """A telephone number, e-mail address or national id that more differently named people hold says nothing of anybody."""
    most_records: int = 30
    """No cluster of people grows beyond this by itself."""
    most_of_organisation: int = 2000
    """No organisation either: it has a record for every property that it pays for."""
    weakest: float = -1.5
    """Pairs below this weight, in nats, are no neighbours. Were it lower, pairs of strangers would string the records of a city
    together: of a million, 73,531 in one component at -3 and 2,100 at -1.5, for the same clusters."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"keys": list(self.keys)}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Recipe:
        return Recipe(**{**data, "keys": tuple(data["keys"])})

    @property
    def fingerprint(self) -> int:
        """Of the keys, and of how this machine hashes: stored marks of another fingerprint are worth nothing."""
        hashed = pl.Series(["firstpoint", *self.keys], dtype=pl.String).hash(seed=0).to_numpy()
        return int(np.bitwise_xor.reduce(hashed * np.arange(1, len(hashed) + 1, dtype=np.uint64)).astype(np.int64))


@dataclass(frozen=True, eq=False)
class _SteadyModel(Model):
    """The model with weights rounded to the grain."""

    def evidence(self, patterns: Levels) -> Evidence:
        exact = Model.evidence(self, patterns)
        parts, prior = np.round(exact.parts * GRAIN) / GRAIN, np.round(exact.prior * GRAIN) / GRAIN
        return replace(exact, weight=parts.sum(axis=0) + prior, parts=parts, prior=prior)


@lru_cache(maxsize=8)
def _steady(model: Model) -> _SteadyModel:
    """One for each model, so that what it works out of its tables it works out once."""
    return _SteadyModel(**{one.name: getattr(model, one.name) for one in fields(Model)})


class Prepared:
    """Records in order of their ids, with what marks each of them: the groups it is in, and by what name."""

    def __init__(self, model: Model, recipe: Recipe, table: Any, shared: Marks | None = None) -> None:
        """`table`: what `read_records` takes, or a list of a few rows. `shared`: marks of values that say nothing, if they are known;
        `with_shared` sets them later."""
        self.model: Model = _steady(model)
        self.recipe = recipe
        read = few_records if isinstance(table, list) else read_records
        self.records = read(table, model.kinds, model.day_first)
        self._raw = _frozen_fields(self.model, self.records)
        self.fields = self._raw
        self._shared = np.zeros(0, np.int64)
        if shared is not None:
            self.with_shared(shared)

    def __len__(self) -> int:
        return len(self.records)

    @property
    def ids(self) -> list[str]:
        ids: list[str] = self.records.ids.to_list()
        return ids

    @property
    def order(self) -> NDArray[np.uint64]:
        """A hash of each id (n,): settles ties, whoever else is there."""
        return self.records.ids.hash(seed=1).to_numpy()

    def marks(self) -> tuple[Rows, Marks]:
        """(row, mark) of every group that a record is in, by row."""
        rows, marks = [np.zeros(0, np.int32)], [np.zeros(0, np.uint64)]
        for number, key in enumerate(self.recipe.keys):
            for hashes in key_hashes(self.records, key) if self._can(key) else []:
                held = np.flatnonzero(hashes).astype(np.int32)
                rows.append(held)
                marks.append(_salted(hashes[held], number))
        row, mark = np.concatenate(rows), np.concatenate(marks).view(np.int64)
        if len(row) < _FEW_MARKS:
            order = np.lexsort((mark, row))
            row, mark = row[order], mark[order]
            first = np.r_[True, (row[1:] != row[:-1]) | (mark[1:] != mark[:-1])][: len(row)]
            return row[first], mark[first]
        frame = pl.DataFrame({"row": row, "mark": mark}).unique().sort("row", "mark")
        return frame["row"].to_numpy(), frame["mark"].to_numpy()

    def who(self) -> Marks:
        """By what name people call the record's person (n,): initial and the sound of the family name; 0 without."""
        names = [self.records.of_kind(kind) for kind in ("given_name", "family_name")]
        if not all(names):
            return np.zeros(len(self), np.int64)
        return mix([record_hashes(names[0][0], "initial"), record_hashes(names[1][0], "skeleton")]).view(np.int64)

    def lent(self) -> tuple[Rows, Marks]:
        """(row, mark) of the values that could be shared: the marks of SHAREABLE only."""
        rows, marks = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)]
        for kind in SHAREABLE:
            for hashed in self._value_marks(kind):
                held = np.flatnonzero(hashed).astype(np.int32)
                rows.append(held)
                marks.append(hashed[held])
        return np.concatenate(rows), np.concatenate(marks)

    def with_shared(self, shared: Marks) -> None:
        """From now on these values say nothing of anybody."""
        self._shared = np.unique(shared)
        self.fields = [self._without_shared(field) for field in self._raw] if len(shared) else self._raw

    def weigh(self, left: Rows, right: Rows) -> Floats:
        """Match weight of pairs (K,) in nats; −inf where a glance says that they are hopeless."""
        weight = np.full(len(left), -np.inf)
        glance = coarse_weights(self.model, coarse_view(self.fields), self.fields, left, right)
        near = np.flatnonzero(glance >= self.model.floor)
        weight[near] = self._weights(self.fields, left[near], right[near])
        return weight

    def weigh_with_shared(self, left: Rows, right: Rows) -> Floats:
        """What pairs (K,) would weigh if shared values counted; −inf for pairs that share none."""
        weight = np.full(len(left), -np.inf)
        lending = np.zeros(len(left), bool)
        for kind in SHAREABLE if len(self._shared) else ():
            for hashed in self._value_marks(kind):
                lending |= (hashed[left] != 0) & (hashed[left] == hashed[right]) & np.isin(hashed[left], self._shared)
        both = np.flatnonzero(lending)
        weight[both] = self._weights(self._raw, left[both], right[both])
        return weight

    def levels(self, left: Rows, right: Rows) -> Levels:
        """Levels of agreement (F, K)."""
        return compare(self.fields, left, right)

    def identifying(self, kinds: Sequence[str]) -> list[Comparison]:
        """Comparisons of these kinds, whether or not the model has learned anything of them."""
        found = []
        for kind in kinds:
            for column in self.records.of_kind(kind)[:1]:
                field = self._without_shared(
                    Comparison(kind, kind, column, rarity_bins(np.zeros(len(column.vocabulary))))
                )
                if isinstance(field, Comparison):
                    found.append(field)
        return found

    def _weights(self, fields: Sequence[Field], left: Rows, right: Rows) -> Floats:
        if not len(left):
            return np.zeros(0)
        patterns, shown = distinct_patterns(compare(fields, left, right))
        return self.model.evidence(patterns).weight[shown]

    def _can(self, key: str) -> bool:
        return all(self._has(part) for part in key.removeprefix("rare:").split("+"))

    def _has(self, part: str) -> bool:
        """Whether there are columns that can give a part of a key."""
        held = {column.kind for column in self.records.columns.values()}
        if part.startswith("@token"):
            return not held.isdisjoint(NAME_KINDS)
        return held >= PAIR if part in ("@pair", "@skeletons") else part.partition(".")[0] in held

    def _value_marks(self, kind: str) -> list[Marks]:
        if kind not in self.recipe.keys:
            return []
        number = self.recipe.keys.index(kind)
        found = [record_hashes(column) for column in self.records.of_kind(kind)]
        return [np.where(hashes != 0, _salted(hashes, number).view(np.int64), 0) for hashes in found]

    def _without_shared(self, field: Field) -> Field:
        if not isinstance(field, Comparison) or field.kind not in SHAREABLE or field.kind not in self.recipe.keys:
            return field
        hashed = _salted(record_hashes(field.column), self.recipe.keys.index(field.kind)).view(np.int64)
        codes = np.where(np.isin(hashed, self._shared), np.int32(-1), field.column.codes)
        return replace(field, column=replace(field.column, codes=codes))


def candidate_pairs(rows: Rows, marks: Marks, largest: int) -> tuple[Rows, Rows]:
    """Distinct pairs ``left < right`` of rows that share a mark which at most `largest` rows have."""
    order = np.argsort(marks, kind="stable")
    rows, marks = rows[order], marks[order]
    starts = np.flatnonzero(np.r_[True, marks[1:] != marks[:-1]]) if len(marks) else np.zeros(0, np.int64)
    sizes = np.diff(np.r_[starts, len(marks)])
    small = (sizes > 1) & (sizes <= largest)
    first, second = pairs_within(starts[small], sizes[small])
    one, other = rows[first].astype(np.int64), rows[second].astype(np.int64)
    codes = distinct((np.minimum(one, other) << 32) | np.maximum(one, other))
    return (codes >> 32).astype(np.int32), (codes & 0xFFFFFFFF).astype(np.int32)


def shared_marks(marks: Marks, who: Marks, recipe: Recipe) -> Marks:
    """Which of these marks (K,), each with the name of its holder, more people hold than one value can belong to."""
    held = pl.DataFrame({"mark": marks, "who": who}).group_by("mark").agg(
        pl.len().alias("size"), pl.col("who").n_unique().alias("people")
    )  # fmt: skip
    crowd = (pl.col("people") > recipe.namesakes) | (pl.col("size") > recipe.largest_group)
    return held.filter(crowd)["mark"].sort().to_numpy()


def _salted(hashes: NDArray[np.uint64], number: int) -> NDArray[np.uint64]:
    """Hashes (n,) that differ from key to key."""
    salted = (hashes ^ np.uint64(number + 1)) * np.uint64(0x9E3779B97F4A7C15)
    return salted ^ (salted >> np.uint64(29)) | np.uint64(1)


def _frozen_fields(model: Model, records: Records) -> list[Field]:
    """The model's comparisons; how common a value is, is what it was when the model was trained."""
    return [of_sources(model, records) if one.kind == "source" else _frozen(one, records) for one in model.fields]


def _frozen(known: FieldModel, records: Records) -> Comparison:
    column = records.columns.get(known.name)
    if column is None:
        column = Column(known.name, known.kind, np.full(len(records), -1, np.int32), Vocabulary(records.ids.clear()))
    trained = np.array([known.common.get(value, 0) for value in column.vocabulary.values.to_list()], float)
    return Comparison(known.name, known.kind, column, rarity_bins(trained))
