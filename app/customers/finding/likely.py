"""Whether somebody who is described in full is a customer already: the model says how likely, the search says in what."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.enums import CustomerKind, MatchGrade
from app.customers.finding.candidates import rows_of
from app.customers.finding.find import Judged, found_row, judged_by, likest, sources_of
from app.customers.matching.lookup import Weighed, weigh
from app.customers.matching.organisation_lookup import weigh_organisation
from app.customers.matching.survival import as_date, display_address
from app.customers.models import GoldenRecord, Link
from app.customers.rows import Criteria, Likely

CERTAIN, PROBABLE, POSSIBLE = 0.99, 0.5, 0.05
"""From which probability on a customer is certainly, probably, possibly the person."""
_FROM_SEARCH = 12
_OPEN = frozenset({"given_name", "middle_name", "family_name", "date_of_birth", "gender", "title", "organisation_name"})


def likely(
    session: Session,
    said: Mapping[str, str],
    *,
    kind: CustomerKind = CustomerKind.PERSON,
    pointed: Sequence[UUID] = (),
    count: int = 10,
) -> list[Likely]:
    """Customers of this kind who may be the one that is described, the likeliest first.

    `said`: attributes as a source record has them. `pointed`: golden records to which an identifier leads.
    """
    criteria = criteria_of(said)
    known = _of_kind(session, kind, pointed) if pointed else []
    found = [] if criteria.is_empty else likest(session, criteria)[:_FROM_SEARCH]
    searched = [one.golden_id for one in found]
    also = session.scalars(
        select(Link.source_record_id).where(Link.golden_id.in_([*known, *searched])).order_by(Link.source_record_id)
    ).all()
    compared = _weigh(session, kind, said, also)
    weighed = {one.golden_id: one.probability for one in compared}
    for golden_id in known:
        if not said or weighed.get(golden_id, 0.0) >= POSSIBLE:
            weighed[golden_id] = max(weighed.get(golden_id, 0.0), CERTAIN)
        else:
            weighed[golden_id] = POSSIBLE
    weighed |= _of_restricted(session, kind, said, list(weighed))
    ranked = sorted(((-chance, golden_id) for golden_id, chance in weighed.items() if chance >= POSSIBLE))[:count]
    why = {one.golden_id: one for one in found}
    unlike = {one.golden_id for one in compared if one.contradicted}
    return _told(session, criteria, [(golden_id, -chance) for chance, golden_id in ranked], why, unlike)


def _weigh(session: Session, kind: CustomerKind, said: Mapping[str, str], also: Collection[UUID]) -> list[Weighed]:
    if not said:
        return []
    return weigh_organisation(session, said, also) if kind is CustomerKind.ORGANISATION else weigh(session, said, also)


def _of_kind(session: Session, kind: CustomerKind, ids: Sequence[UUID]) -> list[UUID]:
    """Those of the golden records that are of this kind, in the same order."""
    query = select(GoldenRecord.id).where(GoldenRecord.id.in_(ids), GoldenRecord.kind == kind)
    held = set(session.scalars(query))
    return [golden_id for golden_id in dict.fromkeys(ids) if golden_id in held]


def _of_restricted(
    session: Session, kind: CustomerKind, said: Mapping[str, str], ids: Sequence[UUID]
) -> dict[UUID, float]:
    """Of restricted customers only names and birth are compared: how likely they are must not tell where they live."""
    restricted = set(session.scalars(select(GoldenRecord.id).where(GoldenRecord.id.in_(ids), GoldenRecord.restricted)))
    if not restricted:
        return {}
    records = session.scalars(select(Link.source_record_id).where(Link.golden_id.in_(restricted))).all()
    openly = {name: value for name, value in said.items() if name in _OPEN}
    found = {one.golden_id: one.probability for one in _weigh(session, kind, openly, records)}
    return {golden_id: found.get(golden_id, 0.0) for golden_id in restricted}


def criteria_of(said: Mapping[str, str]) -> Criteria:
    """The same description as something to search for."""
    names = (said.get(part, "") for part in ("given_name", "middle_name", "family_name", "organisation_name"))
    return Criteria(
        name=" ".join(name for name in names if name),
        date_of_birth=said["date_of_birth"] if as_date(said.get("date_of_birth", "")) else "",
        address=display_address({**said, "city": ""}),
        postcode=said.get("postcode", ""),
        phone=said.get("phone", ""),
        email=said.get("email", ""),
    )


def _told(
    session: Session,
    criteria: Criteria,
    ranked: Sequence[tuple[UUID, float]],
    judged: Mapping[UUID, Judged],
    unlike: Collection[UUID],
) -> list[Likely]:
    """`judged`: those of whom it is known already in what they are like the person; `unlike`: those whom an identifier tells apart."""
    ids = [golden_id for golden_id, _ in ranked]
    golden = {one.id: one for one in session.scalars(select(GoldenRecord).where(GoldenRecord.id.in_(ids)))}
    others = [golden_id for golden_id in ids if golden_id not in judged]
    why = {**judged, **(judged_by(criteria, rows_of(session, others)) if others else {})}
    sources = sources_of(session, ids)
    found = []
    for golden_id, chance in ranked:
        reasons = why[golden_id].reasons if golden_id in why else ()
        row = found_row(golden[golden_id], sources.get(golden_id, ()), chance, reasons)
        grade = MatchGrade.POSSIBLE if row.restricted or golden_id in unlike else _grade(chance, ranked)
        found.append(Likely(row, round(chance, 4), grade))
    return found


def _grade(chance: float, ranked: Sequence[tuple[UUID, float]]) -> MatchGrade:
    if chance < PROBABLE:
        return MatchGrade.POSSIBLE
    rivals = sum(1 for _, other in ranked if other >= CERTAIN)
    return MatchGrade.CERTAIN if chance >= CERTAIN and rivals == 1 else MatchGrade.PROBABLE
