"""Who acts for whom, on a day. What somebody may do by it is asked at the moment of doing it, never remembered."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.customers.matching.survival import display_name
from app.customers.models import GoldenRecord, Link, Relationship, SourceRecord, SourceSystem
from app.customers.queries.verifications import granted_source_records
from app.customers.relationship_enums import RelationshipKind, Standing, Use
from app.customers.relationship_policy import ENDS_SOON, standing_on
from app.customers.rows import Party, RelationshipRow
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, NotAllowed, NotFound
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest, fetch_page

_A, _F = aliased(SourceRecord), aliased(SourceRecord)
_AS, _FS = aliased(SourceSystem), aliased(SourceSystem)
_AL, _FL = aliased(Link), aliased(Link)
_AG, _FG = aliased(GoldenRecord), aliased(GoldenRecord)
LISTS = ("standing", "ends_soon", "not_accepted", "over")


def relationship(session: Session, relationship_id: UUID, *, now: datetime) -> RelationshipRow:
    """One relationship as it stands today. NotFound."""
    found = session.execute(_rows().where(Relationship.id == relationship_id)).first()
    if found is None:
        raise NotFound
    return _row(found, london_date(now))


def relationships_of(
    session: Session, source_record_ids: Collection[UUID], *, now: datetime, most: int = 100
) -> list[RelationshipRow]:
    """All in which any of these source records is a side, those that stand first; those that are over after them."""
    ids, today = list(source_record_ids), london_date(now)
    query = (
        _rows()
        .where(or_(Relationship.acting_record_id.in_(ids), Relationship.for_record_id.in_(ids)))
        .order_by(Relationship.ended_at.is_not(None), Relationship.expires_on.desc(), Relationship.id)
        .limit(most)
    )
    rows = [_row(found, today) for found in session.execute(query)]
    return sorted(rows, key=lambda row: not row.usable)


def how_many_relationships(session: Session, source_record_ids: Collection[UUID]) -> int:
    """How many that have not ended hang on these source records."""
    ids = list(source_record_ids)
    mine = or_(Relationship.acting_record_id.in_(ids), Relationship.for_record_id.in_(ids))
    query = select(func.count()).select_from(Relationship).where(mine, Relationship.ended_at.is_(None))
    return session.scalar(query) or 0


def between(session: Session, ours: Collection[UUID], theirs: Collection[UUID]) -> bool:
    """Whether one of these records acts for one of those, or the other way round."""
    one, other = list(ours), list(theirs)
    mine = and_(Relationship.acting_record_id.in_(one), Relationship.for_record_id.in_(other))
    yours = and_(Relationship.acting_record_id.in_(other), Relationship.for_record_id.in_(one))
    query = select(Relationship.id).where(or_(mine, yours), Relationship.ended_at.is_(None)).limit(1)
    return session.scalars(query).first() is not None


def relationships(session: Session, chosen: str, wanted: PageRequest, *, now: datetime) -> Page[RelationshipRow]:
    """A list for staff: those that stand, end within thirty days, wait to be accepted, or are over; by the day they end."""
    today = london_date(now)
    query = _rows().where(_listed(chosen, today)).order_by(Relationship.expires_on, Relationship.id)
    found = fetch_page(session, query, wanted)
    return Page(tuple(_row(one, today) for one in found.items), found.total, found.number, found.size)


def acting_by_record(session: Session, source_record_id: UUID, *, now: datetime) -> list[RelationshipRow]:
    """What the person of this very source record can do for others today. A merge with other records adds nothing to it."""
    return _usable(session, Relationship.acting_record_id == source_record_id, now)


def acting_by_siblings(session: Session, source_record_id: UUID, *, now: datetime) -> list[RelationshipRow]:
    """What records that we take for the same person can do: the caller has to be verified for one of those first."""
    mine = select(Link.golden_id).where(Link.source_record_id == source_record_id).scalar_subquery()
    others = select(Link.source_record_id).where(Link.golden_id == mine, Link.source_record_id != source_record_id)
    return _usable(session, Relationship.acting_record_id.in_(others), now)


def acting_by_account(session: Session, account_id: UUID, *, now: datetime) -> list[RelationshipRow]:
    """Whom the holder of an account can act for, those not yet accepted included. By the records that they have shown to be theirs."""
    return _usable(session, Relationship.acting_record_id.in_(granted_source_records(session, account_id)), now)


def acting_for_account(session: Session, account_id: UUID, *, now: datetime) -> list[RelationshipRow]:
    """Who can act for the holder of an account, by the records that they have shown to be theirs."""
    today = london_date(now)
    granted = granted_source_records(session, account_id)
    query = _rows().where(Relationship.for_record_id.in_(granted), _current(today)).order_by(Relationship.id)
    return [_row(found, today) for found in session.execute(query)]


def accepted_relationship(
    session: Session, account_id: UUID, relationship_id: UUID, *, now: datetime
) -> RelationshipRow:
    """A relationship that this account has accepted, still holds the record of, and can use now. NotFound for any other."""
    found = {row.id: row for row in acting_by_account(session, account_id, now=now)}.get(relationship_id)
    if found is None or found.accepted_by != account_id:
        raise NotFound
    return found


def usable_relationship(
    session: Session, relationship_id: UUID, use: Use, *, service: str | None = None, now: datetime
) -> RelationshipRow:
    """The relationship, if it can be used for this at this moment. Conflict when it is over, not begun or paused; NotAllowed outside its scope."""
    row = relationship(session, relationship_id, now=now)
    match row.standing:
        case Standing.ENDED:
            raise Conflict(N_("This relationship has ended"))
        case Standing.EXPIRED:
            raise Conflict(N_("This relationship ended on %(day)s"), day=row.expires_on.isoformat())
        case Standing.NOT_YET:
            raise Conflict(N_("This relationship begins on %(day)s"), day=row.starts_on.isoformat())
    if row.paused:
        raise Conflict(N_("This relationship cannot be used at the moment"))
    if not row.allows(use):
        raise NotAllowed(_NOT_ALLOWED[use])
    if service is not None and not row.covers(service):
        raise NotAllowed(N_("This relationship does not cover this service"))
    return row


_NOT_ALLOWED = {
    Use.SEE: N_("This relationship does not allow them to see anything"),
    Use.ASK: N_("This relationship does not allow them to ask for anything"),
    Use.RECEIVE: N_("This relationship does not allow them to get our messages"),
}


def same_arrangement(session: Session, relationship_id: UUID) -> list[UUID]:
    """This relationship and those before it between the same two records, of the same kind: an extension loses nothing."""
    this = session.get(Relationship, relationship_id)
    if this is None:
        return []
    query = select(Relationship.id).where(
        Relationship.kind == this.kind,
        Relationship.acting_record_id == this.acting_record_id,
        Relationship.for_record_id == this.for_record_id
        if this.for_record_id
        else and_(Relationship.for_record_id.is_(None), Relationship.ward == this.ward),
    )
    return list(session.scalars(query.order_by(Relationship.id)))


def _listed(chosen: str, today: date) -> ColumnElement[bool]:
    match chosen:
        case "ends_soon":
            return and_(_current(today), Relationship.expires_on <= today + ENDS_SOON)
        case "not_accepted":
            return and_(_current(today), Relationship.accepted_at.is_(None))
        case "over":
            return or_(Relationship.ended_at.is_not(None), Relationship.expires_on < today)
        case _:
            return _current(today)


def _current(today: date) -> ColumnElement[bool]:
    return and_(Relationship.ended_at.is_(None), Relationship.starts_on <= today, Relationship.expires_on >= today)


def _usable(session: Session, whose: ColumnElement[bool], now: datetime) -> list[RelationshipRow]:
    today = london_date(now)
    query = _rows().where(whose, _current(today)).order_by(Relationship.kind, Relationship.expires_on, Relationship.id)
    return [row for row in (_row(found, today) for found in session.execute(query)) if row.usable]


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(Relationship, _A, _AS.name, _AL.golden_id, _AG.restricted, _F, _FS.name, _FL.golden_id, _FG.restricted)
        .join(_A, _A.id == Relationship.acting_record_id)
        .join(_AS, _AS.id == _A.source_id)
        .outerjoin(_AL, _AL.source_record_id == _A.id)
        .outerjoin(_AG, _AG.id == _AL.golden_id)
        .outerjoin(_F, _F.id == Relationship.for_record_id)
        .outerjoin(_FS, _FS.id == _F.source_id)
        .outerjoin(_FL, _FL.source_record_id == _F.id)
        .outerjoin(_FG, _FG.id == _FL.golden_id)
    )


def _row(found: Any, today: date) -> RelationshipRow:
    one, acting, acting_source, acting_golden, acting_hidden, other, other_source, other_golden, other_hidden = found
    concerned = _party(other, other_source, other_golden, hidden=other_hidden) if other is not None else None
    uses = ((Use.SEE, one.may_see), (Use.ASK, one.may_ask), (Use.RECEIVE, one.may_receive))
    one_customer = acting_golden is not None and acting_golden == other_golden
    return RelationshipRow(
        one.id, RelationshipKind(one.kind), _party(acting, acting_source, acting_golden, hidden=acting_hidden), concerned, one.ward,
        tuple(one.services), frozenset(use for use, may in uses if may), one.evidence, one.evidence_reference,
        one.evidence_seen_on, one.evidence_seen_by, one.starts_on, one.expires_on,
        standing_on(today, one.starts_on, one.expires_on, ended=one.ended_at is not None), one.recorded_at,
        one.recorded_by_name, one.accepted_at, one.accepted_by, one.ended_at, one.ended_by_name or "", one.ended_reason or "",
        paused=one_customer or bool(concerned and concerned.restricted),
    )  # fmt: skip


def _party(record: SourceRecord, source: str, golden_id: UUID | None, *, hidden: bool | None) -> Party:
    if record.restricted or hidden:
        return Party(record.id, "", "", "", golden_id, restricted=True)
    return Party(record.id, source, record.key, display_name(record.attributes), golden_id, restricted=False)
