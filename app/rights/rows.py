"""What pages are told of requests, packages, corrections, erasures, holds and retention."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.kernel.personal import Why
from app.rights.enums import AskedBy, CorrectionState, PackageState, RequestState, RightKind, ShownBy


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in a list."""

    id: UUID
    reference: str
    kind: RightKind
    state: RequestState
    name: str
    received_at: datetime
    due_at: datetime
    owner_name: str
    overdue: bool
    source_late: bool = False
    """A source that was told of a correction has not answered in time."""


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A source record that counts as the person's. `there`: it has not been erased since."""

    source_record_id: UUID
    source_name: str
    source_key: str
    shown_by: ShownBy
    reason: str
    restricted: bool
    there: bool
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressLine:
    """An e-mail address or telephone number that was shown to be the person's."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of the timeline."""

    at: datetime
    what: str
    by_name: str
    words: str


@dataclass(frozen=True, slots=True)
class PackageRow:
    """A copy of somebody's data. `done` of `of` classes are put together."""

    id: UUID
    request_id: UUID
    state: PackageState
    by_hand: bool
    with_address: bool
    asked_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
    size: int
    sha256: str | None
    downloads: int
    done: int
    of: int
    rows: int


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction that a source was told of. `right_at`: since when it has sent the right value; `sent_old`: how often the old one."""

    id: UUID
    request_id: UUID
    source: str
    source_record_id: UUID
    attribute: str
    says: str
    should_say: str
    pinned: bool
    state: CorrectionState
    told_at: datetime
    told_to: str
    due_at: datetime
    reminders: int
    overdue: bool
    answer: str
    answered_at: datetime | None
    answered_by_name: str
    right_at: datetime | None
    sent_old: int
    sent_old_at: datetime | None

    @property
    def pin_may_go(self) -> bool:
        """The source says itself what we pinned."""
        return self.pinned and self.right_at is not None


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request with everything that hangs on it."""

    id: UUID
    reference: str
    kind: RightKind
    state: RequestState
    version: int
    asked_by: AskedBy
    account_id: UUID | None
    name: str
    email: str
    said: str
    received_at: datetime
    due_at: datetime
    overdue: bool
    extended_reason: str
    identity_how: str
    identity_at: datetime | None
    owner_id: UUID | None
    owner_name: str
    answer: str
    answered_at: datetime | None
    records: tuple[RecordLine, ...]
    events: tuple[EventLine, ...]
    packages: tuple[PackageRow, ...]
    corrections: tuple[CorrectionRow, ...]
    addresses: tuple[AddressLine, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.answered_at is None

    @property
    def restricted(self) -> bool:
        return any(record.restricted for record in self.records)


@dataclass(frozen=True, slots=True)
class KeptLine:
    """So many rows that stay, why, and in whose words."""

    reason: Why
    count: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class ClassLine:
    """What an erasure would do, or has done, to one class of records."""

    holding: str
    title: str
    erase: int
    kept: tuple[KeptLine, ...]
    decided: str = ""


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A legal hold."""

    id: UUID
    object_type: str
    object_id: UUID
    reason: str
    placed_at: datetime
    placed_by_name: str
    until_at: datetime | None
    lifted_at: datetime | None
    lifted_by_name: str
    lifted_reason: str
    stands: bool


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """An erasure that was carried out, or is being."""

    id: UUID
    number: int
    request_id: UUID
    reference: str
    begun_at: datetime
    finished_at: datetime | None
    sha256: str | None
    classes: tuple[ClassLine, ...]


@dataclass(frozen=True, slots=True)
class RetentionLine:
    """How long a class is kept, and how many rows are over that now."""

    holding: str
    title: str
    months: int | None
    proposed: int | None
    after: str
    action: str
    because: str
    enforced: bool
    set_by_name: str
    can_run: bool
    due: int | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run of the schedule."""

    id: UUID
    at: datetime
    rehearsal: bool
    by_name: str
    holds: int
    due: int
    erased: int
