"""The story of a customer or a property: every contact and enquiry, from whatever channel."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session

from app.enquiries.enums import WrapUp
from app.enquiries.models import Contact, Enquiry
from app.enquiries.policy import OPEN
from app.enquiries.rows import TimelineRow
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.enums import DuplicateScope
from app.organisation.models import Service, Unit


def timeline_for(
    session: Session, *, source_record_ids: Collection[UUID] = (), account_ids: Collection[UUID] = (), limit: int = 100
) -> tuple[TimelineRow, ...]:
    """Contacts and enquiries together, newest first. A contact that did nothing but raise an enquiry is shown by the enquiry."""
    raised = select(Enquiry.contact_id).where(Enquiry.contact_id.is_not(None))
    only_raised = and_(Contact.wrap_up == WrapUp.ENQUIRY_RAISED, Contact.id.in_(raised))
    contacts = (
        select(Contact, Service.name)
        .outerjoin(Service, Service.id == Contact.service_id)
        .where(_filed(Contact, source_record_ids, account_ids), or_(Contact.wrap_up.is_(None), ~only_raised))
        .order_by(Contact.started_at.desc(), Contact.id.desc())
        .limit(limit)
    )
    enquiries = _enquiries().where(_filed(Enquiry, source_record_ids, account_ids)).limit(limit)
    rows = [_contact_line(*row) for row in session.execute(contacts)]
    rows += [_enquiry_line(*row) for row in session.execute(enquiries)]
    rows.sort(key=lambda row: (row.at, row.reference, str(row.contact_id)), reverse=True)
    return tuple(rows[:limit])


def open_for(
    session: Session, *, source_record_ids: Collection[UUID] = (), account_ids: Collection[UUID] = ()
) -> tuple[TimelineRow, ...]:
    """Everything that is open for a customer, newest first."""
    return _open(session, _filed(Enquiry, source_record_ids, account_ids))


def filed_for(source_record_ids: Collection[UUID], account_ids: Collection[UUID]) -> Select[UUID]:
    """A query for the ids of a customer's enquiries, open or not, for what hangs on them."""
    return select(Enquiry.id).where(_filed(Enquiry, source_record_ids, account_ids))


def open_at_property(session: Session, property_id: UUID) -> tuple[TimelineRow, ...]:
    """Everything that is open at a property, whoever raised it."""
    return _open(session, Enquiry.property_id == property_id)


def open_duplicates(
    session: Session,
    *,
    service: str,
    property_id: UUID | None = None,
    source_record_id: UUID | None = None,
    account_id: UUID | None = None,
) -> tuple[TimelineRow, ...]:
    """Open enquiries that look like the same one, by the service's own idea of sameness."""
    entry = organisation.service_by_slug(session, service)
    if entry.duplicate_scope is DuplicateScope.PROPERTY and property_id is not None:
        same: ColumnElement[bool] = Enquiry.property_id == property_id
    elif entry.duplicate_scope is DuplicateScope.PERSON:
        same = _filed(Enquiry, [source_record_id] if source_record_id else [], [account_id] if account_id else [])
    else:
        return ()
    return _open(session, and_(Enquiry.service_id == entry.id, same))


def _open(session: Session, condition: ColumnElement[bool]) -> tuple[TimelineRow, ...]:
    rows = session.execute(_enquiries().where(Enquiry.state.in_(OPEN), condition))
    return tuple(_enquiry_line(*row) for row in rows)


def _filed(
    table: type[Contact] | type[Enquiry], source_record_ids: Collection[UUID], account_ids: Collection[UUID]
) -> ColumnElement[bool]:
    conditions = []
    if source_record_ids:
        conditions.append(table.source_record_id.in_(source_record_ids))
        conditions.append(table.concerns_record_id.in_(source_record_ids))
    if account_ids:
        conditions.append(table.account_id.in_(account_ids))
    return or_(*conditions) if conditions else false()


def _enquiries() -> Select[*tuple[Any, ...]]:
    return (
        select(Enquiry, Service.name, Unit.name)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .order_by(Enquiry.received_at.desc(), Enquiry.id.desc())
    )


def _enquiry_line(enquiry: Enquiry, service: str, unit: str) -> TimelineRow:
    return TimelineRow(
        at=enquiry.received_at, kind="enquiry", channel=enquiry.channel, reference=enquiry.reference, contact_id=enquiry.contact_id,
        service_name=service, state=enquiry.state, text=enquiry.state.label, params={}, promised_at=enquiry.promised_at,
        with_whom=unit, note=enquiry.outcome,
    )  # fmt: skip


def _contact_line(contact: Contact, service: str | None) -> TimelineRow:
    return TimelineRow(
        at=contact.started_at, kind="contact", channel=contact.channel, reference="", contact_id=contact.id,
        service_name=service or "", state=None, text=contact.wrap_up.label if contact.wrap_up else N_("On the line now"),
        params={}, note=contact.note,
    )  # fmt: skip
