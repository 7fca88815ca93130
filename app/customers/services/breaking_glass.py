"""A restricted record is opened: the reason is kept, and a named person is told at once, without a word about whose it was."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.queries import AccountRow
from app.audit import services as audit
from app.customers.guardian import Guardian
from app.kernel.actors import Actor, Role
from app.kernel.events import provided
from app.notifications import services as notifications
from app.notifications.enums import Template

OPENED = "record.opened_restricted"
PATH = "/console/protected"


def note_opened(
    session: Session, actor: Actor, subject: str, opened: Iterable[UUID], *, purpose: str, reason: str, now: datetime
) -> None:
    """Keep who has opened what is restricted and why, and write to whoever watches over them."""
    entries = [
        audit.record(session, actor, OPENED, subject, one, now=now, purpose=purpose, reason=reason) for one in opened
    ]
    entry = entries[0]
    for watcher in _watchers(session, actor):
        context = {"name": watcher.name, "path": PATH, "who": actor.name, "at": now}
        notifications.queue_message(
            session, Template.RESTRICTED_OPENED, to=watcher.email or "", locale=watcher.locale, context=context,
            about=("audit_entry", entry), account_id=watcher.id,
            dedupe_key=f"restricted_opened:{entry}:{watcher.id}", now=now,
        )  # fmt: skip


def _watchers(session: Session, actor: Actor) -> list[AccountRow]:
    """The named person; the stewards, if there is none or they are the one who opened it. Nobody watches over themselves."""
    try:
        named = provided(session, Guardian).email
    except LookupError:
        named = ""
    chosen = accounts.by_email(session, named) if named else None
    if chosen is not None and chosen.active and chosen.id != actor.account_id:
        return [chosen]
    return [one for one in accounts.staff_with_role(session, Role.STEWARD) if one.id != actor.account_id and one.email]
