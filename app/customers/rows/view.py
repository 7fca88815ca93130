"""Rows of the single view: the person, the property, the household, and where each value comes from."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.customers.enums import CustomerKind, LinkMethod


@dataclass(frozen=True, slots=True)
class PropertyRow:
    """A property."""

    id: UUID
    uprn: str
    lines: tuple[str, ...]
    postcode: str
    ward: str
    latitude: float | None
    longitude: float | None

    @property
    def one_line(self) -> str:
        return ", ".join(part for part in (*self.lines, self.postcode) if part)


@dataclass(frozen=True, slots=True)
class HouseholdMember:
    """Somebody whose golden record has this property as its address; never a restricted record."""

    golden_id: UUID
    name: str
    date_of_birth: date | None


@dataclass(frozen=True, slots=True)
class PersonRow:
    """The person of one source record, as that record has them; the address is the golden record's where it has one."""

    source_record_id: UUID
    source_slug: str
    source_name: str
    source_key: str
    name: str
    date_of_birth: date | None
    email: str
    phone: str
    address_lines: tuple[str, ...]
    postcode: str
    property_id: UUID | None
    golden_id: UUID | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class Beaten:
    """A value that did not survive, who holds it, and why it lost."""

    value: str
    source_name: str
    source_key: str
    why: str


@dataclass(frozen=True, slots=True)
class GoldenValue:
    """A value of a golden record: where it comes from, since when, why it stands, and what it beat.

    `since` is what the source says; where it says nothing, `held_since` is when its record first came to us.
    """

    attribute: str
    label: str
    value: str
    source_name: str
    source_key: str
    source_record_id: UUID | None
    since: str | None
    why: str
    beaten: tuple[Beaten, ...] = ()
    held_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CrosswalkRow:
    """A source record of a golden record, and what joins it."""

    source_record_id: UUID
    source_slug: str
    source_name: str
    source_key: str
    method: LinkMethod
    weight: float | None
    probability: float | None
    evidence: dict[str, Any]
    seen_at: datetime
    gone_since: datetime | None
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A question for verification; `text` is a message id."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class VerificationQuestions:
    """What can be asked against one source record."""

    source_record_id: UUID
    source_name: str
    source_key: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class VerificationRow:
    """An attempt to verify somebody. Its answers are not kept."""

    id: UUID
    at: datetime
    passed: bool
    source_record_id: UUID | None
    source_slug: str
    source_name: str
    source_key: str
    asked: tuple[str, ...]
    account_id: UUID | None
    contact_ref: str | None
    actor_name: str


@dataclass(frozen=True, slots=True)
class SingleView:
    """Everything that we know of one customer. `hidden`: restricted, and no reason to open it was given."""

    golden_id: UUID
    name: str
    kind: CustomerKind
    restricted: bool
    hidden: bool
    attributes: tuple[GoldenValue, ...] = ()
    home: PropertyRow | None = None
    household: tuple[HouseholdMember, ...] = ()
    records: tuple[CrosswalkRow, ...] = ()
    verifications: tuple[VerificationRow, ...] = ()
    redirected_from: UUID | None = None

    def redirected(self, retired_id: UUID) -> "SingleView":
        """The same view, reached by an id that is no longer in use."""
        return replace(self, redirected_from=retired_id)

    @property
    def source_record_ids(self) -> list[UUID]:
        return [record.source_record_id for record in self.records]
