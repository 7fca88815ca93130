"""What the receiving unit does: claim, accept, decline, start, complete, send back; and what the clock does for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.enquiries import services as enquiries
from app.enquiries.enums import Disposition
from app.handoffs.enums import DeliveryState, HandoffState
from app.handoffs.errors import HandoffNotFromHere
from app.handoffs.events import (
    HandoffAccepted,
    HandoffCompleted,
    HandoffDeclined,
    HandoffExpired,
    HandoffReturned,
    HandoffStarted,
)
from app.handoffs.models import Handoff
from app.handoffs.policy import OPEN
from app.handoffs.queries.handoffs import row_of
from app.handoffs.rows import HandoffRow
from app.handoffs.services.core import bounce, done, go, received, said
from app.kernel.actors import SYSTEM, Actor
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.organisation import queries as organisation


def claim(session: Session, actor: Actor, handoff_id: UUID, *, version: int | None = None, now: datetime) -> HandoffRow:
    """One of the unit says “I look at this one”, or lets go of it again. It moves nothing and stops nobody."""
    handoff, _, mine = received(session, actor, handoff_id, version)
    if handoff.state not in OPEN:
        raise HandoffNotFromHere(handoff.state, handoff.state)
    handoff.claimed_by_id = None if handoff.claimed_by_id == mine else mine
    handoff.version += 1
    session.flush()
    audit.record(session, actor, "handoff.claimed", "handoff", handoff.id, now=now, held=bool(handoff.claimed_by_id))
    return row_of(session, handoff)


def accept(
    session: Session, actor: Actor, handoff_id: UUID, *, version: int | None = None, now: datetime
) -> HandoffRow:
    """The unit takes it: from here its officer is accountable, and the customer is told."""
    handoff, unit, officer = received(session, actor, handoff_id, version)
    go(handoff, HandoffState.ACCEPTED, officer_id=officer, accepted_at=now, delivery=DeliveryState.ACKNOWLEDGED)
    session.flush()
    enquiries.handoff_accepted(session, actor, handoff.enquiry_id, unit=unit, officer_id=officer, now=now)
    return done(session, actor, handoff, HandoffAccepted(handoff.id, handoff.enquiry_id, now), now)


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
    """The unit will not take it, says why and who should. The sender has it again."""
    handoff, unit, _ = received(session, actor, handoff_id, version)
    text = said("reason", reason, N_("Say why you decline: the sender will read it"))
    slug = said("suggested_unit", suggested_unit or "", N_("Say which unit should have it: the routing learns from it"))
    if slug == unit.slug:
        raise Invalid({"suggested_unit": N_("Suggest another unit than your own")})
    suggested = organisation.unit_by_slug(session, slug).id
    go(handoff, HandoffState.DECLINED, reason=text, suggested_unit_id=suggested, ended_at=now)
    return bounce(session, actor, handoff, HandoffDeclined, now=now)


def start(session: Session, actor: Actor, handoff_id: UUID, *, version: int | None = None, now: datetime) -> HandoffRow:
    """Work begins at the unit."""
    handoff, unit, officer = received(session, actor, handoff_id, version)
    go(handoff, HandoffState.IN_WORK, started_at=now)
    session.flush()
    enquiries.handoff_started(session, actor, handoff.enquiry_id, unit=unit, now=now)
    return done(session, actor, handoff, HandoffStarted(handoff.id, handoff.enquiry_id, now), now, officer=officer)


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
    handoff, unit, _ = received(session, actor, handoff_id, version)
    outcome = said("text", text, N_("Write what the customer will read"))
    go(handoff, HandoffState.COMPLETED, outcome=outcome, completed_at=now, ended_at=now)
    session.flush()
    enquiries.handoff_completed(
        session, actor, handoff.enquiry_id, unit=unit, disposition=disposition, text=outcome, now=now
    )
    return done(session, actor, handoff, HandoffCompleted(handoff.id, handoff.enquiry_id, now), now)


def return_to_sender(
    session: Session, actor: Actor, handoff_id: UUID, *, missing: str, version: int | None = None, now: datetime
) -> HandoffRow:
    """The unit cannot go on without something that the sender has to find out."""
    handoff, _, _ = received(session, actor, handoff_id, version)
    text = said("missing", missing, N_("Say what is missing"))
    go(handoff, HandoffState.RETURNED, reason=text, ended_at=now)
    return bounce(session, actor, handoff, HandoffReturned, now=now)


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
        go(handoff, HandoffState.EXPIRED, reason="", ended_at=now)
        bounce(session, SYSTEM, handoff, HandoffExpired, now=now)
    return len(due)
