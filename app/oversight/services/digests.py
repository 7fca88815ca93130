"""The daily digest: one e-mail to each named owner of something that needs them, none to the others."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.clock import LONDON, as_utc, london_date
from app.notifications import services as notifications
from app.notifications.enums import Template
from app.notifications.queries import was_queued
from app.oversight.policy import Limits
from app.oversight.queries.digests import Part, parts, working_today
from app.oversight.queries.people import recipients

FROM_HOUR = 7


def send_digests(session: Session, *, limits: Limits, now: datetime) -> int:
    """Write today's digests; says how many. At most one a person and day, from seven in the morning, when the unit concerned works."""
    day = london_date(now)
    if as_utc(now).astimezone(LONDON).hour < FROM_HOUR:
        return 0
    by_person: dict[UUID, list[Part]] = {}
    for part in working_today(session, parts(session, limits=limits, now=now), day=day):
        by_person.setdefault(part.account_id, []).append(part)
    people = recipients(session, list(by_person))
    keys = {person.id: f"digest:{person.id}:{day.isoformat()}" for person in people}
    sent = was_queued(session, list(keys.values()))
    due = [person for person in people if keys[person.id] not in sent]
    for person in due:
        notifications.queue_message(
            session, Template.OVERSIGHT_DIGEST, to=person.email, locale=person.locale, account_id=person.id,
            context={
                "name": person.name, "day": day, "places": [asdict(part) for part in by_person[person.id]],
                "path": "/console",
            },
            dedupe_key=keys[person.id], now=now,
        )  # fmt: skip
    return len(due)
