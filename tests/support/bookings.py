"""Something to book, for the tests: the tip on weekday mornings, and a collection at home."""

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from app.bookings import services
from app.bookings.rows import BookingRow, TimetableRow
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.kernel.actors import SYSTEM, Actor, ActorKind
from app.kernel.clock import LONDON, as_utc

TIP = services.TimetableTerms(
    name="A visit to the tip", place="Harbour Road recycling centre", places=2, notice_hours=24, days_ahead=60,
    bring="Bring the permit and proof of address", phone="01632 960100",
)  # fmt: skip
HOME = services.TimetableTerms(
    name="Large items collected", place="", places=3, notice_hours=48, days_ahead=30, bring="Put them by the gate", phone="01632 960101",
)  # fmt: skip
JO = Raiser("Jo Bloggs", "jo@example.com", "01632 960001")


def tip(session: Session, actor: Actor = SYSTEM, *, now: datetime, places: int = 2) -> TimetableRow:
    """Weekdays at 9 and at 10, for so many."""
    row = services.make(session, actor, TIP, service="tip-permit", unit="waste", now=now)
    services.add_windows(
        session, actor, row.slug, weekdays=range(5), starts=540, ends=660, minutes=60, places=places, now=now
    )
    return row


def collection(session: Session, actor: Actor = SYSTEM, *, now: datetime) -> TimetableRow:
    """At the customer's home, on Tuesdays from 8 to 12."""
    row = services.make(session, actor, HOME, service="bulky-waste", unit="waste", now=now)
    services.add_windows(session, actor, row.slug, weekdays=[1], starts=480, ends=720, minutes=240, places=3, now=now)
    return row


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """That time of day in London."""
    return as_utc(datetime.combine(day, time(hour, minute), LONDON))


def book(session: Session, actor: Actor, starts_at: datetime, *, now: datetime, **changes: object) -> BookingRow:
    """A visit to the tip."""
    channel = Channel.WEB if actor.kind is ActorKind.RESIDENT else Channel.PHONE
    given: dict[str, object] = {"timetable": "a-visit-to-the-tip", "person": JO, "channel": channel}
    return services.book(session, actor, starts_at=starts_at, now=now, **(given | changes))  # type: ignore[arg-type]  # - whatever a test changes
