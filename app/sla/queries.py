"""Reads of the clocks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.enquiries.models import Enquiry
from app.enquiries.policy import OPEN
from app.enquiries.queries.worklists import work_rows
from app.enquiries.rows import WorkRow
from app.kernel.paging import Page, PageRequest, fetch_page
from app.sla.enums import Measure
from app.sla.models import SlaClock


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock of an enquiry."""

    measure: Measure
    due_at: datetime
    paused: bool
    warned_at: datetime | None
    breached_at: datetime | None
    met_at: datetime | None

    def late(self, now: datetime) -> bool:
        return self.met_at is None and not self.paused and self.due_at <= now


def clocks(session: Session, reference: str) -> tuple[ClockRow, ...]:
    """The clocks of an enquiry, the first one due first. Whoever asks has been asked who they are."""
    query = (
        select(SlaClock)
        .join(Enquiry, Enquiry.id == SlaClock.enquiry_id)
        .where(Enquiry.reference == reference, SlaClock.stopped_at.is_(None))
        .order_by(SlaClock.due_at, SlaClock.id)
    )
    return tuple(
        ClockRow(c.measure, c.due_at, c.paused_at is not None, c.warned_at, c.breached_at, c.met_at)
        for c in session.scalars(query)
    )


def about_to_be_silent(session: Session, *, now: datetime, within: timedelta) -> tuple[WorkRow, ...]:
    """Open enquiries whose customer must hear from a person by then, or should have already."""
    query = _running(Measure.NEXT_UPDATE, now, now + within)
    return tuple(WorkRow(*row) for row in session.execute(query))


def about_to_breach(session: Session, *, now: datetime, within: timedelta, page: PageRequest) -> Page[WorkRow]:
    """Open enquiries whose resolution is due by then and has not been missed yet."""
    query = _running(Measure.RESOLUTION, now, now + within).where(SlaClock.due_at > now)
    found = fetch_page(session, query, page)
    return Page(tuple(WorkRow(*row) for row in found.items), found.total, found.number, found.size)


def _running(measure: Measure, now: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    return (
        work_rows(now)
        .join(SlaClock, SlaClock.enquiry_id == Enquiry.id)
        .where(
            Enquiry.state.in_(OPEN),
            SlaClock.measure == measure,
            SlaClock.met_at.is_(None),
            SlaClock.stopped_at.is_(None),
            SlaClock.paused_at.is_(None),
            SlaClock.due_at <= until,
        )
        .order_by(SlaClock.due_at, Enquiry.id)
    )
