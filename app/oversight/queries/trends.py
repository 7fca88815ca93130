"""Ageing day by day, from the roll-up that the snapshot job keeps."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.clock import london_date
from app.organisation.models import Queue, Service, Unit
from app.oversight.enums import AgeingMeasure
from app.oversight.models import OversightAgeing, OversightDay
from app.oversight.policy import BANDS
from app.oversight.rows import Filters, TrendDay


def missed_days(session: Session, *, now: datetime, back: int) -> tuple[date, ...]:
    """Of the last so many days before today those that nobody counted, the latest first."""
    today = london_date(now)
    first = today - timedelta(days=back)
    known = set(session.scalars(select(OversightDay.day).where(OversightDay.day >= first)))
    days = (today - timedelta(days=step) for step in range(1, back + 1))
    return tuple(day for day in days if day not in known)


def trend(
    session: Session, *, measure: AgeingMeasure, now: datetime, days: int = 60, filters: Filters | None = None
) -> tuple[TrendDay, ...]:
    """The last so many days, oldest first, each with its bands; a day that nobody counted has None. Two queries."""
    first = london_date(now) - timedelta(days=days - 1)
    kinds = {
        row.day: row.kind for row in session.execute(select(OversightDay.day, OversightDay.kind).where(OversightDay.day >= first))
    }  # fmt: skip
    counted: dict[tuple[date, str], int] = {}
    chosen = filters or Filters()
    query = (
        select(OversightAgeing.day, OversightAgeing.band, func.sum(OversightAgeing.count))
        .join(Unit, Unit.id == OversightAgeing.unit_id)
        .join(Service, Service.id == OversightAgeing.service_id)
        .outerjoin(Queue, Queue.id == OversightAgeing.queue_id)
        .where(OversightAgeing.measure == measure, OversightAgeing.day >= first)
        .group_by(OversightAgeing.day, OversightAgeing.band)
    )
    wanted = {
        Unit.slug: chosen.unit, Queue.slug: chosen.queue, Service.slug: chosen.service, OversightAgeing.channel: chosen.channel,
    }  # fmt: skip
    for day, band, count in session.execute(
        query.where(*(column == value for column, value in wanted.items() if value))
    ):
        counted[day, band] = int(count)
    return tuple(
        TrendDay(
            day,
            tuple(counted.get((day, band.code), 0) for band in BANDS) if day in kinds else None,
            kinds.get(day),
        )
        for day in (first + timedelta(days=step) for step in range(days))
    )
