"""What is wrong in the queue register: who is missing, whom a name deceives, what repeats, what nobody uses."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.enquiries.models import EnquiryPlace
from app.kernel.clock import london_date
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.enums import NameFinding, QueueKind, QueueStatus
from app.organisation.models import Queue, QueueImport, QueueReader, Unit
from app.organisation.rows import StandingWarning
from app.routing.models import LegacyEnquiry

UNUSED_AFTER = timedelta(days=180)


class Finding(StrEnum):
    """What can be wrong with a queue, the worst first."""

    STUCK = "stuck"
    NO_READER = "no_reader"
    AUDIENCE = "audience"
    UNKNOWN_UNIT = "unknown_unit"
    NO_OWNER = "no_owner"
    OWNER_UNKNOWN = "owner_unknown"
    NO_DEPUTY = "no_deputy"
    NO_PURPOSE = "no_purpose"
    TWIN = "twin"
    NO_END = "no_end"
    PAST_END = "past_end"
    REVIEW_OVERDUE = "review_overdue"
    UNUSED = "unused"

    @property
    def label(self) -> str:
        return _FINDINGS[self]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One thing that is wrong with one queue: a msgid and what fills it."""

    finding: Finding
    queue_slug: str
    queue_name: str
    sector: str
    detail: str = ""
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FindingsReport:
    """All that is wrong, the worst first; of the whole register or of one imported list."""

    queues: int
    rows: tuple[FindingRow, ...]

    @property
    def counts(self) -> dict[Finding, int]:
        """How many queues have each fault."""
        found = Counter(finding for finding, _ in {(row.finding, row.queue_slug) for row in self.rows})
        return {finding: found[finding] for finding in Finding if found[finding]}

    @property
    def faultless(self) -> int:
        return self.queues - len({row.queue_slug for row in self.rows})

    def of(self, finding: Finding | None) -> tuple[FindingRow, ...]:
        return tuple(row for row in self.rows if finding in {None, row.finding})


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A list that was imported."""

    id: UUID
    file_name: str
    at: datetime
    by: str
    queues: int
    enquiries: int


def findings(session: Session, *, import_id: UUID | None = None, now: datetime) -> FindingsReport:
    """Look at every queue that is not closed (of one imported list, if given). A fixed number of queries."""
    query = select(Queue, func.coalesce(Unit.name, "")).outerjoin(Unit, Unit.id == Queue.unit_id)
    query = query.where(Queue.status != QueueStatus.CLOSED)
    if import_id is not None:
        query = query.where(Queue.import_id == import_id)
    rows = session.execute(query.order_by(Queue.name, Queue.id)).all()
    seen = _Seen(session, now)
    found = [row for queue, unit in rows for row in seen.faults_of(queue, unit)]
    order = list(Finding)
    found.sort(key=lambda row: (order.index(row.finding), row.queue_name, row.queue_slug, row.detail, str(row.params)))
    return FindingsReport(len(rows), tuple(found))


def imports(session: Session) -> tuple[ImportRow, ...]:
    """The lists that were imported, the latest first."""
    found = session.scalars(select(QueueImport).order_by(QueueImport.at.desc(), QueueImport.id))
    return tuple(ImportRow(row.id, row.file_name, row.at, row.by, row.queues, row.enquiries) for row in found)


def import_row(session: Session, import_id: UUID) -> ImportRow:
    """NotFound."""
    row = session.get(QueueImport, import_id)
    if row is None:
        raise NotFound
    return ImportRow(row.id, row.file_name, row.at, row.by, row.queues, row.enquiries)


class _Seen:
    """What has to be known of all queues before one can be judged."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.today = london_date(now)
        self.read = set(session.scalars(select(QueueReader.queue_id).distinct()))
        used = select(EnquiryPlace.queue_id, func.max(EnquiryPlace.since)).group_by(EnquiryPlace.queue_id)
        self.used = {row[0]: row[1] for row in session.execute(used) if row[0] is not None}
        stuck = select(LegacyEnquiry.queue_id, func.count()).group_by(LegacyEnquiry.queue_id)
        self.stuck = {row[0]: row[1] for row in session.execute(stuck)}
        self.doubts: dict[UUID, list[StandingWarning]] = {}
        for warning in organisation.standing_warnings(session):
            if not warning.reason:
                self.doubts.setdefault(warning.queue_id, []).append(warning)

    def faults_of(self, queue: Queue, unit: str) -> Iterator[FindingRow]:
        sector = str(queue.listed.get("sector") or unit)
        for finding, detail, params in self._faults(queue):
            yield FindingRow(finding, queue.slug, queue.name, sector, detail, params)

    def _faults(self, queue: Queue) -> Iterator[tuple[Finding, str, Mapping[str, object]]]:
        if stuck := self.stuck.get(queue.id):
            yield (
                Finding.STUCK,
                N_("%(count)s enquiries were stuck here and are with the monitoring desk now"),
                {"count": stuck},
            )
        if queue.id not in self.read:
            yield Finding.NO_READER, "", {}
        yield from self._about_the_name(queue)
        yield from self._about_the_people(queue)
        if not queue.purpose.strip():
            yield Finding.NO_PURPOSE, "", {}
        yield from self._about_the_time(queue)

    def _about_the_name(self, queue: Queue) -> Iterator[tuple[Finding, str, Mapping[str, object]]]:
        for doubt in self.doubts.get(queue.id, ()):
            detail = NAME_DETAILS[doubt.warning.finding]
            yield Finding(doubt.warning.finding.value), detail, {"name": doubt.warning.shown}

    def _about_the_people(self, queue: Queue) -> Iterator[tuple[Finding, str, Mapping[str, object]]]:
        listed = str(queue.listed.get("owner", ""))
        if queue.owner_id is None and listed:
            yield Finding.OWNER_UNKNOWN, N_("The list names %(name)s, who does not work here"), {"name": listed}
        elif queue.owner_id is None:
            yield Finding.NO_OWNER, "", {}
        if queue.deputy_id is None:
            yield Finding.NO_DEPUTY, "", {}

    def _about_the_time(self, queue: Queue) -> Iterator[tuple[Finding, str, Mapping[str, object]]]:
        if queue.kind is QueueKind.PROJECT and queue.ends_on is None:
            yield Finding.NO_END, "", {}
        if queue.ends_on is not None and queue.ends_on < self.today:
            yield Finding.PAST_END, N_("Its last day was %(day)s"), {"day": queue.ends_on}
        if queue.review_on is not None and queue.review_on < self.today:
            yield Finding.REVIEW_OVERDUE, N_("Its review was due on %(day)s"), {"day": queue.review_on}
        last = self._last_used(queue)
        if (
            self._old_enough(queue)
            and not self._holds_something(queue)
            and (last is None or last < self.today - UNUSED_AFTER)
        ):
            detail = N_("Last used on %(day)s") if last else N_("Never used")
            yield Finding.UNUSED, detail, {"day": last} if last else {}

    def _last_used(self, queue: Queue) -> date | None:
        seen = self.used.get(queue.id)
        written = str(queue.listed.get("last_used") or "")
        days = [london_date(seen)] if seen else []
        return max([*days, *([date.fromisoformat(written)] if written else [])], default=None)

    def _holds_something(self, queue: Queue) -> bool:
        return bool(queue.listed.get("open")) and queue.status is QueueStatus.DRAFT

    def _old_enough(self, queue: Queue) -> bool:
        """A queue that was opened lately may well be empty still."""
        return queue.import_id is not None or london_date(queue.created_at) < self.today - UNUSED_AFTER


NAME_DETAILS = {
    NameFinding.AUDIENCE: N_("The name speaks of %(name)s, none of whose people can read it"),
    NameFinding.UNKNOWN_UNIT: N_("The name speaks of “%(name)s”, and no unit is called that"),
    NameFinding.TWIN: N_("The name nearly repeats “%(name)s”"),
}
_FINDINGS = {
    Finding.STUCK: N_("Enquiries were stuck in it"), Finding.NO_READER: N_("Nobody can read it"),
    Finding.AUDIENCE: N_("Its name speaks of people who cannot read it"),
    Finding.UNKNOWN_UNIT: N_("Its name speaks of a unit that there is not"), Finding.NO_OWNER: N_("It has no owner"),
    Finding.OWNER_UNKNOWN: N_("Its owner does not work here"), Finding.NO_DEPUTY: N_("It has no deputy"),
    Finding.NO_PURPOSE: N_("Nothing says what it is for"), Finding.TWIN: N_("Its name nearly repeats another"),
    Finding.NO_END: N_("A project without a last day"), Finding.PAST_END: N_("Past its last day"),
    Finding.REVIEW_OVERDUE: N_("Its review is overdue"), Finding.UNUSED: N_("Nobody uses it"),
}  # fmt: skip
