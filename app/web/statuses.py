"""The colour of each status tag. A tag always says its status in words; the colour only helps the eye."""

from flask import Flask

COLOURS = {
    # What the customer sees.
    "received": "blue", "being_looked_at": "teal", "need_something": "yellow", "booked": "purple", "finished": "green",
    # Enquiries.
    "new": "blue", "triage": "blue", "returned": "orange", "assigned": "teal", "in_progress": "teal", "awaiting_customer": "yellow",
    "awaiting_third_party": "yellow", "scheduled": "purple", "with_service": "purple", "resolved": "green", "closed": "grey",
    "duplicate": "grey", "withdrawn": "grey", "spam": "grey", "redirected": "grey",
    # Handoffs.
    "draft": "grey", "offered": "blue", "accepted": "teal", "in_work": "teal", "completed": "green", "confirmed": "green",
    "declined": "red", "recalled": "grey", "expired": "red",
    # Referrals.
    "asked": "blue", "answered": "green",
    # Deliveries, jobs and messages.
    "unprocessed": "grey", "sent": "blue", "acknowledged": "green", "failed": "red", "created": "grey", "sending": "blue", "pending": "blue",
    "delivered": "green", "permanent-failure": "red", "temporary-failure": "orange", "technical-failure": "red",
    "running": "teal", "succeeded": "green", "active": "green", "suspended": "red",
}  # fmt: skip


def colour(status: object) -> str:
    """Colour for a status, by its code; grey for one that is not known."""
    return COLOURS.get(str(getattr(status, "value", status)), "grey")


def init_app(app: Flask) -> None:
    app.jinja_env.globals["status_colour"] = colour
