"""What points at source records lets go of those that are erased."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.subscriptions.enums import Ending
from app.subscriptions.models import Subscription
from app.subscriptions.services.ending import end


def let_go_of_records(session: Session, ids: Collection[UUID]) -> None:
    """Subscriptions under these records end, and are under none: without its record nobody could stop one again."""
    theirs = select(Subscription.id).where(Subscription.source_record_id.in_(ids))
    end(session, theirs, Ending.RECORD_ERASED, now=func.now())
    free = update(Subscription).where(Subscription.source_record_id.in_(ids)).values(source_record_id=None)
    session.execute(free.execution_options(synchronize_session=False))
    session.expire_all()
