"""What the room gives to others: small frozen rows."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.customers.enums import (
    CustomerKind,
    LinkMethod,
    LoadStatus,
    ReasonKind,
    RejectReason,
    RunStatus,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source system, with how it stands."""

    id: UUID
    slug: str
    name: str
    unit_name: str
    records: int = 0
    last_loaded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One load of a source."""

    id: UUID
    source_slug: str
    source_name: str
    file_name: str
    status: LoadStatus
    started_at: datetime
    finished_at: datetime | None
    rows: int
    new: int
    changed: int
    same: int
    rejected: int
    gone: int
    error: str | None
    actor_name: str


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did, for the person who started it. `already_loaded`: the very same file was the last one loaded."""

    load_id: UUID
    source: str
    status: LoadStatus
    rows: int
    new: int
    changed: int
    same: int
    gone: int
    rejected: int
    seconds: float
    already_loaded: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class RejectRow:
    """A row that was not taken; `explanation` is a message id."""

    line: int
    field: str | None
    reason: RejectReason
    explanation: str
    detail: str
    content: str


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What a match run did."""

    run_id: UUID
    records: int
    golden_records: int
    links: int
    possible_matches: int
    created: int
    kept: int
    retired: int
    seconds: float
    timings: dict[str, float]


@dataclass(frozen=True, slots=True)
class RunRow:
    """A match run in the list of runs."""

    id: UUID
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None
    actor_name: str
    counts: dict[str, int]
    timings: dict[str, float]
    error: str | None


@dataclass(frozen=True, slots=True)
class Criteria:
    """What somebody typed to find a customer. Fields that are empty are not asked for."""

    name: str = ""
    date_of_birth: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    reference: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name).strip() for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Reason:
    """How one thing that was typed compares with what is held."""

    field: str
    kind: ReasonKind
    typed: str
    held: str


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A golden record in a list of results. A restricted one shows its name only as it was typed, and nothing else."""

    golden_id: UUID
    name: str
    date_of_birth: date | None
    address: str
    postcode: str
    phone: str
    email: str
    score: float
    reasons: tuple[Reason, ...]
    sources: tuple[str, ...]
    records: int
    restricted: bool


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property."""

    id: UUID
    uprn: str
    lines: tuple[str, ...]
    postcode: str
    ward: str
    latitude: float | None
    longitude: float | None

    @property
    def one_line(self) -> str:
        return ", ".join(part for part in (*self.lines, self.postcode) if part)


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """Somebody whose golden record has this property as its address."""

    golden_id: UUID
    name: str
    date_of_birth: date | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """The person of one source record, as that record has them; the address is the golden record's where it has one."""

    source_record_id: UUID
    source_slug: str
    source_name: str
    source_key: str
    name: str
    date_of_birth: date | None
    email: str
    phone: str
    address_lines: tuple[str, ...]
    postcode: str
    property_id: UUID | None
    golden_id: UUID | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class Beaten:
    """A value that did not survive, who holds it, and why it lost."""

    value: str
    source_name: str
    source_key: str
    why: str


@dataclass(frozen=True, slots=True)
class GoldenValue:
    """A value of a golden record: where it comes from, since when, why it stands, and what it beat."""

    attribute: str
    label: str
    value: str
    source_name: str
    source_key: str
    source_record_id: UUID | None
    since: str | None
    why: str
    beaten: tuple[Beaten, ...] = ()


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """A source record of a golden record, and what joins it."""

    source_record_id: UUID
    source_slug: str
    source_name: str
    source_key: str
    method: LinkMethod
    weight: float | None
    probability: float | None
    evidence: dict[str, Any]
    seen_at: datetime
    gone_since: datetime | None
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question for verification; `text` is a message id."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class VerificationQuestions:
    """What can be asked against one source record."""

    source_record_id: UUID
    source_name: str
    source_key: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class VerificationRow:
    """An attempt to verify somebody. Its answers are not kept."""

    id: UUID
    at: datetime
    passed: bool
    source_record_id: UUID | None
    source_slug: str
    source_name: str
    source_key: str
    asked: tuple[str, ...]
    account_id: UUID | None
    contact_ref: str | None
    actor_name: str


@dataclass(frozen=True, slots=True)
class SingleView:
    """Everything that we know of one customer. `hidden`: restricted, and no reason to open it was given."""

    golden_id: UUID
    name: str
    kind: CustomerKind
    restricted: bool
    hidden: bool
    attributes: tuple[GoldenValue, ...] = ()
    home: PropertyRow | None = None
    household: tuple[HouseholdMember, ...] = ()
    records: tuple[CrosswalkRow, ...] = ()
    verifications: tuple[VerificationRow, ...] = ()
    redirected_from: UUID | None = None

    def redirected(self, retired_id: UUID) -> "SingleView":
        """The same view, reached by an id that is no longer in use."""
        return replace(self, redirected_from=retired_id)

    @property
    def source_record_ids(self) -> list[UUID]:
        return [record.source_record_id for record in self.records]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two source records that are compared."""

    source_record_id: UUID
    source_name: str
    source_key: str
    golden_id: UUID | None
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Weight:
    """What one field says for (positive) or against (negative) two records being one person, in words."""

    field: str
    left: str | None
    right: str | None
    weight: float
    words: str


@dataclass(frozen=True, slots=True)
class PossibleMatchRow:
    """Two source records that only a person can tell the same or different."""

    id: UUID
    left: Side
    right: Side
    weight: float
    probability: float
    noticed_at: datetime
    words: str = ""
    weights: tuple[Weight, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """What a steward decided."""

    id: UUID
    left_id: UUID
    right_id: UUID
    verdict: Verdict
    reason: str
    decided_by_name: str
    decided_at: datetime
