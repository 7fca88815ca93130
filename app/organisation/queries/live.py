"""Reads of the queue register: the queues that are live, and who may open them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.organisation.enums import QueueStatus
from app.organisation.models import Membership, Queue, QueueReader, Team, TeamSession, Unit
from app.organisation.rows import QueueRow


def queues(session: Session, *, only_active: bool = True) -> tuple[QueueRow, ...]:
    """Queues by name. Drafts are only in the register: they are not complete."""
    query = _queues().where(Queue.status == QueueStatus.ACTIVE) if only_active else _queues()
    return tuple(queue_row(row) for row in session.execute(query))


def queue_by_slug(session: Session, slug: str) -> QueueRow:
    """The queue of this name; for a closed one that sends on what arrives, the queue that it sends it on to. NotFound."""
    row = session.execute(_queues().where(Queue.slug == slug)).first()
    if row is None:
        raise NotFound(N_("There is no queue called %(slug)s"), slug=slug)
    seen = set()
    while row[0].redirect_to_id is not None and row[0].id not in seen:
        seen.add(row[0].id)
        row = session.execute(_queues().where(Queue.id == row[0].redirect_to_id)).one()
    return queue_row(row)


def queues_readable_by(session: Session, account_id: UUID, *, at: datetime | None = None) -> tuple[QueueRow, ...]:
    """Active queues that this person may open and act on; with `at`, also those of a team with which they sit just then."""
    own_units: Any = select(Membership.unit_id).where(Membership.account_id == account_id)
    if at is not None:
        visited = select(Team.unit_id).join(TeamSession, TeamSession.team_id == Team.id)
        own_units = own_units.union(
            visited.where(TeamSession.account_id == account_id, TeamSession.starts_at <= at, TeamSession.ends_at > at)
        )
    readable = select(QueueReader.queue_id).where(
        or_(QueueReader.account_id == account_id, QueueReader.unit_id.in_(own_units))
    )
    named = or_(Queue.owner_id == account_id, Queue.deputy_id == account_id, Queue.monitor_id == account_id)
    query = _queues().where(Queue.status == QueueStatus.ACTIVE, or_(Queue.id.in_(readable), named))
    return tuple(queue_row(row) for row in session.execute(query))


def queue_row(row: Row[*tuple[Any, ...]]) -> QueueRow:
    queue, unit_name = row
    return QueueRow(
        queue.id,
        queue.slug,
        queue.name,
        queue.purpose,
        queue.kind,
        queue.unit_id,
        unit_name,
        queue.owner_id,
        queue.deputy_id,
        queue.monitor_id,
        queue.ends_on,
        queue.review_on,
        queue.status,
    )


def _queues() -> Select[*tuple[Any, ...]]:
    whole = select(Queue, Unit.name).join(Unit, Unit.id == Queue.unit_id).where(Queue.status != QueueStatus.DRAFT)
    return whole.order_by(Queue.name, Queue.id)


def active_queue_ids(session: Session, slugs: Sequence[str]) -> dict[str, UUID]:
    """Ids of those of the named queues that are active."""
    query = select(Queue.slug, Queue.id).where(Queue.slug.in_(slugs), Queue.status == QueueStatus.ACTIVE)
    return {row[0]: row[1] for row in session.execute(query)}
