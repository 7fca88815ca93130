"""Reads of contacts."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import Session, aliased

from app.accounts.policy import Permission, may
from app.customers.models import Link
from app.enquiries.enums import WrapUp
from app.enquiries.models import Contact
from app.enquiries.rows import ContactRow, Fcr
from app.kernel.actors import Actor
from app.kernel.errors import NotFound
from app.organisation import queries as organisation

COMES_BACK_WITHIN = timedelta(days=14)
NO_CONTACT = (WrapUp.WRONG_NUMBER, WrapUp.ABANDONED)


def contact(session: Session, actor: Actor, contact_id: UUID) -> ContactRow:
    """Staff who work on enquiries see contacts; for everybody else there is none."""
    found = session.get(Contact, contact_id) if may(actor, Permission.ENQUIRIES_VIEW) else None
    if found is None:
        raise NotFound
    return contact_row(session, found)


def open_contact_of(session: Session, account_id: UUID) -> ContactRow | None:
    """The contact that this advisor is in."""
    found = session.scalar(select(Contact).where(Contact.advisor_id == account_id, Contact.ended_at.is_(None)))
    return contact_row(session, found) if found else None


def first_contact_resolution(session: Session, *, since: datetime, until: datetime) -> Fcr:
    """Of the contacts of a time, how many were resolved then and there, and how many of those came back on the same topic.

    `until` is not included. Calls that were no contact (wrong number, caller hung up) do not count.
    """
    in_time = and_(Contact.started_at >= since, Contact.started_at < until, Contact.ended_at.is_not(None))
    counted = and_(in_time, Contact.wrap_up.not_in(NO_CONTACT))
    query = select(
        func.count(),
        func.count().filter(Contact.resolved_here.is_(True)),
        func.count().filter(and_(Contact.resolved_here.is_(True), _came_back())),
    ).where(counted)
    total, resolved, repeated = session.execute(query).one()
    return Fcr(total, resolved, repeated)


def _came_back() -> ColumnElement[bool]:
    """The same customer got in touch about the same service within 14 days."""
    later = aliased(Contact)
    mine, theirs = aliased(Link), aliased(Link)
    same_golden = (
        exists()
        .where(
            mine.source_record_id == Contact.source_record_id,
            theirs.source_record_id == later.source_record_id,
            mine.golden_id == theirs.golden_id,
        )
        .correlate(Contact, later)
    )
    same_person = or_(
        later.account_id == Contact.account_id,
        later.source_record_id == Contact.source_record_id,
        and_(Contact.caller_email != "", func.lower(later.caller_email) == func.lower(Contact.caller_email)),
        and_(Contact.caller_phone != "", later.caller_phone == Contact.caller_phone),
        same_golden,
    )
    return exists().where(
        later.id != Contact.id,
        later.service_id == Contact.service_id,
        later.started_at > Contact.started_at,
        later.started_at <= type_coerce(Contact.started_at, DateTime(timezone=True)) + COMES_BACK_WITHIN,
        same_person,
    )


def contact_row(session: Session, found: Contact) -> ContactRow:
    service: Any = organisation.service(session, found.service_id) if found.service_id else None
    return ContactRow(
        id=found.id, channel=found.channel, started_at=found.started_at, ended_at=found.ended_at, advisor_id=found.advisor_id,
        advisor_name=found.advisor_name, service_slug=service.slug if service else None,
        service_name=service.name if service else "", caller_name=found.caller_name, caller_email=found.caller_email,
        caller_phone=found.caller_phone, account_id=found.account_id, source_record_id=found.source_record_id, relationship_id=found.relationship_id,
        wait_seconds=found.wait_seconds, talk_seconds=found.talk_seconds, wrap_up=found.wrap_up,
        resolved_here=found.resolved_here, avoidable=found.avoidable, note=found.note,
    )  # fmt: skip
