"""The clocks follow what happens to enquiries."""

from sqlalchemy.orm import Session

from app.enquiries import services as enquiries
from app.enquiries.events import (
    CustomerHeard,
    EnquiriesImported,
    EnquiryPromiseChanged,
    EnquiryReceived,
    EnquiryStateChanged,
    WordPromised,
)  # fmt: skip
from app.enquiries.models import Enquiry
from app.kernel.events import Bus
from app.organisation import queries as organisation
from app.sla import services
from app.sla.events import SlaWarned


def register(bus: Bus) -> None:
    bus.on(EnquiryReceived, received)
    bus.on(EnquiriesImported, imported)
    bus.on(EnquiryStateChanged, state_changed)
    bus.on(EnquiryPromiseChanged, promise_changed)
    bus.on(CustomerHeard, heard)
    bus.on(WordPromised, word_promised)
    bus.on(SlaWarned, warned)


def received(session: Session, event: EnquiryReceived) -> None:
    enquiry = session.get_one(Enquiry, event.enquiry_id)
    services.start_clocks(session, enquiry, organisation.service(session, event.service_id))


def imported(session: Session, event: EnquiriesImported) -> None:
    services.start_imported(session, event.enquiry_ids)


def state_changed(session: Session, event: EnquiryStateChanged) -> None:
    services.follow_state(session, event)


def promise_changed(session: Session, event: EnquiryPromiseChanged) -> None:
    services.promise_changed(session, event.enquiry_id, at=event.at, promised_at=event.new)


def heard(session: Session, event: CustomerHeard) -> None:
    services.customer_heard(session, event.enquiry_id, at=event.at)


def word_promised(session: Session, event: WordPromised) -> None:
    services.word_given(session, event.enquiry_id, at=event.at)


def warned(session: Session, event: SlaWarned) -> None:
    """What is about to be late comes to the top of its owner's list before it is."""
    enquiries.bring_forward(session, event.enquiry_id, now=event.at)
