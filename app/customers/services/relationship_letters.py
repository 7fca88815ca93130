"""What both sides of a relationship are told of it. No letter names the other side: an address in a source may be out of date."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.models import Relationship
from app.customers.queries.reaching import reach
from app.customers.relationship_policy import ENDS_SOON
from app.kernel.actors import SYSTEM
from app.kernel.clock import london_date
from app.notifications import services as notifications
from app.notifications.enums import Template

PATH = "/account/acting"


class Change(StrEnum):
    """What has happened to a relationship."""

    RECORDED = "recorded"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"


def write_to_both(session: Session, held: Relationship, change: Change, *, now: datetime) -> None:
    """To the one who acts and to the one who is acted for, each in their language."""
    _write(session, held, change, held.acting_record_id, acts=True, now=now)
    if held.for_record_id is not None and change is not Change.ENDS_SOON:
        _write(session, held, change, held.for_record_id, acts=False, now=now)


def remind_of_relationships(session: Session, *, now: datetime, most: int = 200) -> int:
    """Tell those who act for somebody that it ends within thirty days, once; says how many."""
    today = london_date(now)
    query = (
        select(Relationship)
        .where(
            Relationship.ended_at.is_(None),
            Relationship.reminded_at.is_(None),
            Relationship.expires_on.between(today, today + ENDS_SOON),
        )
        .order_by(Relationship.expires_on, Relationship.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    soon = session.scalars(query).all()
    for held in soon:
        held.reminded_at = now
        write_to_both(session, held, Change.ENDS_SOON, now=now)
        audit.record(session, SYSTEM, "relationship.reminded", "relationship", held.id, now=now)
    session.flush()
    return len(soon)


def _write(session: Session, held: Relationship, change: Change, record_id: UUID, *, acts: bool, now: datetime) -> None:
    to = reach(session, record_id)
    if not to.email:
        return
    context = {"name": to.name, "path": PATH, "change": change.value, "acts": acts, "day": held.expires_on}
    notifications.queue_message(
        session, Template.RELATIONSHIP_CHANGED, to=to.email, locale=to.locale, context=context,
        about=("relationship", held.id), account_id=to.account_id,
        dedupe_key=f"relationship.{change.value}:{held.id}:{'acts' if acts else 'for'}", now=now,
    )  # fmt: skip
