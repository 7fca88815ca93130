"""What each named owner should know this morning: of the queues they own, the units they lead, and what was given to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.enquiries.models import Enquiry
from app.enquiries.policy import IN_A_QUEUE, OPEN
from app.organisation import queries as organisation
from app.organisation.enums import QueueStatus
from app.organisation.models import Membership, Queue, Unit
from app.organisation.policy import STANDARD_HOURS, bank_holidays
from app.organisation.rota import Calendar
from app.oversight.enums import AnomalyStatus, Threshold
from app.oversight.models import Anomaly
from app.oversight.policy import Limits
from app.oversight.queries.anomalies import OPEN as OPEN_ANOMALY
from app.oversight.queries.custody import custody_breaches
from app.oversight.queries.desk import human_since
from app.oversight.queries.people import monitors

STANDARD = Calendar(STANDARD_HOURS, bank_holidays())
"""For who belongs to no unit."""
BODY = ""
"""Stands for everything, as the place of what a monitor is told."""


@dataclass(frozen=True, slots=True)
class Part:
    """One place that somebody answers for, and what is wrong there. Without a unit it is about the person's own work."""

    account_id: UUID
    place: str
    unit_id: UUID | None = None
    unattended: int = 0
    late: int = 0
    silent: int = 0
    ownerless: int = 0
    anomalies: int = 0
    custody: int = 0

    @property
    def anything(self) -> bool:
        return bool(self.unattended or self.late or self.silent or self.ownerless or self.anomalies or self.custody)


def working_today(session: Session, found: Sequence[Part], *, day: date) -> list[Part]:
    """What is told today: of a unit's work when the unit works, of a person's own when one of their units does."""
    calendars = organisation.calendars(session)
    open_units = {unit_id for unit_id, calendar in calendars.items() if calendar.on(day) is not None}
    own: dict[UUID, set[UUID]] = {}
    members = select(Membership.account_id, Membership.unit_id).where(
        Membership.account_id.in_({part.account_id for part in found if part.unit_id is None})
    )
    for account_id, unit_id in session.execute(members):
        own.setdefault(account_id, set()).add(unit_id)

    def told(part: Part) -> bool:
        if part.unit_id is None and part.account_id not in own:
            return STANDARD.on(day) is not None
        return bool(({part.unit_id} if part.unit_id else own[part.account_id]) & open_units)

    return [part for part in found if told(part)]


def parts(session: Session, *, limits: Limits, now: datetime) -> tuple[Part, ...]:
    """Every part that says something, by person and place. A fixed number of queries."""
    found = [
        *_of_queues(session, limits, now),
        *_of_units(session, limits, now),
        *_of_monitors(session, now),
        *_given(session),
    ]
    return tuple(sorted((part for part in found if part.anything), key=lambda part: (str(part.account_id), part.place)))


def _of_queues(session: Session, limits: Limits, now: datetime) -> list[Part]:
    """What waits in each active queue; anomalies of the queue itself."""
    waits = Enquiry.state.in_(IN_A_QUEUE)
    anomalies = _anomalies(Anomaly.queue_id == Queue.id)
    query = (
        select(Queue.owner_id, Queue.name, Queue.unit_id, *_figures(limits, now), anomalies)
        .outerjoin(Enquiry, and_(Enquiry.queue_id == Queue.id, waits))
        .where(Queue.status == QueueStatus.ACTIVE)
        .group_by(Queue.id)
    )
    rows = session.execute(query)
    return [
        Part(owner, name, unit_id, unattended, late, silent, anomalies=found)
        for owner, name, unit_id, unattended, late, silent, found in rows
        if owner
    ]


def _of_units(session: Session, limits: Limits, now: datetime) -> list[Part]:
    """All that a unit has open, for those who lead it; anomalies of its enquiries and services."""
    ownerless = func.count(Enquiry.id).filter(Enquiry.owner_id.is_(None))
    anomalies = _anomalies(and_(Anomaly.unit_id == Unit.id, Anomaly.queue_id.is_(None)))
    counted = (
        select(Unit.name, Unit.id, *_figures(limits, now), ownerless.label("ownerless"), anomalies.label("anomalies"))
        .outerjoin(Enquiry, and_(Enquiry.unit_id == Unit.id, Enquiry.state.in_(OPEN)))
        .group_by(Unit.id)
        .subquery()
    )
    query = select(Membership.account_id, counted).join(counted, counted.c.id == Membership.unit_id).where(Membership.can_lead)  # fmt: skip
    return [Part(*row) for row in session.execute(query)]


def _of_monitors(session: Session, now: datetime) -> list[Part]:
    breaches = custody_breaches(session, now=now)
    return [Part(person.id, BODY, custody=breaches) for person in monitors(session)] if breaches else []


def _given(session: Session) -> list[Part]:
    """Anomalies that somebody was asked to look into, and has not yet."""
    query = (
        select(Anomaly.assignee_id, func.count())
        .where(Anomaly.status == AnomalyStatus.ASSIGNED)
        .group_by(Anomaly.assignee_id)
    )
    return [Part(row[0], BODY, anomalies=row[1]) for row in session.execute(query) if row[0]]


def _figures(limits: Limits, now: datetime) -> Sequence[ColumnElement[Any]]:
    """Unattended, past the promise, left in silence."""
    untouched = and_(
        Enquiry.state.in_(IN_A_QUEUE), human_since <= now - timedelta(days=limits[Threshold.UNATTENDED_DAYS])
    )
    return (
        func.count(Enquiry.id).filter(untouched).label("unattended"),
        func.count(Enquiry.id).filter(Enquiry.promised_at < now).label("late"),
        func.count(Enquiry.id).filter(Enquiry.hear_by <= now).label("silent"),
    )


def _anomalies(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    query = select(func.count()).select_from(Anomaly).where(condition, Anomaly.status.in_(OPEN_ANOMALY))
    return query.correlate(Queue, Unit).scalar_subquery()
