"""What every verb on a booking does: who may, what is locked and in which order, and the traces it leaves.

Locked is always in this order: the timetable, its slots by id, the booking. So two who want the last place, or a day that is being
closed, wait for each other and never for ever.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.bookings import queries
from app.bookings.enums import BookingState
from app.bookings.errors import BookingNotFromHere, NoPlace
from app.bookings.models import Booking, Slot, Timetable
from app.bookings.policy import MOVES, Window
from app.bookings.queries.offering import plan_of
from app.bookings.queries.reading import canonical, may_see
from app.bookings.rows import TimetableRow
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import london_date
from app.kernel.errors import NotAllowed, NotFound, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.organisation import queries as organisation

CANNOT_BE_BOOKED = N_("That time cannot be booked any more. Choose another time")


def open_timetable(session: Session, slug: str) -> TimetableRow:
    """The timetable as it stands; nobody changes it until this transaction ends, and others may book meanwhile."""
    session.execute(select(Timetable.id).where(Timetable.slug == slug).with_for_update(read=True))
    return queries.timetable(session, slug)


def held_timetable(session: Session, actor: Actor, slug: str, *, version: int | None = None) -> Timetable:
    """The timetable, for one of the people who keep it, while nobody books. NotFound for others; Stale if it changed since."""
    query = select(Timetable).where(Timetable.slug == slug)
    found = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound(N_("There is nothing like that to book"))
    must_keep(session, actor, found.unit_id)
    if version is not None and version != found.version:
        raise Stale
    return found


def must_keep(session: Session, actor: Actor, unit_id: UUID) -> None:
    """Who keeps timetables does so for the units in which they work; team leaders for all. Another unit's is not there for them."""
    if actor.kind is ActorKind.SYSTEM:
        return
    if not may(actor, Permission.BOOKINGS_KEEP):
        raise NotAllowed
    if not actor.has(Role.TEAM_LEADER) and unit_id not in kept_units(session, actor):
        raise NotFound


def kept_units(session: Session, actor: Actor) -> set[UUID]:
    """The units whose timetables this person keeps."""
    if actor.has(Role.TEAM_LEADER) or actor.kind is ActorKind.SYSTEM:
        return {unit.id for unit in organisation.units(session)}
    return {unit.id for unit in organisation.units_of(session, actor.account_id)} if actor.account_id else set()


def wanted_slot(session: Session, row: TimetableRow, starts_at: datetime, *, now: datetime) -> tuple[UUID, Window]:
    """The slot that begins then, written down if it was not, and its window. NoPlace if it cannot be booked now."""
    window = plan_of(session, row).window_at(starts_at, now)
    if window is None:
        raise NoPlace(CANNOT_BE_BOOKED)
    return write_slot(session, row.id, window, starts_at), window


def write_slot(session: Session, timetable_id: UUID, window: Window, starts_at: datetime) -> UUID:
    """The slot of a window on the day of this instant."""
    day = london_date(starts_at)
    values = {
        "id": new_id(), "timetable_id": timetable_id, "day": day, "starts_at": starts_at, "ends_at": window.on(day)[1],
        "places": window.places,
    }  # fmt: skip
    session.execute(insert(Slot).values(values).on_conflict_do_nothing())
    return session.scalars(select(Slot.id).where(Slot.timetable_id == timetable_id, Slot.starts_at == starts_at)).one()


def locked_slots(session: Session, ids: Iterable[UUID]) -> dict[UUID, Slot]:
    """These slots, held until this transaction ends."""
    query = select(Slot).where(Slot.id.in_(set(ids))).order_by(Slot.id).with_for_update()
    return {one.id: one for one in session.scalars(query.execution_options(populate_existing=True))}


def make_room(slot: Slot, window: Window) -> None:
    """The slot has as many places as its window says now, and never fewer than are taken. NoPlace if none is left."""
    if slot.closed_at is not None:
        raise NoPlace(CANNOT_BE_BOOKED)
    slot.places, slot.ends_at = max(window.places, slot.taken), window.on(slot.day)[1]
    if slot.taken >= slot.places:
        raise NoPlace


def held_booking(
    session: Session, actor: Actor, reference: str, *, version: int | None, also: Iterable[UUID] = ()
) -> tuple[Booking, dict[UUID, Slot]]:
    """The booking with its slot and others, all held. NotFound if it is not this person's to know of; Stale if it changed since."""
    query = select(Booking).where(Booking.reference == canonical(reference), may_see(session, actor))
    seen = session.execute(query.with_only_columns(Booking.id, Booking.slot_id)).first()
    if seen is None:
        raise NotFound
    slots = locked_slots(session, {seen.slot_id, *also})
    booking = session.scalars(
        select(Booking).where(Booking.id == seen.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if booking.slot_id != seen.slot_id or version not in {None, booking.version}:
        raise Stale
    return booking, slots


def change(
    session: Session, booking: Booking, slots: Iterable[Slot], state: BookingState | None, **changes: Any
) -> None:
    """Go to a state (or stay), with what else changes. BookingNotFromHere for a move that is not allowed."""
    if state is not None and state not in MOVES[booking.state]:
        raise BookingNotFromHere(booking.state)
    if state is not None:
        booking.state = state
    for name, value in changes.items():
        setattr(booking, name, value)
    booking.version += 1
    session.flush()
    for slot in slots:
        session.refresh(slot)


def note(session: Session, actor: Actor, action: str, booking_id: UUID, *, now: datetime, **detail: Any) -> None:
    """A line in the audit trail; it keeps no free text."""
    audit.record(session, actor, f"booking.{action}", "booking", booking_id, now=now, **detail)
