"""Whom a request is about, and what keeps its hands off their data."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.kernel.events import provided
from app.kernel.personal import Held, PersonalData, Subject
from app.rights.models import LegalHold, RightsAddress, RightsRecord, RightsRequest


def subject_of(session: Session, request: RightsRequest) -> Subject:
    """The person as far as it was shown: their account, the records and the addresses that count as theirs. A golden link adds nothing."""
    records = session.scalars(
        select(RightsRecord.source_record_id)
        .where(RightsRecord.request_id == request.id)
        .order_by(RightsRecord.source_record_id)
    )
    accounts = (request.account_id,) if request.account_id else ()
    shown = frozenset(session.scalars(select(RightsAddress.address).where(RightsAddress.request_id == request.id)))
    return provided(session, PersonalData).know(session, Subject(tuple(records), accounts, shown=shown))


def standing(now: datetime) -> Select[LegalHold]:
    """Holds that stand now."""
    return select(LegalHold).where(
        LegalHold.lifted_at.is_(None), (LegalHold.until_at.is_(None)) | (LegalHold.until_at > now)
    )


def held(session: Session, now: datetime) -> Held:
    """Everything on which a hold stands, and the enquiries of each person on whose record or account one stands."""
    found: dict[str, set[UUID]] = {"source_record": set(), "account": set(), "enquiry": set()}
    for hold in session.scalars(standing(now)):
        found[hold.object_type].add(hold.object_id)
    records, accounts = sorted(found["source_record"]), sorted(found["account"])
    theirs = provided(session, PersonalData).found(session, Subject(tuple(records), tuple(accounts)))
    enquiries = found["enquiry"] | set(theirs.ids("enquiry"))
    return Held(frozenset(records), frozenset(accounts), frozenset(enquiries))


def holds_on(session: Session, subject: Subject, now: datetime) -> list[LegalHold]:
    """The holds that stand in the way of erasing this person: one of their things is enough."""
    ids = [*subject.records, *subject.accounts, *subject.ids("enquiry")]
    return list(
        session.scalars(standing(now).where(LegalHold.object_id.in_(ids)).order_by(LegalHold.placed_at, LegalHold.id))
    )
