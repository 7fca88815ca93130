"""What handoffs' queries return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.enquiries.rows import Answer
from app.handoffs.enums import (
    Becomes,
    DeliveryState,
    DeliveryStatus,
    EndpointStatus,
    Enforcement,
    FeedKind,
    HandoffState,
    Reach,
    ReferralState,
)


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing that an offer has to hold; `given` says whether this offer has it."""

    id: str
    label: str
    required: bool
    given: bool = False


@dataclass(frozen=True, slots=True)
class HandoffRow:
    """A handoff with the names around it. Lists leave the answers out."""

    id: UUID
    reference: str
    service_name: str
    service_slug: str
    state: HandoffState
    version: int
    unit_id: UUID
    unit_slug: str
    unit_name: str
    from_unit_name: str
    sender_id: UUID
    sender_name: str
    officer_id: UUID | None
    officer_name: str
    brief: str
    offered_at: datetime
    accept_by: datetime | None
    accepted_at: datetime | None
    completed_at: datetime | None
    outcome: str
    reason: str
    suggested_unit_name: str
    bounces: int
    delivery: DeliveryState
    promised_at: datetime
    received_at: datetime
    raiser_name: str
    allowed: frozenset[HandoffState]
    answers: tuple[Answer, ...] = ()
    delivery_error: str = ""
    checklist: tuple[ChecklistItem, ...] = ()
    claimed_by_id: UUID | None = None
    claimed_by: str = ""
    external_id: str = ""
    external_code: str = ""
    external_at: datetime | None = None
    restricted: bool = False

    @property
    def claimed(self) -> bool:
        """Whether somebody of the unit looks at it."""
        return self.claimed_by_id is not None

    @property
    def delivery_label(self) -> str:
        """How the offer travels; once it is accepted, that says more."""
        return self.delivery.label if self.state is HandoffState.OFFERED else self.state.label


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A question to a unit about an enquiry that stays where it is."""

    id: UUID
    reference: str
    service_name: str
    state: ReferralState
    version: int
    unit_slug: str
    unit_name: str
    unit_id: UUID
    from_unit_name: str
    asked_by_id: UUID
    asked_by: str
    question: str
    answer: str
    answered_by: str
    asked_at: datetime
    answer_by: datetime
    ended_at: datetime | None

    @property
    def open(self) -> bool:
        return self.state is ReferralState.ASKED


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One line of the event feed."""

    id: UUID
    position: int
    type: FeedKind
    at: datetime
    handoff_id: UUID
    reference: str
    service: str
    unit: str
    state: HandoffState
    version: int


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """Where a unit's system is told, and how that goes."""

    id: UUID
    unit_slug: str
    unit_name: str
    name: str
    url: str
    kinds: tuple[str, ...]
    status: EndpointStatus
    disabled_at: datetime | None
    disabled_reason: str
    previous_until: datetime | None
    created_at: datetime
    version: int
    waiting: int
    given_up: int

    @property
    def active(self) -> bool:
        return self.status is EndpointStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One webhook, and what became of it."""

    id: UUID
    endpoint_id: UUID
    message_id: str
    kind: FeedKind
    status: DeliveryStatus
    reference: str
    created_at: datetime
    delivered_at: datetime | None
    attempts: int
    next_attempt_at: datetime
    last_answer: int | None
    last_error: str
    replay: bool
    replayable: bool


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """One try. `answer` is the HTTP status; None when there was none."""

    at: datetime
    milliseconds: int
    answer: int | None
    error: str


@dataclass(frozen=True, slots=True)
class UndeliveredRow:
    """An offer that did not reach its service."""

    handoff_id: UUID
    reference: str
    unit_name: str
    offered_at: datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """What offers of a service have to hold; an empty unit means any."""

    id: UUID
    service_slug: str
    service_name: str
    unit_slug: str
    unit_name: str
    enforcement: Enforcement
    items: tuple[ChecklistItem, ...]
    version: int


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """How a unit is reached. The key of its back office is never shown."""

    unit_id: UUID
    unit_slug: str
    unit_name: str
    reach: Reach
    account_id: UUID | None
    email: str
    open311_url: str
    has_key: bool
    jurisdiction: str
    codes: Mapping[str, str]
    polled_at: datetime | None
    poll_error: str
    version: int


@dataclass(frozen=True, slots=True)
class StatusRuleRow:
    """What a code of a unit's system means."""

    id: UUID
    code: str
    becomes: Becomes
    words: str
    suggested_unit: str
    suggested_unit_name: str
    silent_days: int | None
    silent_becomes: Becomes | None


@dataclass(frozen=True, slots=True)
class DeclineRow:
    """Offers of a service that a unit declined in favour of another: how many, of how many."""

    service_slug: str
    service_name: str
    unit_slug: str
    unit_name: str
    suggested_slug: str
    suggested_name: str
    declined: int
    offered: int
    last_at: datetime
    reasons: tuple[str, ...]

    @property
    def clear(self) -> bool:
        """Whether the routing should be changed: at least three, and at least half of all offers."""
        return self.declined >= 3 and self.declined * 2 >= self.offered
