"""The verbs of bookings. They take a session and the time, leave their traces, and never commit."""

from app.bookings.services.booking import book
from app.bookings.services.changing import cancel, move, settle
from app.bookings.services.closing import close_day, close_slot, open_day, open_slot
from app.bookings.services.core import kept_units, must_keep
from app.bookings.services.letting_go import let_go_of_records
from app.bookings.services.protecting import open_restricted
from app.bookings.services.reminding import remind_due
from app.bookings.services.timetables import (
    TimetableTerms,
    add_windows,
    change_timetable,
    end_timetable,
    make,
    remove_windows,
)

__all__ = [
    "TimetableTerms", "add_windows", "book", "cancel", "change_timetable", "close_day", "close_slot", "end_timetable", "kept_units",
    "let_go_of_records", "make", "move", "must_keep", "open_day", "open_restricted", "open_slot", "remind_due", "remove_windows", "settle",
]  # fmt: skip
