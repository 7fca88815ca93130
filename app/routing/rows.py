"""What the queries of the routing table return."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.enquiries.enums import Channel
from app.organisation.enums import Language
from app.routing.enums import AreaKind, Outcome, Stale, Verdict


@dataclass(frozen=True, slots=True)
class StaleMark:
    """Why a rule may be out of date: a msgid by `kind.label`, and what fills it."""

    kind: Stale
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A line of the routing table, with names. `need` is a question and answers in words; the empty string is anything."""

    id: UUID
    service_slug: str
    service_name: str
    channel: Channel | None
    area_kind: AreaKind | None
    area: str
    language: Language | None
    need_question: str
    need_values: tuple[str, ...]
    queue_slug: str
    queue_name: str
    focal_account_id: UUID | None
    focal_point: str
    hours: Any
    cover_slug: str
    cover_name: str
    review_on: date | None
    set_at: datetime
    set_by: str
    hits: int
    last_hit_at: datetime | None
    warnings: tuple[StaleMark, ...] = ()


@dataclass(frozen=True, slots=True)
class TriedRow:
    """A rule as it fared in a trial."""

    rule: RuleRow
    verdict: Verdict
    why: str
    params: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Decision:
    """Where an enquiry would go, and why (a msgid); with every rule that was considered, most specific first."""

    queue_id: UUID
    queue_slug: str
    queue_name: str
    outcome: Outcome
    why: str
    rule_id: UUID | None
    broken: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """A decision that sent nothing, and how each rule fared."""

    decision: Decision
    considered: tuple[TriedRow, ...]
    focal_point: str


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """An enquiry that no rule could place."""

    at: datetime
    reference: str
    service_name: str
    outcome: Outcome
    queue_name: str
    broken: tuple[str, ...]
