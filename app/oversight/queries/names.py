"""Queues whose names lead people astray, by the organisation's own check of names against readers."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.organisation.enums import NameFinding, QueueStatus
from app.organisation.models import Membership, Queue, QueueReader, Unit
from app.organisation.naming import NamedQueue, NamedUnit, Names

SAYINGS = {
    NameFinding.AUDIENCE: "Its name speaks of {}, none of whose people can open it.",
    NameFinding.UNKNOWN_UNIT: "Its name speaks of {}, which is no unit of ours.",
}


def misleading(session: Session) -> dict[UUID, str]:
    """What is wrong with the name of each active queue of which something is. Three queries, however many queues."""
    units = [
        NamedUnit(unit.id, unit.slug, unit.name, tuple(unit.aliases), unit.parent_id)
        for unit in session.scalars(select(Unit).order_by(Unit.id))
    ]
    active = session.execute(select(Queue.id, Queue.slug, Queue.name).where(Queue.status == QueueStatus.ACTIVE))
    readers: dict[UUID, set[UUID]] = {}
    as_unit = select(QueueReader.queue_id, QueueReader.unit_id).where(QueueReader.unit_id.is_not(None))
    as_person = select(QueueReader.queue_id, Membership.unit_id).join(
        Membership, Membership.account_id == QueueReader.account_id
    )
    for queue_id, unit_id in session.execute(as_unit.union(as_person)):
        if unit_id is not None:
            readers.setdefault(queue_id, set()).add(unit_id)
    queues = [NamedQueue(row.id, row.slug, row.name, frozenset(readers.get(row.id, ()))) for row in active]
    names = Names(units, queues)
    found = {queue.id: names.audience(queue) for queue in queues}
    return {
        queue_id: " ".join(SAYINGS[warning.finding].format(warning.shown) for warning in warnings)
        for queue_id, warnings in found.items()
        if warnings
    }
