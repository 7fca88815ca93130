"""Who has a place."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.bookings import guards
from app.bookings.enums import BookingState
from app.enquiries.enums import Channel
from app.kernel.db import Base, Id, enum_column, one_of


class Booking(Base):
    """One place at one time. Filed as an enquiry is: against the account or the source record of whoever was verified, or neither."""

    __tablename__ = "booking"
    __table_args__ = (
        one_of(BookingState, "state"),
        one_of(Channel, "channel"),
        CheckConstraint("account_id IS NULL OR source_record_id IS NULL", name="filed_once"),
        CheckConstraint("btrim(person_name) <> ''", name="for_somebody"),
        CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_says_when"),
        CheckConstraint("NOT by_us OR (state = 'cancelled' AND btrim(cancel_reason) <> '')", name="our_doing_says_why"),
        CheckConstraint("(state IN ('kept', 'missed')) = (settled_at IS NOT NULL)", name="settled_says_when"),
        Index(
            "uq_booking_live_account", "slot_id", "account_id", unique=True,
            postgresql_where=text("state = 'booked' AND account_id IS NOT NULL"),
        ),
        Index(
            "uq_booking_live_record", "slot_id", "source_record_id", unique=True,
            postgresql_where=text("state = 'booked' AND source_record_id IS NOT NULL"),
        ),
        Index(None, "slot_id"),
        Index(None, "account_id"),
        Index(None, "source_record_id"),
        Index("ix_booking_to_remind", "slot_id", postgresql_where=text("state = 'booked' AND reminded_at IS NULL")),
    )  # fmt: skip

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("booking_slot.id"))
    state: Mapped[BookingState] = enum_column(BookingState, default=BookingState.BOOKED)
    version: Mapped[int] = mapped_column(default=1)
    channel: Mapped[Channel] = enum_column(Channel)
    client_token: Mapped[str | None] = mapped_column(unique=True)

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    source_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_record.id"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"))
    person_name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="en")
    property_id: Mapped[UUID | None] = mapped_column(ForeignKey("property.id"))
    note: Mapped[str] = mapped_column(default="")

    booked_at: Mapped[datetime]
    booked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    booked_by: Mapped[str] = mapped_column(default="")
    chosen_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")
    by_us: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str] = mapped_column(default="")


guards.attach(Booking.metadata)
