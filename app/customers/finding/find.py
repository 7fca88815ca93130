"""Find customers by a few things that they say of themselves, in one box or field by field."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.finding.box import read_box
from app.customers.finding.candidates import Row, ask, named_by, rounds, rows_of
from app.customers.finding.groups import Keys
from app.customers.finding.likeness import Held, judge
from app.customers.finding.terms import Terms, terms_of
from app.customers.finding.words import Meanings, meanings
from app.customers.models import GoldenRecord, Link, SourceRecord, SourceSystem
from app.customers.rows import Criteria, FoundCustomer, Reason, Typed
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.i18n import N_

LEAST = 0.5
TAIL = 0.3
"""How far behind the best a result may be."""
FITS = 0.92
"""From here on somebody fits, and nobody who has only a part of what was typed is looked for."""
OPEN_OF_RESTRICTED = frozenset({"name", "date_of_birth", "reference"})
_EXACT_WORD = 0.99
_LIKE = 0.85


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate, how like it is, and why."""

    score: float
    golden_id: UUID
    reasons: tuple[Reason, ...]


def find(session: Session, actor: Actor, criteria: Criteria, *, limit: int = 20) -> list[FoundCustomer]:
    """The likest customers first, each with how every typed field compares. Staff only.

    Raises Invalid when nothing was typed that can be searched for.
    """
    staff_only(actor)
    terms = terms_of(criteria)
    if criteria.date_of_birth.strip() and not (terms.birth or terms.year):
        raise Invalid({"date_of_birth": N_("Enter the date of birth like 27 3 1978, or only the year")})
    if terms.is_empty:
        raise Invalid({"name": N_("Enter at least one thing to search for")})
    known = meanings(session, terms.names, [word for word in terms.address if not word[0].isdigit()])
    return _shown(session, _look(session, terms, criteria, known), limit)


def find_typed(session: Session, actor: Actor, typed: Typed, *, limit: int = 20) -> list[FoundCustomer]:
    """The same for the text of the one box. Raises Invalid when nothing in it can be searched for."""
    staff_only(actor)
    terms, criteria, known = _settled(session, typed)
    if terms.is_empty and not typed.enquiry:
        raise Invalid({"text": N_("Enter a name, an address, a date or a reference")})
    return _shown(session, _look(session, terms, criteria, known), limit)


def likest(session: Session, criteria: Criteria) -> list[Judged]:
    """Candidates for a whole description, the likest first; nothing when it has nothing that can be searched for."""
    terms = terms_of(criteria)
    known = meanings(session, terms.names, [word for word in terms.address if not word[0].isdigit()])
    return [] if terms.is_empty else _look(session, terms, criteria, known)


def judged_by(criteria: Criteria, rows: Iterable[Row]) -> dict[UUID, Judged]:
    """How like some rows are to a description, and why."""
    search = _Search(terms_of(criteria), criteria, {})
    search.judge(rows)
    return search.judged


def suggest(session: Session, actor: Actor, text: str, *, limit: int = 8) -> list[FoundCustomer]:
    """Whom somebody may mean who is still typing; the last word may be only begun. Never anybody restricted: they are found by searching."""
    staff_only(actor)
    typed = read_box(text, unfinished=True)
    if len(text.strip()) < 3 or typed.golden:
        return []
    terms, criteria, known = _settled(session, typed)
    found = _shown(session, _look(session, terms, criteria, known), limit * 2)
    return [row for row in found if not row.restricted][:limit]


def _settled(session: Session, typed: Typed) -> tuple[Terms, Criteria, Meanings]:
    """What each word is, by whether names or streets have such a word."""
    terms = terms_of(typed.criteria)
    spelt = [word for word in (*terms.names, *terms.address) if not word[0].isdigit()]
    known = meanings(session, spelt, spelt, unfinished=typed.unfinished)
    numbered = any(word[0].isdigit() for word in terms.address)
    streets = [word for word in terms.names if _is_street(known, word)] if numbered or len(terms.names) > 2 else []
    people = [word for word in terms.address if _is_name(known, word)]
    if not (streets or people):
        return terms, typed.criteria, known
    names = tuple(word for word in (*terms.names, *people) if word not in streets)
    address = tuple(word for word in (*terms.address, *streets) if word not in people)
    said = replace(typed.criteria, name=" ".join(names), address=" ".join(address))
    return replace(terms, names=names, address=address), said, known


def _is_street(known: Meanings, word: str) -> bool:
    """A word that streets have and nobody's name is like."""
    found = known.get(word)
    return found is not None and max(found.address.values(), default=0) > _EXACT_WORD > max(
        found.name.values(), default=0
    )


def _is_name(known: Meanings, word: str) -> bool:
    """A word that somebody's name is like and no street's."""
    found = known.get(word)
    return found is not None and not found.address and max(found.name.values(), default=0) >= _LIKE


def _look(session: Session, terms: Terms, criteria: Criteria, known: Meanings) -> list[Judged]:
    """Candidates in rounds until somebody fits; the likest first."""
    named = frozenset(named_by(session, terms.reference)) if terms.reference else frozenset[UUID]()
    search = _Search(terms, criteria, known, named)
    search.judge(rows_of(session, named))
    for probes in rounds(terms, Keys(terms, known)):
        if search.best >= FITS:
            break
        search.judge(ask(session, probes))
    kept = [one for one in search.judged.values() if one.score >= max(LEAST, search.best - TAIL)]
    return sorted(kept, key=lambda one: (-one.score, one.golden_id))


class _Search:
    """One search: what was typed, and everybody who has been judged by it so far."""

    def __init__(self, terms: Terms, criteria: Criteria, known: Meanings, named: frozenset[UUID] = frozenset()) -> None:
        self._terms, self._criteria, self._known, self._named = terms, criteria, known, named
        self.judged: dict[UUID, Judged] = {}
        self.best = 0.0

    def judge(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if row.golden_id in self.judged:
                continue
            held = Held(
                names=row.names, addresses=row.addresses, postcodes=row.postcodes, births=row.births, phones=row.phones,
                emails=row.emails,
            )  # fmt: skip
            referred = row.golden_id in self._named
            score, reasons = judge(self._terms, self._criteria, held, by_reference=referred, meanings=self._known)
            self.judged[row.golden_id] = Judged(score, row.golden_id, reasons)
            self.best = max(self.best, score)


def _shown(session: Session, judged: Sequence[Judged], limit: int) -> list[FoundCustomer]:
    """The first of them as they are listed."""
    best = list(judged[:limit])
    ids = [one.golden_id for one in best]
    golden = {one.id: one for one in session.scalars(select(GoldenRecord).where(GoldenRecord.id.in_(ids)))}
    best.sort(key=lambda one: (-round(one.score, 6), golden[one.golden_id].display_name, one.golden_id))
    sources = sources_of(session, ids)
    return [found_row(golden[one.golden_id], sources.get(one.golden_id, ()), one.score, one.reasons) for one in best]


def staff_only(actor: Actor) -> None:
    """Raises NotAllowed for whoever is not staff."""
    if actor.kind is not ActorKind.STAFF:
        raise NotAllowed


def found_row(
    golden: GoldenRecord, sources: Sequence[str], score: float = 1.0, reasons: tuple[Reason, ...] = ()
) -> FoundCustomer:
    """A golden record in a list. Of a restricted one no value leaves."""
    if golden.restricted:
        told = tuple(Reason(r.field, r.kind, r.typed, "") for r in reasons if r.field in OPEN_OF_RESTRICTED)
        return FoundCustomer(
            golden.id, "", None, "", "", "", "", round(score, 3), told, (), golden.size, restricted=True
        )
    return FoundCustomer(
        golden.id,
        golden.display_name,
        golden.date_of_birth,
        golden.address,
        golden.postcode,
        golden.phone,
        golden.email,
        round(score, 3),
        reasons,
        tuple(sources),
        golden.size,
        restricted=False,
    )


def sources_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Names of the sources behind each golden record, in alphabetical order."""
    query = (
        select(Link.golden_id, SourceSystem.name)
        .join(SourceRecord, SourceRecord.id == Link.source_record_id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(Link.golden_id.in_(ids))
        .distinct()
        .order_by(Link.golden_id, SourceSystem.name)
    )
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for golden_id, name in session.execute(query):
        found[golden_id].append(name)
    return found
