"""Which enquiries are about somebody whose record is restricted: who asks, and what they said, is shown for a reason only."""

from typing import Any

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import Session

from app.customers.models import GoldenRecord, Link, SourceRecord, Verification
from app.enquiries.models import Enquiry


def about_restricted() -> ColumnElement[bool]:
    """Filed against a restricted record or concerning one, or raised by an account that proved to be its person; for the enquiry of a query.

    A record is restricted with every other of its golden record: the most restrictive wins.
    """
    held = or_(SourceRecord.restricted, GoldenRecord.restricted)
    records = (
        select(SourceRecord.id)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
    )
    named = or_(SourceRecord.id == Enquiry.source_record_id, SourceRecord.id == Enquiry.concerns_record_id)
    filed = records.where(named, held).correlate(Enquiry).exists()
    proved = (
        records.join(Verification, Verification.source_record_id == SourceRecord.id)
        .where(Verification.account_id == Enquiry.account_id, Verification.passed, held)
        .correlate(Enquiry)
        .exists()
    )
    return or_(filed, proved)


def unless_restricted(column: Any) -> ColumnElement[str]:
    """A column of the enquiry that tells who asks; empty where that is restricted."""
    return case((about_restricted(), ""), else_=column)


def is_restricted(session: Session, enquiry: Enquiry) -> bool:
    return session.scalar(select(Enquiry.id).where(Enquiry.id == enquiry.id, about_restricted())) is not None
