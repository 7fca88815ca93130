"""What every verb on a handoff does: hold it, check who asks, move it, and leave its traces."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.enquiries import services as enquiries
from app.enquiries.enums import EntryKind
from app.handoffs.enums import HandoffState
from app.handoffs.errors import HandoffNotFromHere
from app.handoffs.events import HandoffEvent
from app.handoffs.models import Handoff
from app.handoffs.policy import BOUNCES, TRANSITIONS, escalates
from app.handoffs.queries.handoffs import row_of
from app.handoffs.rows import HandoffRow
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from app.kernel.events import publish
from app.organisation import queries as organisation
from app.organisation.rows import UnitRow

OVERSEERS = (Role.TEAM_LEADER, Role.MONITOR)


def received(session: Session, actor: Actor, handoff_id: UUID, version: int | None) -> tuple[Handoff, UnitRow, UUID]:
    """The handoff, held, if the actor works in the unit that it was offered to; for all others there is none."""
    handoff = held(session, handoff_id, version)
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_WORK):
        raise NotAllowed
    own = {unit.id: unit for unit in organisation.units_of(session, actor.account_id)}
    if handoff.unit_id not in own:
        raise NotFound
    return handoff, own[handoff.unit_id], actor.account_id


def held(session: Session, handoff_id: UUID, version: int | None) -> Handoff:
    handoff = session.get(Handoff, handoff_id, with_for_update=True, populate_existing=True)
    if handoff is None:
        raise NotFound
    if version is not None and version != handoff.version:
        raise Stale
    return handoff


def must_be_sender(actor: Actor, handoff: Handoff) -> None:
    if actor.kind is not ActorKind.SYSTEM and not actor.has(*OVERSEERS) and actor.account_id != handoff.sender_id:
        raise NotFound


def go(handoff: Handoff, state: HandoffState, **changes: Any) -> None:
    if state not in TRANSITIONS[handoff.state]:
        raise HandoffNotFromHere(handoff.state, state)
    handoff.state = state
    handoff.version += 1
    for name, value in changes.items():
        setattr(handoff, name, value)


def done(
    session: Session, actor: Actor, handoff: Handoff, event: HandoffEvent | None, now: datetime, **detail: Any
) -> HandoffRow:
    """Trail, event and row of what was just done."""
    session.flush()
    action = f"handoff.{handoff.state.value}"
    audit.record(session, actor, action, "handoff", handoff.id, now=now, enquiry=handoff.enquiry_id, **detail)
    if event is not None:
        publish(session, event)
    return row_of(session, handoff)


def bounce(session: Session, actor: Actor, handoff: Handoff, event: type[HandoffEvent], *, now: datetime) -> HandoffRow:
    """Back to the sender; the third time, on to the monitoring desk by itself."""
    session.flush()
    give_back(session, actor, handoff, now=now)
    bounces = select(func.count()).where(Handoff.enquiry_id == handoff.enquiry_id, Handoff.state.in_(BOUNCES))
    if escalates(session.scalar(bounces) or 0):
        enquiries.handoff_escalated(session, SYSTEM, handoff.enquiry_id, reason=handoff.reason, now=now)
    return done(session, actor, handoff, event(handoff.id, handoff.enquiry_id, now), now)


def give_back(session: Session, actor: Actor, handoff: Handoff, *, now: datetime) -> None:
    enquiries.handoff_back(
        session, actor, handoff.enquiry_id, sender_id=handoff.sender_id, sender_unit_id=handoff.from_unit_id,
        unit=unit_of(session, handoff.unit_id), kind=EntryKind(f"handoff_{handoff.state.value}"), reason=handoff.reason, now=now,
    )  # fmt: skip


def said(field: str, text: str, message: str) -> str:
    if not text.strip():
        raise Invalid({field: message})
    return text.strip()


def unit_of(session: Session, unit_id: UUID) -> UnitRow:
    return next(unit for unit in organisation.units(session) if unit.id == unit_id)


def acting_for(session: Session, account_id: UUID) -> Actor:
    """The account of a unit's system or officer, as somebody who acts: for what comes in without a request of theirs."""
    row = accounts.account(session, account_id)
    kind = ActorKind.SERVICE if Role.SERVICE in row.roles else ActorKind.STAFF
    return Actor(kind, row.id, row.name, frozenset(row.roles))
