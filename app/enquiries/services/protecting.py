"""Seeing who asks although their record is restricted."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.customers import services as customers
from app.enquiries.queries.reading import enquiry_id_of
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.i18n import N_


def open_restricted(session: Session, actor: Actor, reference: str, *, reason: str, now: datetime) -> None:
    """Keep who opens an enquiry of somebody protected and why, and tell whoever watches over such openings."""
    if not may(actor, Permission.CUSTOMERS_RESTRICTED):
        raise NotAllowed
    if not reason.strip():
        raise Invalid({"reason": N_("Say why you must see this record")})
    opened = enquiry_id_of(session, actor, reference)
    customers.note_opened(session, actor, "enquiry", [opened], purpose="enquiry", reason=reason.strip(), now=now)
