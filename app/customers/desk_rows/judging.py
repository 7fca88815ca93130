"""What became of an answer: of one, of many at once, and of one that was taken back."""

from dataclasses import dataclass
from uuid import UUID

from app.customers.enums import Judged, Risk, Verdict


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """What became of a steward's word on a pair."""

    outcome: Judged
    verdict: Verdict
    risks: tuple[Risk, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A pair that was not joined with the others, and why (a message id)."""

    match_id: UUID
    names: str
    why: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of several pairs at once."""

    joined: int
    refused: tuple[BulkRow, ...]


@dataclass(frozen=True, slots=True)
class UndoneRow:
    """What was taken back: the pair to look at again, if it is still there, and how many pairs it was."""

    match_id: UUID | None
    audit_id: UUID | None
    pairs: int
    skipped: bool
