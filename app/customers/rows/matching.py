"""Rows about match runs, their models, possible matches and decisions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.customers.enums import HoldReason, RunKind, RunStatus, Verdict


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
