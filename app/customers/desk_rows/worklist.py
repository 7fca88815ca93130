"""The worklist: pairs in their order, who has which, and how many wait."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.customers.enums import CustomerKind, HoldReason


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What of the worklist is wanted. `show`: "open", "second" (waits for a second steward), "skipped" or "mine" (open at my desk)."""

    show: str = "open"
    reason: HoldReason | None = None
    source: str = ""
    stakes_only: bool = False
    kind: CustomerKind | None = None


@dataclass(frozen=True, slots=True)
class DeskSide:
    """One side of a pair in the worklist."""

    source_record_id: UUID
    source_name: str
    source_key: str
    name: str
    records: int
    restricted: bool


@dataclass(frozen=True, slots=True)
class DeskPairRow:
    """A pair in the worklist: what is at stake, and who has it."""

    id: UUID
    left: DeskSide
    right: DeskSide
    probability: float
    reason: HoldReason
    noticed_at: datetime
    score: float
    counts: dict[str, int]
    claimed_by: str
    claimed_by_me: bool
    waits_for_second: bool
    first_by: str
    conflicts: tuple[str, ...]
    not_in_bulk: str | None
    organisation: bool = False

    @property
    def restricted(self) -> bool:
        return self.left.restricted or self.right.restricted


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """How many pairs there are of each kind, for this steward, and what else waits at the desk."""

    open: int
    second: int
    skipped: int
    cases: int
    suspects: int
    sample: int
