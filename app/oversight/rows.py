"""What the monitoring desk reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.enquiries.enums import Channel, State
from app.oversight.enums import AgeingMeasure, AnomalyKind, AnomalyStatus, DayKind, DeskAct, DeskList
from app.oversight.policy import Band


@dataclass(frozen=True, slots=True)
class Filters:
    """What the desk is narrowed to: slugs of a unit, queue or service, and a channel."""

    unit: str | None = None
    queue: str | None = None
    service: str | None = None
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class AgeingRow:
    """How many open enquiries are in each band by one measure."""

    measure: AgeingMeasure
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Ageing:
    """The table of bands by measures."""

    bands: tuple[Band, ...]
    rows: tuple[AgeingRow, ...]


@dataclass(frozen=True, slots=True)
class AgeingGroup:
    """One line of the ageing table: a unit, queue, service or channel (`key` as in the filters; "" for no queue)."""

    key: str
    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class TrendDay:
    """How many were in each band on a day; None if the day was missed."""

    day: date
    counts: tuple[int, ...] | None
    kind: DayKind | None

    @property
    def total(self) -> int | None:
        return None if self.counts is None else sum(self.counts)


@dataclass(frozen=True, slots=True)
class CustodyDay:
    """The most breaches of custody that were seen on a day; None if nobody measured."""

    day: date
    breaches: int | None


@dataclass(frozen=True, slots=True)
class BreachRow:
    """An open enquiry in nobody's custody, and what is missing (a msgid)."""

    reference: str
    why: str


@dataclass(frozen=True, slots=True)
class StuckRow:
    """An open enquiry that nobody has moved for long."""

    reference: str
    service_name: str
    state: State
    queue_name: str
    unit_name: str
    owner_name: str
    received_at: datetime
    promised_at: datetime
    days_since_received: int
    days_since_human_action: int
    days_since_customer_contact: int
    version: int


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A line of one of the desk's lists. `since` is what the list counts from; `note` (a msgid or a name) says more about it."""

    id: UUID
    reference: str
    service_name: str
    channel: Channel
    state: State
    queue_name: str
    unit_name: str
    owner_name: str
    received_at: datetime
    promised_at: datetime
    human_action_at: datetime
    customer_contact_at: datetime
    version: int
    since: datetime
    note: str
    been: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One of several enquiries: whether it was done, else why not (a msgid that `params` fill); and whether it was put back."""

    reference: str
    done: bool
    why: str
    params: Mapping[str, Any]
    back: bool | None = None


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What was done with several enquiries at once, and what was refused."""

    id: UUID
    at: datetime
    by: str
    act: DeskAct
    which: DeskList
    reason: str
    lines: tuple[BatchLine, ...]
    undone_at: datetime | None
    undone_by: str

    @property
    def done(self) -> tuple[BatchLine, ...]:
        return tuple(line for line in self.lines if line.done)

    @property
    def refused(self) -> tuple[BatchLine, ...]:
        return tuple(line for line in self.lines if not line.done)

    @property
    def undoable(self) -> bool:
        """An e-mail that was sent cannot be taken back; what was moved can be put back, once."""
        return self.act is not DeskAct.ESCALATE and self.undone_at is None and bool(self.done)


@dataclass(frozen=True, slots=True)
class StuckDelivery:
    """Something about an enquiry that did not arrive: what (a msgid), where it was to go, and how often it was tried.

    `in_doubt`: it may have arrived, and nobody knows. `delivery_id` is that of a webhook, which has a log.
    """

    said: str
    to: str
    since: datetime
    tries: int
    error: str
    in_doubt: bool
    handoff_id: UUID | None
    delivery_id: UUID | None


@dataclass(frozen=True, slots=True)
class UndeliveredRow:
    """An enquiry whose customer a message did not reach, and nobody has worked on it since."""

    reference: str
    service_name: str
    state: State
    raiser_name: str
    raiser_phone: str
    address: str
    failed_at: datetime
    queue_name: str
    unit_name: str
    owner_name: str


@dataclass(frozen=True, slots=True)
class QueueGapRow:
    """An active queue of which somebody who should look after it is not here any more; `gone` is what they were (a msgid)."""

    slug: str
    name: str
    unit_name: str
    gone: str
    person: str


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """What a unit has open, and how much of it is late."""

    unit_slug: str
    unit_name: str
    open: int
    overdue: int
    unowned: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a search found: the subject that makes it the same one again, and how far the evidence has grown."""

    kind: AnomalyKind
    subject: str
    mark: int
    detail: Mapping[str, Any]
    unit_id: UUID | None = None
    enquiry_id: UUID | None = None
    queue_id: UUID | None = None
    service_id: UUID | None = None
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    """An anomaly with the names around it. `text` is a msgid that `detail` fills."""

    id: UUID
    kind: AnomalyKind
    status: AnomalyStatus
    level: int
    version: int
    detail: Mapping[str, Any]
    found_at: datetime
    last_seen_at: datetime
    repeat_of_id: UUID | None
    reference: str
    queue_name: str
    queue_slug: str
    service_name: str
    channel: Channel | None
    unit_name: str
    assignee_id: UUID | None
    assignee_name: str
    explanation: str
    closed_at: datetime | None
    closed_by: str

    @property
    def text(self) -> str:
        return self.kind.explained

    @property
    def open(self) -> bool:
        return self.closed_at is None

    @property
    def about(self) -> str:
        """What it is about, in a word (may be a msgid)."""
        return self.reference or self.queue_name or self.service_name


@dataclass(frozen=True, slots=True)
class QualityQuestionRow:
    """A question of the scoring form."""

    id: UUID
    text: str
    weight: int
    active: bool


@dataclass(frozen=True, slots=True)
class QualityMarkRow:
    """What was given for a question; None: it did not apply."""

    text: str
    weight: int
    points: int | None


@dataclass(frozen=True, slots=True)
class QualityRow:
    """A drawn enquiry, and what was said about it."""

    id: UUID
    week: date
    reference: str
    service_name: str
    team: str
    advisor_id: UUID
    advisor_name: str
    version: int
    scored_at: datetime | None
    scored_by: str
    score: int | None
    feedback: str
    answer: str
    answered_at: datetime | None
    marks: tuple[QualityMarkRow, ...] = ()


@dataclass(frozen=True, slots=True)
class TeamTrend:
    """A team's quality by week, oldest first; None where nothing was scored."""

    team: str
    scores: tuple[int | None, ...]
