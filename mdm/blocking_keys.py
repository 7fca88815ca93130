"""The catalogue of blocking keys: what two records must share to be compared at all.

A key is written as parts joined by ``+``: ``date_of_birth+postcode.outward`` puts records into one group that were
born on one day and live in one postal district. A part is a kind, or a kind and what is derived from its values
(:data:`DERIVED`); ``@token`` is any word of a personal name, ``@pair`` and ``@skeletons`` are the given and family
name without their order. Each part is a 64-bit hash per distinct value, 0 for missing; parts are mixed per record.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.columns import NAME_KINDS, Column, Records, Vocabulary
from mdm.standardise.remembered import FEW, remembered

Hashes = NDArray[np.uint64]

#: Spellings that sound alike, in the order of replacement (after Russell's Soundex and Philips' Metaphone).
SOUNDS = (
    ("ph", "f"), ("ck", "k"), ("sch", "s"), ("mac", "mc"), ("c", "k"), ("z", "s"), ("q", "k"), ("v", "f"),
    ("x", "ks"), ("d", "t"), ("b", "p"), ("j", "g"),
)  # fmt: skip


def skeleton(text: pl.Expr) -> pl.Expr:
    """First letter and consonants as they sound, without doubles, five at most: ``philips`` -> ``flps``."""
    for spelling, sound in SOUNDS:
        text = text.str.replace_all(spelling, sound, literal=True)
    text = text.str.slice(0, 1) + text.str.slice(1).str.replace_all("[aeiouyhw ]+", "")
    for letter in "fgklmnprst":
        text = text.str.replace_all(f"{letter}{letter}+", letter)
    return text.str.slice(0, 5)


def _longer_than(text: pl.Expr, length: int, part: pl.Expr) -> pl.Expr:
    """A fragment of a short text says too little."""
    return pl.when(text.str.len_chars() > length).then(part)


def _day_and_month(date: pl.Expr) -> pl.Expr:
    """Day and month of YYYYMMDD, the smaller first, so that 3 May and 5 March share a group."""
    month, day = date.str.slice(4, 2), date.str.slice(6, 2)
    return pl.when(month <= day).then(month + day).otherwise(day + month)


def _outward(code: pl.Expr) -> pl.Expr:
    """The district of a postcode: all but the last three signs, or the first two of a short one."""
    return pl.when(code.str.len_chars() >= 5).then(code.str.head(-3)).otherwise(code.str.slice(0, 2))


def _first_word(text: pl.Expr) -> pl.Expr:
    return text.str.extract("^([^ ]*)", 1)


#: What can be derived from a value.
DERIVED: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "initial": lambda text: text.str.slice(0, 1),
    "first3": lambda text: text.str.slice(0, 3),
    "skeleton": skeleton,
    "first_word": lambda text: skeleton(_first_word(text)),
    "year": lambda date: date.str.slice(0, 4),
    "decade": lambda date: date.str.slice(0, 3),
    "day_month": _day_and_month,
    "outward": _outward,
    "local": lambda mail: _longer_than(mail.str.extract("^([^@]*)", 1), 5, mail.str.extract("^([^@]*)", 1)),
    "local_part": lambda mail: mail.str.extract("^([^@]*)", 1),
    "last4": lambda code: _longer_than(code, 6, code.str.tail(4)),
    "last6": lambda code: _longer_than(code, 6, code.str.tail(6)),
    "all_but_last4": lambda code: _longer_than(code, 6, code.str.head(-4)),
}

#: Keys of two parts and more, and identifiers; each may spend the whole budget of pairs.
KEYS = (
    "national_id", "company_number", "email", "email.local", "phone", "@pair",
    "@token+date_of_birth", "@skeletons+date_of_birth.year", "@skeletons+date_of_birth.day_month",
    "given_name.initial+family_name.initial+date_of_birth",
    "@token+date_of_birth.day_month+date_of_birth.decade",
    "@token+postcode", "@skeletons+postcode.outward", "@token+postcode.outward+given_name.initial",
    "date_of_birth+postcode", "date_of_birth.day_month+postcode", "date_of_birth.year+postcode",
    "date_of_birth+postcode.outward", "postcode+house_number+given_name.initial",
    "address_line+house_number+given_name.initial", "address_line+given_name", "address_line+family_name",
    "address_line.first_word+given_name.skeleton+family_name.initial", "address_line+date_of_birth",
    "address_line.first_word+date_of_birth",
    "@token+city", "@skeletons+city.skeleton", "date_of_birth+city.first3", "house_number+date_of_birth",
    "national_id.all_but_last4+given_name.initial", "national_id.last4+given_name.skeleton",
    "national_id.last4+date_of_birth.year", "phone.last6+given_name.initial", "phone.last6+@token",
    "organisation_name", "organisation_name.skeleton+postcode.outward", "organisation_name.first_word+postcode",
    "organisation_name.skeleton+city", "organisation_name.first_word+phone", "organisation_name.first_word+address_line",
    "company_number.last4+organisation_name.first_word", "company_number.last4+postcode",
)  # fmt: skip

#: Single values that say something only while they are rare; these may spend a fraction of the budget.
RARE_VALUES = ("date_of_birth", "postcode", "address_line", "city", "free_text", "@token")


def mix(parts: list[Hashes]) -> Hashes:
    """Mix hashes (n,) of several parts into one per record; 0 where any of them is missing (after splitmix64)."""
    mixed = np.zeros(len(parts[0]), np.uint64)
    missing = np.zeros(len(parts[0]), bool)
    for part in parts:
        missing |= part == 0
        mixed = (mixed ^ part) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    mixed |= np.uint64(1)
    mixed[missing] = 0
    return mixed


def value_hashes(vocabulary: Vocabulary, derived: str) -> Hashes:
    """Hash of what is derived from each distinct value, (v + 1,): the last stands for missing, 0."""

    def hashed(values: pl.Series) -> pl.Series:
        value = pl.col("value")
        derivation = DERIVED[derived](value).replace("", None) if derived else value
        frame = values.to_frame("value").select(derivation.alias("value"))
        return frame.select(pl.when(value.is_not_null()).then(value.hash(seed=0) | 1).otherwise(0)).to_series()

    def work_out(fresh: list[str]) -> list[int]:
        return hashed(pl.Series("value", fresh, dtype=pl.String)).to_list()

    def hashes(values: pl.Series) -> Hashes:
        if len(values) > FEW:
            return np.append(hashed(values).to_numpy(), np.uint64(0))
        return np.array([*remembered(("hash", derived), values.to_list(), work_out), 0], np.uint64)

    return vocabulary.derived(f"hash.{derived}", hashes)


def record_hashes(column: Column, derived: str = "") -> Hashes:
    """Hash per record (n,), 0 where the record says nothing."""
    return value_hashes(column.vocabulary, derived)[column.codes]


def available_keys(records: Records) -> list[str]:
    """The keys of the catalogue for which the records have all kinds, rare single values last."""
    wanted = [*KEYS, *(f"rare:{value}" for value in RARE_VALUES)]
    return [key for key in wanted if all(part_hashes(records, part) for part in _parts(key))]


def key_hashes(records: Records, key: str) -> list[Hashes]:
    """Hashes (n,) of a key, one array per alternative: a swapped name or a second phone number meets the first."""
    parts = [part_hashes(records, part) for part in _parts(key)]
    widest = max(range(len(parts)), key=lambda number: len(parts[number]))
    fixed = [alternatives[0] for number, alternatives in enumerate(parts) if number != widest]
    if not fixed:
        return parts[widest]
    return [mix([alternative, *fixed]) for alternative in parts[widest]]


def _parts(key: str) -> list[str]:
    return key.removeprefix("rare:").split("+")


def part_hashes(records: Records, part: str) -> list[Hashes]:
    """Hashes of one part, one array per column that can give it; empty when there is no such column."""
    if part.startswith("@token"):
        derived = part.removeprefix("@token").removeprefix(".")
        return [record_hashes(column, derived) for kind in NAME_KINDS for column in records.of_kind(kind)]
    if part in ("@pair", "@skeletons"):
        given, family = records.of_kind("given_name")[:1], records.of_kind("family_name")[:1]
        derived = "skeleton" if part == "@skeletons" else ""
        return [unordered(record_hashes(g, derived), record_hashes(f, derived)) for g in given for f in family]
    kind, _, derived = part.partition(".")
    return [record_hashes(column, derived) for column in records.of_kind(kind)]


def unordered(left: Hashes, right: Hashes) -> Hashes:
    return reduce(lambda low, high: mix([low, high]), [np.minimum(left, right), np.maximum(left, right)])
