"""What the organisation's queries return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.organisation.enums import Authority, DuplicateScope, Language, QueueKind, QueueStatus, RotaKind
from app.organisation.naming import NameWarning
from app.organisation.policy import ClosedDays, WorkingHours
from app.organisation.questions import Option, Question, ScriptStep, ShowIf

__all__ = [
    "AbsenceRow",
    "AuthorityRow",
    "CatalogueLoaded",
    "ClosureRow",
    "MemberProfile",
    "MemberRow",
    "Option",
    "Question",
    "QueueRow",
    "ReaderRow",
    "RegisterRow",
    "ScriptStep",
    "ServiceDefinition",
    "ServiceRow",
    "SessionRow",
    "ShiftRow",
    "ShowIf",
    "SkillRow",
    "StandingWarning",
    "TeamRow",
    "UnitCard",
    "UnitRow",
]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A part of the body."""

    id: UUID
    slug: str
    name: str
    parent_id: UUID | None


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A family group of a unit."""

    id: UUID
    unit_id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A person in a unit."""

    account_id: UUID
    name: str
    email: str
    unit_id: UUID
    unit_slug: str
    unit_name: str
    team_name: str | None
    can_lead: bool


@dataclass(frozen=True, slots=True)
class QueueRow:
    """An entry of the queue register."""

    id: UUID
    slug: str
    name: str
    purpose: str
    kind: QueueKind
    unit_id: UUID
    unit_name: str
    owner_id: UUID
    deputy_id: UUID
    monitor_id: UUID
    ends_on: date | None
    review_on: date | None
    status: QueueStatus


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """An entry of the queue register as it stands, complete or not. `listed` is what an imported list said of it."""

    id: UUID
    slug: str
    name: str
    purpose: str
    kind: QueueKind
    status: QueueStatus
    unit_id: UUID | None
    unit_slug: str | None
    unit_name: str
    owner_id: UUID | None
    owner_name: str
    deputy_id: UUID | None
    deputy_name: str
    monitor_id: UUID | None
    monitor_name: str
    ends_on: date | None
    review_on: date | None
    closed_reason: str
    closed_at: datetime | None
    closed_by: str
    redirect_slug: str | None
    redirect_name: str
    import_id: UUID | None
    listed: Mapping[str, Any]

    def review_overdue(self, today: date) -> bool:
        return self.review_on is not None and self.review_on < today and self.status is not QueueStatus.CLOSED

    def past_end(self, today: date) -> bool:
        return self.ends_on is not None and self.ends_on < today and self.status is not QueueStatus.CLOSED


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A person who reads a queue by name."""

    account_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class StandingWarning:
    """A doubt about a queue's name; `reason` and `by` once somebody has let it stand."""

    queue_id: UUID
    queue_slug: str
    queue_name: str
    warning: NameWarning
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """A service as the catalogue's file tells it."""

    slug: str
    name: str
    summary: str
    unit: str
    tier: int
    standard_working_days: int
    silence_working_days: int
    questions: tuple[Question, ...]
    first_response_working_days: int = 1
    acceptance_working_hours: int = 8
    lgsl: int | None = None
    script: tuple[ScriptStep, ...] = ()
    handoff_unit: str | None = None
    intake_queue: str = ""
    verification_needed: bool = False
    duplicate_scope: DuplicateScope = DuplicateScope.NONE
    emergency_text: str = ""
    online: bool = True
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A catalogue entry with the names around it."""

    id: UUID
    slug: str
    name: str
    summary: str
    unit_id: UUID
    unit_slug: str
    unit_name: str
    tier: int
    lgsl: int | None
    standard_working_days: int
    first_response_working_days: int
    silence_working_days: int
    acceptance_working_hours: int
    questions: tuple[Question, ...]
    script: tuple[ScriptStep, ...]
    verification_needed: bool
    duplicate_scope: DuplicateScope
    handoff_unit_id: UUID | None
    handoff_unit_slug: str | None
    handoff_unit_name: str | None
    intake_queue_id: UUID | None
    emergency_text: str
    online: bool
    active: bool
    hours: WorkingHours
    holiday_region: str
    closed_days: frozenset[date] = frozenset()
    skills: frozenset[str] = frozenset()

    @property
    def holidays(self) -> ClosedDays:
        """The days on which the unit of the service is closed."""
        return ClosedDays(self.holiday_region, self.closed_days)

    @property
    def asks_for_property(self) -> bool:
        return any(question.type == "property" for question in self.questions)


@dataclass(frozen=True, slots=True)
class CatalogueLoaded:
    """How many units and services the catalogue's files brought or brought up to date."""

    units: int
    services: int


@dataclass(frozen=True, slots=True)
class SkillRow:
    """Something that members can do."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """What somebody may decide alone; `limit_pence` where it is about money."""

    authority: Authority
    limit_pence: int | None = None

    def covers(self, amount_pence: int | None) -> bool:
        """Whether a decision about this much money is within it."""
        return amount_pence is None or self.limit_pence is None or amount_pence <= self.limit_pence


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A line of a weekly pattern; `starts` and `ends` in minutes after midnight."""

    weekday: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """A dated exception to the pattern."""

    id: UUID
    kind: RotaKind
    starts_at: datetime
    ends_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A specialist sits with a team of another unit."""

    id: UUID
    account_id: UUID
    name: str
    team_id: UUID
    team_name: str
    unit_slug: str
    unit_name: str
    starts_at: datetime
    ends_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A day on which a unit is closed."""

    id: UUID
    day: date
    reason: str


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit with its calendar and the other names it goes by."""

    id: UUID
    slug: str
    name: str
    parent_name: str
    hours: WorkingHours
    holiday_region: str
    aliases: tuple[str, ...]
    closures: tuple[ClosureRow, ...]


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """What one person can do, may decide, and when they are there."""

    account_id: UUID
    name: str
    skills: frozenset[str]
    languages: frozenset[Language]
    authorities: tuple[AuthorityRow, ...]
    shifts: tuple[ShiftRow, ...]
    absences: tuple[AbsenceRow, ...]
    sessions: tuple[SessionRow, ...]
