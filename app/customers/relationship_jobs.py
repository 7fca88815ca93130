"""What a worker does for relationships: reminders before the last day, and what has passed it put away."""

from datetime import timedelta
from typing import Any

from app.customers.services.relating import expire_relationships
from app.customers.services.relationship_letters import remind_of_relationships
from app.kernel.i18n import N_
from app.kernel.jobs import Job


def look_after(runtime: Any) -> str:
    """A few hundred a transaction, until none is left."""
    reminded = over = 0
    while True:
        with runtime.database.transaction() as session:
            now = runtime.clock.now()
            some = remind_of_relationships(session, now=now), expire_relationships(session, now=now)
        reminded, over = reminded + some[0], over + some[1]
        if not any(some):
            return f"{reminded} reminded, {over} over" if reminded or over else ""


RELATIONSHIP_JOBS = (
    Job(
        "customers.relationships",
        N_("Remind of relationships that end soon, and put away those that have ended"),
        timedelta(hours=1),
        look_after,
    ),
)
