"""Rows about who lives at a property, who is liable for it, and what an organisation has to do with properties."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.customers.enums import CustomerKind


@dataclass(frozen=True, slots=True)
class OccupantRow:
    """What one source record says of somebody at a property. `until`: when that ended, as the source says; `gone_since`: the record is gone."""

    source_record_id: UUID
    source_name: str
    source_key: str
    name: str
    kind: CustomerKind
    golden_id: UUID | None
    since: str
    until: str
    gone_since: datetime | None
    current: bool


@dataclass(frozen=True, slots=True)
class Tie:
    """A right to act within a household, as a line: the words, and the other's name. Message ids."""

    words: str
    name: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody whose golden record has this property for its address."""

    golden_id: UUID
    name: str
    kind: CustomerKind
    date_of_birth: date | None
    records: int
    sources: tuple[str, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, slots=True)
class HeldProperty:
    """A property that an organisation is liable for, or lets to somebody."""

    property_id: UUID
    uprn: str
    address: str
    role: str
    source_name: str
    source_key: str
    since: str
    gone_since: datetime | None


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation beyond its golden record: every name and company number that its records have, and how many of them.

    `sources`: by name, with how many of its records are theirs.
    """

    golden_id: UUID
    name: str
    names: tuple[tuple[str, int], ...]
    addresses: tuple[str, ...]
    numbers: tuple[tuple[str, int], ...] = ()
    sources: tuple[tuple[str, int], ...] = ()
