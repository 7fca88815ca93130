"""Putting messages into the outbox, and deciding which addresses get none."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.events import provided
from app.kernel.ids import new_id
from app.notifications.enums import WAITING, Channel, MessageStatus, SuppressionReason, Template
from app.notifications.letterhead import Letterhead
from app.notifications.models import Message, SuppressedAddress
from app.notifications.wording import render


def queue_message(
    session: Session,
    template: Template,
    *,
    to: str,
    locale: str,
    context: Mapping[str, object],
    about: tuple[str, UUID] | None = None,
    account_id: UUID | None = None,
    dedupe_key: str | None = None,
    due_at: datetime | None = None,
    stop_path: str = "",
    now: datetime,
) -> UUID:
    """Write the message now; it is sent after this transaction commits, and never if it does not.

    `stop_path`: the page of ours on which one ends such messages; mail programs are told of it.

    `wording.NEEDS` lists what each template's context must hold. With a `dedupe_key` that was used before, nothing is
    written and the first message's id is returned.
    """
    letterhead = provided(session, Letterhead)
    wording = render(template, context, locale, letterhead)
    key = new_id()
    row = {
        "id": key,
        "channel": Channel.EMAIL,
        "template": template,
        "to_address": to,
        "locale": locale,
        "subject": wording.subject,
        "text": wording.text,
        "html": wording.html,
        "status": MessageStatus.CREATED,
        "about_type": about[0] if about else None,
        "about_id": about[1] if about else None,
        "account_id": account_id,
        "dedupe_key": dedupe_key,
        "message_id": f"<{key}@{letterhead.mail_host}>",
        "created_at": now,
        "due_at": due_at or now,
        "next_attempt_at": due_at or now,
        "stop_url": letterhead.url(stop_path) if stop_path else "",
    }
    statement = insert(Message).values(row).on_conflict_do_nothing(index_elements=[Message.dedupe_key])
    written = session.scalar(statement.returning(Message.id))
    return written or cast(UUID, session.scalar(select(Message.id).where(Message.dedupe_key == dedupe_key)))


def send_now(session: Session, about: tuple[str, UUID], *, now: datetime) -> int:
    """Try what waits to be sent about a thing at once, whenever it would have been its turn; says how many messages that is."""
    waits = select(Message).where(
        Message.about_type == about[0], Message.about_id == about[1], Message.status.in_(WAITING)
    )
    messages = session.scalars(waits.order_by(Message.id).with_for_update(skip_locked=True)).all()
    for message in messages:
        message.next_attempt_at = now
    session.flush()
    return len(messages)


def suppress(
    session: Session, address: str, reason: SuppressionReason, *, now: datetime, detail: str | None = None
) -> None:
    """Send nothing more to this address. The first reason stays."""
    row = {"address": address.strip().lower(), "reason": reason, "since": now, "detail": detail}
    session.execute(insert(SuppressedAddress).values(row).on_conflict_do_nothing())


def lift_suppression(session: Session, actor: Actor, address: str, *, now: datetime) -> bool:
    """Send to this address again; says whether it was suppressed."""
    found = session.get(SuppressedAddress, address.strip().lower())
    if found is None:
        return False
    session.delete(found)
    audit.record(session, actor, "address.suppression_lifted", "suppressed_address", None, now=now, reason=found.reason)
    return True
