"""What the words that were typed may have been meant to be: words that customers have, from the database's own list of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.finding import slips
from mdm import SHORT_FORMS

SHORTEST = 2
MOST = 48
"""So many meanings of one word are looked for, the likeliest first."""
_AS_TYPED, _ONE_SLIP, _BEGINS, _NICKNAME, _TWO_SLIPS, _SOUND, _SIBLING = 1.0, 0.92, 0.9, 0.86, 0.85, 0.8, 0.76
_LEAST_PREFIX = 3
_LEAST_JOINED = 6
_OF_PREFIX = 24

_NEAR = text(
    """
    WITH asked AS MATERIALIZED (
        SELECT t.kind, t.word, search_word_keys(t.kind, t.word) AS keys
        FROM unnest(CAST(:kinds AS text[]), CAST(:words AS text[])) AS t(kind, word)
    )
    SELECT kind, word, keys[1], true FROM asked
    UNION ALL
    SELECT kind, word, keys[1], false FROM search_word WHERE keys && ARRAY(SELECT unnest(keys) FROM asked)
    """
)
"""What was typed, and every word of either kind that shares a key with any of it; each with its sound."""
_BEGUN = text(
    "SELECT kind, word, held FROM search_word WHERE kind = :kind AND word > :start AND word < :end "
    "ORDER BY held DESC, word LIMIT :most"
)


def _nicknames() -> dict[str, dict[str, float]]:
    """Name → the names that stand for it: its root or its short forms, and, less surely, other short forms of its root."""
    found: dict[str, dict[str, float]] = {}
    for root, written in SHORT_FORMS.items():
        forms = written.split()
        for form in forms:
            found.setdefault(root, {})[form] = _NICKNAME
            found.setdefault(form, {})[root] = _NICKNAME
            for sibling in forms:
                if sibling != form:
                    found[form].setdefault(sibling, _SIBLING)
    return found


NICKNAMES = _nicknames()


@dataclass(slots=True)
class Meaning:
    """What one typed word may mean, as a name, as a word of an address, as a part of the town: held word → how likely, from 0 to 1."""

    word: str
    name: dict[str, float] = field(default_factory=dict)
    address: dict[str, float] = field(default_factory=dict)
    area: dict[str, float] = field(default_factory=dict)

    def take(self, kind: str, held: str, *, sounds: bool) -> None:
        """A word of this kind that there is; kept if it may be what was meant."""
        into = {"n": self.name, "a": self.address, "p": self.area}[kind]
        likeness = slips.likeness(self.word, held) if kind == "p" else _likeness(self.word, held, sounds=sounds)
        if likeness:
            into[held] = likeness

    def names(self, least: float = 0.0, most: int = MOST) -> list[str]:
        """Names, the likeliest first; the word itself, if nobody has one like it."""
        return _likeliest(self.name, least, most) or [self.word]

    def addresses(self, most: int = MOST) -> list[str]:
        return _likeliest(self.address, 0.0, most) or [self.word]


Meanings = Mapping[str, Meaning]


def meanings(
    session: Session,
    names: Sequence[str],
    address: Sequence[str],
    *,
    unfinished: str = "",
    codes: Sequence[str] = (),
) -> dict[str, Meaning]:
    """The meanings of every word of at least two letters, and of codes as parts of the town.

    `unfinished`: the word at which somebody is still typing.
    """
    typed = [word for word in dict.fromkeys((*names, *address)) if len(word) >= SHORTEST]
    found = {word: Meaning(word) for word in (*typed, *codes)}
    if not found:
        return found
    kinds = ["n", "a"] if address else ["n"]
    pairs = [*((kind, word) for kind in kinds for word in typed), *(("p", code) for code in codes)]
    columns = {"kinds": [kind for kind, _ in pairs], "words": [word for _, word in pairs]}
    rows = session.execute(_NEAR, columns).all()
    asked = [(kind, word, sound) for kind, word, sound, is_asked in rows if is_asked]
    for kind, held, sound, is_asked in rows:
        for other, word, its_sound in () if is_asked else asked:
            if other == kind:
                found[word].take(kind, held, sounds=sound == its_sound)
    for word in names:
        if word in found:
            _add_nicknames(word, found[word].name)
            if len(word) >= _LEAST_PREFIX and (word == unfinished or word not in found[word].name):
                _add_begun(session, found[word].name, "n", word)
    for word in address:
        if len(word) >= _LEAST_PREFIX and (word == unfinished or word not in found[word].address):
            _add_begun(session, found[word].address, "a", word)
    return found


_HALVES = text(
    "SELECT word, held FROM search_word WHERE kind = 'n' AND word = ANY(CAST(:words AS text[])) ORDER BY held DESC, word"
)


def halves(session: Session, word: str) -> tuple[str, str] | None:
    """The two names that may have been written as this one word, with nothing or with a wrong sign between them."""
    if len(word) < _LEAST_JOINED:
        return None
    cuts = [(word[:at], word[at + gap :]) for gap in (0, 1) for at in range(2, len(word) - gap - 1)]
    rows = session.execute(_HALVES, {"words": sorted({part for pair in cuts for part in pair})})
    held: dict[str, int] = {row.word: row.held for row in rows}
    known = [(min(held[one], held[other]), (one, other)) for one, other in cuts if one in held and other in held]
    return max(known, key=lambda found: found[0])[1] if known else None


def _likeness(typed: str, held: str, *, sounds: bool) -> float:
    if typed == held:
        return _AS_TYPED
    slips = OSA.distance(typed, held, score_cutoff=2)
    if slips == 1:
        return _ONE_SLIP
    if slips == 2 and min(len(typed), len(held)) > 5:
        return _TWO_SLIPS
    return _SOUND if sounds and min(len(typed), len(held)) > SHORTEST else 0.0


def _add_nicknames(word: str, name: dict[str, float]) -> None:
    """Short forms of what was typed, whether anybody is called that or not, and of what it is one slip away from."""
    for held, likeness in [(word, _AS_TYPED), *name.items()]:
        if likeness >= _ONE_SLIP:
            for other, share in NICKNAMES.get(held, {}).items():
                name[other] = max(name.get(other, 0.0), likeness * share)


def _add_begun(session: Session, into: dict[str, float], kind: str, word: str) -> None:
    values = {"kind": kind, "start": word, "end": word + "~", "most": _OF_PREFIX}
    for _, held, _ in session.execute(_BEGUN, values):
        into[held] = max(into.get(held, 0.0), _BEGINS)


def _likeliest(some: Mapping[str, float], least: float, most: int) -> list[str]:
    ranked = sorted((-likeness, word) for word, likeness in some.items() if likeness >= least)
    return [word for _, word in ranked[:most]]
