"""What enquiries tell the rooms above."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.enquiries.enums import Channel, State
from app.kernel.actors import Actor
from app.kernel.events import Event


@dataclass(frozen=True)
class EnquiryReceived(Event):
    """A new enquiry has its reference and waits in a first queue."""

    name: ClassVar[str] = "enquiry.received"
    enquiry_id: UUID
    service_id: UUID
    channel: Channel
    at: datetime


@dataclass(frozen=True)
class EnquiryStateChanged(Event):
    """An enquiry went from one state to another; `evidence` is what shows why (the id of a message, say)."""

    name: ClassVar[str] = "enquiry.state_changed"
    enquiry_id: UUID
    old: State
    new: State
    actor: Actor
    at: datetime
    because: str = ""
    evidence: UUID | None = None


@dataclass(frozen=True)
class EnquiryPromiseChanged(Event):
    """The customer was told another date."""

    name: ClassVar[str] = "enquiry.promise_changed"
    enquiry_id: UUID
    old: datetime
    new: datetime
    at: datetime


@dataclass(frozen=True)
class CustomerHeard(Event):
    """A person wrote to the customer, or told them something new. An automatic acknowledgement never does."""

    name: ClassVar[str] = "enquiry.customer_heard"
    enquiry_id: UUID
    at: datetime


@dataclass(frozen=True)
class WordPromised(Event):
    """The customer was told by when a person will write to them. It breaks the silence, and is no first response."""

    name: ClassVar[str] = "enquiry.word_promised"
    enquiry_id: UUID
    at: datetime


@dataclass(frozen=True)
class EnquiriesImported(Event):
    """Enquiries came over from an older system."""

    name: ClassVar[str] = "enquiry.imported"
    enquiry_ids: tuple[UUID, ...]
    at: datetime
