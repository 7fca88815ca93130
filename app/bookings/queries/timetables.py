"""Reads of what can be booked."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.bookings.models import ClosedDay, Timetable, TimetableWindow
from app.bookings.policy import Window
from app.bookings.rows import ClosedDayRow, TimetableCard, TimetableRow
from app.kernel.clock import london_date
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Service, Unit

NONE_SUCH = N_("There is nothing like that to book")


def columns() -> tuple[Any, ...]:
    """What a row of a timetable is made of; join with `joined`."""
    return (Timetable, Service.slug, Service.name, Service.active & Service.online, Unit.slug, Unit.name)


def joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(Service, Service.id == Timetable.service_id).join(Unit, Unit.id == Timetable.unit_id)


def timetable(session: Session, slug: str) -> TimetableRow:
    """One timetable, also one that has ended. NotFound."""
    found = session.execute(joined(select(*columns())).where(Timetable.slug == slug)).first()
    if found is None:
        raise NotFound(NONE_SUCH)
    return timetable_row(found)


def bookable(
    session: Session, *, now: datetime, page: PageRequest, online: bool, service: str | None = None
) -> Page[TimetableRow]:
    """What can be booked, by name: of services that are offered (or one of them), and not ended. `online`: by residents themselves."""
    going = or_(Timetable.ends_on.is_(None), Timetable.ends_on >= london_date(now))
    query = joined(select(*columns())).where(Service.active, going)
    query = query.where(Service.slug == service) if service else query
    return _page(session, query.where(Service.online) if online else query, page)


def timetables(session: Session, *, page: PageRequest, unit_ids: Collection[UUID] | None = None) -> Page[TimetableRow]:
    """Every timetable, or those that some units keep, by name."""
    query = joined(select(*columns()))
    return _page(session, query if unit_ids is None else query.where(Timetable.unit_id.in_(unit_ids)), page)


def card(session: Session, slug: str, *, now: datetime) -> TimetableCard:
    """A timetable with its week and the closed days from today on. NotFound."""
    row = timetable(session, slug)
    closed = select(ClosedDay).where(ClosedDay.timetable_id == row.id, ClosedDay.day >= london_date(now))
    days = session.scalars(closed.order_by(ClosedDay.day, ClosedDay.id))
    return TimetableCard(
        row,
        windows_of(session, row.id),
        tuple(ClosedDayRow(one.day, one.reason, one.closed_by) for one in days),
    )


def windows_of(session: Session, timetable_id: UUID) -> tuple[Window, ...]:
    query = select(TimetableWindow).where(TimetableWindow.timetable_id == timetable_id)
    ordered = query.order_by(TimetableWindow.weekday, TimetableWindow.starts, TimetableWindow.id)
    return tuple(Window(one.id, one.weekday, one.starts, one.ends, one.places) for one in session.scalars(ordered))


def timetable_row(found: Any) -> TimetableRow:
    one, service_slug, service_name, online, unit_slug, unit_name = found
    return TimetableRow(
        id=one.id, slug=one.slug, name=one.name, service_slug=service_slug, service_name=service_name, unit_id=one.unit_id,
        unit_slug=unit_slug, unit_name=unit_name, at_home=one.at_home, place=one.place, places=one.places,
        notice_hours=one.notice_hours, days_ahead=one.days_ahead, bring=one.bring, phone=one.phone, ends_on=one.ends_on,
        version=one.version, online=online,
    )  # fmt: skip


def _page(session: Session, query: Select[*tuple[Any, ...]], wanted: PageRequest) -> Page[TimetableRow]:
    found = fetch_page(session, query.order_by(Timetable.name, Timetable.id), wanted)
    return Page(tuple(timetable_row(one) for one in found.items), found.total, found.number, found.size)
