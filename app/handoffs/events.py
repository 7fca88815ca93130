"""What handoffs tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True)
class HandoffEvent(Event):
    """Something happened to a handoff of an enquiry."""

    handoff_id: UUID
    enquiry_id: UUID
    at: datetime


@dataclass(frozen=True)
class HandoffOffered(HandoffEvent):
    """A unit has been asked to take an enquiry."""

    name: ClassVar[str] = "handoff.offered"


@dataclass(frozen=True)
class HandoffAccepted(HandoffEvent):
    """The unit has it now."""

    name: ClassVar[str] = "handoff.accepted"


@dataclass(frozen=True)
class HandoffDeclined(HandoffEvent):
    """The unit will not take it, and said why."""

    name: ClassVar[str] = "handoff.declined"


@dataclass(frozen=True)
class HandoffExpired(HandoffEvent):
    """Nobody at the unit answered in time."""

    name: ClassVar[str] = "handoff.expired"


@dataclass(frozen=True)
class HandoffReturned(HandoffEvent):
    """The unit took it and found something missing."""

    name: ClassVar[str] = "handoff.returned"


@dataclass(frozen=True)
class HandoffCompleted(HandoffEvent):
    """The unit has done it."""

    name: ClassVar[str] = "handoff.completed"


@dataclass(frozen=True)
class HandoffRecalled(HandoffEvent):
    """The sender took the offer back."""

    name: ClassVar[str] = "handoff.recalled"


@dataclass(frozen=True)
class HandoffStarted(HandoffEvent):
    """The unit works on it."""

    name: ClassVar[str] = "handoff.started"


@dataclass(frozen=True)
class HandoffConfirmed(HandoffEvent):
    """The sender has seen how it ended."""

    name: ClassVar[str] = "handoff.confirmed"


@dataclass(frozen=True)
class ReferralAsked(Event):
    """A unit has been asked for its part of an enquiry that stays where it is."""

    name: ClassVar[str] = "referral.asked"
    referral_id: UUID
    enquiry_id: UUID


@dataclass(frozen=True)
class ReferralAnswered(Event):
    """The unit has answered, or said that it cannot."""

    name: ClassVar[str] = "referral.answered"
    referral_id: UUID
    enquiry_id: UUID
