"""What points at source records lets go of those that are erased."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.enquiries.models import Contact, Enquiry


def let_go_of_records(session: Session, ids: Collection[UUID]) -> None:
    """Enquiries and contacts filed against these records are filed against none: they keep what their raiser has told us."""
    for table in (Enquiry, Contact):
        session.execute(update(table).where(table.source_record_id.in_(ids)).values(source_record_id=None))
