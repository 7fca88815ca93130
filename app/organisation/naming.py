"""What a queue's name says: of whom it speaks, and which other name it nearly repeats. Pure, and quick for hundreds of queues."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from anyascii import anyascii
from rapidfuzz import fuzz, process

from app.organisation.enums import NameFinding

ALIKE = 80
WORDS_ALIKE = 80
SPELT_ALIKE = 85
SHORTEST_TO_MISSPELL = 6
PLAIN = frozenset({
    "a", "all", "and", "at", "by", "case", "cases", "centre", "desk", "emails", "enquiries", "enquiry", "external", "for",
    "from", "general", "inbox", "incident", "incidents", "intake", "internal", "mail", "new", "of", "office", "old", "on",
    "other", "our", "pending", "post", "queue", "queues", "requests", "section", "service", "services", "support",
    "team", "the", "ticket", "tickets", "to", "unit",
})  # fmt: skip
"""Words that any queue's name may have and that speak of nobody."""
FILLING = frozenset({"a", "for", "of", "queue", "queues", "team", "the", "to"})
"""Words that make no difference between two names."""

_WORD = re.compile(r"[a-z0-9]+")
_FOR = re.compile(r"\bfor (?:the )?([a-z0-9]+)\b")


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit, what it is called, and the unit that it is a part of."""

    id: UUID
    slug: str
    name: str
    aliases: tuple[str, ...] = ()
    parent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NamedQueue:
    """A queue, its name, and the units whose people can read it (by way of the unit, or as persons)."""

    id: UUID
    slug: str
    name: str
    readers: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class NameWarning:
    """What is wrong with a name. `about` is the slug of the unit or of the other queue, or the word; `shown` is its name."""

    finding: NameFinding
    about: str
    shown: str


class Names:
    """All units and queues by name; asked of one queue, or of all."""

    def __init__(self, units: Iterable[NamedUnit], queues: Iterable[NamedQueue]) -> None:
        self.units = tuple(units)
        self.queues = tuple(sorted(queues, key=lambda queue: (queue.name, queue.slug)))
        self._parents = {unit.id: unit.parent_id for unit in self.units}
        self._spoken = _ways_to_speak(self.units)
        self._known = {word for ways in self._spoken.values() for way in ways for word in way}

    def warnings(self, queue: NamedQueue) -> tuple[NameWarning, ...]:
        """Everything that is wrong with the name of one queue (which need not be in the register yet)."""
        others = [other for other in self.queues if other.id != queue.id]
        twins = _twins_of(queue.name, others)
        return (*self.audience(queue), *(NameWarning(NameFinding.TWIN, other.slug, other.name) for other in twins))

    def audience(self, queue: NamedQueue) -> tuple[NameWarning, ...]:
        """Units of which the name speaks and none of whose people can read the queue; a word after "for" that names nobody."""
        words = words_of(queue.name)
        spoken = [unit for unit in self.units if any(_says(words, way) for way in self._spoken[unit.id])]
        blind = [unit for unit in spoken if not self._reads(unit.id, queue.readers)]
        found = tuple(NameWarning(NameFinding.AUDIENCE, unit.slug, unit.name) for unit in blind)
        return found if spoken else tuple(self._nobody(queue.name))

    def twins(self) -> Mapping[UUID, tuple[NamedQueue, ...]]:
        """Of each queue, those whose names nearly repeat its own; queues without a twin are left out."""
        names = [_gist(queue.name) for queue in self.queues]
        scores = process.cdist(names, names, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
        found: dict[UUID, tuple[NamedQueue, ...]] = {}
        for row, queue in enumerate(self.queues):
            alike = scores[row].nonzero()[0].tolist()
            twins = [self.queues[at] for at in alike if at != row and _repeats(names[row], names[at])]
            if twins:
                found[queue.id] = tuple(twins)
        return found

    def _reads(self, unit_id: UUID, readers: Collection[UUID]) -> bool:
        """Whether the unit, a part of it, or the unit that it is a part of reads."""
        return any(unit_id in self._line(reader) or reader in self._line(unit_id) for reader in readers)

    def _line(self, unit_id: UUID) -> tuple[UUID, ...]:
        line: list[UUID] = []
        at: UUID | None = unit_id
        while at is not None and at not in line:
            line.append(at)
            at = self._parents.get(at)
        return tuple(line)

    def _nobody(self, name: str) -> Iterator[NameWarning]:
        for word in _FOR.findall(_folded(name)):
            if word not in PLAIN and word not in self._known and not word.isdigit():
                yield NameWarning(NameFinding.UNKNOWN_UNIT, word, word.upper() if len(word) <= len("dept") else word)


def slug_of(name: str) -> str:
    """A name as it stands in addresses: small letters, digits and hyphens."""
    return "-".join(_WORD.findall(anyascii(name).lower()))[:80].strip("-")


def words_of(name: str) -> frozenset[str]:
    """The words of a name that may speak of somebody."""
    return frozenset(_WORD.findall(_folded(name)))


def _ways_to_speak(units: Sequence[NamedUnit]) -> dict[UUID, tuple[frozenset[str], ...]]:
    """For each unit the sets of words of which one has to be in a name: its own telling words, and each of its aliases."""
    shared = Counter(word for unit in units for word in words_of(unit.name))
    ways: dict[UUID, tuple[frozenset[str], ...]] = {}
    for unit in units:
        whole = words_of(unit.name)
        telling = frozenset(word for word in whole - PLAIN if shared[word] == 1) or whole - PLAIN or whole
        others = tuple(words for alias in unit.aliases if (words := words_of(alias)))
        ways[unit.id] = (telling, *others)
    return ways


def _says(words: Collection[str], way: Collection[str]) -> bool:
    return all(any(_is(word, wanted) for word in words) for wanted in way)


@lru_cache(maxsize=100_000)
def _is(word: str, wanted: str) -> bool:
    """The same word, or the same misspelt."""
    if word == wanted:
        return True
    long = min(len(word), len(wanted)) >= SHORTEST_TO_MISSPELL
    return long and fuzz.ratio(word, wanted) >= SPELT_ALIKE


def _twins_of(name: str, others: Sequence[NamedQueue]) -> list[NamedQueue]:
    gist = _gist(name)
    return [other for other in others if _repeats(gist, _gist(other.name))]


def _repeats(one: str, other: str) -> bool:
    """The same words but for order and spelling. Numbers count: "Madrid 1" and "Madrid 2" are two."""
    mine, theirs = one.split(), other.split()
    if len(mine) != len(theirs) or fuzz.token_sort_ratio(one, other) < ALIKE:
        return False
    left = list(theirs)
    for word in mine:
        twin = next((near for near in sorted(left, key=word.__ne__) if _is_spelt_like(word, near)), None)
        if twin is None:
            return False
        left.remove(twin)
    return True


@lru_cache(maxsize=100_000)
def _is_spelt_like(word: str, other: str) -> bool:
    return word == other or (not (word + other).isdecimal() and fuzz.ratio(word, other) >= WORDS_ALIKE)


def _gist(name: str) -> str:
    """A name without the words that make no difference."""
    words = _folded(name).split()
    return " ".join([word for word in words if word not in FILLING] or words)


def _folded(name: str) -> str:
    return " ".join(_WORD.findall(anyascii(name).lower()))
