"""What this room holds of people, and how it is handed over, erased and let go of."""

from app.customers.personal import acting, desk, golden, records
from app.customers.personal.plain import PLAIN
from app.customers.personal.subject import others, own, things, where
from app.kernel.personal import Room

ROOM = Room(
    "customers",
    (*records.HOLDINGS, *golden.HOLDINGS, *acting.HOLDINGS, *desk.HOLDINGS),
    PLAIN,
    things=things,
    own=own,
    others=others,
    where=where,
)
