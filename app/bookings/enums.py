"""The words of bookings."""

from enum import StrEnum

from app.kernel.i18n import N_


class BookingState(StrEnum):
    """Where a booking stands. One that is booked keeps a place until it is cancelled."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    KEPT = "kept"
    MISSED = "missed"

    @property
    def label(self) -> str:
        return _STATES[self]


_STATES = {
    BookingState.BOOKED: N_("Booked"), BookingState.CANCELLED: N_("Cancelled"), BookingState.KEPT: N_("Kept"),
    BookingState.MISSED: N_("Missed"),
}  # fmt: skip
