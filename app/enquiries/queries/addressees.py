"""To whom our messages about an enquiry go, asked anew each time: whoever acts for another may have had their day."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.customers import queries as customers
from app.customers.relationship_enums import Use
from app.customers.rows import Addressee
from app.enquiries.models import Enquiry
from app.kernel.errors import DomainError
from app.organisation import queries as organisation


def addressee(session: Session, enquiry: Enquiry, *, now: datetime) -> Addressee:
    """To whom a message about it goes at this moment: its raiser; if they act for another, only as long as they may get messages.

    Else the one whom it concerns, as their own record or account says; nobody, if their record is restricted.
    """
    raiser = Addressee(enquiry.raiser_name, enquiry.raiser_email, enquiry.locale, enquiry.account_id)
    if enquiry.acting_kind is None or _gets_messages(session, enquiry, now):
        return raiser
    return customers.reach(session, enquiry.concerns_record_id) if enquiry.concerns_record_id else Addressee()


def _gets_messages(session: Session, enquiry: Enquiry, now: datetime) -> bool:
    if enquiry.relationship_id is None:
        return False
    service = organisation.service(session, enquiry.service_id).slug
    try:
        customers.usable_relationship(session, enquiry.relationship_id, Use.RECEIVE, service=service, now=now)
    except DomainError:
        return False
    return True


def writes_to(session: Session, enquiry_id: UUID, *, now: datetime) -> str:
    """The e-mail address that a message about the enquiry would go to now; "" if there is none. For staff who may see it."""
    return addressee(session, session.get_one(Enquiry, enquiry_id), now=now).email


def fits(session: Session, enquiry: Enquiry, email: str, *, now: datetime | None) -> bool:
    """Whether an e-mail address opens the enquiry: the one that its messages go to. Raised for another, at no moment unknown to us."""
    if enquiry.acting_kind is None:
        there = enquiry.raiser_email
    else:
        there = addressee(session, enquiry, now=now).email if now else ""
    return bool(there) and there.lower() == email.strip().lower()
