"""What the organisation's queries return."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.organisation.enums import DuplicateScope, QueueKind, QueueStatus
from app.organisation.policy import WorkingHours
from app.organisation.questions import Option, Question, ScriptStep, ShowIf

__all__ = [
    "CatalogueLoaded",
    "MemberRow",
    "Option",
    "Question",
    "QueueRow",
    "ScriptStep",
    "ServiceDefinition",
    "ServiceRow",
    "ShowIf",
    "TeamRow",
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

    @property
    def asks_for_property(self) -> bool:
        return any(question.type == "property" for question in self.questions)


@dataclass(frozen=True, slots=True)
class CatalogueLoaded:
    """How many units and services the catalogue's files brought or brought up to date."""

    units: int
    services: int
