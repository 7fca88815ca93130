"""Closing a time or a whole day: whoever is booked there is told why and how to book again."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.bookings.enums import BookingState
from app.bookings.errors import OthersCame
from app.bookings.models import Booking, ClosedDay, Slot, Timetable
from app.bookings.queries import timetable as timetable_of
from app.bookings.queries.offering import plan_of
from app.bookings.services.changing import call_off
from app.bookings.services.core import held_timetable, locked_slots, write_slot
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.i18n import N_

PAST = N_("This day is over: nothing can be closed on it")


def close_slot(
    session: Session,
    actor: Actor,
    slug: str,
    starts_at: datetime,
    *,
    reason: str,
    seen: int | None = None,
    now: datetime,
) -> int:
    """Nobody can book this time any more, and those who have are called off; says how many those were.

    `seen`: how many whoever closes it was shown; OthersCame if it is not so any more.
    """
    found, why = _opened(session, actor, slug, london_date(starts_at), reason=reason, now=now)
    plan = plan_of(session, timetable_of(session, slug))
    day = london_date(starts_at)
    window = next((one for one in plan.windows_on(day) if one.on(day)[0] == starts_at), None)
    if window is not None:
        write_slot(session, found.id, window, starts_at)
    ids = session.scalars(select(Slot.id).where(Slot.timetable_id == found.id, Slot.starts_at == starts_at)).all()
    if not ids:
        raise NotFound
    count = _call_off_all(session, actor, ids, reason=why, seen=seen, now=now)
    for slot in locked_slots(session, ids).values():
        slot.closed_at, slot.closed_reason, slot.closed_by = now, why, actor.name
    session.flush()
    _note(session, actor, "slot_closed", found.id, now, at=starts_at, called_off=count)
    return count


def open_slot(session: Session, actor: Actor, slug: str, starts_at: datetime, *, now: datetime) -> None:
    """It can be booked again; who was called off stays so."""
    found = held_timetable(session, actor, slug)
    slot = session.scalar(
        select(Slot).where(Slot.timetable_id == found.id, Slot.starts_at == starts_at).with_for_update()
    )
    if slot is None or slot.closed_at is None:
        raise NotFound
    slot.closed_at, slot.closed_reason, slot.closed_by = None, "", ""
    session.flush()
    _note(session, actor, "slot_opened", found.id, now, at=starts_at)


def close_day(
    session: Session, actor: Actor, slug: str, day: date, *, reason: str, seen: int | None = None, now: datetime
) -> int:
    """Nobody can book this day any more, and those who have are called off; says how many those were."""
    found, why = _opened(session, actor, slug, day, reason=reason, now=now)
    there = select(ClosedDay.id).where(ClosedDay.timetable_id == found.id, ClosedDay.day == day)
    if session.scalar(there) is not None:
        raise Conflict(N_("This day is closed already"))
    ids = session.scalars(select(Slot.id).where(Slot.timetable_id == found.id, Slot.day == day)).all()
    count = _call_off_all(session, actor, ids, reason=why, seen=seen, now=now)
    session.add(ClosedDay(timetable_id=found.id, day=day, reason=why, closed_by=actor.name, closed_at=now))
    session.flush()
    _note(session, actor, "day_closed", found.id, now, day=day, called_off=count)
    return count


def open_day(session: Session, actor: Actor, slug: str, day: date, *, now: datetime) -> None:
    """It can be booked again; who was called off stays so."""
    found = held_timetable(session, actor, slug)
    gone = delete(ClosedDay).where(ClosedDay.timetable_id == found.id, ClosedDay.day == day).returning(ClosedDay.id)
    if session.scalar(gone) is None:
        raise NotFound
    _note(session, actor, "day_opened", found.id, now, day=day)


def _opened(
    session: Session, actor: Actor, slug: str, day: date, *, reason: str, now: datetime
) -> tuple[Timetable, str]:
    found = held_timetable(session, actor, slug)
    if day < london_date(now):
        raise Conflict(PAST)
    if not reason.strip():
        raise Invalid({"reason": N_("Say why, in words that the customers will read")})
    return found, reason.strip()


def _call_off_all(
    session: Session, actor: Actor, slot_ids: Iterable[UUID], *, reason: str, seen: int | None, now: datetime
) -> int:
    slots = locked_slots(session, slot_ids)
    query = select(Booking).where(Booking.slot_id.in_(slots), Booking.state == BookingState.BOOKED).order_by(Booking.id)
    live = session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    if seen is not None and seen != len(live):
        raise OthersCame
    for booking in live:
        call_off(session, actor, booking, slots[booking.slot_id], reason=reason, now=now)
    return len(live)


def _note(session: Session, actor: Actor, action: str, timetable_id: UUID, now: datetime, **detail: Any) -> None:
    audit.record(session, actor, f"timetable.{action}", "timetable", timetable_id, now=now, **detail)
