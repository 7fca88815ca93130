"""What bookings refuse."""

from app.bookings.enums import BookingState
from app.kernel.errors import Conflict
from app.kernel.i18n import N_


class NoPlace(Conflict):
    """The last place at that time has gone, or the time cannot be booked any more."""

    code = "no-place"

    def __init__(
        self, message: str = N_("The last place at that time has just been taken. Choose another time")
    ) -> None:
        super().__init__(message)


class BookedAlready(Conflict):
    """The same customer has a booking at that very time."""

    code = "booked-already"

    def __init__(self, reference: str) -> None:
        super().__init__(N_("There is a booking at that time already: %(reference)s"), reference=reference)


class TooLate(Conflict):
    """The notice is over: what can still be done is done by telephone."""

    code = "too-late"

    def __init__(self, phone: str) -> None:
        super().__init__(N_("It is too late to change this online. Call %(phone)s"), phone=phone)


class BookingNotFromHere(Conflict):
    """The booking is in a state in which this cannot be done."""

    code = "not-from-here"

    def __init__(self, state: BookingState) -> None:
        super().__init__(N_("This cannot be done: the booking is “%(state)s”"), state=state.label)


class OthersCame(Conflict):
    """Who is booked has changed since the list was shown."""

    code = "others-came"

    def __init__(self) -> None:
        super().__init__(N_("Who is booked has changed while you were looking. Look through the list again"))
