"""What the clocks tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.kernel.events import Event
from app.sla.enums import Measure


@dataclass(frozen=True)
class SlaWarned(Event):
    """A clock is about to run out."""

    name: ClassVar[str] = "sla.warned"
    enquiry_id: UUID
    measure: Measure
    due_at: datetime
    at: datetime


@dataclass(frozen=True)
class SlaBreached(Event):
    """A clock has run out."""

    name: ClassVar[str] = "sla.breached"
    enquiry_id: UUID
    measure: Measure
    due_at: datetime


@dataclass(frozen=True)
class SlaPaused(Event):
    """A clock stands still while we wait for the customer."""

    name: ClassVar[str] = "sla.paused"
    enquiry_id: UUID
    at: datetime
