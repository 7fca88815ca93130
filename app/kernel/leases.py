"""Rows that workers take in turn: an outbox's heart, whatever it sends.

A worker claims rows with SKIP LOCKED, so that two never claim the same one, and gets for each a new fencing token and a lease
by the database's clock. Right before it acts it renews the lease, which fails if anybody has claimed the row since: a worker
that was paused for long finds out before it acts, not after.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.db import Utc

LEASE = timedelta(seconds=90)


class Leased:
    """The columns of a table whose rows are taken in turn."""

    next_attempt_at: Mapped[Utc]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[Utc | None]
    fencing_token: Mapped[int] = mapped_column(default=0)


T = TypeVar("T")


def free(table: Any) -> ColumnElement[bool]:
    """True of a row that nobody holds just now."""
    return or_(table.lease_until.is_(None), table.lease_until < func.clock_timestamp())


def claim(
    session: Session, table: type[T], *waiting: ColumnElement[bool], now: datetime, batch: int, **values: Any
) -> Sequence[T]:
    """Take up to `batch` rows that wait, are due and are free, the longest due first. Commit before acting on them.

    They are looked for in a CTE, which runs once. A subquery the planner may run for each row of a table that it believes to
    be small, and each time it would find others: then more are taken than were asked for.
    """
    rows: Any = table
    due = (
        select(rows.id)
        .where(*waiting, rows.next_attempt_at <= now, free(rows))
        .order_by(rows.next_attempt_at, rows.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    lease = {"fencing_token": rows.fencing_token + 1, "lease_until": func.clock_timestamp() + LEASE}
    taken = update(rows).where(rows.id == due.c.id).values(**lease, **values).returning(rows)
    claimed = session.scalars(taken.execution_options(synchronize_session=False))
    return sorted(claimed, key=lambda row: (row.next_attempt_at, row.id))


def settle(
    session: Session, table: type[Any], row_id: UUID, token: int, *still: ColumnElement[bool], **values: Any
) -> bool:
    """Change a claimed row if it is still ours; says whether it was."""
    ours = update(table).where(table.id == row_id, table.fencing_token == token, *still)
    changed = ours.values(**values).returning(table.id).execution_options(synchronize_session=False)
    return session.scalar(changed) is not None


def renew(session: Session, table: type[Any], row_id: UUID, token: int, *still: ColumnElement[bool]) -> bool:
    """Prolong the lease if, and only if, nobody else has claimed the row since."""
    return settle(session, table, row_id, token, *still, lease_until=func.clock_timestamp() + LEASE)
