"""The event feed of a unit's system: written with each change, put in order once it is committed, carried by webhooks."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.handoffs.enums import DeliveryState, DeliveryStatus, EndpointStatus, FeedKind, Reach
from app.handoffs.events import HandoffEvent
from app.handoffs.models import FeedEvent, Handoff, ServiceConnection, WebhookDelivery, WebhookEndpoint

LOCK = 5_011_002
"""Of the advisory lock under which positions are given, one transaction after the other."""

PLACE = text(
    "WITH last AS (SELECT coalesce(max(position), 0) AS position FROM handoff_event),"
    " fresh AS (SELECT id, row_number() OVER (ORDER BY sequence) AS number FROM handoff_event WHERE position IS NULL)"
    " UPDATE handoff_event e SET position = last.position + fresh.number FROM fresh, last WHERE e.id = fresh.id"
)


def record(session: Session, event: HandoffEvent) -> None:
    """Write down what happened, and queue a webhook to each endpoint of the unit that wants to know."""
    handoff = session.get_one(Handoff, event.handoff_id)
    kind = FeedKind(event.name)
    told = FeedEvent(
        handoff_id=handoff.id,
        unit_id=handoff.unit_id,
        kind=kind,
        state=handoff.state,
        version=handoff.version,
        at=event.at,
    )
    session.add(told)
    session.flush()
    endpoints = [endpoint for endpoint in _endpoints(session, handoff.unit_id) if kind.value in endpoint.kinds]
    for endpoint in endpoints:
        queue(session, endpoint.id, told)
    if kind is FeedKind.OFFERED:
        _travels(session, handoff, by_webhook=any(each.status is EndpointStatus.ACTIVE for each in endpoints))
    session.flush()


def queue(session: Session, endpoint_id: UUID, event: FeedEvent, *, replay: bool = False) -> WebhookDelivery:
    """One webhook more. A replay has the message id of the first, so that a system that had it knows it again."""
    delivery = WebhookDelivery(
        endpoint_id=endpoint_id, event_id=event.id, message_id=f"msg_{event.id.hex}", kind=event.kind, replay=replay,
        status=DeliveryStatus.WAITING, created_at=event.at, next_attempt_at=event.at,
    )  # fmt: skip
    session.add(delivery)
    return delivery


def put_in_order(session: Session) -> None:
    """Give every committed event that has none its position. What is not committed yet gets a later one."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    session.execute(PLACE)


def _endpoints(session: Session, unit_id: UUID) -> list[WebhookEndpoint]:
    """Disabled ones too: what happens meanwhile waits for them."""
    query = select(WebhookEndpoint).where(WebhookEndpoint.unit_id == unit_id).order_by(WebhookEndpoint.id)
    return list(session.scalars(query))


def _travels(session: Session, handoff: Handoff, *, by_webhook: bool) -> None:
    """The offer is there at once where people or a polling system look for it; otherwise it has yet to arrive."""
    connection = session.get(ServiceConnection, handoff.unit_id)
    carried = by_webhook or (connection is not None and connection.reach in {Reach.EMAIL, Reach.OPEN311})
    handoff.delivery = DeliveryState.UNPROCESSED if carried else DeliveryState.SENT
    handoff.delivery_attempts = 0 if carried else 1
