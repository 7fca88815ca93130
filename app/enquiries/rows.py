"""What enquiries' services take and their queries return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.enquiries.enums import Channel, CustomerStatus, Disposition, EntryKind, State, Visibility, WrapUp
from app.enquiries.policy import CUSTOMER_STATUS, FINISHED, OPEN


@dataclass(frozen=True, slots=True)
class Raiser:
    """Who asks, as they told us. The e-mail address may be missing on the phone."""

    name: str
    email: str = ""
    phone: str = ""
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One touch."""

    id: UUID
    channel: Channel
    started_at: datetime
    ended_at: datetime | None
    advisor_id: UUID | None
    advisor_name: str
    service_slug: str | None
    service_name: str
    caller_name: str
    caller_email: str
    caller_phone: str
    account_id: UUID | None
    source_record_id: UUID | None
    wait_seconds: int
    talk_seconds: int | None
    wrap_up: WrapUp | None
    resolved_here: bool | None
    avoidable: bool | None
    note: str
    relationship_id: UUID | None = None

    @property
    def open(self) -> bool:
        return self.ended_at is None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with the question that it answers. `values` are msgids where the answer was chosen from a list; `day` is an answer that is a date."""

    question_id: str
    label: str
    values: tuple[str, ...]
    chosen: bool
    day: date | None = None

    @property
    def text(self) -> str:
        return ", ".join(self.values)


@dataclass(frozen=True, slots=True)
class EnquiryRow:
    """An enquiry as staff see it."""

    id: UUID
    reference: str
    service_id: UUID
    service_slug: str
    service_name: str
    state: State
    version: int
    channel: Channel
    received_at: datetime
    received_by_id: UUID | None
    received_by: str
    contact_id: UUID | None
    account_id: UUID | None
    source_record_id: UUID | None
    raiser: Raiser
    property_id: UUID | None
    answers: tuple[Answer, ...]
    queue_id: UUID | None
    queue_name: str
    unit_id: UUID
    unit_name: str
    owner_id: UUID | None
    owner_name: str
    held_since: datetime
    next_action_at: datetime | None
    promised_at: datetime
    first_promised_at: datetime
    due_at: datetime | None
    asked: str
    disposition: Disposition | None
    outcome: str
    resolved_at: datetime | None
    closed_at: datetime | None
    duplicate_of: str | None
    reopened_count: int
    last_human_action_at: datetime | None
    last_customer_contact_at: datetime | None
    allowed: frozenset[State]
    hear_by: datetime
    urgent_until: datetime | None
    acting_kind: str | None = None
    relationship_id: UUID | None = None
    concerns_record_id: UUID | None = None
    hidden: bool = False
    """True where who asks, and what they said, was left out: their record is restricted, and no reason was given."""

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def status(self) -> CustomerStatus:
        return CUSTOMER_STATUS[self.state]


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of a timeline. `text` is a msgid that `params` fill; `body` is somebody's own words."""

    at: datetime
    kind: EntryKind
    visibility: Visibility
    who: str
    text: str
    params: Mapping[str, Any]
    body: str
    reference: str

    @property
    def public(self) -> bool:
        return self.visibility is Visibility.PUBLIC


@dataclass(frozen=True, slots=True)
class MineRow:
    """An enquiry in the list of the one who asked."""

    reference: str
    service_name: str
    status: CustomerStatus
    with_whom: str
    since: datetime
    promised_at: datetime
    received_at: datetime
    channel: Channel
    outcome: str
    acting_kind: str | None = None


@dataclass(frozen=True, slots=True)
class TrackRow:
    """An enquiry as the one who asked sees it: no names of staff, no notes."""

    reference: str
    service_name: str
    status: CustomerStatus
    with_whom: str
    since: datetime
    promised_at: datetime
    first_promised_at: datetime
    received_at: datetime
    channel: Channel
    outcome: str
    asked: str
    due_at: datetime | None
    answers: tuple[Answer, ...]
    entries: tuple[EntryRow, ...]
    version: int
    joined: bool = False
    acting_kind: str | None = None

    @property
    def can_reply(self) -> bool:
        """Replies are always welcome: to a finished enquiry they open it again."""
        return True

    @property
    def finished(self) -> bool:
        return self.status is CustomerStatus.FINISHED


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A line of a worklist."""

    reference: str
    service_name: str
    state: State
    raiser_name: str
    owner_id: UUID | None
    owner_name: str
    queue_name: str
    unit_name: str
    received_at: datetime
    promised_at: datetime
    next_action_at: datetime | None
    last_human_action_at: datetime | None
    version: int
    overdue: bool
    urgent_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """A contact or an enquiry in the story of a customer."""

    at: datetime
    kind: str
    channel: Channel
    reference: str
    contact_id: UUID | None
    service_name: str
    state: State | None
    text: str
    params: Mapping[str, Any]
    promised_at: datetime | None = None
    with_whom: str = ""
    note: str = ""

    @property
    def status(self) -> CustomerStatus | None:
        return None if self.state is None else CUSTOMER_STATUS[self.state]

    @property
    def open(self) -> bool:
        return self.state is not None and self.state not in FINISHED


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A stay of an enquiry: with whom, from when, until when."""

    since: datetime
    until: datetime | None
    queue_name: str
    unit_name: str
    owner_name: str
    state: State


@dataclass(frozen=True, slots=True)
class Fcr:
    """Resolution at first contact over a time: of the contacts that ended, how many settled it for good."""

    contacts: int
    resolved_here: int
    repeated: int

    @property
    def resolved_first_time(self) -> int:
        return self.resolved_here - self.repeated

    @property
    def rate(self) -> float | None:
        return self.resolved_first_time / self.contacts if self.contacts else None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an imported enquiry was from some day on."""

    since: datetime
    state: State
    queue: str | None = None
    owner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PastEntry:
    """A line of an imported enquiry's timeline."""

    at: datetime
    kind: EntryKind
    who: str = ""
    body: str = ""
    visibility: Visibility = Visibility.PUBLIC
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastEnquiry:
    """An enquiry as an older system hands it over."""

    service: str
    channel: Channel
    received_at: datetime
    raiser: Raiser
    state: State
    answers: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
    property_id: UUID | None = None
    account_id: UUID | None = None
    source_record_id: UUID | None = None
    queue: str | None = None
    owner_id: UUID | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    disposition: Disposition | None = None
    outcome: str = ""
    promised_at: datetime | None = None
    first_promised_at: datetime | None = None
    next_action_at: datetime | None = None
    last_human_action_at: datetime | None = None
    last_customer_contact_at: datetime | None = None
    reference: str | None = None
    duplicate_of: str | None = None
    advisor_id: UUID | None = None
    talk_seconds: int | None = None
    places: tuple[Place, ...] = ()
    entries: tuple[PastEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class PastContact:
    """A contact as an older system hands it over."""

    channel: Channel
    started_at: datetime
    caller: Raiser
    wrap_up: WrapUp
    resolved_here: bool
    service: str | None = None
    advisor_id: UUID | None = None
    source_record_id: UUID | None = None
    account_id: UUID | None = None
    wait_seconds: int = 0
    talk_seconds: int = 0
    avoidable: bool = False
    note: str = ""
