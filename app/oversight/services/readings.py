"""Who has opened which queue: cheap enough to be kept on every look."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kernel.actors import Actor
from app.oversight.models import QueueReading

FRESH = timedelta(hours=1)


def opened_queues(session: Session, actor: Actor, queue_ids: Collection[UUID], *, now: datetime) -> None:
    """This person has seen what waits in these queues. A look within the hour after the last one is not written again."""
    if actor.account_id is None or not queue_ids:
        return
    fresh = set(
        session.scalars(
            select(QueueReading.queue_id).where(
                QueueReading.account_id == actor.account_id,
                QueueReading.queue_id.in_(queue_ids),
                QueueReading.at > now - FRESH,
            )
        )
    )
    rows = [{"queue_id": queue, "account_id": actor.account_id, "at": now} for queue in sorted(set(queue_ids) - fresh)]
    if rows:
        statement = insert(QueueReading).values(rows)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=[QueueReading.queue_id, QueueReading.account_id], set_={"at": statement.excluded.at}
            )
        )
