"""Reads of handoffs."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.accounts.policy import Permission, may
from app.enquiries import queries as enquiries
from app.enquiries.models import Enquiry
from app.enquiries.queries.reading import enquiry_row
from app.enquiries.queries.worklists import work_rows
from app.enquiries.rows import EnquiryRow, WorkRow
from app.handoffs.enums import HandoffState
from app.handoffs.models import Handoff
from app.handoffs.policy import BOUNCES, OPEN, TRANSITIONS
from app.handoffs.privacy import is_restricted, restricted_among
from app.handoffs.rows import ChecklistItem, HandoffRow
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation import queries as organisation
from app.organisation.models import Service, Unit

OVERSEERS = (Role.TEAM_LEADER, Role.MONITOR)

_from_unit, _suggested = aliased(Unit), aliased(Unit)
_sender, _officer, _claimant = aliased(Account), aliased(Account), aliased(Account)
_other = aliased(Handoff)


def inbox(
    session: Session,
    actor: Actor,
    *,
    state: HandoffState | None = None,
    page: PageRequest,
    unit: str | None = None,
    service: str | None = None,
    mine: bool = False,
    late: datetime | None = None,
) -> Page[HandoffRow]:
    """What was offered to the actor's units and is not finished (or is in `state`), the most urgent answer first.

    `mine` leaves what the actor claimed or accepted; `late` what should have been answered or finished by that time.
    """
    units = _units(session, actor, unit)
    query = (
        _handoffs()
        .where(
            Handoff.unit_id.in_(units),
            Handoff.state.in_([state] if state else OPEN),
            Handoff.state != HandoffState.DRAFT,
        )
        .order_by(func.coalesce(Handoff.accepted_at, Handoff.accept_by), Handoff.id)
    )
    if service:
        query = query.where(Service.slug == service)
    if mine:
        query = query.where(or_(Handoff.claimed_by_id == actor.account_id, Handoff.officer_id == actor.account_id))
    if late is not None:
        unanswered = (Handoff.state == HandoffState.OFFERED) & (Handoff.accept_by <= late)
        query = query.where(or_(unanswered, (Handoff.state != HandoffState.OFFERED) & (Enquiry.promised_at <= late)))
    found = fetch_page(session, query, page)
    rows = tuple(_row(row) for row in found.items)
    hidden = restricted_among(session, [row[0].enquiry_id for row in found.items])
    rows = tuple(
        _for_a_system(row, restricted=columns[0].enquiry_id in hidden)
        for row, columns in zip(rows, found.items, strict=True)
    )
    return Page(rows, found.total, found.number, found.size)


def sent(session: Session, actor: Actor, *, page: PageRequest) -> Page[HandoffRow]:
    """What the actor offered to others, newest first: the sender keeps seeing it, and how it ended."""
    query = (
        _handoffs().where(Handoff.sender_id == actor.account_id).order_by(Handoff.offered_at.desc(), Handoff.id.desc())
    )
    found = fetch_page(session, query, page)
    hidden = restricted_among(session, [row[0].enquiry_id for row in found.items])
    rows = tuple(_for_a_system(_row(row), restricted=row[0].enquiry_id in hidden) for row in found.items)
    return Page(rows, found.total, found.number, found.size)


def waiting(session: Session, account_id: UUID) -> int:
    """How many offers wait for an answer from this person's units."""
    units = [unit.id for unit in organisation.units_of(session, account_id)]
    query = select(func.count()).where(Handoff.unit_id.in_(units), Handoff.state == HandoffState.OFFERED)
    return session.scalar(query) or 0


def handoff(session: Session, actor: Actor, handoff_id: UUID) -> HandoffRow:
    """One handoff with the answers of its enquiry: for its unit, its sender and overseers; for all others there is none.

    Of somebody whose record is restricted no word is in it: who may open such records does so on the enquiry, for a reason.
    """
    found = session.execute(_handoffs().where(Handoff.id == handoff_id)).first()
    if found is None or not _may_see(session, actor, found[0]):
        raise NotFound
    row = _whole(session, _row(found), session.get_one(Enquiry, found[0].enquiry_id))
    return _for_a_system(row, restricted=row.restricted)


def handoff_for(session: Session, handoff_id: UUID) -> HandoffRow:
    """One handoff for whoever holds its link: what is needed to do the work, and no word about the restricted."""
    found = session.execute(_handoffs().where(Handoff.id == handoff_id)).one()
    row = _whole(session, _row(found), session.get_one(Enquiry, found[0].enquiry_id))
    return _for_a_system(row, restricted=row.restricted)


def handoffs_of(session: Session, actor: Actor, enquiry: str | EnquiryRow) -> tuple[HandoffRow, ...]:
    """All handoffs of an enquiry that the actor may see, the last first."""
    enquiry_id = enquiries.enquiry_id_of(session, actor, enquiry)
    query = _handoffs().where(Handoff.enquiry_id == enquiry_id).order_by(Handoff.offered_at.desc(), Handoff.id.desc())
    return tuple(_row(row) for row in session.execute(query))


def expired_unattended(session: Session, *, now: datetime) -> tuple[WorkRow, ...]:
    """Enquiries back with their sender because nobody answered, and not offered again since."""
    later = select(_other.id).where(_other.enquiry_id == Handoff.enquiry_id, _other.offered_at > Handoff.offered_at)
    query = (
        work_rows(now)
        .join(Handoff, Handoff.enquiry_id == Enquiry.id)
        .where(Handoff.state == HandoffState.EXPIRED, Enquiry.state == "returned", ~later.exists())
        .order_by(Handoff.accept_by, Enquiry.id)
    )
    return tuple(WorkRow(*row) for row in session.execute(query))


def services_in(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    """The services of which something is open at the actor's units, as slug and name: what the inbox can be narrowed to."""
    query = (
        select(Service.slug, Service.name)
        .join(Enquiry, Enquiry.service_id == Service.id)
        .join(Handoff, Handoff.enquiry_id == Enquiry.id)
        .where(Handoff.unit_id.in_(_units(session, actor, None)), Handoff.state.in_(OPEN))
        .distinct()
        .order_by(Service.name, Service.slug)
    )
    return tuple((slug, name) for slug, name in session.execute(query))


def row_of(session: Session, found: Handoff) -> HandoffRow:
    """The row of a handoff that is held already."""
    return _row(session.execute(_handoffs().where(Handoff.id == found.id)).one())


def row_for(session: Session, actor: Actor, handoff_id: UUID) -> HandoffRow:
    """What an actor is answered who has just changed a handoff: as they would read it, and also when it has left them."""
    found = session.execute(_handoffs().where(Handoff.id == handoff_id)).one()
    row = _whole(session, _row(found), session.get_one(Enquiry, found[0].enquiry_id))
    return _for_a_system(row, restricted=row.restricted and actor.kind is ActorKind.SERVICE)


def _units(session: Session, actor: Actor, unit: str | None) -> Collection[UUID]:
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_VIEW):
        raise NotFound
    own = organisation.units(session) if actor.has(*OVERSEERS) else organisation.units_of(session, actor.account_id)
    chosen = [row.id for row in own if unit in {None, row.slug}]
    if unit is not None and not chosen:
        raise NotFound
    return chosen


def _may_see(session: Session, actor: Actor, found: Handoff) -> bool:
    if actor.kind is ActorKind.SYSTEM or actor.has(*OVERSEERS):
        return True
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_VIEW):
        return False
    own = {unit.id for unit in organisation.units_of(session, actor.account_id)}
    its = {found.from_unit_id} if found.state is HandoffState.DRAFT else {found.unit_id, found.from_unit_id}
    return found.sender_id == actor.account_id or bool(own & its)


def _handoffs() -> Select[*tuple[Any, ...]]:
    bounces = (
        select(func.count())
        .where(_other.enquiry_id == Handoff.enquiry_id, _other.state.in_(BOUNCES))
        .correlate(Handoff)
        .scalar_subquery()
    )
    return (
        select(
            Handoff, Enquiry, Service, Unit, _from_unit.name, _sender.name, _officer.name, _suggested.name, _claimant.name,
            bounces,
        )
        .join(Enquiry, Enquiry.id == Handoff.enquiry_id)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Handoff.unit_id)
        .join(_from_unit, _from_unit.id == Handoff.from_unit_id)
        .join(_sender, _sender.id == Handoff.sender_id)
        .outerjoin(_officer, _officer.id == Handoff.officer_id)
        .outerjoin(_suggested, _suggested.id == Handoff.suggested_unit_id)
        .outerjoin(_claimant, _claimant.id == Handoff.claimed_by_id)
    )  # fmt: skip


def _row(columns: Any) -> HandoffRow:
    found, enquiry, service, unit, from_unit, sender, officer, suggested, claimant, bounces = columns
    return HandoffRow(
        id=found.id, reference=enquiry.reference, service_name=service.name, service_slug=service.slug, state=found.state,
        version=found.version, unit_id=unit.id, unit_slug=unit.slug, unit_name=unit.name, from_unit_name=from_unit,
        sender_id=found.sender_id, sender_name=sender, officer_id=found.officer_id, officer_name=officer or "",
        brief=found.brief, offered_at=found.offered_at, accept_by=found.accept_by, accepted_at=found.accepted_at,
        completed_at=found.completed_at, outcome=found.outcome, reason=found.reason, suggested_unit_name=suggested or "",
        bounces=bounces, delivery=found.delivery, promised_at=enquiry.promised_at, received_at=enquiry.received_at,
        raiser_name=enquiry.raiser_name, allowed=TRANSITIONS[found.state], delivery_error=found.delivery_error,
        checklist=tuple(ChecklistItem(**item) for item in found.checklist), claimed_by_id=found.claimed_by_id,
        claimed_by=claimant or "", external_id=found.external_id, external_code=found.external_code,
        external_at=found.external_at,
    )  # fmt: skip


def _whole(session: Session, row: HandoffRow, enquiry: Enquiry) -> HandoffRow:
    """With the answers."""
    return replace(row, answers=enquiry_row(session, enquiry).answers, restricted=is_restricted(session, enquiry))


def _for_a_system(row: HandoffRow, *, restricted: bool) -> HandoffRow:
    """As it leaves this room: of the restricted the reference and the dates, and no word more."""
    if not restricted:
        return row
    return replace(row, restricted=True, answers=(), brief="", raiser_name="", outcome="", reason="")
