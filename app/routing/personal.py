"""The routing table and where enquiries went by it."""

from app.kernel.personal import MACHINE, OURS, Room

ROOM = Room(
    "routing", plain={"routing_rule.*": OURS, "routing_decision.broken": MACHINE, "legacy_enquiry.reference": MACHINE}
)
