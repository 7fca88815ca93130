"""Reads of the event feed, of endpoints and of what was delivered to them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize, may
from app.enquiries.models import Enquiry
from app.handoffs.enums import DeliveryState, DeliveryStatus, HandoffState
from app.handoffs.models import DeliveryAttempt, FeedEvent, Handoff, WebhookDelivery, WebhookEndpoint
from app.handoffs.rows import AttemptRow, DeliveryRow, EndpointRow, FeedRow, UndeliveredRow
from app.kernel.actors import Actor
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation import queries as organisation
from app.organisation.models import Service, Unit


def events_after(session: Session, actor: Actor, *, after: int, limit: int) -> tuple[FeedRow, ...]:
    """What happened at the actor's units after a position, in the order of positions. Put the feed in order first."""
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_VIEW):
        raise NotFound
    units = [unit.id for unit in organisation.units_of(session, actor.account_id)]
    query = (
        select(FeedEvent, Enquiry.reference, Service.slug, Unit.slug)
        .join(Handoff, Handoff.id == FeedEvent.handoff_id)
        .join(Enquiry, Enquiry.id == Handoff.enquiry_id)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == FeedEvent.unit_id)
        .where(FeedEvent.unit_id.in_(units), FeedEvent.position > after)
        .order_by(FeedEvent.position)
        .limit(limit)
    )
    return tuple(
        FeedRow(event.id, event.position or 0, event.kind, event.at, event.handoff_id, reference, service, unit, event.state, event.version)
        for event, reference, service, unit in session.execute(query)
    )  # fmt: skip


def endpoints(session: Session, actor: Actor) -> tuple[EndpointRow, ...]:
    """Every endpoint, by unit and name, with how many webhooks wait and how many were given up."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    query = _endpoints().order_by(Unit.name, WebhookEndpoint.name, WebhookEndpoint.id)
    return tuple(_endpoint(row) for row in session.execute(query))


def endpoint(session: Session, actor: Actor, endpoint_id: UUID) -> EndpointRow:
    authorize(actor, Permission.ORGANISATION_MANAGE)
    row = session.execute(_endpoints().where(WebhookEndpoint.id == endpoint_id)).first()
    if row is None:
        raise NotFound
    return _endpoint(row)


def deliveries(
    session: Session, actor: Actor, endpoint_id: UUID, *, status: DeliveryStatus | None = None, page: PageRequest
) -> Page[DeliveryRow]:
    """What was and is to be sent to an endpoint, newest first."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    query = _deliveries().where(WebhookDelivery.endpoint_id == endpoint_id)
    if status is not None:
        query = query.where(WebhookDelivery.status == status)
    query = query.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.id.desc())
    found = fetch_page(session, query, page)
    return Page(tuple(_delivery(row) for row in found.items), found.total, found.number, found.size)


def delivery(session: Session, actor: Actor, delivery_id: UUID) -> DeliveryRow:
    authorize(actor, Permission.ORGANISATION_MANAGE)
    row = session.execute(_deliveries().where(WebhookDelivery.id == delivery_id)).first()
    if row is None:
        raise NotFound
    return _delivery(row)


def attempts_of(session: Session, actor: Actor, delivery_id: UUID) -> tuple[AttemptRow, ...]:
    """Every try of one webhook, first to last."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    query = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id)
    rows = session.scalars(query.order_by(DeliveryAttempt.at, DeliveryAttempt.id))
    return tuple(AttemptRow(row.at, row.milliseconds, row.answer, row.error or "") for row in rows)


def undelivered(session: Session, *, limit: int = 100) -> tuple[UndeliveredRow, ...]:
    """Offers that did not reach their service's system or mailbox, and that nobody has answered; the oldest first."""
    query = (
        select(
            Handoff.id,
            Enquiry.reference,
            Unit.name,
            Handoff.offered_at,
            Handoff.delivery_attempts,
            Handoff.delivery_error,
        )
        .join(Enquiry, Enquiry.id == Handoff.enquiry_id)
        .join(Unit, Unit.id == Handoff.unit_id)
        .where(Handoff.state == HandoffState.OFFERED, _did_not_arrive())
        .order_by(Handoff.offered_at, Handoff.id)
        .limit(limit)
    )
    return tuple(UndeliveredRow(*row) for row in session.execute(query))


def _did_not_arrive() -> ColumnElement[bool]:
    tried = (Handoff.delivery == DeliveryState.UNPROCESSED) & (Handoff.delivery_attempts > 0)
    return (Handoff.delivery == DeliveryState.FAILED) | tried


def _endpoints() -> Select[*tuple[Any, ...]]:
    def counted(*statuses: DeliveryStatus) -> Any:
        return (
            select(func.count())
            .where(WebhookDelivery.endpoint_id == WebhookEndpoint.id, WebhookDelivery.status.in_(statuses))
            .correlate(WebhookEndpoint)
            .scalar_subquery()
        )

    waiting = counted(DeliveryStatus.WAITING, DeliveryStatus.SENDING)
    return select(WebhookEndpoint, Unit.slug, Unit.name, waiting, counted(DeliveryStatus.GIVEN_UP)).join(
        Unit, Unit.id == WebhookEndpoint.unit_id
    )


def _endpoint(row: Any) -> EndpointRow:
    found, unit, unit_name, waiting, given_up = row
    return EndpointRow(
        id=found.id, unit_slug=unit, unit_name=unit_name, name=found.name, url=found.url, kinds=tuple(found.kinds),
        status=found.status, disabled_at=found.disabled_at, disabled_reason=found.disabled_reason,
        previous_until=found.previous_until, created_at=found.created_at, version=found.version, waiting=waiting,
        given_up=given_up,
    )  # fmt: skip


def _deliveries() -> Select[*tuple[Any, ...]]:
    return (
        select(WebhookDelivery, Enquiry.reference)
        .outerjoin(FeedEvent, FeedEvent.id == WebhookDelivery.event_id)
        .outerjoin(Handoff, Handoff.id == FeedEvent.handoff_id)
        .outerjoin(Enquiry, Enquiry.id == Handoff.enquiry_id)
    )


def _delivery(row: Any) -> DeliveryRow:
    found, reference = row
    return DeliveryRow(
        id=found.id, endpoint_id=found.endpoint_id, message_id=found.message_id, kind=found.kind, status=found.status,
        reference=reference or "", created_at=found.created_at, delivered_at=found.delivered_at, attempts=found.attempts,
        next_attempt_at=found.next_attempt_at, last_answer=found.last_answer, last_error=found.last_error or "",
        replay=found.replay, replayable=found.event_id is not None,
    )  # fmt: skip
