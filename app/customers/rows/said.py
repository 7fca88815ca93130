"""What stewards have said about a customer, act by act."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.customers.enums import Verdict


@dataclass(frozen=True, slots=True)
class SaidPair:
    """One pair of records: ours first. Of a restricted record or customer neither key nor customer is told."""

    source_name: str
    source_key: str
    other_source: str
    other_key: str
    other_golden: UUID | None
    other_restricted: bool
    other_name: str = ""


@dataclass(frozen=True, slots=True)
class SaidRow:
    """What somebody said in one go: that the pairs are the same person, or are not. `id` is one of the decisions.

    `pairs` are the first few of `count`.
    """

    id: UUID
    verdict: Verdict
    reason: str
    by: str
    at: datetime
    count: int
    pairs: tuple[SaidPair, ...]
    lifted_at: datetime | None
    lifted_by: str
    lifted_reason: str
