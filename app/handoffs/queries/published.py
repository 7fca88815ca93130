"""What of the enquiries is open to everybody, as Open311 has it: where a request stands, and nothing about who asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.enquiries.enums import CustomerStatus, EntryKind, Visibility
from app.enquiries.models import Enquiry, EnquiryEntry
from app.enquiries.policy import CUSTOMER_STATUS, FINISHED, OPEN
from app.enquiries.texts import TEXTS
from app.handoffs.privacy import about_restricted
from app.kernel.errors import NotFound
from app.organisation import queries as organisation
from app.organisation.models import Service, Unit
from app.organisation.rows import ServiceRow

TOLD = frozenset(
    {
        EntryKind.RECEIVED, EntryKind.ASSIGNED, EntryKind.STARTED, EntryKind.AWAITING_CUSTOMER, EntryKind.SCHEDULED,
        EntryKind.HANDOFF_ACCEPTED, EntryKind.HANDOFF_STARTED, EntryKind.HANDOFF_COMPLETED, EntryKind.RESOLVED,
        EntryKind.CLOSED, EntryKind.REOPENED, EntryKind.PROMISE_CHANGED,
    }
)  # fmt: skip
"""Lines of the timeline that are updates to everybody; their wording is ours, and nobody's own words are among it."""


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A request as anybody may see it. `id` is not the reference: that belongs to the one who asked."""

    id: UUID
    service_slug: str
    service_name: str
    unit_name: str
    status: CustomerStatus
    received_at: datetime
    updated_at: datetime
    promised_at: datetime
    open: bool


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """Something that happened to a request, in our words. `text` is a msgid."""

    id: UUID
    request_id: UUID
    at: datetime
    text: str
    open: bool


def published_services(session: Session) -> tuple[ServiceRow, ...]:
    """Services that are not about a person's own affairs: what needs no proof of who somebody is."""
    return tuple(row for row in organisation.catalogue(session, online_only=True) if not row.verification_needed)


def published_service(session: Session, slug: str) -> ServiceRow:
    found = next((row for row in published_services(session) if row.slug == slug), None)
    if found is None:
        raise NotFound
    return found


def published(
    session: Session,
    *,
    ids: Collection[UUID] | None = None,
    services: Collection[str] = (),
    still_open: bool | None = None,
    since: datetime,
    until: datetime,
    limit: int,
    offset: int = 0,
) -> tuple[PublishedRow, ...]:
    """Requests of the published services, newest first. `ids` overrides everything else."""
    query = _requests().order_by(Enquiry.received_at.desc(), Enquiry.id.desc()).limit(limit)
    if ids is not None:
        query = query.where(Enquiry.id.in_(ids))
    else:
        query = query.where(Enquiry.received_at >= since, Enquiry.received_at <= until).offset(offset)
        if services:
            query = query.where(Service.slug.in_(services))
        if still_open is not None:
            query = query.where(Enquiry.state.in_(OPEN if still_open else FINISHED))
    return tuple(_row(*row) for row in session.execute(query))


def updates(session: Session, *, since: datetime, until: datetime, limit: int) -> tuple[UpdateRow, ...]:
    """What happened to published requests in a time, oldest first."""
    query = (
        select(EnquiryEntry, Enquiry.state)
        .join(Enquiry, Enquiry.id == EnquiryEntry.enquiry_id)
        .join(Service, Service.id == Enquiry.service_id)
        .where(*_open_to_all(), *_is_update(), EnquiryEntry.at >= since, EnquiryEntry.at <= until)
        .order_by(EnquiryEntry.at, EnquiryEntry.id)
        .limit(limit)
    )
    rows = session.execute(query)
    return tuple(
        UpdateRow(
            line.id, line.enquiry_id, line.at, TEXTS[line.kind].partition("%(")[0], _was_open(line.kind, state in OPEN)
        )
        for line, state in rows
    )


def raised_by(session: Session, account_id: UUID | None, request_id: UUID) -> str:
    """The reference of a request that this system raised itself; NotFound for all others."""
    reference = session.scalar(
        select(Enquiry.reference).where(Enquiry.id == request_id, Enquiry.received_by_id == account_id)
    )
    if account_id is None or reference is None:
        raise NotFound
    return reference


def _requests() -> Select[*tuple[Any, ...]]:
    updated = (
        select(func.max(EnquiryEntry.at))
        .where(EnquiryEntry.enquiry_id == Enquiry.id, *_is_update())
        .correlate(Enquiry)
        .scalar_subquery()
    )
    return (
        select(Enquiry, Service.slug, Service.name, Unit.name, updated)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .where(*_open_to_all())
    )


def _open_to_all() -> tuple[ColumnElement[bool], ...]:
    return (
        Service.active.is_(True),
        Service.online.is_(True),
        Service.verification_needed.is_(False),
        ~about_restricted(),
    )


def _is_update() -> tuple[ColumnElement[bool], ...]:
    return (EnquiryEntry.visibility == Visibility.PUBLIC, EnquiryEntry.kind.in_(TOLD))


def _row(found: Enquiry, service: str, service_name: str, unit: str, updated: datetime | None) -> PublishedRow:
    last = found.resolved_at if found.state in FINISHED and found.resolved_at else updated
    return PublishedRow(
        id=found.id, service_slug=service, service_name=service_name, unit_name=unit, status=CUSTOMER_STATUS[found.state],
        received_at=found.received_at, updated_at=last or found.received_at, promised_at=found.promised_at,
        open=found.state in OPEN,
    )  # fmt: skip


def _was_open(kind: EntryKind, now_open: bool) -> bool:
    """Whether the request was open after this line; what was said on the way to its end leaves it open."""
    return kind not in {EntryKind.RESOLVED, EntryKind.CLOSED, EntryKind.HANDOFF_COMPLETED} if not now_open else True
