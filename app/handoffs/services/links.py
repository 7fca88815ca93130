"""Answering a handoff by the link in an e-mail: signed, for this one handoff, and good for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.handoffs.enums import DeliveryState, Reach
from app.handoffs.errors import BadLink
from app.handoffs.events import HandoffOffered
from app.handoffs.models import EmailLink, Handoff, ServiceConnection
from app.handoffs.policy import OPEN
from app.handoffs.queries.handoffs import row_of
from app.handoffs.services.core import acting_for
from app.kernel.actors import Actor
from app.kernel.crypto import Sealer
from app.kernel.events import provided
from app.notifications import services as notifications
from app.notifications.enums import Template

LASTS = timedelta(days=30)
PURPOSE = "handoff-link"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever holds the link: for which handoff, in whose name, and whether there is still something to do."""

    handoff_id: UUID
    actor: Actor
    open: bool


def send_if_by_email(session: Session, event: HandoffOffered) -> None:
    """A service that has only e-mail gets the offer there: what it is about in a word, and the link to answer it."""
    handoff = session.get_one(Handoff, event.handoff_id)
    connection = session.get(ServiceConnection, handoff.unit_id)
    if connection is None or connection.reach is not Reach.EMAIL:
        return
    _write(session, handoff, connection, now=event.at)


def send_again(session: Session, handoff: Handoff, connection: ServiceConnection, *, now: datetime) -> None:
    """A new link to the address that is kept now. Those before it open nothing any more."""
    links = select(EmailLink).where(EmailLink.handoff_id == handoff.id, EmailLink.revoked_at.is_(None))
    for link in session.scalars(links):
        link.revoked_at = now
    _write(session, handoff, connection, now=now)


def _write(session: Session, handoff: Handoff, connection: ServiceConnection, *, now: datetime) -> None:
    link = EmailLink(handoff_id=handoff.id, sent_to=connection.email, created_at=now, expires_at=now + LASTS)
    session.add(link)
    session.flush()
    _send(session, handoff, link, token_of(session, link.id), now=now)
    handoff.delivery, handoff.delivery_attempts, handoff.tried_at = DeliveryState.SENT, 1, now
    session.flush()


def token_of(session: Session, link_id: UUID) -> str:
    """The signed part of the link's address."""
    return provided(session, Sealer).seal(f"{PURPOSE}:{link_id}")


def bearer(session: Session, token: str, *, now: datetime) -> Bearer:
    """Who comes with this link. BadLink for what is forged, too old or taken back. Changes nothing."""
    try:
        mark, _, key = provided(session, Sealer).open(token).partition(":")
        link = session.get(EmailLink, UUID(key)) if mark == PURPOSE else None
    except (InvalidToken, ValueError) as error:
        raise BadLink from error
    if link is None or link.revoked_at is not None or link.expires_at <= now:
        raise BadLink
    handoff = session.get_one(Handoff, link.handoff_id)
    connection = session.get(ServiceConnection, handoff.unit_id)
    if connection is None or connection.reach is not Reach.EMAIL or connection.account_id is None:
        raise BadLink
    return Bearer(handoff.id, acting_for(session, connection.account_id), open=handoff.state in OPEN)


def _send(session: Session, handoff: Handoff, link: EmailLink, token: str, *, now: datetime) -> None:
    row = row_of(session, handoff)
    notifications.queue_message(
        session,
        Template.HANDOFF_OFFERED,
        to=link.sent_to,
        locale="en",
        context={
            "name": row.unit_name, "reference": row.reference, "service": row.service_name, "answer_by": handoff.accept_by,
            "path": f"/handoff/{token}",
        },
        about=("handoff", handoff.id),
        now=now,
    )  # fmt: skip
