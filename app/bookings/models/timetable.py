"""What can be booked, and the places of each time."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id


class Timetable(Base):
    """Something that can be booked: of a service, kept by a unit; at a place of ours or in the customer's home."""

    __tablename__ = "booking_timetable"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name="slug_is_plain"),
        CheckConstraint("btrim(name) <> '' AND btrim(phone) <> ''", name="has_name_and_phone"),
        CheckConstraint("at_home = (place = '')", name="somewhere"),
        CheckConstraint("places BETWEEN 1 AND 500", name="places_are_sensible"),
        CheckConstraint("notice_hours BETWEEN 0 AND 720 AND days_ahead BETWEEN 1 AND 366", name="times_are_sensible"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    at_home: Mapped[bool]
    place: Mapped[str] = mapped_column(default="")
    places: Mapped[int]
    notice_hours: Mapped[int]
    days_ahead: Mapped[int]
    bring: Mapped[str] = mapped_column(default="")
    phone: Mapped[str]
    ends_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class TimetableWindow(Base):
    """Every week on this weekday (Monday is 0), from and until in minutes after midnight in London, for so many customers."""

    __tablename__ = "booking_window"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_known"),
        CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="starts_before_it_ends"),
        CheckConstraint("places BETWEEN 1 AND 500", name="places_are_sensible"),
        UniqueConstraint("timetable_id", "weekday", "starts"),
    )

    id: Mapped[Id]
    timetable_id: Mapped[UUID] = mapped_column(ForeignKey("booking_timetable.id"))
    weekday: Mapped[int]
    starts: Mapped[int]
    ends: Mapped[int]
    places: Mapped[int]


class ClosedDay(Base):
    """A day on which a timetable cannot be booked though its windows and calendar would let it."""

    __tablename__ = "booking_closed_day"
    __table_args__ = (UniqueConstraint("timetable_id", "day"), CheckConstraint("btrim(reason) <> ''", name="says_why"))

    id: Mapped[Id]
    timetable_id: Mapped[UUID] = mapped_column(ForeignKey("booking_timetable.id"))
    day: Mapped[date]
    reason: Mapped[str]
    closed_by: Mapped[str]
    closed_at: Mapped[datetime]


class Slot(Base):
    """A window on a day, written down once somebody books it or it is closed.

    `taken` is counted by the database itself with each booking, and can never be more than there are places.
    """

    __tablename__ = "booking_slot"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="starts_before_it_ends"),
        CheckConstraint("taken BETWEEN 0 AND places", name="no_more_than_places"),
        CheckConstraint("closed_at IS NULL OR taken = 0", name="closed_takes_nobody"),
        CheckConstraint("closed_at IS NULL OR btrim(closed_reason) <> ''", name="closed_says_why"),
        UniqueConstraint("timetable_id", "starts_at"),
    )

    id: Mapped[Id]
    timetable_id: Mapped[UUID] = mapped_column(ForeignKey("booking_timetable.id"))
    day: Mapped[date] = mapped_column(index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    places: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str] = mapped_column(default="", server_default="")
    closed_by: Mapped[str] = mapped_column(default="", server_default="")
