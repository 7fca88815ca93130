"""What each room holds of people: named column by column, with what hands it over, what erases it and how long it is kept.

Every room declares its own in `personal.py`; the wiring gathers them in one `PersonalData`, where the room of rights finds them.
A column of text that is not declared fails a test.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.kernel.i18n import N_

ERASED = "(erased)"
"""Stands where the database wants a word and there is none left to say."""
ANOTHERS = "[about somebody else]"
"""Stands in a package where the text named another person."""
LEFT_OUT = "[left out for your safety]"
"""Stands in a package where it would say where somebody lives whose record is restricted."""
STAFF = "The name of a member of staff, kept with what they did"
OURS = "About our own services, not about people"
MACHINE = "Written by the machine: figures, names of our own, or a hash"


class Why(StrEnum):
    """The reason for which something is kept in spite of an erasure."""

    LEGAL_HOLD = "legal_hold"
    STATUTORY = "statutory"
    OPEN_ENQUIRY = "open_enquiry"
    DECIDED = "decided"

    @property
    def label(self) -> str:
        return _WHY[self]


_WHY = {
    Why.LEGAL_HOLD: N_("A legal hold"),
    Why.STATUTORY: N_("The law makes us keep it"),
    Why.OPEN_ENQUIRY: N_("Still needed for something that is open"),
    Why.DECIDED: N_("Decided by a person"),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of a person that other rooms may hold rows about, for as long as it was theirs."""

    type: str
    id: UUID
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One person, as far as it was shown: source records and accounts, never a golden record, which may be wrongly joined.

    `own`: their names, addresses and numbers, folded; `others`: names of those in the same household. Both keep other people out
    of free text. `where`: words that say where they live or how they are reached. `shown`: e-mail addresses (in small letters) and
    telephone numbers (digits) of which somebody has shown, not only said, that they are theirs.
    """

    records: tuple[UUID, ...] = ()
    accounts: tuple[UUID, ...] = ()
    things: tuple[Thing, ...] = ()
    own: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    shown: frozenset[str] = frozenset()

    def ids(self, kind: str) -> list[UUID]:
        """The things of one type, in order."""
        return sorted({thing.id for thing in self.things if thing.type == kind})

    def masked(self, text: str) -> str:
        """Free text without what names somebody else: addresses, telephone and insurance numbers, people of the household."""
        for pattern in (_EMAIL, _PHONE, _NATIONAL):
            text = pattern.sub(self._keep_own, text)
        names, first = _named(self.others)
        if first.isdisjoint(_alike(word) for word in _WORD.findall(text)):
            return text
        return names.sub(ANOTHERS, text)

    def hidden(self, value: Any) -> Any:
        """A row of a package without a word of where the subject lives."""
        if isinstance(value, str):
            return _any_of(self.where).sub(LEFT_OUT, value) if self.where else value
        if isinstance(value, Mapping):
            return {key: self.hidden(item) for key, item in value.items()}
        return [self.hidden(item) for item in value] if isinstance(value, list | tuple) else value

    def _keep_own(self, found: re.Match[str]) -> str:
        return found.group() if folded(found.group()) in self.own else ANOTHERS


_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w-])(?:\+44\s?|0)\d(?:[\s-]?\d){8,9}(?![\w-])")
_NATIONAL = re.compile(r"\b[A-Z]{2}\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b", re.IGNORECASE)


_WORD = re.compile(r"\w+")


@lru_cache(maxsize=8)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in words), re.IGNORECASE)


@lru_cache(maxsize=8)
def _named(names: tuple[str, ...]) -> tuple[re.Pattern[str], frozenset[str]]:
    """What finds any of the names, the longest first, and their first words: where none of these stands, no name does.

    A block of flats has a thousand names; asked one after the other they cost minutes in a long history.
    """
    first = frozenset(_alike(found.group()) for name in names if (found := _WORD.search(name)))
    return re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in names)})\b", re.IGNORECASE), first


def _alike(word: str) -> str:
    return word.casefold().replace("\u0307", "").replace("ı", "i")


def digits(value: str) -> str:
    """A telephone number as its digits, +44 as 0; "" for what is none."""
    plain = re.sub(r"\D", "", value)
    return "0" + plain[2:] if plain.startswith("44") else plain


def folded(value: str) -> str:
    """A value by which it is recognised however it is written: small letters and digits, +44 as 0; e-mail addresses whole."""
    if "@" in value:
        return value.strip().lower()
    plain = "".join(character for character in value.lower() if character.isalnum() or character == ".")
    return "0" + plain[2:] if plain.startswith("44") and plain.isdigit() else plain


@dataclass(frozen=True, slots=True)
class Kept:
    """So many rows that stay, and why."""

    reason: Why
    count: int


@dataclass(frozen=True, slots=True)
class Assessed:
    """What an erasure would do to one class of records."""

    erase: int
    kept: tuple[Kept, ...] = ()

    @classmethod
    def of(cls, erase: int, **kept: int) -> "Assessed":
        """Counts by reason; those of nothing are left out."""
        return cls(erase, tuple(Kept(Why(reason), count) for reason, count in kept.items() if count))


@dataclass(frozen=True, slots=True)
class Held:
    """What a legal hold stands on: nothing of it is erased, whatever its age."""

    records: frozenset[UUID] = frozenset()
    accounts: frozenset[UUID] = frozenset()
    enquiries: frozenset[UUID] = frozenset()
    everything: bool = False


Row = Mapping[str, Any]
Exporter = Callable[[Session, Subject], Iterator[Row]]
"""Row by row what is held of the subject, in plain values that JSON has, oldest first; streamed, never a query for each row."""
Assessor = Callable[[Session, Subject], Assessed]
Eraser = Callable[[Session, Actor, Subject, datetime], int]
"""Erases what may be erased; says how many rows."""
Expirer = Callable[[Session, datetime, Held, int, datetime], int]
"""(session, before, held, most, now): erases up to so many rows whose time ended before, and says how many."""
Counter = Callable[[Session, datetime, Held], int]
"""How many rows that would be."""
Encloser = Callable[[Session, str], bytes]
"""The bytes of a file by their SHA-256, which a row of the exporter names."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a class is kept: so many months after something, then what. Without months: as long as what it belongs to."""

    months: int | None
    after: str
    action: str
    because: str
    count: Counter | None = None
    expire: Expirer | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """A class of records that one room holds of people.

    Without an exporter or an eraser `unshared` and `unerased` say why not. `recipients`: to whom it goes besides us.
    `enclose`: rows with a `name` and a `sha256`, and no `left_out`, are about a file that goes with the copy.
    """

    slug: str
    title: str
    columns: tuple[str, ...]
    retention: Retention
    why_held: str = ""
    recipients: str = ""
    export: Exporter | None = None
    unshared: str = ""
    assess: Assessor | None = None
    erase: Eraser | None = None
    unerased: str = ""
    enclose: Encloser | None = None

    def __post_init__(self) -> None:
        if (self.export is None) == (self.unshared == "") or (self.erase is None) == (self.unerased == ""):
            raise ValueError(f"{self.slug}: say what exports and erases it, or why nothing does")
        if (self.erase is None) != (self.assess is None):
            raise ValueError(f"{self.slug}: what is erased can be counted before")


@dataclass(frozen=True, slots=True)
class Room:
    """What one room declares.

    `plain`: "table.column" or "table.*" → why text there is about nobody (or only about staff at their work).
    `things` tells what of the subject other rooms may know; `own`, `others` and `where` the words by which text is kept clean;
    `shown` the addresses that are theirs beyond doubt; `searched` by what the room has looked for them, and what it has left out.
    """

    name: str
    holdings: tuple[Holding, ...] = ()
    plain: Mapping[str, str] = field(default_factory=dict)
    things: Callable[[Session, Subject], Iterable[Thing]] | None = None
    own: Callable[[Session, Subject], Iterable[str]] | None = None
    others: Callable[[Session, Subject], Iterable[str]] | None = None
    where: Callable[[Session, Subject], Iterable[str]] | None = None
    shown: Callable[[Session, Subject], Iterable[str]] | None = None
    searched: Callable[[Session, Subject], Iterable[Row]] | None = None


class PersonalData:
    """All rooms' declarations, from the bottom of the house to its top; erasing goes the other way round."""

    def __init__(self, *rooms: Room) -> None:
        self.rooms = rooms
        slugs = [holding.slug for holding in self.holdings]
        if len(slugs) != len(set(slugs)):
            raise ValueError("two classes of records share a name")

    @property
    def holdings(self) -> tuple[Holding, ...]:
        return tuple(holding for room in self.rooms for holding in room.holdings)

    def holding(self, slug: str) -> Holding | None:
        return next((one for one in self.holdings if one.slug == slug), None)

    def know(self, session: Session, subject: Subject) -> Subject:
        """The subject with everything that the rooms know belongs to them."""
        subject = self.found(session, subject)
        own = self._own(session, subject)
        names = {name for room in self.rooms if room.others for name in room.others(session, subject)}
        where = {word for room in self.rooms if room.where for word in room.where(session, subject) if len(word) > 3}
        others = sorted(
            (name for name in names if len(name) > 2 and folded(name) not in own), key=lambda n: (-len(n), n)
        )
        return replace(subject, own=own, others=tuple(others), where=tuple(sorted(where, key=lambda w: (-len(w), w))))

    def found(self, session: Session, subject: Subject) -> Subject:
        """The subject with their things alone: no words of theirs or of others are gathered."""
        shown = {word for room in self.rooms if room.shown for word in room.shown(session, subject)}
        subject = replace(subject, shown=subject.shown | shown - {""}, own=self._own(session, subject))
        for room in self.rooms:
            if room.things:
                subject = replace(subject, things=(*subject.things, *room.things(session, subject)))
        return subject

    def searched(self, session: Session, subject: Subject) -> tuple[Row, ...]:
        """By what each room has looked for the subject besides accounts and records."""
        return tuple(row for room in self.rooms if room.searched for row in room.searched(session, subject))

    def _own(self, session: Session, subject: Subject) -> frozenset[str]:
        words = {folded(word) for room in self.rooms if room.own for word in room.own(session, subject)}
        return frozenset(words - {""})
