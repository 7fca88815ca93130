"""A handoff never outlives what it is about."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.enquiries.enums import State
from app.enquiries.events import EnquiryStateChanged
from app.handoffs.enums import HandoffState
from app.handoffs.models import Handoff
from app.kernel.events import Bus

ENDS_AS = {
    HandoffState.OFFERED: HandoffState.RECALLED,
    HandoffState.ACCEPTED: HandoffState.RETURNED,
    HandoffState.IN_WORK: HandoffState.RETURNED,
}


def register(bus: Bus) -> None:
    bus.on(EnquiryStateChanged, left_the_service)


def left_the_service(session: Session, event: EnquiryStateChanged) -> None:
    """An enquiry that goes on without the service takes its offer, or what the service had begun, back with it."""
    if event.old is not State.WITH_SERVICE:
        return
    for open_as, ends_as in ENDS_AS.items():
        session.execute(
            update(Handoff)
            .where(Handoff.enquiry_id == event.enquiry_id, Handoff.state == open_as)
            .values(state=ends_as, reason=event.new.label, ended_at=event.at, version=Handoff.version + 1)
        )
