"""Reads of the clocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.enquiries.models import Enquiry
from app.enquiries.policy import OPEN
from app.enquiries.queries.worklists import work_rows
from app.enquiries.rows import EnquiryRow, WorkRow
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation import queries as organisation
from app.organisation.policy import working_time_between
from app.organisation.rows import ServiceRow
from app.sla.enums import Measure, PauseReason
from app.sla.models import SlaClock, SlaPause


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


@dataclass(frozen=True, slots=True)
class TwoClocks:
    """How long the customer has waited by the calendar, how long the team has had in its working time, and how long that stood still."""

    elapsed: timedelta
    worked: timedelta
    paused: timedelta


@dataclass(frozen=True, slots=True)
class PauseRow:
    """A line of the ledger."""

    since: datetime
    until: datetime | None
    reason: PauseReason
    words: str
    who: str
    evidence_id: UUID


def pauses(session: Session, reference: str) -> tuple[PauseRow, ...]:
    """The ledger of an enquiry, first line first. Whoever asks has been asked who they are."""
    query = (
        select(SlaPause)
        .join(Enquiry, Enquiry.id == SlaPause.enquiry_id)
        .where(Enquiry.reference == reference)
        .order_by(SlaPause.since, SlaPause.id)
    )
    return tuple(
        PauseRow(p.since, p.until, p.reason, p.words, p.actor_name, p.evidence_id) for p in session.scalars(query)
    )


def two_clocks(session: Session, row: EnquiryRow, ledger: Sequence[PauseRow], *, now: datetime) -> TwoClocks:
    """Both clocks from receipt to the end, or to now. The customer's never stands still; the team's does, by the ledger."""
    return two_clocks_of(row, organisation.service(session, row.service_id), ledger, now=now)


def two_clocks_of(row: EnquiryRow, service: ServiceRow, ledger: Sequence[PauseRow], *, now: datetime) -> TwoClocks:
    """The same, with the service in hand."""
    end = row.resolved_at or now

    def worked(since: datetime, until: datetime) -> timedelta:
        return working_time_between(since, until, service.hours, service.holidays)

    still = sum((worked(p.since, min(p.until or end, end)) for p in ledger), timedelta())
    return TwoClocks(end - row.received_at, worked(row.received_at, end) - still, still)


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
