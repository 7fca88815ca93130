"""What residents have told us about their records."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.customers.enums import CaseKind, CaseOutcome, CaseStatus


@dataclass(frozen=True, slots=True)
class CaseRow:
    """Somebody's word that something is wrong, and what came of it."""

    id: UUID
    kind: CaseKind
    status: CaseStatus
    what: tuple[str, ...]
    said: str
    opened_by: str
    opened_at: datetime
    source_record_id: UUID | None
    source_name: str
    source_key: str
    golden_id: UUID | None
    restricted: bool
    outcome: CaseOutcome | None
    answer: str
    answered_by: str
    answered_at: datetime | None
    claimed_by: str


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A source record of their own that a resident is shown: what it says, and which of the others shown are with it."""

    source_record_id: UUID
    source_name: str
    source_key: str
    unit_name: str
    values: dict[str, str]
    group: int
    seen_at: datetime
