"""Rows about whom a search found."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.customers.enums import ReasonKind


@dataclass(frozen=True, slots=True)
class Criteria:
    """What somebody typed to find a customer. Fields that are empty are not asked for."""

    name: str = ""
    date_of_birth: str = ""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    reference: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name).strip() for name in self.__slots__)


@dataclass(frozen=True, slots=True)
class Reason:
    """How one thing that was typed compares with what is held."""

    field: str
    kind: ReasonKind
    typed: str
    held: str


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """A golden record in a list of results. A restricted one shows its name only as it was typed, and nothing else."""

    golden_id: UUID
    name: str
    date_of_birth: date | None
    address: str
    postcode: str
    phone: str
    email: str
    score: float
    reasons: tuple[Reason, ...]
    sources: tuple[str, ...]
    records: int
    restricted: bool
