"""Picking up what would fall: an enquiry whose owner has gone, a customer whom our message did not reach."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.enquiries.enums import EntryKind
from app.enquiries.models import Enquiry
from app.enquiries.policy import OPEN, OWNED
from app.enquiries.services.core import enter, service_of, touch
from app.enquiries.services.moves import put_into_queue
from app.kernel.actors import SYSTEM
from app.organisation import queries as organisation
from app.organisation.enums import QueueKind
from app.organisation.policy import MONITORING_QUEUE
from app.organisation.rows import QueueRow


def customer_not_reached(session: Session, enquiry_id: UUID, *, address: str, now: datetime) -> None:
    """A message about it will not arrive: whoever has it has to reach the customer in another way, and now."""
    enquiry = session.scalar(_held(Enquiry.id == enquiry_id))
    if enquiry is None:
        return
    if enquiry.state in OPEN:
        enquiry.next_action_at = min(enquiry.next_action_at or now, now)
    touch(enquiry, SYSTEM, now=now)
    enter(session, enquiry, SYSTEM, EntryKind.NOT_REACHED, now=now, public=False, address=address)
    session.flush()


def release_all_of(session: Session, account_id: UUID, *, now: datetime) -> int:
    """Put everything that this account owns back where somebody will take it; says how much."""
    query = _held(Enquiry.owner_id == account_id, Enquiry.state.in_(OWNED)).order_by(Enquiry.id)
    owned = session.scalars(query).all()
    for enquiry in owned:
        release(session, enquiry, now=now)
    return len(owned)


def release(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    """Its owner is not here any more: back into a queue of the unit that has it."""
    owner = accounts.names(session, [enquiry.owner_id]).get(enquiry.owner_id) if enquiry.owner_id else ""
    enter(session, enquiry, SYSTEM, EntryKind.OWNER_GONE, now=now, public=False, name=owner)
    put_into_queue(session, SYSTEM, enquiry, queue=_queue_for(session, enquiry).slug, reason="", now=now)


def _held(*conditions: ColumnElement[bool]) -> Select[Enquiry]:
    return select(Enquiry).where(*conditions).with_for_update().execution_options(populate_existing=True)


def _queue_for(session: Session, enquiry: Enquiry) -> QueueRow:
    """Where the unit takes things in; else where new ones of the service arrive; else the monitoring desk."""
    intake = service_of(session, enquiry).intake_queue_id
    queues = {queue.slug: queue for queue in organisation.queues(session)}
    desk = queues.pop(MONITORING_QUEUE)
    own = [
        queue for queue in queues.values() if queue.unit_id == enquiry.unit_id and queue.kind is not QueueKind.PROJECT
    ]
    own.sort(key=lambda queue: (queue.id != intake, queue.kind is not QueueKind.INTAKE))
    arriving = [queue for queue in queues.values() if queue.id == intake]
    return next(iter(own + arriving), desk)
