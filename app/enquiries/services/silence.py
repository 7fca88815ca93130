"""The silence guard: nobody is left waiting for a word longer than the service's limit, and nobody who let it come close stays unnamed.

First the one who has the enquiry is warned, with a working day to spare. If the limit comes within hours all the same, the monitoring
desk gets the alarm (and the enquiry, if nobody has taken it), and the customer is told by whom and by when they will be written to: a
new promise, which keeps the limit. It is no first response and no word from a person, so the alarm rings until somebody speaks to them.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts import queries as accounts
from app.enquiries.enums import EntryKind
from app.enquiries.events import WordPromised
from app.enquiries.models import Enquiry, SilenceAlarm
from app.enquiries.policy import HOLD_HOURS, IN_A_QUEUE, OPEN
from app.enquiries.queries.addressees import addressee
from app.enquiries.services.core import enter, silence_limit, tell, touch
from app.enquiries.services.moves import put_into_queue
from app.kernel.actors import SYSTEM
from app.kernel.events import publish
from app.notifications import services as notifications
from app.notifications.enums import Template
from app.organisation import queries as organisation
from app.organisation.policy import MONITORING_QUEUE
from app.organisation.rows import QueueRow, ServiceRow

BATCH = 200
Alarm = aliased(SilenceAlarm)


def guard_silence(session: Session, *, now: datetime, batch: int = BATCH) -> tuple[int, int, int]:
    """Warn, hold and note what was missed, a batch at a time; says how many of each. What another worker holds is left to it."""
    services = _services(session)
    return _warn(session, services, now, batch), _note_missed(session, now, batch), _hold(session, services, now, batch)


def _warn(session: Session, services: tuple[ServiceRow, ...], now: datetime, batch: int) -> int:
    """Nobody was warned yet, and the limit is at the end of this working day."""
    soon = _within(services, {service.id: organisation.working_days_of(service, now, 0) for service in services}, now)
    rung = select(Alarm.id).where(Alarm.enquiry_id == Enquiry.id, Alarm.closed_at.is_(None)).exists()
    found = _open(session, and_(soon, ~rung), batch)
    for enquiry in found:
        person = enquiry.owner_id or _queue_of(session, enquiry).owner_id
        name = accounts.names(session, [person]).get(person, "")
        session.add(SilenceAlarm(
            enquiry_id=enquiry.id, raised_at=now, hear_by=enquiry.hear_by, given_to_id=person, given_to=name,
        ))  # fmt: skip
        enquiry.next_action_at = min(enquiry.next_action_at or now, now)
        touch(enquiry, SYSTEM, now=now)
        enter(session, enquiry, SYSTEM, EntryKind.SILENCE_WARNED, now=now, public=False, to=name)
        _write_to_owner(session, enquiry, now)
    session.flush()
    return len(found)


def _write_to_owner(session: Session, enquiry: Enquiry, now: datetime) -> None:
    """Who has it is warned by e-mail too; who looks after a queue reads of it in the daily digest."""
    if enquiry.owner_id is None or enquiry.imported:
        return
    owner = accounts.account(session, enquiry.owner_id)
    if not owner.email:
        return
    service = organisation.service(session, enquiry.service_id)
    notifications.queue_message(
        session, Template.SILENCE_WARNED, to=owner.email, locale=owner.locale, account_id=owner.id,
        context={
            "name": owner.name, "reference": enquiry.reference, "service": service.name,
            "path": f"/console/enquiries/{enquiry.reference}", "promised_on": enquiry.promised_at,
            "hear_by": enquiry.hear_by,
        },
        about=("silence_alarm", enquiry.id), now=now,
    )  # fmt: skip


def _note_missed(session: Session, now: datetime, batch: int) -> int:
    """The limit has passed: that stays on record, whatever is done now."""
    late = (SilenceAlarm.closed_at.is_(None), SilenceAlarm.missed_at.is_(None), SilenceAlarm.hear_by < now)
    query = select(SilenceAlarm).where(*late).order_by(SilenceAlarm.hear_by, SilenceAlarm.id).limit(batch)
    alarms = session.scalars(query.with_for_update(skip_locked=True)).all()
    for alarm in alarms:
        alarm.missed_at = now
    session.flush()
    return len(alarms)


def _hold(session: Session, services: tuple[ServiceRow, ...], now: datetime, batch: int) -> int:
    """The limit is hours away and nobody has spoken: up to the desk, and a promise to the customer."""
    horizon = {service.id: organisation.working_hours_of(service, now, HOLD_HOURS) for service in services}
    rings = select(Alarm.id).where(Alarm.enquiry_id == Enquiry.id, Alarm.closed_at.is_(None))
    held = rings.where(Alarm.level > 1).exists()
    reachable = and_(Enquiry.raiser_email != "", ~Enquiry.imported)
    due = and_(_within(services, horizon, now), rings.exists(), or_(reachable, ~held))
    found = _open(session, due, batch)
    desk = organisation.queue_by_slug(session, MONITORING_QUEUE)
    for enquiry in found:
        _escalate(session, enquiry, desk, now)
    return len(found)


def _escalate(session: Session, enquiry: Enquiry, desk: QueueRow, now: datetime) -> None:
    query = select(SilenceAlarm).where(SilenceAlarm.enquiry_id == enquiry.id, SilenceAlarm.closed_at.is_(None))
    alarm = session.scalars(query).one()
    alarm.level += 1
    alarm.given_to_id = desk.owner_id
    alarm.given_to = accounts.names(session, [desk.owner_id]).get(desk.owner_id, "")
    if enquiry.state in IN_A_QUEUE and enquiry.queue_id != desk.id:
        put_into_queue(session, SYSTEM, enquiry, queue=desk.slug, reason="", now=now)
    enter(session, enquiry, SYSTEM, EntryKind.ESCALATED, now=now, public=False)
    if addressee(session, enquiry, now=now).email and not enquiry.imported:
        promise_word(session, enquiry, now=now)
        alarm.hear_by = enquiry.hear_by
    touch(enquiry, SYSTEM, now=now)
    session.flush()


def promise_word(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    """Promise the customer that a person will write to them by the next limit."""
    enquiry.hear_by, enquiry.word_promised_at = silence_limit(session, enquiry, now), now
    session.flush()
    tell(session, enquiry, Template.STILL_WITH_US, now=now, word_by=enquiry.hear_by)
    enter(session, enquiry, SYSTEM, EntryKind.WORD_PROMISED, now=now, day=enquiry.hear_by)
    publish(session, WordPromised(enquiry.id, now))


def _services(session: Session) -> tuple[ServiceRow, ...]:
    """Every service about which something is open, also those that are not offered any more."""
    offered = {service.id: service for service in organisation.catalogue(session)}
    asked = session.scalars(
        select(Enquiry.service_id).where(Enquiry.state.in_(OPEN)).distinct().order_by(Enquiry.service_id)
    )
    return tuple(offered.get(key) or organisation.service(session, key) for key in asked)


def _open(session: Session, condition: ColumnElement[bool], batch: int) -> list[Enquiry]:
    query = select(Enquiry).where(Enquiry.state.in_(OPEN), condition).order_by(Enquiry.hear_by, Enquiry.id).limit(batch)
    held = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return list(session.scalars(held))


def _within(services: tuple[ServiceRow, ...], horizon: dict[UUID, datetime], now: datetime) -> ColumnElement[bool]:
    """The limit of the enquiry's service is at hand by that service's own calendar."""
    each = [and_(Enquiry.service_id == service.id, Enquiry.hear_by <= horizon[service.id]) for service in services]
    return or_(Enquiry.hear_by <= now, *each)


def _queue_of(session: Session, enquiry: Enquiry) -> QueueRow:
    queues = {queue.id: queue for queue in organisation.queues(session)}
    found = queues.get(enquiry.queue_id) if enquiry.queue_id else None
    return found or organisation.queue_by_slug(session, MONITORING_QUEUE)
