"""The bookings' tables: what can be booked when, the places of a time, and who has one."""

from app.bookings.models.booking import Booking
from app.bookings.models.timetable import ClosedDay, Slot, Timetable, TimetableWindow

__all__ = ["Booking", "ClosedDay", "Slot", "Timetable", "TimetableWindow"]
