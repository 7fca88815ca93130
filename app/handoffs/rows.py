"""What handoffs' queries return."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.enquiries.rows import Answer
from app.handoffs.enums import DeliveryState, HandoffState


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

    @property
    def delivery_label(self) -> str:
        """How the offer travels; once it is accepted, that says more."""
        return self.delivery.label if self.state is HandoffState.OFFERED else self.state.label
