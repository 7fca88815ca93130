"""Find customers by a few things that they say of themselves."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.finding.candidates import candidates, named_by
from app.customers.finding.likeness import Held, judge
from app.customers.finding.terms import terms_of
from app.customers.models import GoldenRecord, GoldenSearch, Link, SourceRecord, SourceSystem
from app.customers.rows import Criteria, FoundCustomer, Reason
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.i18n import N_

LEAST = 0.5
TAIL = 0.3
"""How far behind the best a result may be."""
OPEN_OF_RESTRICTED = frozenset({"name", "date_of_birth", "reference"})


def find(session: Session, actor: Actor, criteria: Criteria, *, limit: int = 20) -> list[FoundCustomer]:
    """The likest customers first, each with how every typed field compares. Staff only.

    Raises Invalid when nothing was typed that can be searched for.
    """
    if actor.kind is not ActorKind.STAFF:
        raise NotAllowed
    terms = terms_of(criteria)
    if criteria.date_of_birth.strip() and not (terms.birth or terms.year):
        raise Invalid({"date_of_birth": N_("Enter the date of birth like 27 3 1978, or only the year")})
    if terms.is_empty:
        raise Invalid({"name": N_("Enter at least one thing to search for")})
    named = set(named_by(session, terms.reference)) if terms.reference else set()
    ids = {*named, *candidates(session, terms)}
    judged = []
    query = select(GoldenRecord, GoldenSearch).join(GoldenSearch, GoldenSearch.golden_id == GoldenRecord.id)
    for golden, search in session.execute(query.where(GoldenRecord.id.in_(ids))):
        held = Held(
            names=search.names,
            addresses=search.addresses,
            postcodes=search.postcodes,
            births=search.births,
            phones=search.phones,
            emails=search.emails,
        )
        score, reasons = judge(terms, criteria, held, by_reference=golden.id in named)
        if score >= LEAST:
            judged.append((score, reasons, golden))
    judged.sort(key=lambda found: (-found[0], found[2].display_name, found[2].id))
    best = [found for found in judged[:limit] if found[0] >= judged[0][0] - TAIL]
    sources = sources_of(session, [golden.id for _, _, golden in best])
    return [found_row(golden, sources.get(golden.id, ()), score, reasons) for score, reasons, golden in best]


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
