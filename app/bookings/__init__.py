"""Booking a visit or a piece of work on a day: what can be booked when, and who comes."""
