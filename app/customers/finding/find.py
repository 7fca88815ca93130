"""Find customers by a few things that they say of themselves, in one box or field by field."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from rapidfuzz.distance import OSA
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.enums import CustomerKind
from app.customers.finding.box import read_box
from app.customers.finding.candidates import Row, ask, at_once, named_by, near, rounds, rows_of
from app.customers.finding.groups import Keys
from app.customers.finding.likeness import Held, judge
from app.customers.finding.settling import settle, settle_fields
from app.customers.finding.terms import Terms, terms_of
from app.customers.finding.words import Meanings, meanings
from app.customers.matching.search_rows import words
from app.customers.models import GoldenRecord, Link, SourceRecord, SourceSystem
from app.customers.rows import Criteria, FoundCustomer, Reason, Typed
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.i18n import N_

LEAST = 0.5
TAIL = 0.3
"""How far behind the best a result may be."""
FITS = 0.88
"""From here on somebody fits, and nobody who has only a part of what was typed is looked for."""
_LOOKED_AT = 3
_ALIKE = 0.45
_OTHER_NAMES = 0.02
ENOUGH = 10
"""When so many fit at the place that was typed, nobody is looked for at places near it."""
OPEN_OF_RESTRICTED = frozenset({"name", "date_of_birth", "reference"})


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
    terms, criteria, known = settle_fields(session, criteria)
    if criteria.date_of_birth.strip() and not (terms.birth or terms.near_years or terms.year):
        raise Invalid({"date_of_birth": N_("Enter the date of birth like 27 3 1978, or only the year")})
    if terms.is_empty:
        raise Invalid({"name": N_("Enter at least one thing to search for")})
    return _shown(session, _look(session, terms, criteria, known), limit, terms.names)


def find_typed(session: Session, actor: Actor, typed: Typed, *, limit: int = 20) -> list[FoundCustomer]:
    """The same for the text of the one box. Raises Invalid when nothing in it can be searched for."""
    staff_only(actor)
    terms, criteria, known = settle(session, typed)
    if terms.is_empty and not typed.enquiry:
        raise Invalid({"text": N_("Enter a name, an address, a date or a reference")})
    return _shown(session, _look(session, terms, criteria, known), limit, terms.names)


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
    terms, criteria, known = settle(session, typed)
    found = _shown(session, _look(session, terms, criteria, known), limit * 2, terms.names)
    return [row for row in found if not row.restricted][:limit]


def _look(session: Session, terms: Terms, criteria: Criteria, known: Meanings) -> list[Judged]:
    """Candidates in rounds until somebody fits; the likest first."""
    named = frozenset(named_by(session, terms.reference)) if terms.reference else frozenset[UUID]()
    search = _Search(terms, criteria, known, named)
    search.judge(rows_of(session, named))
    keys = Keys(terms, known)
    search.judge(ask(session, at_once(terms, keys)))
    if search.fitting < ENOUGH:
        search.judge(ask(session, near(keys)))
    for probes in rounds(terms, keys):
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
        self.fitting = 0

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
            self.fitting += score >= FITS


def _shown(session: Session, judged: Sequence[Judged], limit: int, names: Sequence[str] = ()) -> list[FoundCustomer]:
    """The first of them as they are listed: of those who are equally like, whoever goes by the names that were typed comes first."""
    head = judged[: limit * _LOOKED_AT]
    called = _called(session, [one.golden_id for one in head])
    order = {
        one.golden_id: (
            -round(one.score - _besides(names, called[one.golden_id]), 6),
            called[one.golden_id],
            one.golden_id,
        )
        for one in head
    }
    best = sorted(head, key=lambda one: order[one.golden_id])[:limit]
    ids = [one.golden_id for one in best]
    golden = {one.id: one for one in session.scalars(select(GoldenRecord).where(GoldenRecord.id.in_(ids)))}
    sources = sources_of(session, ids)
    return [found_row(golden[one.golden_id], sources.get(one.golden_id, ()), one.score, one.reasons) for one in best]


def _called(session: Session, ids: Sequence[UUID]) -> dict[UUID, str]:
    query = select(GoldenRecord.id, GoldenRecord.display_name).where(GoldenRecord.id.in_(ids))
    return {row.id: row.display_name for row in session.execute(query)}


def _besides(names: Sequence[str], called: str) -> float:
    """What somebody is put behind for who goes by other names than the typed ones, which are theirs too."""
    if not names:
        return 0.0
    known = words(called).split()
    others = sum(
        1 for name in names if max((OSA.normalized_similarity(name, one) for one in known), default=0) < _ALIKE
    )
    return min(_OTHER_NAMES, others * _OTHER_NAMES / 2)


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
        organisation=golden.kind is CustomerKind.ORGANISATION,
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
