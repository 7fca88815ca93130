"""Rows about sources, loads and the quality of what they brought."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.customers.enums import ConnectorKind, Freshness, LawfulBasis, LoadPhase, LoadStatus, RejectReason


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


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
    is_of_sample: bool = False
    """It read the sample of its source, which is still kept."""

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
