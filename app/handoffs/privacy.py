"""What may be said to other systems about an enquiry: no word about somebody whose record is restricted now."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enquiries.models import Enquiry
from app.enquiries.queries.restricted import about_restricted

__all__ = ["about_restricted", "is_restricted", "restricted_among"]


def is_restricted(session: Session, enquiry: Enquiry) -> bool:
    return bool(restricted_among(session, [enquiry.id]))


def restricted_among(session: Session, enquiry_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these enquiries that are filed against a restricted record, or by an account that proved to be its person."""
    return frozenset(session.scalars(select(Enquiry.id).where(Enquiry.id.in_(enquiry_ids), about_restricted())))
