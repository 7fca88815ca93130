"""Rows about whom a search found."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.customers.enums import MatchGrade, ReasonKind


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
class Typed:
    """The text of the one box, taken apart. `enquiry`: the reference of an enquiry, as it is written; `golden`: an id of ours;
    `codes`: what could also be a part of the town or a year that is misspelt, whatever else it was taken for."""

    criteria: Criteria
    enquiry: str = ""
    golden: UUID | None = None
    unfinished: str = ""
    text: str = ""
    codes: tuple[str, ...] = ()


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
    organisation: bool = False


@dataclass(frozen=True, slots=True)
class Likely:
    """A customer who may be the person that was described: how likely, by the model that matches records, and in one word."""

    customer: FoundCustomer
    probability: float
    grade: MatchGrade


@dataclass(frozen=True, slots=True)
class Added:
    """A customer that somebody made. `golden_id` is None until the record is matched, which takes seconds."""

    source_record_id: UUID
    golden_id: UUID | None
