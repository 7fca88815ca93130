"""Promises and pauses: about enquiries, in words about the work."""

from app.kernel.personal import OURS, STAFF, Room

ROOM = Room(
    "sla",
    plain={
        "sla_agreement.*": OURS,
        "sla_sign_off.*": OURS,
        "sla_pause.words": "Why a clock stood still: one of our own sentences",
        "sla_pause.actor_name": STAFF,
    },
)
