"""What may be said to other systems about an enquiry: no word about somebody whose record is restricted now."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.customers.models import GoldenRecord, Link, SourceRecord, Verification
from app.enquiries.models import Enquiry


def is_restricted(session: Session, enquiry: Enquiry) -> bool:
    return bool(restricted_among(session, [enquiry.id]))


def restricted_among(session: Session, enquiry_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these enquiries that are filed against a restricted record, or by an account that proved to be its person."""
    return frozenset(session.scalars(select(Enquiry.id).where(Enquiry.id.in_(enquiry_ids), about_restricted())))


def about_restricted() -> ColumnElement[bool]:
    """The same as a condition on the enquiry of a query."""
    held = or_(SourceRecord.restricted, GoldenRecord.restricted)
    records = (
        select(SourceRecord.id)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
    )
    filed = records.where(SourceRecord.id == Enquiry.source_record_id, held).correlate(Enquiry).exists()
    proved = (
        records.join(Verification, Verification.source_record_id == SourceRecord.id)
        .where(Verification.account_id == Enquiry.account_id, Verification.passed, held)
        .correlate(Enquiry)
        .exists()
    )
    return or_(filed, proved)
