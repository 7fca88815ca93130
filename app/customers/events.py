"""What the room tells the others."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True)
class CustomersMatched(Event):
    """A match run has replaced links and golden records."""

    name: ClassVar[str] = "customer.linked"
    run_id: UUID


@dataclass(frozen=True)
class CustomerVerified(Event):
    """Somebody has shown that they are the person of one source record. `account_id` is set if they have an account."""

    name: ClassVar[str] = "customer.verified"
    verification_id: UUID
    source_record_id: UUID
    account_id: UUID | None
