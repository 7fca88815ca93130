"""What can be asked here."""

from app.bookings.queries.days import booked_in, day_list
from app.bookings.queries.offering import free_days, free_times
from app.bookings.queries.reading import booking, coming_for, my_booking, my_bookings
from app.bookings.queries.timetables import bookable, card, timetable, timetables

__all__ = [
    "bookable", "booked_in", "booking", "card", "coming_for", "day_list", "free_days", "free_times", "my_booking", "my_bookings",
    "timetable", "timetables",
]  # fmt: skip
