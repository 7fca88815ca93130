"""Rows about who acts for whom."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.customers.relationship_enums import Evidence, RelationshipKind, Standing, Use


@dataclass(frozen=True, slots=True)
class RelationshipTerms:
    """What is to be recorded. `for_record_id` is None for a councillor, who acts for a ward; no `services` means every service."""

    kind: RelationshipKind
    acting_record_id: UUID
    for_record_id: UUID | None
    evidence: Evidence
    evidence_reference: str
    evidence_seen_on: date
    starts_on: date
    expires_on: date
    uses: frozenset[Use]
    services: Sequence[str] = ()
    ward: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a relationship. Of a restricted one neither name nor identifier is told."""

    source_record_id: UUID
    source_name: str
    source_key: str
    name: str
    golden_id: UUID | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class RelationshipRow:
    """A relationship and how it stands on the day that was asked about. `concerned` is None for a councillor's ward."""

    id: UUID
    kind: RelationshipKind
    acting: Party
    concerned: Party | None
    ward: str
    services: tuple[str, ...]
    uses: frozenset[Use]
    evidence: Evidence
    evidence_reference: str
    evidence_seen_on: date
    evidence_seen_by: str
    starts_on: date
    expires_on: date
    standing: Standing
    recorded_at: datetime
    recorded_by: str
    accepted_at: datetime | None
    accepted_by: UUID | None
    ended_at: datetime | None
    ended_by: str
    ended_reason: str
    paused: bool = field(default=False)
    """True while a protected address, or a merge that made both sides one customer, keeps it from being used."""

    @property
    def usable(self) -> bool:
        return self.standing is Standing.STANDS and not self.paused

    def covers(self, service: str) -> bool:
        return not self.services or service in self.services

    def allows(self, use: Use) -> bool:
        return use in self.uses
