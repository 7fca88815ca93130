"""The ledger of pauses: why the team's clock stood still, since when, and what shows it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enquiries.enums import State
from app.enquiries.events import EnquiryStateChanged
from app.enquiries.models import Enquiry
from app.sla.agreements import third_party_pauses
from app.sla.enums import PauseReason
from app.sla.models import SlaPause


def open_if_due(session: Session, event: EnquiryStateChanged) -> bool:
    """Begin a line if this state is a ground for a pause; says whether it is. No line without what shows it."""
    reason = _ground(session, event)
    if reason is None or event.evidence is None:
        return False
    session.add(SlaPause(
        enquiry_id=event.enquiry_id, since=event.at, reason=reason, words=event.because, actor_kind=event.actor.kind,
        actor_id=event.actor.account_id, actor_name=event.actor.name, evidence_id=event.evidence,
    ))  # fmt: skip
    session.flush()
    return True


def close(session: Session, enquiry_id: UUID, *, at: datetime) -> bool:
    """End the open line, if there is one; says whether there was."""
    line = session.scalar(select(SlaPause).where(SlaPause.enquiry_id == enquiry_id, SlaPause.until.is_(None)))
    if line is None:
        return False
    line.until = max(at, line.since)
    session.flush()
    return True


def _ground(session: Session, event: EnquiryStateChanged) -> PauseReason | None:
    if event.new is State.AWAITING_CUSTOMER:
        return PauseReason.CUSTOMER
    if event.new is State.AWAITING_THIRD_PARTY:
        service_id = session.get_one(Enquiry, event.enquiry_id).service_id
        return PauseReason.THIRD_PARTY if third_party_pauses(session, service_id) else None
    return None
