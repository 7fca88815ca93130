"""Taking messages from the outbox to a channel: each is sent at least once, and at most once for each fencing token.

A deliverer claims a batch and renews its lease on each message right before sending it, as `app.kernel.leases` has it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from app.kernel import leases
from app.kernel.clock import Clock
from app.kernel.db import Database
from app.kernel.events import publish
from app.kernel.logging import get_logger
from app.notifications.channels.base import Line, Outgoing, Refused, Sender, ServerAway, TryLater
from app.notifications.enums import WAITING, MessageStatus, SuppressionReason, Template
from app.notifications.events import NotificationFailed
from app.notifications.gates import still_wanted
from app.notifications.models import Message, SuppressedAddress
from app.notifications.policy import BACKOFF, next_attempt
from app.notifications.services import suppress

log = get_logger(__name__)

SECRET = frozenset(
    {Template.CONFIRM_EMAIL, Template.RESET_PASSWORD, Template.STAFF_INVITATION, Template.HANDOFF_OFFERED}
)
"""Templates whose link opens an account: their words are wiped from the outbox once sent."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a batch."""

    sent: int = 0
    failed: int = 0
    later: int = 0

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(self.sent + other.sent, self.failed + other.failed, self.later + other.later)

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.failed} failed, {self.later} to try later"


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that this deliverer may send while its token is the newest."""

    id: UUID
    token: int
    attempts: int
    due_at: datetime
    about: tuple[str, UUID] | None
    outgoing: Outgoing


def deliver_due(database: Database, channel: Sender, clock: Clock, batch: int = 50) -> Delivered:
    """Send what is due, at most one batch. No transaction is open while the channel talks to the outside."""
    done = Delivered()
    claims = claim(database, channel, clock.now(), batch)
    with channel.open() as line:
        for position, mine in enumerate(claims):
            try:
                done += _counted(_deliver(database, line, mine, clock))
            except ServerAway as away:
                waiting = claims[position:]
                _put_back(database, waiting, str(away), clock.now())
                log.warning("mail server away", reason=str(away), waiting=len(waiting))
                return done + Delivered(later=len(waiting))
    return done


def claim(database: Database, channel: Sender, now: datetime, batch: int) -> list[Claim]:
    """Take up to `batch` messages that are due and that nobody holds."""
    mine = (Message.channel == channel.kind, Message.status.in_(WAITING))
    with database.transaction() as session:
        rows = leases.claim(session, Message, *mine, now=now, batch=batch, status=MessageStatus.SENDING)
        return [_claimed(row) for row in rows]


def _claimed(row: Message) -> Claim:
    outgoing = Outgoing(row.to_address, row.subject, row.text, row.html, row.locale, row.message_id, row.stop_url)
    about = (row.about_type, row.about_id) if row.about_type and row.about_id else None
    return Claim(row.id, row.fencing_token, row.attempts, row.due_at, about, outgoing)


def _deliver(database: Database, line: Line, mine: Claim, clock: Clock) -> MessageStatus | None:
    """Send one message and keep the outcome; None if it was no longer ours. Raises ServerAway."""
    with database.transaction() as session:
        if not _renew(session, mine) or not _wanted(session, mine):
            return None
        if _is_suppressed(session, mine.outgoing.to_address):
            return _fail(session, mine, MessageStatus.PERMANENT_FAILURE, "the address is suppressed", clock.now())
    try:
        line.send(mine.outgoing)
    except ServerAway:
        raise
    except TryLater as error:
        return _kept_for_later(database, mine, str(error), clock.now())
    except Refused as error:
        return _kept_as_refused(database, mine, error, clock.now())
    except Exception as error:
        log.exception("message could not be sent", message=str(mine.id))
        with database.transaction() as session:
            return _fail(session, mine, MessageStatus.TECHNICAL_FAILURE, type(error).__name__, clock.now())
    return _kept_as_sent(database, mine, clock.now())


def _renew(session: Session, mine: Claim) -> bool:
    """Prolong the lease if, and only if, nobody else has claimed the message since."""
    return leases.renew(session, Message, mine.id, mine.token, Message.status == MessageStatus.SENDING)


def _wanted(session: Session, mine: Claim) -> bool:
    """Whether it may still go. What is not wanted any more is as if it had never been written."""
    wanted = still_wanted(session, mine.about)
    if not wanted:
        session.execute(delete(Message).where(Message.id == mine.id))
    return wanted


def _settle(session: Session, mine: Claim, **values: Any) -> bool:
    """Change the message if it is still ours; says whether it was."""
    return leases.settle(session, Message, mine.id, mine.token, Message.status == MessageStatus.SENDING, **values)


def _is_suppressed(session: Session, address: str) -> bool:
    return bool(session.scalar(select(exists().where(SuppressedAddress.address == address.lower()))))


def _kept_as_sent(database: Database, mine: Claim, now: datetime) -> MessageStatus:
    wiped = Message.template.in_(SECRET)
    with database.transaction() as session:
        _settle(
            session,
            mine,
            status=MessageStatus.SENT,
            sent_at=now,
            attempts=mine.attempts + 1,
            lease_until=None,
            last_error=None,
        )
        forget = update(Message).where(Message.id == mine.id, wiped).values(text="", html="")
        session.execute(forget.execution_options(synchronize_session=False))
    return MessageStatus.SENT


def _kept_for_later(database: Database, mine: Claim, reason: str, now: datetime) -> MessageStatus | None:
    attempts = mine.attempts + 1
    again = next_attempt(attempts, due_at=mine.due_at, now=now)
    with database.transaction() as session:
        if again is None:
            return _fail(session, mine, MessageStatus.TEMPORARY_FAILURE, reason, now)
        _settle(
            session,
            mine,
            status=MessageStatus.PENDING,
            attempts=attempts,
            next_attempt_at=again,
            lease_until=None,
            last_error=reason,
        )
    return MessageStatus.PENDING


def _kept_as_refused(database: Database, mine: Claim, error: Refused, now: datetime) -> MessageStatus | None:
    with database.transaction() as session:
        if error.bad_address:
            suppress(session, mine.outgoing.to_address, SuppressionReason.HARD_BOUNCE, now=now, detail=str(error))
        return _fail(session, mine, MessageStatus.PERMANENT_FAILURE, str(error), now)


def _put_back(database: Database, claims: list[Claim], reason: str, now: datetime) -> None:
    """Nobody could be reached: the messages keep their count of tries, and are tried again soon."""
    with database.transaction() as session:
        for mine in claims:
            if next_attempt(mine.attempts, due_at=mine.due_at, now=now) is None:
                _fail(session, mine, MessageStatus.TEMPORARY_FAILURE, reason, now)
            else:
                _settle(
                    session,
                    mine,
                    status=MessageStatus.PENDING,
                    next_attempt_at=now + BACKOFF[0],
                    lease_until=None,
                    last_error=reason,
                )


def _fail(session: Session, mine: Claim, status: MessageStatus, reason: str, now: datetime) -> MessageStatus | None:
    """Give the message up and tell the house, unless somebody else holds it."""
    if not _settle(session, mine, status=status, attempts=mine.attempts + 1, lease_until=None, last_error=reason):
        return None
    row = session.get_one(Message, mine.id)
    about = (row.about_type, row.about_id) if row.about_type and row.about_id else None
    publish(session, NotificationFailed(row.id, row.template, status, about, row.account_id, reason, now))
    return status


def _counted(status: MessageStatus | None) -> Delivered:
    match status:
        case None:
            return Delivered()
        case MessageStatus.SENT:
            return Delivered(sent=1)
        case MessageStatus.PENDING:
            return Delivered(later=1)
        case _:
            return Delivered(failed=1)
