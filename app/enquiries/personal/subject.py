"""Which enquiries and contacts are the subject's: those filed against their accounts and records, never by a golden link."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.enquiries.models import Contact, Enquiry
from app.enquiries.policy import OPEN
from app.kernel.personal import Subject, Thing


def things(session: Session, subject: Subject) -> Iterator[Thing]:
    for table, name in ((Enquiry, "enquiry"), (Contact, "contact")):
        filed = or_(table.account_id.in_(subject.accounts), table.source_record_id.in_(subject.records))
        for found in session.scalars(select(table.id).where(filed).order_by(table.id)):
            yield Thing(name, found)


def own(session: Session, subject: Subject) -> Iterator[str]:
    """What they called themselves when they got in touch."""
    mine = select(Enquiry.raiser_name, Enquiry.raiser_email, Enquiry.raiser_phone).where(theirs(subject)).distinct()
    called = (
        select(Contact.caller_name, Contact.caller_email, Contact.caller_phone).where(contacts_of(subject)).distinct()
    )
    for name, email, phone in (*session.execute(mine), *session.execute(called)):
        yield from (name, *name.split(), email, phone)


def theirs(subject: Subject) -> ColumnElement[bool]:
    return Enquiry.id.in_(subject.ids("enquiry"))


def contacts_of(subject: Subject) -> ColumnElement[bool]:
    return Contact.id.in_(subject.ids("contact"))


def finished(subject: Subject) -> ColumnElement[bool]:
    """An open enquiry is needed until it is answered."""
    return theirs(subject) & Enquiry.state.not_in(OPEN)
