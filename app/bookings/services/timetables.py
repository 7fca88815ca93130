"""Keeping what can be booked: made, changed, given its week, and ended on a date."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.bookings import queries
from app.bookings.enums import BookingState
from app.bookings.models import Booking, Slot, Timetable, TimetableWindow
from app.bookings.policy import split
from app.bookings.rows import TimetableRow
from app.bookings.services.core import held_timetable, must_keep
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.naming import slug_of

SHORTEST, MOST_PLACES, MOST_DAYS, MOST_NOTICE = 5, 500, 366, 720


@dataclass(frozen=True, slots=True)
class TimetableTerms:
    """What its people say of a timetable. Without a place it is in the customer's home."""

    name: str
    place: str
    places: int
    notice_hours: int
    days_ahead: int
    bring: str
    phone: str

    @property
    def at_home(self) -> bool:
        return self.place.strip() == ""


def make(
    session: Session, actor: Actor, said: TimetableTerms, *, service: str, unit: str, now: datetime
) -> TimetableRow:
    """A timetable without times yet: nobody can book it before it has some."""
    entry, keeper = organisation.service_by_slug(session, service), organisation.unit_by_slug(session, unit)
    must_keep(session, actor, keeper.id)
    values = _checked(said)
    slug = _fresh_slug(session, said.name)
    found = Timetable(slug=slug, service_id=entry.id, unit_id=keeper.id, created_at=now, **values)
    session.add(found)
    session.flush()
    audit.record(session, actor, "timetable.made", "timetable", found.id, now=now, slug=slug, service=service)
    return queries.timetable(session, slug)


def change_timetable(
    session: Session, actor: Actor, slug: str, said: TimetableTerms, *, version: int | None = None, now: datetime
) -> TimetableRow:
    """Other words, another notice. What is booked stays booked; its address in the web stays too."""
    found = held_timetable(session, actor, slug, version=version)
    for name, value in _checked(said).items():
        setattr(found, name, value)
    return _changed(session, actor, found, "changed", now)


def end_timetable(
    session: Session, actor: Actor, slug: str, ends_on: date | None, *, version: int | None = None, now: datetime
) -> TimetableRow:
    """The last day that can be booked; None: without an end. Invalid while somebody is booked after it."""
    found = held_timetable(session, actor, slug, version=version)
    if ends_on is not None and ends_on < london_date(now):
        raise Invalid({"ends_on": N_("Give today or a day to come")})
    later = _booked_after(session, found.id, ends_on) if ends_on else 0
    if later:
        raise Invalid(
            {"ends_on": N_("%(count)s bookings are after that day. Close those days first: it tells the customers")},
            count=later,
        )
    found.ends_on = ends_on
    return _changed(session, actor, found, "ended", now, ends_on=ends_on)


def add_windows(
    session: Session,
    actor: Actor,
    slug: str,
    *,
    weekdays: Collection[int],
    starts: int,
    ends: int,
    minutes: int,
    places: int,
    now: datetime,
) -> int:
    """Times of so many minutes, one after the other, on each of these weekdays; says how many there are now more.

    Times that begin when another one begins are left as they are.
    """
    found = held_timetable(session, actor, slug)
    _check_times(weekdays, starts, ends, minutes, places)
    known = {(one.weekday, one.starts) for one in queries.card(session, slug, now=now).windows}
    new = [
        TimetableWindow(timetable_id=found.id, weekday=weekday, starts=at, ends=until, places=places)
        for weekday in sorted(set(weekdays))
        for at, until in split(starts, ends, minutes)
        if (weekday, at) not in known
    ]
    session.add_all(new)
    _changed(session, actor, found, "times_added", now, count=len(new))
    return len(new)


def remove_windows(session: Session, actor: Actor, slug: str, ids: Collection[UUID], *, now: datetime) -> int:
    """Nobody can book them any more; who has booked still comes. Says how many there were."""
    found = held_timetable(session, actor, slug)
    if not ids:
        raise Invalid({"windows": N_("Choose the times to take away")})
    gone = delete(TimetableWindow).where(TimetableWindow.timetable_id == found.id, TimetableWindow.id.in_(ids))
    count = len(session.scalars(gone.returning(TimetableWindow.id)).all())
    _changed(session, actor, found, "times_removed", now, count=count)
    return count


def _check_times(weekdays: Collection[int], starts: int, ends: int, minutes: int, places: int) -> None:
    errors = {}
    if not weekdays or not set(weekdays) <= set(range(7)):
        errors["weekdays"] = N_("Choose the days of the week")
    if minutes < SHORTEST:
        errors["minutes"] = N_("A time lasts 5 minutes or more")
    elif ends - starts < minutes:
        errors["ends"] = N_("The end must be late enough for one time at least")
    if not 1 <= places <= MOST_PLACES:
        errors["places"] = N_("Enter a number of places from 1 to 500")
    if errors:
        raise Invalid(errors)


def _checked(said: TimetableTerms) -> dict[str, object]:
    """What is written down of it. Invalid for everything that is wrong, at once."""
    errors = {}
    if not said.name.strip():
        errors["name"] = N_("Enter a name, as customers will read it")
    if not said.phone.strip():
        errors["phone"] = N_("Enter the telephone number to call when it is too late to change online")
    if not 1 <= said.places <= MOST_PLACES:
        errors["places"] = N_("Enter a number of places from 1 to 500")
    if not 0 <= said.notice_hours <= MOST_NOTICE:
        errors["notice_hours"] = N_("Enter a number of hours from 0 to 720")
    if not 1 <= said.days_ahead <= MOST_DAYS:
        errors["days_ahead"] = N_("Enter a number of days from 1 to 366")
    if errors:
        raise Invalid(errors)
    words = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(said).items()}
    return words | {"at_home": said.at_home}


def _booked_after(session: Session, timetable_id: UUID, day: date) -> int:
    query = select(func.count()).select_from(Booking).join(Slot, Slot.id == Booking.slot_id)
    live = Booking.state == BookingState.BOOKED
    return session.scalar(query.where(Slot.timetable_id == timetable_id, Slot.day > day, live)) or 0


def _changed(
    session: Session, actor: Actor, found: Timetable, action: str, now: datetime, **detail: Any
) -> TimetableRow:
    found.version += 1
    session.flush()
    audit.record(session, actor, f"timetable.{action}", "timetable", found.id, now=now, **detail)
    return queries.timetable(session, found.slug)


def _fresh_slug(session: Session, name: str) -> str:
    """From the name; with a number behind it where that is taken."""
    wanted = slug_of(name) or "booking"
    taken = set(session.scalars(select(Timetable.slug).where(Timetable.slug.startswith(wanted, autoescape=True))))
    numbers = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (wanted, *numbers) if one not in taken)
