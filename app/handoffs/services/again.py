"""Sending once more what did not arrive: an offer to a system or a mailbox, and what a system was not told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.handoffs.enums import DeliveryState, DeliveryStatus, HandoffState, Reach
from app.handoffs.models import FeedEvent, Handoff, ServiceConnection, WebhookDelivery
from app.handoffs.services.core import held
from app.handoffs.services.links import send_again as send_link_again
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, NotAllowed
from app.kernel.i18n import N_

_other = aliased(WebhookDelivery)


def send_again(session: Session, actor: Actor, handoff_id: UUID, *, now: datetime) -> int:
    """Begin anew with every delivery of this handoff that did not arrive; says how many. Conflict if all did.

    Whoever asks for it has looked whether a doubtful request arrived after all: the doubt ends here.
    """
    if not may(actor, Permission.OVERSIGHT_ACT, Permission.ENQUIRIES_ASSIGN, Permission.ORGANISATION_MANAGE):
        raise NotAllowed
    handoff = held(session, handoff_id, None)
    offers = _offer_again(session, handoff, now)
    told = session.scalars(untold(handoff.id).with_for_update(of=WebhookDelivery)).all()
    for delivery in told:
        delivery.replay = delivery.replay or delivery.status is DeliveryStatus.GIVEN_UP
        delivery.status, delivery.attempts, delivery.next_attempt_at = DeliveryStatus.WAITING, 0, now
    count = max(offers, len(told))
    if not count:
        raise Conflict(N_("Nothing is left to send: it has arrived, or the service has answered"))
    session.flush()
    audit.record(session, actor, "handoff.sent_again", "handoff", handoff.id, now=now, count=count)
    return count


def untold(handoff_id: UUID) -> Select[WebhookDelivery]:
    """Webhooks about a handoff that were given up, or wait for another try; what a replay has brought there is told."""
    same = (_other.endpoint_id == WebhookDelivery.endpoint_id, _other.event_id == WebhookDelivery.event_id)
    arrived = exists().where(*same, _other.status == DeliveryStatus.DELIVERED)
    stands = (DeliveryStatus.GIVEN_UP, DeliveryStatus.WAITING)
    return (
        select(WebhookDelivery)
        .join(FeedEvent, FeedEvent.id == WebhookDelivery.event_id)
        .where(FeedEvent.handoff_id == handoff_id, WebhookDelivery.status.in_(stands), ~arrived)
        .order_by(WebhookDelivery.id)
    )


def _offer_again(session: Session, handoff: Handoff, now: datetime) -> int:
    missed = handoff.delivery in {DeliveryState.UNPROCESSED, DeliveryState.FAILED}
    if handoff.state is not HandoffState.OFFERED or not missed:
        return 0
    connection = session.get(ServiceConnection, handoff.unit_id)
    handoff.delivery, handoff.delivery_attempts, handoff.delivery_error = DeliveryState.UNPROCESSED, 0, ""
    handoff.in_doubt_since = None
    if connection is not None and connection.reach is Reach.EMAIL:
        send_link_again(session, handoff, connection, now=now)
    session.flush()
    return 1
