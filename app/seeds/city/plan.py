"""What one planned enquiry is: plain values that a replay turns into calls of the services."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.seeds.city.model import Source

Channel = Literal["phone", "web", "email", "visit", "post"]
Role = Literal["advisor", "officer", "nobody"]
Status = Literal["triage", "with_service", "awaiting_customer", "resolved", "closed", "duplicate", "withdrawn"]
Disposition = Literal["done", "not_done", "advice_given", "not_ours", "duplicate", "withdrawn"]


@dataclass(frozen=True)
class PlannedHandoff:
    """The way to a service.

    Offered, perhaps declined and offered again, accepted, done. Later steps are None while open.
    """

    unit: str
    offered: datetime
    declined: datetime | None = None
    decline_reason: str | None = None
    offered_again: datetime | None = None
    accepted: datetime | None = None
    completed: datetime | None = None


@dataclass(frozen=True)
class PlannedEnquiry:
    """One enquiry of the story. Times are aware UTC and never after the day before ``today``; status is where it
    ends up.

    ``person`` is a person id of the city or None for somebody unknown; ``uprn`` the property it is about.
    ``verified_against`` names the source record for which the caller answered the questions, as (source,
    source_key).
    """

    key: str
    service: str
    received: datetime
    channel: Channel
    status: Status
    person: str | None = None
    uprn: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    answers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    verified: bool = False
    verified_against: tuple[Source, str] | None = None
    handled_by: Role = "advisor"
    resolved_first_contact: bool = False
    first_response: datetime | None = None
    handoff: PlannedHandoff | None = None
    queue: str | None = None
    moved_to_queue: datetime | None = None
    chased: tuple[datetime, ...] = ()
    resolved: datetime | None = None
    closed: datetime | None = None
    disposition: Disposition | None = None
    outcome_text: str | None = None
    duplicate_of: str | None = None
    story: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status in {"triage", "with_service", "awaiting_customer"}
