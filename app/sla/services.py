"""Starting, pausing, meeting and checking the clocks of enquiries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.enquiries.enums import State
from app.enquiries.models import Enquiry
from app.enquiries.policy import OPEN
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.organisation import queries as organisation
from app.organisation.policy import bank_holidays
from app.organisation.rows import ServiceRow
from app.sla import policy
from app.sla.enums import Measure
from app.sla.events import SlaBreached, SlaPaused, SlaWarned
from app.sla.models import SlaClock

BATCH = 500


def start_clocks(session: Session, enquiry: Enquiry, service: ServiceRow) -> None:
    """All three, from the moment of receipt."""
    due = {
        Measure.FIRST_RESPONSE: organisation.working_days_of(
            service, enquiry.received_at, service.first_response_working_days
        ),
        Measure.NEXT_UPDATE: organisation.working_days_of(service, enquiry.received_at, service.silence_working_days),
        Measure.RESOLUTION: enquiry.promised_at,
    }
    rows = [_clock(enquiry.id, measure, enquiry.received_at, at, service) for measure, at in due.items()]
    session.execute(insert(SlaClock), rows)


def start_imported(session: Session, enquiry_ids: tuple[UUID, ...]) -> None:
    """Clocks of enquiries that came over open: the next word counts from the last one, a response that was given is met."""
    services = {service.id: service for service in organisation.catalogue(session)}
    query = select(Enquiry).where(Enquiry.id.in_(enquiry_ids), Enquiry.state.in_(OPEN)).order_by(Enquiry.id)
    rows = []
    for enquiry in session.scalars(query):
        service = services[enquiry.service_id]
        spoke = enquiry.last_customer_contact_at or enquiry.received_at
        first = organisation.working_days_of(service, enquiry.received_at, service.first_response_working_days)
        silent = organisation.working_days_of(service, spoke, service.silence_working_days)
        rows += [
            _clock(enquiry.id, Measure.FIRST_RESPONSE, enquiry.received_at, first, service)
            | {"met_at": enquiry.first_response_at},
            _clock(enquiry.id, Measure.NEXT_UPDATE, spoke, silent, service),
            _clock(enquiry.id, Measure.RESOLUTION, enquiry.received_at, enquiry.promised_at, service),
        ]
    if rows:
        session.execute(insert(SlaClock), rows)


def customer_heard(session: Session, enquiry_id: UUID, *, at: datetime) -> None:
    """A person told the customer something: the first response is met, and the next word is due a silence limit from now."""
    meet(session, enquiry_id, Measure.FIRST_RESPONSE, at=at)
    clock = _clock_of(session, enquiry_id, Measure.NEXT_UPDATE)
    enquiry = session.get(Enquiry, enquiry_id)
    if clock is None or enquiry is None:
        return
    service = organisation.service(session, enquiry.service_id)
    due = organisation.working_days_of(service, at, service.silence_working_days)
    clock.started_at, clock.due_at, clock.warn_at = at, due, _warning(at, due, service)
    clock.warned_at = clock.breached_at = None
    session.flush()


def promise_changed(session: Session, enquiry_id: UUID, *, at: datetime, promised_at: datetime) -> None:
    """The resolution clock follows the promise. A breach that has happened stays on record."""
    clock = _clock_of(session, enquiry_id, Measure.RESOLUTION)
    enquiry = session.get(Enquiry, enquiry_id)
    if clock is None or enquiry is None:
        return
    service = organisation.service(session, enquiry.service_id)
    clock.due_at, clock.warned_at = promised_at, None
    clock.warn_at = _warning(min(at, promised_at), promised_at, service)
    session.flush()


def follow_state(session: Session, enquiry_id: UUID, old: State, new: State, *, at: datetime) -> None:
    """Pause while we wait for the customer, stop at the end, go on after a reopening."""
    if old is State.AWAITING_CUSTOMER:
        _resume(session, enquiry_id, at=at)
    if new is State.AWAITING_CUSTOMER:
        _running(session, enquiry_id, paused_at=at)
        publish(session, SlaPaused(enquiry_id, at))
    elif new is State.RESOLVED:
        for measure in (Measure.RESOLUTION, Measure.NEXT_UPDATE):
            meet(session, enquiry_id, measure, at=at)
    elif new not in OPEN:
        _running(session, enquiry_id, stopped_at=at)
    elif old not in OPEN:
        again = update(SlaClock).where(SlaClock.enquiry_id == enquiry_id, SlaClock.measure != Measure.FIRST_RESPONSE)
        session.execute(again.values(met_at=None, stopped_at=None))


def meet(session: Session, enquiry_id: UUID, measure: Measure, *, at: datetime) -> None:
    """What was due has been done."""
    clock = _clock_of(session, enquiry_id, measure)
    if clock is not None and clock.met_at is None and clock.stopped_at is None:
        clock.met_at, clock.paused_at = at, None
        session.flush()


def check_due(session: Session, *, now: datetime, batch: int = BATCH) -> tuple[int, int]:
    """Warn and note breaches, a batch at a time; says how many of each. What another worker holds is left to it."""
    running = (SlaClock.met_at.is_(None), SlaClock.stopped_at.is_(None), SlaClock.paused_at.is_(None))
    late = (SlaClock.due_at <= now, SlaClock.breached_at.is_(None))
    soon = (SlaClock.warn_at <= now, SlaClock.due_at > now, SlaClock.warned_at.is_(None))
    breached = _held(session, (*running, *late), batch)
    for clock in breached:
        clock.breached_at = now
        publish(session, SlaBreached(clock.enquiry_id, clock.measure, clock.due_at))
    warned = _held(session, (*running, *soon), batch)
    for clock in warned:
        clock.warned_at = now
        publish(session, SlaWarned(clock.enquiry_id, clock.measure, clock.due_at))
    session.flush()
    return len(warned), len(breached)


def _held(session: Session, conditions: tuple[object, ...], batch: int) -> list[SlaClock]:
    query = select(SlaClock).where(*conditions).order_by(SlaClock.due_at, SlaClock.id)  # type: ignore[arg-type]  # - all are SQL expressions
    return list(session.scalars(query.limit(batch).with_for_update(skip_locked=True)))


def _resume(session: Session, enquiry_id: UUID, *, at: datetime) -> None:
    enquiry = session.get_one(Enquiry, enquiry_id)
    service = organisation.service(session, enquiry.service_id)
    holidays = bank_holidays(service.holiday_region)
    paused = select(SlaClock).where(SlaClock.enquiry_id == enquiry_id, SlaClock.paused_at.is_not(None))
    for clock in session.scalars(paused.order_by(SlaClock.id)):
        if clock.paused_at is not None:
            clock.due_at = policy.after_pause(clock.due_at, clock.paused_at, at, service.hours, holidays)
            clock.warn_at = min(
                policy.after_pause(clock.warn_at, clock.paused_at, at, service.hours, holidays), clock.due_at
            )
            clock.paused_at = None
    session.flush()


def _running(session: Session, enquiry_id: UUID, **values: datetime) -> None:
    running = (SlaClock.enquiry_id == enquiry_id, SlaClock.met_at.is_(None), SlaClock.stopped_at.is_(None))
    session.execute(update(SlaClock).where(*running).values(**values))


def _clock_of(session: Session, enquiry_id: UUID, measure: Measure) -> SlaClock | None:
    return session.scalar(select(SlaClock).where(SlaClock.enquiry_id == enquiry_id, SlaClock.measure == measure))


def _clock(
    enquiry_id: UUID, measure: Measure, start: datetime, due: datetime, service: ServiceRow
) -> dict[str, object]:
    warn = _warning(start, due, service)
    return {
        "id": new_id(), "enquiry_id": enquiry_id, "measure": measure, "started_at": start, "due_at": due, "warn_at": warn,
    }  # fmt: skip


def _warning(start: datetime, due: datetime, service: ServiceRow) -> datetime:
    return policy.warn_at(start, due, service.hours, bank_holidays(service.holiday_region))
