"""Starting, pausing, meeting and checking the clocks of enquiries."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from app.enquiries.enums import State
from app.enquiries.events import EnquiryStateChanged
from app.enquiries.models import Enquiry
from app.enquiries.policy import OPEN
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.organisation import queries as organisation
from app.organisation.rows import ServiceRow
from app.sla import pauses, policy
from app.sla.agreements import targets_in_force
from app.sla.enums import Measure
from app.sla.events import SlaBreached, SlaPaused, SlaWarned
from app.sla.models import SlaClock

BATCH = 500


def start_clocks(session: Session, enquiry: Enquiry, service: ServiceRow) -> None:
    """All three, from the moment of receipt: as agreed with the service's unit, else as the catalogue says, never later than promised."""
    agreed = targets_in_force(session, service.id)
    first = agreed.get(Measure.FIRST_RESPONSE, service.first_response_working_days)
    end = agreed.get(Measure.RESOLUTION)
    agreed_end = organisation.working_days_of(service, enquiry.received_at, end) if end else enquiry.promised_at
    due = {
        Measure.FIRST_RESPONSE: organisation.working_days_of(service, enquiry.received_at, first),
        Measure.NEXT_UPDATE: enquiry.hear_by,
        Measure.RESOLUTION: min(agreed_end, enquiry.promised_at),
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
        spoke = min(enquiry.last_customer_contact_at or enquiry.received_at, enquiry.hear_by)
        first = organisation.working_days_of(service, enquiry.received_at, service.first_response_working_days)
        rows += [
            _clock(enquiry.id, Measure.FIRST_RESPONSE, enquiry.received_at, first, service)
            | {"met_at": enquiry.first_response_at},
            _clock(enquiry.id, Measure.NEXT_UPDATE, spoke, enquiry.hear_by, service),
            _clock(enquiry.id, Measure.RESOLUTION, enquiry.received_at, enquiry.promised_at, service),
        ]
    if rows:
        session.execute(insert(SlaClock), rows)


def customer_heard(session: Session, enquiry_id: UUID, *, at: datetime) -> None:
    """A person told the customer something: the first response is met, and the next word is due a silence limit from now."""
    meet(session, enquiry_id, Measure.FIRST_RESPONSE, at=at)
    word_given(session, enquiry_id, at=at)


def word_given(session: Session, enquiry_id: UUID, *, at: datetime) -> None:
    """The next word to the customer is due when the enquiry says so. A promise of one is no first response."""
    clock = _clock_of(session, enquiry_id, Measure.NEXT_UPDATE)
    enquiry = session.get(Enquiry, enquiry_id)
    if clock is None or enquiry is None:
        return
    service = organisation.service(session, enquiry.service_id)
    due = enquiry.hear_by
    clock.started_at, clock.due_at, clock.warn_at = at, due, _warning(min(at, due), due, service)
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


def follow_state(session: Session, event: EnquiryStateChanged) -> None:
    """Pause while we wait for the customer (or as agreed for somebody else), stop at the end, go on after a reopening."""
    enquiry_id, old, new, at = event.enquiry_id, event.old, event.new, event.at
    if pauses.close(session, enquiry_id, at=at):
        _resume(session, enquiry_id, at=at)
    if pauses.open_if_due(session, event):
        paused = (SlaClock.measure != Measure.NEXT_UPDATE, *_running(enquiry_id))
        session.execute(update(SlaClock).where(*paused).values(paused_at=at))
        publish(session, SlaPaused(enquiry_id, at))
    elif new is State.RESOLVED:
        for measure in (Measure.RESOLUTION, Measure.NEXT_UPDATE):
            meet(session, enquiry_id, measure, at=at)
    elif new not in OPEN:
        session.execute(update(SlaClock).where(*_running(enquiry_id)).values(stopped_at=at, paused_at=None))
    elif old not in OPEN:
        again = update(SlaClock).where(SlaClock.enquiry_id == enquiry_id, SlaClock.measure != Measure.FIRST_RESPONSE)
        session.execute(again.values(met_at=None, stopped_at=None))
        word_given(session, enquiry_id, at=at)


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
        publish(session, SlaWarned(clock.enquiry_id, clock.measure, clock.due_at, now))
    session.flush()
    return len(warned), len(breached)


def _held(session: Session, conditions: tuple[object, ...], batch: int) -> list[SlaClock]:
    query = select(SlaClock).where(*conditions).order_by(SlaClock.due_at, SlaClock.id)  # type: ignore[arg-type]  # - all are SQL expressions
    return list(session.scalars(query.limit(batch).with_for_update(skip_locked=True)))


def _resume(session: Session, enquiry_id: UUID, *, at: datetime) -> None:
    enquiry = session.get_one(Enquiry, enquiry_id)
    service = organisation.service(session, enquiry.service_id)
    holidays = service.holidays
    paused = select(SlaClock).where(SlaClock.enquiry_id == enquiry_id, SlaClock.paused_at.is_not(None))
    for clock in session.scalars(paused.order_by(SlaClock.id)):
        if clock.paused_at is not None:
            clock.due_at = policy.after_pause(clock.due_at, clock.paused_at, at, service.hours, holidays)
            clock.warn_at = min(
                policy.after_pause(clock.warn_at, clock.paused_at, at, service.hours, holidays), clock.due_at
            )
            clock.paused_at = None
    session.flush()


def _running(enquiry_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return SlaClock.enquiry_id == enquiry_id, SlaClock.met_at.is_(None), SlaClock.stopped_at.is_(None)


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
    return policy.warn_at(start, due, service.hours, service.holidays)
