"""A letter for the tests of this room."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.notifications import services
from app.notifications.enums import Template


def a_letter(
    session: Session,
    now: datetime,
    to: str = "riley@example.org",
    *,
    about: tuple[str, UUID] | None = None,
    dedupe_key: str | None = None,
    due_at: datetime | None = None,
) -> UUID:
    return services.queue_message(
        session,
        Template.ENQUIRY_RECEIVED,
        to=to,
        locale="en",
        context={
            "name": "Riley Stone",
            "reference": "FP-7K3Q-92MX",
            "service": "Missed bin",
            "path": "/enquiries/FP-7K3Q-92MX",
            "with_whom": "Waste Services",
            "promised_on": date(2026, 3, 13),
        },
        about=about,
        dedupe_key=dedupe_key,
        due_at=due_at,
        now=now,
    )
