"""Customers that look over-merged: their bridges, and what a split would make of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.customers.enums import CustomerKind, LinkMethod


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """A customer that may be several. `weakest`: weight of the weakest link whose removal parts it; None where nothing joins the two.

    `weakest_chance`: how likely that link is to be right; None where a steward's word is the link.
    """

    golden_id: UUID
    name: str
    size: int
    weakest: float | None
    smaller: int
    conflicts: tuple[str, ...]
    claimed_by: str
    weakest_chance: float | None


@dataclass(frozen=True, slots=True)
class Member:
    """A source record of a customer that is being split. `side` is 1 or 2, as its weakest bridge parts them.

    `probability`: what the engine gives the strongest link of the record, which is to `linked_to`; None where it has weighed none.
    """

    source_record_id: UUID
    source_name: str
    source_key: str
    name: str
    values: dict[str, str]
    method: LinkMethod
    since: datetime
    side: int
    probability: float | None
    linked_to: str


@dataclass(frozen=True, slots=True)
class BridgeRow:
    """A link without which the customer falls into two parts. Weight None: only a steward's word or the company of others joins them."""

    left: UUID
    right: UUID
    weight: float | None
    by_steward: bool
    records: tuple[UUID, ...]
    probability: float | None


@dataclass(frozen=True, slots=True)
class SplitDesk:
    """A customer on the split desk.

    `weakest` and `at_least`: how likely the links make it that all records are one customer, by the weakest joint alone, and by all joints
    at the least; None where a joint was never weighed.
    """

    golden_id: UUID
    name: str
    revision: int
    members: tuple[Member, ...]
    bridges: tuple[BridgeRow, ...]
    conflicts: tuple[str, ...]
    merges: tuple[UUID, ...]
    claimed_by: str
    kind: CustomerKind
    weakest: float | None
    at_least: float | None


@dataclass(frozen=True, slots=True)
class SplitSide:
    """What one part would be: its records, what it would show, and what would be theirs."""

    records: tuple[Member, ...]
    name: str
    date_of_birth: date | None
    address: str
    phone: str
    email: str
    stakes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SplitPreview:
    """A split before it is made: who goes, who stays, which decisions would be lifted, which accounts have shown to be both."""

    golden_id: UUID
    revision: int
    going: SplitSide
    staying: SplitSide
    lifted: tuple[str, ...]
    accounts_of_both: int
