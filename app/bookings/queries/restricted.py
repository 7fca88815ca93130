"""Which bookings are of somebody whose record is restricted: who comes, and where to, is shown for a reason only."""

from sqlalchemy import ColumnElement, or_, select

from app.bookings.models import Booking
from app.customers.models import GoldenRecord, Link, SourceRecord, Verification


def of_restricted() -> ColumnElement[bool]:
    """Filed against a restricted record, or made by an account that proved to be its person; for the booking of a query.

    A record is restricted with every other of its golden record: the most restrictive wins.
    """
    held = or_(SourceRecord.restricted, GoldenRecord.restricted)
    records = (
        select(SourceRecord.id)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
    )
    filed = records.where(SourceRecord.id == Booking.source_record_id, held).correlate(Booking).exists()
    proved = (
        records.join(Verification, Verification.source_record_id == SourceRecord.id)
        .where(Verification.account_id == Booking.account_id, Verification.passed, held)
        .correlate(Booking)
        .exists()
    )
    return or_(filed, proved)
