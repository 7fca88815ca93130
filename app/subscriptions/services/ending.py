"""Ending subscriptions, one or many: the row stays, to show what was agreed to and until when."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, update
from sqlalchemy.orm import Session

from app.subscriptions.enums import Ending, SubscriptionState
from app.subscriptions.models import Subscription


def end(
    session: Session,
    which: Select[UUID] | Collection[UUID],
    how: Ending,
    *,
    by: str = "",
    now: datetime | ColumnElement[datetime],
) -> int:
    """End those that are active among these, and say how many that were."""
    values = {"state": SubscriptionState.ENDED, "ended_at": now, "ended_how": how, "ended_by_name": by}
    done = (
        update(Subscription)
        .where(Subscription.id.in_(which), Subscription.state == SubscriptionState.ACTIVE)
        .values(**values)
        .returning(Subscription.id)
    )
    ended = session.scalars(done.execution_options(synchronize_session=False)).all()
    session.expire_all()
    return len(ended)
