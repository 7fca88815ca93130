"""Bookings: one, those of a resident, and those of a customer."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.bookings.enums import BookingState
from app.bookings.models import Booking, Slot, Timetable
from app.bookings.queries.restricted import of_restricted
from app.bookings.queries.timetables import columns, joined, timetable_row
from app.bookings.rows import BookingRow
from app.customers import queries as customers
from app.customers.models import Property
from app.customers.queries.places import property_row
from app.kernel import references
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation import queries as organisation

PREFIX = "BK"
STAFF_SEE = (Permission.BOOKINGS_MAKE, Permission.BOOKINGS_KEEP)


def my_bookings(
    session: Session, account_id: UUID, *, coming: bool, now: datetime, page: PageRequest
) -> Page[BookingRow]:
    """What the account booked, and what was filed against records that it proved to be the person of.

    Coming: booked and not over, the next first. Else what is over or was cancelled, the last first.
    """
    ahead = (Booking.state == BookingState.BOOKED) & (Slot.ends_at > now)
    query = selected().where(_theirs(session, account_id), ahead if coming else ~ahead)
    order = (Slot.starts_at, Booking.id) if coming else (Slot.starts_at.desc(), Booking.id.desc())
    found = fetch_page(session, query.order_by(*order), page)
    return Page(tuple(booking_row(one) for one in found.items), found.total, found.number, found.size)


def my_booking(session: Session, actor: Actor, reference: str) -> BookingRow:
    """One of a resident's own. NotFound for every other."""
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotFound
    return _one(session, reference, _theirs(session, actor.account_id))


def booking(session: Session, actor: Actor, reference: str, *, opened: bool = False) -> BookingRow:
    """One for those who work here: who book for customers, and the people of the unit that keeps it. NotFound for others.

    Of somebody whose record is restricted it says nothing of the person unless it was `opened`.
    """
    row = _one(session, reference, _within(session, actor))
    hidden = not opened and _is_restricted(session, row.id)
    return without_person(row) if hidden else row


def coming_for(
    session: Session,
    *,
    source_record_ids: Collection[UUID] = (),
    account_ids: Collection[UUID] = (),
    now: datetime,
    limit: int = 100,
) -> tuple[BookingRow, ...]:
    """What a customer is booked for, the next first."""
    query = selected().where(filed(source_record_ids, account_ids), Booking.state == BookingState.BOOKED)
    rows = session.execute(
        query.where(Slot.ends_at > now).order_by(Slot.starts_at, Booking.reference, Booking.id).limit(limit)
    )
    return tuple(booking_row(one) for one in rows)


def booking_by_id(session: Session, booking_id: UUID) -> BookingRow:
    """One that the caller holds already."""
    return booking_row(session.execute(selected().where(Booking.id == booking_id)).one())


def filed(records: Collection[UUID], accounts: Collection[UUID]) -> ColumnElement[bool]:
    """Whether a booking is filed against one of these."""
    conditions = []
    if records:
        conditions.append(Booking.source_record_id.in_(records))
    if accounts:
        conditions.append(Booking.account_id.in_(accounts))
    return or_(*conditions) if conditions else false()


def selected() -> Select[*tuple[Any, ...]]:
    """All that a row of a booking is made of."""
    query = select(Booking, Slot, Property, *columns()).join(Slot, Slot.id == Booking.slot_id)
    return joined(query.join(Timetable, Timetable.id == Slot.timetable_id)).outerjoin(
        Property, Property.id == Booking.property_id
    )


def booking_row(found: Any) -> BookingRow:
    one, slot, place, *timetable = found
    return BookingRow(
        id=one.id, reference=one.reference, state=one.state, version=one.version, timetable=timetable_row(timetable),
        starts_at=slot.starts_at, ends_at=slot.ends_at, person_name=one.person_name, email=one.email, phone=one.phone,
        locale=one.locale, address=property_row(place).one_line if place else "", note=one.note, channel=one.channel,
        booked_at=one.booked_at, booked_by=one.booked_by, cancelled_at=one.cancelled_at, cancel_reason=one.cancel_reason,
        by_us=one.by_us, settled_by=one.settled_by, account_id=one.account_id, source_record_id=one.source_record_id,
    )  # fmt: skip


def without_person(row: BookingRow) -> BookingRow:
    """That there is one, and when; not who it is, nor where."""
    return replace(row, person_name="", email="", phone="", address="", note="", booked_by="", hidden=True)


def may_see(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Which bookings are this person's to know of."""
    if actor.kind is ActorKind.RESIDENT and actor.account_id is not None:
        return _theirs(session, actor.account_id)
    return _within(session, actor)


def canonical(reference: str) -> str:
    """As it is kept. NotFound for what can be none."""
    try:
        return references.parse(reference, PREFIX)
    except references.BadReference as error:
        raise NotFound from error


def _one(session: Session, reference: str, which: ColumnElement[bool]) -> BookingRow:
    found = session.execute(selected().where(Booking.reference == canonical(reference), which)).first()
    if found is None:
        raise NotFound
    return booking_row(found)


def _theirs(session: Session, account_id: UUID) -> ColumnElement[bool]:
    granted = customers.granted_source_records(session, account_id)
    return or_(Booking.account_id == account_id, Booking.source_record_id.in_(granted))


def _within(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Who books for customers sees every booking; who keeps timetables those of their units."""
    if actor.kind not in {ActorKind.STAFF, ActorKind.SYSTEM} or not may(actor, *STAFF_SEE):
        return false()
    if may(actor, Permission.BOOKINGS_MAKE) or actor.account_id is None:
        return Booking.id.is_not(None)
    units = [unit.id for unit in organisation.units_of(session, actor.account_id)]
    kept = select(Slot.id).join(Timetable, Timetable.id == Slot.timetable_id).where(Timetable.unit_id.in_(units))
    return Booking.slot_id.in_(kept)


def _is_restricted(session: Session, booking_id: UUID) -> bool:
    return session.scalar(select(Booking.id).where(Booking.id == booking_id, of_restricted())) is not None
