"""A handoff never outlives what it is about."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.enquiries.enums import State
from app.enquiries.events import EnquiryStateChanged
from app.handoffs.enums import HandoffState
from app.handoffs.models import Handoff
from app.kernel.events import Bus


def register(bus: Bus) -> None:
    bus.on(EnquiryStateChanged, left_the_service)


def left_the_service(session: Session, event: EnquiryStateChanged) -> None:
    """An enquiry that goes on without an answer from the service takes its offer back with it."""
    if event.old is State.WITH_SERVICE:
        session.execute(
            update(Handoff)
            .where(Handoff.enquiry_id == event.enquiry_id, Handoff.state == HandoffState.OFFERED)
            .values(state=HandoffState.RECALLED, reason=event.new.label, ended_at=event.at, version=Handoff.version + 1)
        )
