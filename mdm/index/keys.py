"""The keys of an index: those by which a whole file is blocked, and finer ones that only a single query can afford.

A key is an alternative of *slots*: hashes of what is derived from the fields of a record. Which slots make up which
alternative is worked out once; a query then follows the plan in a few array operations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.blocking_keys import Hashes, available_keys, mix, part_hashes, record_hashes, skeleton, unordered
from mdm.columns import NAME_KINDS, Records, Vocabulary

FINER_KEYS = (
    "address_line+house_number", "postcode+house_number", "@token.skeleton+house_number+postcode.outward",
    "@token.skeleton+address_line.first_word", "@token.skeleton+date_of_birth.year", "@token.initial+date_of_birth",
    "@token.skeleton+date_of_birth.day_month", "@token.skeleton+phone.last4", "@token.skeleton+phone.all_but_last4",
    "@token.skeleton+phone.first6", "@token.initial+phone.first6", "@token.initial+phone.last4",
    "@token.initial+phone.last6", "@token.initial+national_id.last4", "@token.initial+national_id.first6",
    "@token.skeleton+email.local", "@token.initial+email.letters", "email.letters+date_of_birth.year",
    "@token.skeleton+postcode", "@token.initial+postcode", "@token.initial+address_line", "@token+house_number",
    "@token.initial+house_number+address_line.first_word", "@token.initial+house_number+date_of_birth.year",
    "given_name.initial+family_name.initial+house_number", "given_name.initial+family_name.initial+address_line.first_word",
    "given_name.skeleton+middle_name.skeleton+family_name.initial", "given_name+middle_name+family_name.initial",
    "family_name.skeleton+middle_name.skeleton", "@skeletons", "@token+city.first3", "@token+postcode.sector", "address_line+date_of_birth.year",
    "address_line.first_word+house_number+date_of_birth.day_month", "house_number+date_of_birth.day_month",
    "phone.last6+house_number", "phone.last6", "phone.all_but_last4", "address_line+phone.all_but_last4",
    "address_line.first_word+address_line.proper+house_number", "address_line.proper3+house_number+given_name.initial",
    "@token+address_line.proper", "@token+postcode.inward", "@token+email.first3", "@pair+middle_name.initial",
    "@token+given_name.skeleton", "@token+family_name.skeleton", "@token+given_name.initial",
)  # fmt: skip
"""Keys that would bring a file too many pairs, and bring a single record few rows: a query may be short of its names."""


def _proper(line: pl.Expr) -> pl.Expr:
    """The last word but one, which is the name of a street without what it is and what goes before."""
    return line.str.extract("([^ ]+)(?: [^ ]+)?$", 1)


FINER: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "first6": lambda code: pl.when(code.str.len_chars() > 6).then(code.str.slice(0, 6)),
    "sector": lambda code: pl.when(code.str.len_chars() > 4).then(code.str.head(-2)),
    "inward": lambda code: pl.when(code.str.len_chars() > 4).then(code.str.tail(3)),
    "proper": lambda line: skeleton(_proper(line)),
    "proper3": lambda line: _proper(line).str.slice(0, 3),
    "lone": lambda name: pl.when(name.str.len_chars() == 1).then(name),
    "letters": lambda mail: mail.str.extract("^([^@]*)", 1).str.replace_all("[^a-z]", "").str.slice(0, 8),
}
"""What the finer keys derive from a value beyond `mdm.blocking_keys.DERIVED`."""


Derived = Mapping[str, Mapping[str, int]]
"""Field → the hashes of what is derived from a record's value, by name."""

Plan = list[tuple[NDArray[np.int64], NDArray[np.int64]]]
PAIR = ("given_name", "family_name")
_NOTHING = {"hash.": 0}


@dataclass(frozen=True)
class Slot:
    """One hash of a record: of what is `derived` from a `field`; or the `place`-th hash of a part such as '@pair'."""

    field: str
    derived: str
    part: str = ""
    place: int = 0

    def of_records(self, records: Records) -> Hashes:
        """(n,), 0 where missing."""
        if self.part:
            return part_hashes(records, self.part)[self.place]
        column = records.columns[self.field]
        if self.derived in FINER:
            return finer_hashes(column.vocabulary, self.derived)[column.codes]
        return record_hashes(column, self.derived)

    def of_query(self, derived: Derived, records: Records) -> int:
        if self.part:
            return int(part_hashes(records, self.part)[self.place][0])
        return int(derived[self.field][f"hash.{self.derived}"])


Variant = tuple[str, Mapping[str, int]]
"""A field, and what is derived from another value that it might have had."""

SLIPS_KEY = "rare:@token"
"""The key of a name that few records have."""


class Keys:
    """`names` (K,) of the keys that the records allow; `alternatives` of each, as tuples of places in `slots`."""

    def __init__(self, records: Records) -> None:
        self.slots: list[Slot] = []
        self.names: list[str] = []
        self.alternatives: list[list[tuple[int, ...]]] = []
        known = available_keys(records)
        for name in [*known, *(key for key in FINER_KEYS if key not in known)]:
            parts = [self._slots_of(records, part) for part in name.removeprefix("rare:").split("+")]
            if all(parts):
                self.names.append(name)
                self.alternatives.append(_combined(parts))
        everything = range(len(self.names))
        self._plan = self.by_length(everything)
        self._names = _Variants(self, [key for key in everything if _is_of_names(self.names[key])])
        self._streets = _Variants(self, [key for key in everything if "address_line" in self.names[key]])
        self._pair = [place for place, slot in enumerate(self.slots) if slot.part == "@pair"]

    def of_records(self, records: Records, number: int) -> list[Hashes]:
        """Hashes (n,) of the key's alternatives."""
        found = []
        for places in self.alternatives[number]:
            hashes = [self.slots[place].of_records(records) for place in places]
            found.append(mix(hashes) if len(hashes) > 1 else hashes[0])
        return found

    def of_query(self, derived: Derived, records: Records) -> NDArray[np.int64]:
        """Distinct codes number·2³² + mark of the keys that a single record has; a mark is a hash's upper half."""
        slots = np.array([slot.of_query(derived, records) for slot in self.slots], np.uint64)
        return _codes(self._plan, slots[:, None])

    def of_names(self, derived: Derived, variants: Sequence[Variant]) -> NDArray[np.int64]:
        """The same of a record that had one of the other names each time: only keys that are exact in a name."""
        if not variants:
            return np.zeros(0, np.int64)
        slots = self._names.own_slots(derived, len(variants))
        given, family = (np.full(len(variants), derived.get(kind, _NOTHING)["hash."], np.uint64) for kind in PAIR)
        for number, (field, other) in enumerate(variants):
            slots[self._names.exact[field], number] = other["hash."]
            if field in PAIR:
                (given, family)[PAIR.index(field)][number] = other["hash."]
        slots[self._pair] = unordered(given, family)
        return _codes(self._names.plan, slots)

    def of_streets(self, derived: Derived, variants: Sequence[Variant]) -> NDArray[np.int64]:
        """The same of a record that had one of the other streets each time: only keys that ask for the street."""
        if not variants:
            return np.zeros(0, np.int64)
        slots = self._streets.own_slots(derived, len(variants))
        for number, (field, other) in enumerate(variants):
            for place, name in self._streets.of_field[field]:
                slots[place, number] = other[name]
        return _codes(self._streets.plan, slots)

    def of_slips(self, names: Sequence[int]) -> NDArray[np.int64]:
        """The codes under which the records with these rare names (hashes) are kept."""
        if SLIPS_KEY not in self.names:
            return np.zeros(0, np.int64)
        return (self.names.index(SLIPS_KEY) << 32) | (np.array(names, np.uint64) >> np.uint64(32)).astype(np.int64)

    def _slots_of(self, records: Records, part: str) -> list[int]:
        """Places of the slots that can give a part; new ones are added."""
        kind, _, derived = part.partition(".")
        if kind.startswith("@") and kind != "@token":
            slots = [Slot("", "", part, place) for place in range(len(part_hashes(records, part)))]
        else:
            kinds = NAME_KINDS if kind == "@token" else (kind,)
            slots = [Slot(column.name, derived) for one in kinds for column in records.of_kind(one)]
        self.slots += [slot for slot in slots if slot not in self.slots]
        return [self.slots.index(slot) for slot in slots]

    def by_length(self, keys: Iterable[int]) -> Plan:
        """Key number (A,) and slots (L, A) of all alternatives of L slots, for each L."""
        every = [(number, places) for number in keys for places in self.alternatives[number]]
        plan = []
        for length in sorted({len(places) for _, places in every}):
            chosen = [(number, places) for number, places in every if len(places) == length]
            numbers, places = zip(*chosen, strict=True)
            plan.append((np.array(numbers, np.int64), np.array(places, np.int64).T.copy()))
        return plan


class _Variants:
    """Which slots some of the keys ask for; places of each field's exact slots, and of all its slots with what they hold."""

    def __init__(self, keys: Keys, chosen: Iterable[int]) -> None:
        self.plan = keys.by_length(chosen)
        self._slots = len(keys.slots)
        self._used: list[tuple[int, str, str]] = []
        self.exact: defaultdict[str, list[int]] = defaultdict(list)
        self.of_field: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for place in sorted({int(place) for _, places in self.plan for place in places.ravel()}):
            slot = keys.slots[place]
            if slot.part:
                continue
            name = f"hash.{slot.derived}"
            self._used.append((place, slot.field, name))
            self.of_field[slot.field].append((place, name))
            if not slot.derived:
                self.exact[slot.field].append(place)

    def own_slots(self, derived: Derived, count: int) -> Hashes:
        """The record's own hashes (S, count) in the slots that are asked for."""
        slots = np.zeros((self._slots, count), np.uint64)
        for place, field, name in self._used:
            slots[place] = derived[field][name]
        return slots


def _codes(plan: Plan, slots: Hashes) -> NDArray[np.int64]:
    """Distinct codes of the keys of a plan from the slots (S, V) of V records."""
    found = [np.zeros(0, np.int64)]
    for numbers, places in plan:
        hashes = slots[places].reshape(len(places), -1)
        mixed = mix(list(hashes)) if len(hashes) > 1 else hashes[0]
        present = mixed != 0
        number = np.repeat(numbers, slots.shape[1])
        found.append((number[present] << 32) | (mixed[present] >> np.uint64(32)).astype(np.int64))
    return np.unique(np.concatenate(found))


def _is_of_names(key: str) -> bool:
    """Whether a key asks for a whole name, rather than for its sound."""
    parts = key.removeprefix("rare:").split("+")
    return "@pair" in parts or "@token" in parts


def finer_hashes(vocabulary: Vocabulary, derived: str) -> Hashes:
    """As `mdm.blocking_keys.value_hashes`, for FINER: (v + 1,), the last stands for missing, 0."""

    def hashes(values: pl.Series) -> Hashes:
        value = pl.col("value")
        found = values.to_frame("value").select(FINER[derived](value).replace("", None).alias("value"))
        hashed = found.select(pl.when(value.is_not_null()).then(value.hash(seed=0) | 1).otherwise(0)).to_series()
        return np.append(hashed.to_numpy(), np.uint64(0))

    return vocabulary.derived(f"hash.{derived}", hashes)


def _combined(parts: list[list[int]]) -> list[tuple[int, ...]]:
    """As `mdm.blocking_keys.key_hashes`: each slot of the part that has most of them, with the first of the others."""
    widest = max(range(len(parts)), key=lambda number: len(parts[number]))
    fixed = [slots[0] for number, slots in enumerate(parts) if number != widest]
    return [(slot, *fixed) for slot in parts[widest]]
