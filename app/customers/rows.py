"""What the room gives to others: small frozen rows."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.customers.enums import (
    ConnectorKind,
    CustomerKind,
    Freshness,
    HoldReason,
    LawfulBasis,
    LinkMethod,
    LoadPhase,
    LoadStatus,
    ReasonKind,
    RejectReason,
    RunKind,
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
    connector: ConnectorKind = ConnectorKind.UPLOAD
    freshness: Freshness = Freshness.NO_PROMISE
    freshness_hours: int | None = None
    next_refresh_at: datetime | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the register says of a source, as a person enters it."""

    name: str
    unit_name: str
    purpose: str
    lawful_basis: LawfulBasis
    contact: str
    freshness_hours: int | None = None
    gone_percent: int = 10


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A source's whole entry. `settings` are the connector's, of which the secret is never shown; `layout` is TOML."""

    source: SourceRow
    entry: Entry
    committed: bool
    connector: ConnectorKind
    settings: dict[str, Any]
    has_secret: bool
    refresh_minutes: int | None
    refresh_at: str | None
    watermark: str | None
    trust: dict[str, int]
    columns: dict[str, str]
    layout: str
    sample_id: UUID | None
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class RawAndStandard:
    """A row of a sample as it came, and as it would be taken; or why it would not."""

    raw: dict[str, str]
    key: str
    standard: dict[str, str]
    problem: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A source that somebody is describing."""

    id: UUID
    file_name: str
    format: str
    guesses: tuple[Any, ...]
    kinds: dict[str, str]
    dates: dict[str, str]
    rows: tuple[RawAndStandard, ...]


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
    full: bool = True
    rehearsal: bool = False
    phase: LoadPhase = LoadPhase.ENDED
    total: int | None = None
    written: int = 0
    effects: dict[str, Any] = field(default_factory=dict)
    held: int = 0
    gone_percent: int = 10
    confirmed_reason: str | None = None
    confirmed_by: str | None = None
    undone_reason: str | None = None
    can_be_undone: bool = False

    @property
    def is_at_work(self) -> bool:
        return self.status in {LoadStatus.QUEUED, LoadStatus.RUNNING}

    @property
    def gone_share(self) -> int:
        """Percent of the source's records that would be gone, or are."""
        return round(100 * self.gone / self.held) if self.held else 0


@dataclass(frozen=True, slots=True)
class AttributeQuality:
    """How complete and how valid one attribute is: counts, of which shares are percentages."""

    attribute: str
    of: int
    filled: int
    valid: int

    @property
    def complete_share(self) -> float:
        return 100 * self.filled / self.of if self.of else 100.0

    @property
    def valid_share(self) -> float:
        return 100 * self.valid / self.filled if self.filled else 100.0


@dataclass(frozen=True, slots=True)
class QualityRow:
    """A snapshot of a source's quality."""

    taken_at: datetime
    records: int
    duplicates: int
    attributes: tuple[AttributeQuality, ...]
    age_hours: int | None
    promise_hours: int | None

    @property
    def completeness(self) -> float:
        """Filled values of all that could be."""
        return _share(sum(one.filled for one in self.attributes), sum(one.of for one in self.attributes))

    @property
    def validity(self) -> float:
        """Well-formed values of all that are filled."""
        return _share(sum(one.valid for one in self.attributes), sum(one.filled for one in self.attributes))

    @property
    def duplication(self) -> float:
        """Records that share their golden record with another of the source, of all."""
        return 100 * self.duplicates / self.records if self.records else 0.0

    @property
    def is_fresh(self) -> bool | None:
        """None where nothing was promised."""
        if self.promise_hours is None:
            return None
        return self.age_hours is not None and self.age_hours <= self.promise_hours


@dataclass(frozen=True, slots=True)
class QualityRecordRow:
    """A record behind a figure. The value of a restricted record is not shown."""

    record_id: UUID
    golden_id: UUID | None
    key: str
    value: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class PushReport:
    """What became of records that a system sent."""

    load_id: UUID
    rows: int
    new: int
    changed: int
    same: int
    gone: int
    rejected: int
    rejects: tuple["RejectRow", ...]


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
    reason: HoldReason = HoldReason.UNSURE


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


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


@dataclass(frozen=True, slots=True)
class RecordThen:
    """A source record that was part of a golden record at a moment, and since when."""

    source_record_id: UUID
    source_name: str
    source_key: str
    since: datetime


@dataclass(frozen=True, slots=True)
class GoldenThen:
    """A golden record as it was at a moment. `retired`: it had become part of another one."""

    golden_id: UUID
    at: datetime
    name: str
    kind: CustomerKind
    hidden: bool
    retired: bool
    attributes: tuple[GoldenValue, ...]
    records: tuple[RecordThen, ...]


@dataclass(frozen=True, slots=True)
class GoldenChange:
    """Something that has changed a golden record. `altered`: label, value before, value after; `told` is a message id."""

    at: datetime
    told: str
    who: str
    kind: str
    size: int
    altered: tuple[tuple[str, str, str], ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunView:
    """A match run in full: which model it used, how far it is, what it changed or would change."""

    id: UUID
    kind: RunKind
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None
    actor_name: str
    learns: bool
    model: int | None
    model_before: int | None
    stage: str
    counts: dict[str, int]
    timings: dict[str, float]
    differences: dict[str, Any]
    error: str | None
    rolled_back_at: datetime | None
    rolled_back_by: str | None
    can_roll_back: bool


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A version of the model. `records`: how many records are matched under it now."""

    id: UUID
    number: int
    made_at: datetime
    made_by: str
    trained_on: int
    current: bool
    records: int


@dataclass(frozen=True, slots=True)
class PinRow:
    """A pin that stands."""

    id: UUID
    attribute: str
    label: str
    value: str
    from_record: str
    reason: str
    pinned_by: str
    pinned_at: datetime


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge that a person made."""

    id: UUID
    kept_id: UUID
    gone_id: UUID
    reason: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stake:
    """Something that changes hands with a customer: what it is (a message id), and how many of them."""

    told: str
    count: int


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """An attribute of which two golden records say different things."""

    attribute: str
    label: str
    kept: str
    gone: str


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What a merge touches, before it is made. `revisions` are what it was worked out from: (kept, gone)."""

    kept_id: UUID
    gone_id: UUID
    kept_name: str
    gone_name: str
    kept_records: int
    gone_records: int
    revisions: tuple[int, int]
    stakes: tuple[tuple[Stake, ...], tuple[Stake, ...]]
    conflicts: tuple[MergeConflict, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """An account that has shown to be a person of both sides of an unmerge: only somebody who knows can say whose it is."""

    account_id: UUID
    kept_records: tuple[UUID, ...]
    gone_records: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class UnmergePlan:
    """What an unmerge gives back to which side, and what it has to ask."""

    merge: MergeRow
    kept_records: tuple[RecordThen, ...]
    gone_records: tuple[RecordThen, ...]
    later_records: tuple[RecordThen, ...]
    stakes: tuple[tuple[Stake, ...], tuple[Stake, ...]]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a change of rules would alter: of how many golden records, by attribute; `looked_at` of `contested` were looked at."""

    contested: int
    looked_at: int
    altered: int
    by_attribute: dict[str, int]
    examples: tuple[tuple[UUID, str, str, str], ...]
