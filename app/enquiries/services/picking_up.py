"""Picking up what would fall: an enquiry whose owner has gone, a customer whom our message did not reach."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.enquiries.enums import EntryKind, State
from app.enquiries.models import Enquiry
from app.enquiries.policy import IN_A_QUEUE, OPEN, OWNED
from app.enquiries.services.core import enter, is_read, service_of, tell, touch
from app.enquiries.services.moves import give_to, put_into_queue
from app.kernel.actors import SYSTEM
from app.kernel.errors import Conflict
from app.kernel.i18n import N_
from app.notifications.enums import Template
from app.organisation import queries as organisation
from app.organisation.enums import QueueKind
from app.organisation.models import Queue
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


def bring_forward(session: Session, enquiry_id: UUID, *, now: datetime) -> None:
    """It needs somebody now, not when it was planned. Nothing else about it changes."""
    early = (Enquiry.id == enquiry_id, Enquiry.state.in_(OPEN), Enquiry.next_action_at > now)
    session.execute(update(Enquiry).where(*early).values(next_action_at=now))


def rescue_unread(session: Session, *, now: datetime) -> int:
    """What waits where nobody who works here reads any more goes to the monitoring desk; says how much.

    Conflict when it is the monitoring desk itself that nobody would read: then there is nowhere left to go.
    """
    query = select(Enquiry).join(Queue, Queue.id == Enquiry.queue_id)
    unread = (Enquiry.state.in_(IN_A_QUEUE), ~func.somebody_reads_queue(Queue.id))
    found = session.scalars(query.where(*unread).order_by(Enquiry.id).with_for_update(of=Enquiry)).all()
    if not found and not organisation.active_queue_ids(session, [MONITORING_QUEUE]):
        return 0  # people come and go before the organisation is set up, too
    desk = organisation.queue_by_slug(session, MONITORING_QUEUE)
    if not is_read(session, desk.id):
        raise Conflict(N_("This is the last person who can read the monitoring desk. Add another reader first"))
    for enquiry in found:
        put_into_queue(session, SYSTEM, enquiry, queue=MONITORING_QUEUE, reason="", now=now)
        enter(session, enquiry, SYSTEM, EntryKind.ESCALATED, now=now, public=False)
    return len(found)


def release_all_of(session: Session, account_id: UUID, *, now: datetime) -> int:
    """Put everything that this account owns back where somebody will take it; says how much."""
    query = _held(Enquiry.owner_id == account_id, Enquiry.state.in_(OWNED)).order_by(Enquiry.id)
    owned = session.scalars(query).all()
    for enquiry in owned:
        release(session, enquiry, now=now)
    return len(owned)


def release(session: Session, enquiry: Enquiry, *, gone: UUID | None = None, now: datetime) -> None:
    """Its owner (or `gone`, to whom it would come back) is not here any more: into a queue of the unit that has it."""
    person = gone or enquiry.owner_id
    owner = accounts.names(session, [person]).get(person, "") if person else ""
    enter(session, enquiry, SYSTEM, EntryKind.OWNER_GONE, now=now, public=False, name=owner)
    put_into_queue(session, SYSTEM, enquiry, queue=_queue_for(session, enquiry).slug, reason="", now=now)


def move_on(session: Session, enquiry_id: UUID, *, to_account: UUID | None, why: EntryKind, now: datetime) -> bool:
    """Its owner is not there for it: on to this colleague, or back into a queue. The customer hears when somebody new is their contact.

    False if it has moved on already. Routing decides who is away and who can take it.
    """
    enquiry = session.scalar(_held(Enquiry.id == enquiry_id))
    if enquiry is None or enquiry.owner_id is None or enquiry.state not in OWNED:
        return False
    before, unit_before = enquiry.owner_id, enquiry.unit_id
    name = accounts.names(session, [before]).get(before, "")
    enter(session, enquiry, SYSTEM, why, now=now, public=False, name=name)
    if to_account is not None and enquiry.state is not State.WITH_SERVICE:
        give_to(session, SYSTEM, enquiry, to_account=to_account, now=now)
    else:
        put_into_queue(session, SYSTEM, enquiry, queue=_queue_for(session, enquiry).slug, reason="", now=now)
    if enquiry.last_customer_contact_at is not None or enquiry.unit_id != unit_before:
        tell(session, enquiry, Template.ENQUIRY_REASSIGNED, now=now)
    session.flush()
    return True


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
