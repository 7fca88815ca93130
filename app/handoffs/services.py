"""Offering, answering and finishing handoffs. What happens to the enquiry goes through the enquiries room."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.enquiries import queries as enquiry_queries
from app.enquiries import services as enquiries
from app.enquiries.enums import Disposition, EntryKind
from app.handoffs.enums import DeliveryState, HandoffState
from app.handoffs.errors import HandoffNotFromHere
from app.handoffs.events import (
    HandoffAccepted,
    HandoffCompleted,
    HandoffDeclined,
    HandoffEvent,
    HandoffExpired,
    HandoffOffered,
    HandoffRecalled,
    HandoffReturned,
)  # fmt: skip
from app.handoffs.models import Handoff
from app.handoffs.policy import BOUNCES, TRANSITIONS, escalates
from app.handoffs.queries import row_of
from app.handoffs.rows import HandoffRow
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.rows import UnitRow

OVERSEERS = (Role.TEAM_LEADER, Role.MONITOR)


def offer(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    unit: str | None = None,
    brief: str = "",
    version: int | None = None,
    now: datetime,
) -> HandoffRow:
    """Ask a unit (the service's own, unless another is named) to take the enquiry. The actor becomes or stays accountable."""
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_OFFER):
        raise NotAllowed
    enquiry = enquiry_queries.enquiry(session, actor, reference)
    service = organisation.service(session, enquiry.service_id)
    slug = unit or service.handoff_unit_slug
    if slug is None:
        raise Invalid({"unit": N_("Choose the unit that should take it")})
    receiver = organisation.unit_by_slug(session, slug)
    if not organisation.unit_members(session, slug):
        raise Invalid({"unit": N_("Nobody works in this unit yet, so nobody could accept it")})
    accept_by = organisation.working_hours_of(service, now, service.acceptance_working_hours)
    offered = enquiries.handoff_offered(
        session, actor, reference, unit=receiver, answer_by=accept_by, brief=brief.strip(), version=version, now=now
    )
    handoff = Handoff(
        enquiry_id=offered.id, state=HandoffState.OFFERED, unit_id=receiver.id, from_unit_id=offered.unit_id,
        sender_id=offered.owner_id or actor.account_id, brief=brief.strip(), offered_at=now, accept_by=accept_by,
        delivery=DeliveryState.SENT, delivery_attempts=1,
    )  # fmt: skip
    session.add(handoff)
    session.flush()
    return _done(session, actor, handoff, HandoffOffered(handoff.id, handoff.enquiry_id), now)


def accept(
    session: Session, actor: Actor, handoff_id: UUID, *, version: int | None = None, now: datetime
) -> HandoffRow:
    """The unit takes it: from here its officer is accountable, and the customer is told."""
    handoff, unit, officer = _received(session, actor, handoff_id, version)
    _go(handoff, HandoffState.ACCEPTED, officer_id=officer, accepted_at=now, delivery=DeliveryState.ACKNOWLEDGED)
    session.flush()
    enquiries.handoff_accepted(session, actor, handoff.enquiry_id, unit=unit, officer_id=officer, now=now)
    return _done(session, actor, handoff, HandoffAccepted(handoff.id, handoff.enquiry_id), now)


def decline(
    session: Session,
    actor: Actor,
    handoff_id: UUID,
    *,
    reason: str,
    suggested_unit: str | None = None,
    version: int | None = None,
    now: datetime,
) -> HandoffRow:
    """The unit will not take it, says why, and may say who should. The sender has it again."""
    handoff, _, _ = _received(session, actor, handoff_id, version)
    text = _said("reason", reason, N_("Say why you decline: the sender will read it"))
    suggested = organisation.unit_by_slug(session, suggested_unit).id if suggested_unit else None
    _go(handoff, HandoffState.DECLINED, reason=text, suggested_unit_id=suggested, ended_at=now)
    return _bounce(session, actor, handoff, HandoffDeclined, now=now)


def start(session: Session, actor: Actor, handoff_id: UUID, *, version: int | None = None, now: datetime) -> HandoffRow:
    """Work begins at the unit."""
    handoff, unit, officer = _received(session, actor, handoff_id, version)
    _go(handoff, HandoffState.IN_WORK, started_at=now)
    session.flush()
    enquiries.handoff_started(session, actor, handoff.enquiry_id, unit=unit, now=now)
    return _done(session, actor, handoff, None, now, officer=officer)


def complete(
    session: Session,
    actor: Actor,
    handoff_id: UUID,
    *,
    text: str,
    disposition: Disposition = Disposition.DONE,
    version: int | None = None,
    now: datetime,
) -> HandoffRow:
    """The unit has finished. The text goes to the customer, and the enquiry is resolved."""
    handoff, unit, _ = _received(session, actor, handoff_id, version)
    outcome = _said("text", text, N_("Write what the customer will read"))
    _go(handoff, HandoffState.COMPLETED, outcome=outcome, completed_at=now, ended_at=now)
    session.flush()
    enquiries.handoff_completed(
        session, actor, handoff.enquiry_id, unit=unit, disposition=disposition, text=outcome, now=now
    )
    return _done(session, actor, handoff, HandoffCompleted(handoff.id, handoff.enquiry_id), now)


def return_to_sender(
    session: Session, actor: Actor, handoff_id: UUID, *, missing: str, version: int | None = None, now: datetime
) -> HandoffRow:
    """The unit cannot go on without something that the sender has to find out."""
    handoff, _, _ = _received(session, actor, handoff_id, version)
    text = _said("missing", missing, N_("Say what is missing"))
    _go(handoff, HandoffState.RETURNED, reason=text, ended_at=now)
    return _bounce(session, actor, handoff, HandoffReturned, now=now)


def recall(
    session: Session, actor: Actor, handoff_id: UUID, *, reason: str, version: int | None = None, now: datetime
) -> HandoffRow:
    """The sender takes back an offer that nobody has accepted yet."""
    handoff = _held(session, handoff_id, version)
    _must_be_sender(actor, handoff)
    text = _said("reason", reason, N_("Say why you take it back"))
    _go(handoff, HandoffState.RECALLED, reason=text, ended_at=now)
    session.flush()
    _give_back(session, actor, handoff, now=now)
    return _done(session, actor, handoff, HandoffRecalled(handoff.id, handoff.enquiry_id), now)


def confirm(
    session: Session, actor: Actor, handoff_id: UUID, *, version: int | None = None, now: datetime
) -> HandoffRow:
    """The sender has seen how it ended."""
    handoff = _held(session, handoff_id, version)
    _must_be_sender(actor, handoff)
    _go(handoff, HandoffState.CONFIRMED)
    session.flush()
    return _done(session, actor, handoff, None, now)


def expire_due(session: Session, *, now: datetime, batch: int = 100) -> int:
    """Give back what nobody answered in time; says how many."""
    query = (
        select(Handoff)
        .where(Handoff.state == HandoffState.OFFERED, Handoff.accept_by <= now)
        .order_by(Handoff.accept_by, Handoff.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    due = session.scalars(query).all()
    for handoff in due:
        _go(handoff, HandoffState.EXPIRED, reason="", ended_at=now)
        _bounce(session, SYSTEM, handoff, HandoffExpired, now=now)
    return len(due)


def _bounce(
    session: Session,
    actor: Actor,
    handoff: Handoff,
    event: type[HandoffEvent],
    *,
    now: datetime,
) -> HandoffRow:
    """Back to the sender; the third time, on to the monitoring desk by itself."""
    session.flush()
    _give_back(session, actor, handoff, now=now)
    bounces = select(func.count()).where(Handoff.enquiry_id == handoff.enquiry_id, Handoff.state.in_(BOUNCES))
    if escalates(session.scalar(bounces) or 0):
        enquiries.handoff_escalated(session, SYSTEM, handoff.enquiry_id, reason=handoff.reason, now=now)
    return _done(session, actor, handoff, event(handoff.id, handoff.enquiry_id), now)


def _give_back(session: Session, actor: Actor, handoff: Handoff, *, now: datetime) -> None:
    enquiries.handoff_back(
        session, actor, handoff.enquiry_id, sender_id=handoff.sender_id, sender_unit_id=handoff.from_unit_id,
        unit=_unit(session, handoff.unit_id), kind=EntryKind(f"handoff_{handoff.state.value}"), reason=handoff.reason, now=now,
    )  # fmt: skip


def _received(session: Session, actor: Actor, handoff_id: UUID, version: int | None) -> tuple[Handoff, UnitRow, UUID]:
    """The handoff, held, if the actor works in the unit that it was offered to; for all others there is none."""
    handoff = _held(session, handoff_id, version)
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_WORK):
        raise NotAllowed
    own = {unit.id: unit for unit in organisation.units_of(session, actor.account_id)}
    if handoff.unit_id not in own:
        raise NotFound
    return handoff, own[handoff.unit_id], actor.account_id


def _held(session: Session, handoff_id: UUID, version: int | None) -> Handoff:
    handoff = session.get(Handoff, handoff_id, with_for_update=True, populate_existing=True)
    if handoff is None:
        raise NotFound
    if version is not None and version != handoff.version:
        raise Stale
    return handoff


def _must_be_sender(actor: Actor, handoff: Handoff) -> None:
    if actor.kind is not ActorKind.SYSTEM and not actor.has(*OVERSEERS) and actor.account_id != handoff.sender_id:
        raise NotFound


def _go(handoff: Handoff, state: HandoffState, **changes: Any) -> None:
    if state not in TRANSITIONS[handoff.state]:
        raise HandoffNotFromHere(handoff.state, state)
    handoff.state = state
    handoff.version += 1
    for name, value in changes.items():
        setattr(handoff, name, value)


def _done(
    session: Session, actor: Actor, handoff: Handoff, event: HandoffEvent | None, now: datetime, **detail: Any
) -> HandoffRow:
    """Trail, event and row of what was just done."""
    session.flush()
    action = f"handoff.{handoff.state.value}"
    audit.record(session, actor, action, "handoff", handoff.id, now=now, enquiry=handoff.enquiry_id, **detail)
    if event is not None:
        publish(session, event)
    return row_of(session, handoff)


def _said(field: str, text: str, message: str) -> str:
    if not text.strip():
        raise Invalid({field: message})
    return text.strip()


def _unit(session: Session, unit_id: UUID) -> UnitRow:
    return next(unit for unit in organisation.units(session) if unit.id == unit_id)
