"""What this room holds of people: enquiries with all that hangs on them, and the calls and visits."""

from app.enquiries.personal.holdings import HOLDINGS, PLAIN
from app.enquiries.personal.subject import others, own, searched, things
from app.kernel.personal import Room

ROOM = Room("enquiries", HOLDINGS, PLAIN, things=things, own=own, others=others, searched=searched)
