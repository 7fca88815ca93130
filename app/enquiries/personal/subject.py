"""Which enquiries and contacts are the subject's: filed against their accounts and records, concerning them, or sent from an address
that was shown to be theirs; never by a golden link. What they asked for somebody else is kept apart from these.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from app.enquiries.models import Contact, Enquiry
from app.enquiries.models.core import digits_of, unfiled
from app.enquiries.policy import OPEN
from app.kernel.i18n import N_
from app.kernel.personal import Row, Subject, Thing, folded

ACTED = "acted_enquiry"
"""The subject raised it for somebody else: that they did is theirs, what it says is not."""
ACTED_CONTACT = "acted_contact"


def things(session: Session, subject: Subject) -> Iterator[Thing]:
    for table, name, acted in ((Enquiry, "enquiry", ACTED), (Contact, "contact", ACTED_CONTACT)):
        for found in _ids(
            session, table, or_(_filed(table, subject) & ~_for_another(table), _concerning(table, subject))
        ):
            yield Thing(name, found)
        for found in _ids(session, table, _filed(table, subject) & _for_another(table) & ~_concerning(table, subject)):
            yield Thing(acted, found)
        for found, theirs in _sent_from_shown(session, table, subject):
            if theirs:
                yield Thing(name, found)


def own(session: Session, subject: Subject) -> Iterator[str]:
    """What they called themselves when they got in touch, also for somebody else."""
    mine = or_(theirs(subject) & ~_for_another(Enquiry), Enquiry.id.in_(subject.ids(ACTED)))
    calls = or_(contacts_of(subject) & ~_for_another(Contact), Contact.id.in_(subject.ids(ACTED_CONTACT)))
    yield from _called(session, mine, calls)


def others(session: Session, subject: Subject) -> Iterator[str]:
    """Names of those who asked or rang for them."""
    said = _called(session, theirs(subject) & _for_another(Enquiry), contacts_of(subject) & _for_another(Contact))
    yield from (word for word in said if "@" not in word and not any(sign.isdigit() for sign in word))


def searched(session: Session, subject: Subject) -> Iterator[Row]:
    """What came without an account or a record: found by an address that was shown, and only in the person's own name."""
    for address in sorted(subject.shown):
        only = Subject(own=subject.own, shown=frozenset({address}))
        found = [is_theirs for table in (Enquiry, Contact) for _, is_theirs in _sent_from_shown(session, table, only)]
        yield {
            "by": N_("telephone number") if "@" not in address else N_("e-mail address"), "value": address,
            "how": N_("It was shown to be yours. What was sent from it without an account is here where it was sent in your name"),
            "found": sum(found), "left_out_as_in_another_name": len(found) - sum(found),
        }  # fmt: skip


def theirs(subject: Subject) -> ColumnElement[bool]:
    return Enquiry.id.in_(subject.ids("enquiry"))


def contacts_of(subject: Subject) -> ColumnElement[bool]:
    return Contact.id.in_(subject.ids("contact"))


def finished(subject: Subject) -> ColumnElement[bool]:
    """An open enquiry is needed until it is answered."""
    return theirs(subject) & Enquiry.state.not_in(OPEN)


def _ids(session: Session, table: Any, which: ColumnElement[bool]) -> Iterator[UUID]:
    yield from session.scalars(select(table.id).where(which).order_by(table.id))


def _filed(table: Any, subject: Subject) -> ColumnElement[bool]:
    return or_(table.account_id.in_(subject.accounts), table.source_record_id.in_(subject.records))


def _concerning(table: Any, subject: Subject) -> ColumnElement[bool]:
    return func.coalesce(table.concerns_record_id.in_(subject.records), False)


def _for_another(table: Any) -> ColumnElement[bool]:
    """Raised, or rung about, for somebody else."""
    if table is Enquiry:
        return Enquiry.acting_kind.is_not(None)
    return or_(Contact.relationship_id.is_not(None), Contact.concerns_record_id.is_not(None))


def _sent_from_shown(session: Session, table: Any, subject: Subject) -> Iterator[tuple[UUID, bool]]:
    """What hangs on nobody and came from a shown address, and whether it gives the subject's name: a household may share an address."""
    if not subject.shown:
        return
    name, email, phone = _names_of(table)
    same = or_(
        and_(text(unfiled(email.key)), func.lower(email).in_(subject.shown)),
        and_(text(unfiled(phone.key)), literal_column(digits_of(phone.key)).in_(subject.shown)),
    )
    for found, called in session.execute(select(table.id, name).where(same, ~_for_another(table)).order_by(table.id)):
        words = [word for word in (folded(part) for part in called.split()) if word not in TITLES]
        yield found, len(words) > 1 and all(word in subject.own for word in words)


def _called(session: Session, enquiries: ColumnElement[bool], calls: ColumnElement[bool]) -> Iterator[str]:
    for table, which in ((Enquiry, enquiries), (Contact, calls)):
        for name, email, phone in session.execute(select(*_names_of(table)).where(which).distinct()):
            yield from (name, *name.split(), email, phone)


def _names_of(table: Any) -> tuple[Any, Any, Any]:
    if table is Enquiry:
        return Enquiry.raiser_name, Enquiry.raiser_email, Enquiry.raiser_phone
    return Contact.caller_name, Contact.caller_email, Contact.caller_phone


TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", ""})
