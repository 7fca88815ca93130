"""A pair that is open: both sides with where all of it comes from, and what a first steward has said."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.customers.enums import HoldReason, LinkMethod, Risk, Verdict
from app.customers.rows import HouseholdMember, Weight


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a record comes from: its source and file, when it was first and last seen, how often it changed."""

    source_record_id: UUID
    source_name: str
    source_key: str
    unit_name: str
    file_name: str
    first_seen_at: datetime
    last_seen_at: datetime
    version: int
    gone_since: datetime | None
    method: LinkMethod | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One side of a pair that is open: the record, the customer it is with, where all of that comes from, who else lives there."""

    source_record_id: UUID
    source_name: str
    source_key: str
    golden_id: UUID | None
    values: dict[str, str]
    records: int
    restricted: bool
    lineage: tuple[Lineage, ...]
    household: tuple[HouseholdMember, ...]
    address: str


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """What a first steward has said of a risky pair."""

    id: UUID
    verdict: Verdict
    reason: str
    given_by_name: str
    given_at: datetime
    mine: bool
    risks: tuple[Risk, ...]


@dataclass(frozen=True, slots=True)
class DeskPair:
    """Everything that somebody needs who decides about a pair. `hidden`: restricted, and not opened by this steward."""

    id: UUID
    audit_id: UUID | None
    left: ComparedSide
    right: ComparedSide
    probability: float
    weight: float
    reason: HoldReason | None
    noticed_at: datetime | None
    hidden: bool
    prior: float
    weights: tuple[Weight, ...]
    words: str
    counts: dict[str, int]
    risks: tuple[Risk, ...]
    opinion: OpinionRow | None
    disagreed: str
    claimed_by: str
    until: datetime | None
    model: int | None
    organisation: bool = False
