"""What should have reached somebody and has not: messages, offers, what systems were to be told, and answers that do not come back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, case, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import Subquery

from app.enquiries.enums import EntryKind
from app.enquiries.models import EnquiryEntry
from app.handoffs.enums import DeliveryState, DeliveryStatus, EndpointStatus, FeedKind, HandoffState
from app.handoffs.models import FeedEvent, Handoff, ServiceConnection, WebhookDelivery, WebhookEndpoint
from app.handoffs.policy import OPEN
from app.handoffs.webhooks.delivery import GONE
from app.kernel.db import UtcDateTime
from app.kernel.i18n import N_
from app.notifications.enums import WAITING
from app.notifications.models import Message
from app.notifications.queries import OVERDUE
from app.organisation.models import Unit
from app.oversight.rows import StuckDelivery

MESSAGE, UNTOLD, UNHEARD, OFFER = 1, 2, 3, 4
SAYINGS = {
    MESSAGE: N_("A message has not left us"),
    UNTOLD: N_("What happened to a handoff was not told to the service's system"),
    UNHEARD: N_("What the service's system says does not reach us"),
    OFFER: N_("A handoff did not reach the service"),
}
EXPLAINS = "deliveries"
"""Marks the note that explains a stuck delivery; what fails after it shows again."""
NOTHING, NO_MOMENT = cast(null(), Uuid()), cast(null(), UtcDateTime())
_again = aliased(WebhookDelivery)


def stuck(now: datetime) -> Subquery:
    """By enquiry: the longest stuck delivery that nobody has explained (`at`), and the worst of them (`what`)."""
    every = _every(now)
    return (
        select(every.c.enquiry_id, func.min(every.c.at).label("at"), func.max(every.c.what).label("what"))
        .where(~_explained(every))
        .group_by(every.c.enquiry_id)
        .subquery()
    )


def saying(what: ColumnElement[Any]) -> ColumnElement[Any]:
    """The message (a msgid) for a kind of stuck delivery."""
    return case(*((what == code, literal(text)) for code, text in SAYINGS.items()), else_=literal(""))


def stuck_deliveries(session: Session, enquiry_id: UUID, *, now: datetime) -> tuple[StuckDelivery, ...]:
    """Each stuck delivery of one enquiry that nobody has explained, the longest first."""
    every = _every(now)
    query = (
        select(every).where(every.c.enquiry_id == enquiry_id, ~_explained(every)).order_by(every.c.at, every.c.subject_id)
    )  # fmt: skip
    return tuple(
        StuckDelivery(
            said=SAYINGS[row.what], to=row.to, since=row.at, tries=row.tries, error=row.error or "",
            in_doubt=row.doubt is not None, handoff_id=row.handoff_id, delivery_id=row.delivery_id,
        )
        for row in session.execute(query)
    )  # fmt: skip


def _every(now: datetime) -> Subquery:
    """One row a delivery. `seen` is when it last gave reason to look: an explanation before that explains nothing."""
    late = now - OVERDUE
    return union_all(_messages(late), _mails_of_offers(late), _offers(late), _webhooks(late), _unheard(late)).subquery()


def _messages(late: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        Message.about_id.label("enquiry_id"), Message.due_at.label("at"), Message.due_at.label("seen"),
        literal(MESSAGE).label("what"), Message.id.label("subject_id"), Message.to_address.label("to"),
        Message.attempts.label("tries"), Message.last_error.label("error"), NO_MOMENT.label("doubt"),
        NOTHING.label("handoff_id"), NOTHING.label("delivery_id"),
    ).where(Message.about_type == "enquiry", Message.status.in_(WAITING), Message.due_at <= late)  # fmt: skip


def _mails_of_offers(late: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Handoff.enquiry_id, Message.due_at, Message.due_at, literal(OFFER), Message.id, Message.to_address,
            Message.attempts, Message.last_error, NO_MOMENT, Handoff.id, NOTHING,
        )
        .join(Handoff, Handoff.id == Message.about_id)
        .where(
            Message.about_type == "handoff", Message.status.in_(WAITING), Message.due_at <= late,
            Handoff.state == HandoffState.OFFERED,
        )
    )  # fmt: skip


def _offers(late: datetime) -> Select[*tuple[Any, ...]]:
    failed = Handoff.delivery == DeliveryState.FAILED
    under_way = and_(Handoff.delivery == DeliveryState.UNPROCESSED, Handoff.offered_at <= late)
    seen = case((failed, func.coalesce(Handoff.tried_at, Handoff.offered_at)), else_=Handoff.offered_at)
    return (
        select(
            Handoff.enquiry_id, Handoff.offered_at, seen, literal(OFFER), Handoff.id, Unit.name, Handoff.delivery_attempts,
            Handoff.delivery_error, Handoff.in_doubt_since, Handoff.id, NOTHING,
        )
        .join(Unit, Unit.id == Handoff.unit_id)
        .where(Handoff.state == HandoffState.OFFERED, or_(failed, under_way))
    )  # fmt: skip


def _webhooks(late: datetime) -> Select[*tuple[Any, ...]]:
    """Given up, or overdue. An endpoint that a person switched off is off on purpose; an offer that was answered has arrived."""
    later = select(_again.id).where(
        _again.endpoint_id == WebhookDelivery.endpoint_id, _again.event_id == WebhookDelivery.event_id,
        _again.id != WebhookDelivery.id, _again.status != DeliveryStatus.GIVEN_UP,
    )  # fmt: skip
    given_up = and_(WebhookDelivery.status == DeliveryStatus.GIVEN_UP, ~later.exists())
    waits = (DeliveryStatus.WAITING, DeliveryStatus.SENDING)
    overdue = and_(WebhookDelivery.status.in_(waits), WebhookDelivery.created_at <= late)
    open_ = or_(WebhookEndpoint.status == EndpointStatus.ACTIVE, WebhookEndpoint.disabled_reason == GONE)
    unanswered = or_(WebhookDelivery.kind != FeedKind.OFFERED, Handoff.state == HandoffState.OFFERED)
    seen = case((given_up, WebhookDelivery.next_attempt_at), else_=WebhookDelivery.created_at)
    return (
        select(
            Handoff.enquiry_id, WebhookDelivery.created_at, seen, literal(UNTOLD), WebhookDelivery.id, WebhookEndpoint.name,
            WebhookDelivery.attempts, WebhookDelivery.last_error, NO_MOMENT, Handoff.id, WebhookDelivery.id,
        )
        .join(FeedEvent, FeedEvent.id == WebhookDelivery.event_id)
        .join(Handoff, Handoff.id == FeedEvent.handoff_id)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(or_(given_up, overdue), open_, unanswered)
    )  # fmt: skip


def _unheard(late: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Handoff.enquiry_id, ServiceConnection.failing_since, ServiceConnection.failing_since, literal(UNHEARD), Handoff.id,
            Unit.name, literal(0), ServiceConnection.poll_error, NO_MOMENT, Handoff.id, NOTHING,
        )
        .join(ServiceConnection, ServiceConnection.unit_id == Handoff.unit_id)
        .join(Unit, Unit.id == Handoff.unit_id)
        .where(
            Handoff.state.in_(OPEN), or_(Handoff.external_id != "", Handoff.external_token != ""),
            ServiceConnection.failing_since <= late,
        )
    )  # fmt: skip


def _explained(every: Subquery) -> ColumnElement[bool]:
    return (
        select(EnquiryEntry.id)
        .where(
            EnquiryEntry.enquiry_id == every.c.enquiry_id, EnquiryEntry.kind == EntryKind.NOTE,
            EnquiryEntry.detail["explains"].astext == EXPLAINS, EnquiryEntry.at >= every.c.seen,
        )
        .correlate(every)
        .exists()
    )  # fmt: skip
