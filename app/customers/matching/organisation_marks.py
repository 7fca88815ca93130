"""What the records of organisations are compared by, and which of them are near: similar names that share a contact or a place."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TypeVar
from uuid import UUID

import mdm
from app.customers.matching.forms import forms_of
from app.customers.matching.organisation_model import ALIKE, CLOSE, SIMILAR
from app.customers.matching.records import Current
from mdm import levels_of_texts

N = TypeVar("N", int, UUID)
NAME, NUMBER, CONTACT, PLACE = range(4)
"""What a mark is made of, in its last two bits: organisations of one name or number are settled together."""
TELLS_APART = 2
"""The bit that marks of contacts and places have, and those of names and numbers have not."""
MOST_NAMES = 60
"""A contact or a place of more differently named organisations brings none of them together."""
MOST_HOLDERS = 20_000
"""Beyond so many records a contact or a place is not looked at."""

_NUMBER = re.compile(r"[0-9]{8}|[a-z]{2}[0-9]{6}|[a-z][0-9]{7}")
_LEGAL_FORM = re.compile(
    r"\b(?:ltd|limited|plc|llp|llc|inc|incorporated|corporation|cic|cio|gmbh|sarl)\.?\s*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Body:
    """A record of an organisation in standard forms; '' and () where it says nothing.

    `registered`: a number or a legal form shows that the name is in a register, where no two may have the same.
    """

    name: str
    number: str
    contacts: tuple[str, ...]
    places: tuple[str, ...]
    registered: bool

    @property
    def values(self) -> tuple[str, ...]:
        return (*self.contacts, *self.places)


def bodies_of(records: Sequence[Current]) -> list[Body]:
    """Each record in standard forms; what people write when they know nothing has none."""
    said = [record.attributes for record in records]
    names = forms_of((one.get("organisation_name") for one in said), mdm.Kind.ORGANISATION_NAME)
    numbers = forms_of((one.get("company_number") for one in said), mdm.Kind.COMPANY_NUMBER)
    phones = forms_of((one.get(which) for one in said for which in ("phone", "phone_2")), mdm.Kind.PHONE)
    emails = forms_of((one.get("email") for one in said), mdm.Kind.EMAIL)
    codes = forms_of((one.get("postcode") for one in said), mdm.Kind.POSTCODE)
    streets = forms_of((one.get("street") for one in said), mdm.Kind.ADDRESS_LINE)
    towns = forms_of((one.get("city") for one in said), mdm.Kind.CITY)
    found = []
    for one in said:
        number = numbers.get(one.get("company_number", ""), "")
        number = number if _NUMBER.fullmatch(number) else ""
        reach = {f"t:{phones.get(one.get(which, ''), '')}" for which in ("phone", "phone_2")}
        reach.add(f"e:{emails.get(one.get('email', ''), '')}")
        places = {f"p:{codes.get(one.get('postcode', ''), '')}"}
        if (street := streets.get(one.get("street", ""), "")) and (house := one.get("house_number", "")):
            places |= {f"s:{house.lower()} {street} {town}"} if (town := towns.get(one.get("city", ""), "")) else set()
        found.append(
            Body(
                names.get(one.get("organisation_name", ""), ""), number, _said(reach), _said(places),
                bool(number or _LEGAL_FORM.search(one.get("organisation_name", ""))),
            )
        )  # fmt: skip
    return found


def _said(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(value for value in values if len(value) > len("t:")))


def mark_of(value: str, what: int) -> int:
    """The mark of all organisations that have a value, a signed 64-bit number that says what sort of value it is."""
    digest = hashlib.blake2b(value.encode(), digest_size=8, person=b"body").digest()
    return (int.from_bytes(digest, signed=True) & ~3) | what


def marks_of(body: Body) -> tuple[int, ...]:
    """Every group that the record is in."""
    marks = [mark_of(body.name, NAME)] if body.name else []
    marks += [mark_of(body.number, NUMBER)] if body.number else []
    if body.name:
        marks += [mark_of(value, CONTACT) for value in body.contacts]
        marks += [mark_of(value, PLACE) for value in body.places]
    return tuple(marks)


def who(body: Body) -> int:
    """By what name the record goes: its mark, 0 without one."""
    return mark_of(body.name, NAME) if body.name else 0


def is_near_mark(mark: int) -> bool:
    """Whether the mark is of a contact or a place."""
    return bool(mark & TELLS_APART)


def standing_for(group: Iterable[tuple[N, int]]) -> dict[int, N]:
    """The record that stands for each name in a group of (record, name): the first by its own order."""
    first: dict[int, N] = {}
    for record, name in group:
        if name not in first or record < first[name]:
            first[name] = record
    return first


def near_pairs(
    groups: Mapping[int, Iterable[tuple[N, int]]], names_of: Callable[[Collection[N]], Mapping[N, str]]
) -> set[tuple[N, N]]:
    """Pairs of records whose names are similar and that share the contact or the place of a group. One record stands for all of its
    name in a group, so a landlord with a thousand homes at one telephone number makes no more pairs than one with two."""
    loose, strict = set[tuple[N, N]](), set[tuple[N, N]]()
    for mark, group in groups.items():
        first = standing_for(group)
        if is_near_mark(mark) and 1 < len(first) <= MOST_NAMES:
            into = loose if mark & 3 == CONTACT else strict
            into.update(combinations(sorted(first.values()), 2))
    every = sorted(loose | strict)
    names = names_of({end for pair in every for end in pair})
    levels = similarity([(names[one], names[other]) for one, other in every])
    return {
        pair
        for pair, level in zip(every, levels, strict=True)
        if level >= SIMILAR or (level >= ALIKE and pair in loose)
    }


def similarity(pairs: Sequence[tuple[str, str]]) -> list[int]:
    """How alike names are by the engine's levels: 0 for names whose numbers differ ("Plot 1", "Plot 2"), SIMILAR at the least where one
    is the other with a word more."""
    levels = levels_of_texts(pairs) if pairs else []
    return [_with_words(one, other, level) for (one, other), level in zip(pairs, levels, strict=True)]


def _with_words(one: str, other: str, level: int) -> int:
    if one == other:
        return SIMILAR + 2
    ours, theirs = set(one.split()), set(other.split())
    if {word for word in ours if word.isdigit()} != {word for word in theirs if word.isdigit()}:
        return 0
    short, long = sorted((ours, theirs), key=len)
    return max(level, SIMILAR) if short < long and len(short) * 2 >= len(long) and max(map(len, short)) > 3 else level


@lru_cache(maxsize=10_000)
def nearly_one_name(one: str, other: str) -> bool:
    """Whether two names differ by no more than a legal form, an ampersand, the order of words or a slip."""
    forms = forms_of((one, other), mdm.Kind.ORGANISATION_NAME)
    return one in forms and other in forms and similarity([(forms[one], forms[other])])[0] >= CLOSE


def groups_of(bodies: Sequence[Body]) -> dict[int, list[tuple[int, int]]]:
    """All groups of contacts and places with their records, by place in the list, and the name of each."""
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for place, body in enumerate(bodies):
        name = who(body)
        for mark in marks_of(body):
            if is_near_mark(mark):
                found[mark].append((place, name))
    return {mark: group for mark, group in found.items() if 1 < len(group) <= MOST_HOLDERS}
