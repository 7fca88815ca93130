"""What the desk gives to its pages: small frozen rows. Of a restricted side that has not been opened, nothing is in them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from app.customers.enums import (
    CaseKind,
    CaseOutcome,
    CaseStatus,
    CustomerKind,
    Drift,
    HoldReason,
    Judged,
    LinkMethod,
    Risk,
    Verdict,
)
from app.customers.rows import HouseholdMember, Weight


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What of the worklist is wanted. `show`: "open", "second" (waits for a second steward), "skipped" or "mine" (open at my desk)."""

    show: str = "open"
    reason: HoldReason | None = None
    source: str = ""
    stakes_only: bool = False
    kind: CustomerKind | None = None


@dataclass(frozen=True, slots=True)
class DeskSide:
    """One side of a pair in the worklist."""

    source_record_id: UUID
    source_name: str
    source_key: str
    name: str
    records: int
    restricted: bool


@dataclass(frozen=True, slots=True)
class DeskPairRow:
    """A pair in the worklist: what is at stake, and who has it."""

    id: UUID
    left: DeskSide
    right: DeskSide
    probability: float
    reason: HoldReason
    noticed_at: datetime
    score: float
    counts: dict[str, int]
    claimed_by: str
    claimed_by_me: bool
    waits_for_second: bool
    first_by: str
    conflicts: tuple[str, ...]
    not_in_bulk: str | None
    organisation: bool = False

    @property
    def restricted(self) -> bool:
        return self.left.restricted or self.right.restricted


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """How many pairs there are of each kind, for this steward, and what else waits at the desk."""

    open: int
    second: int
    skipped: int
    cases: int
    suspects: int
    sample: int


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a record comes from: its source and file, when it was first and last seen, how often it changed."""

    source_record_id: UUID
    source_name: str
    source_key: str
    unit_name: str
    file_name: str
    first_seen_at: datetime
    last_seen_at: datetime
    version: int
    gone_since: datetime | None
    method: LinkMethod | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One side of a pair that is open: the record, the customer it is with, where all of that comes from, who else lives there."""

    source_record_id: UUID
    source_name: str
    source_key: str
    golden_id: UUID | None
    values: dict[str, str]
    records: int
    restricted: bool
    lineage: tuple[Lineage, ...]
    household: tuple[HouseholdMember, ...]
    address: str


@dataclass(frozen=True, slots=True)
class OpinionRow:
    """What a first steward has said of a risky pair."""

    id: UUID
    verdict: Verdict
    reason: str
    given_by_name: str
    given_at: datetime
    mine: bool
    risks: tuple[Risk, ...]


@dataclass(frozen=True, slots=True)
class DeskPair:
    """Everything that somebody needs who decides about a pair. `hidden`: restricted, and not opened by this steward."""

    id: UUID
    audit_id: UUID | None
    left: ComparedSide
    right: ComparedSide
    probability: float
    weight: float
    reason: HoldReason | None
    noticed_at: datetime | None
    hidden: bool
    prior: float
    weights: tuple[Weight, ...]
    words: str
    counts: dict[str, int]
    risks: tuple[Risk, ...]
    opinion: OpinionRow | None
    disagreed: str
    claimed_by: str
    until: datetime | None
    model: int | None
    organisation: bool = False


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """What became of a steward's word on a pair."""

    outcome: Judged
    verdict: Verdict
    risks: tuple[Risk, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkRow:
    """A pair that was not joined with the others, and why (a message id)."""

    match_id: UUID
    names: str
    why: str


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of several pairs at once."""

    joined: int
    refused: tuple[BulkRow, ...]


@dataclass(frozen=True, slots=True)
class UndoneRow:
    """What was taken back: the pair to look at again, if it is still there, and how many pairs it was."""

    match_id: UUID | None
    audit_id: UUID | None
    pairs: int
    skipped: bool


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


@dataclass(frozen=True, slots=True)
class CaseRow:
    """Somebody's word that something is wrong, and what came of it."""

    id: UUID
    kind: CaseKind
    status: CaseStatus
    what: tuple[str, ...]
    said: str
    opened_by: str
    opened_at: datetime
    source_record_id: UUID | None
    source_name: str
    source_key: str
    golden_id: UUID | None
    restricted: bool
    outcome: CaseOutcome | None
    answer: str
    answered_by: str
    answered_at: datetime | None
    claimed_by: str


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A source record of their own that a resident is shown: what it says, and which of the others shown are with it."""

    source_record_id: UUID
    source_name: str
    source_key: str
    unit_name: str
    values: dict[str, str]
    group: int
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its 95 % interval; `of` is how many were judged. `value` None: not enough to say."""

    value: float | None
    low: float
    high: float
    of: int
    needed: int = 0


@dataclass(frozen=True, slots=True)
class Stratum:
    """Part of all pairs from which a sample was drawn: how many there are, how many were judged, and how many of those are the same."""

    place: str
    band: int
    population: int
    judged: int
    same: int
    disputed: int
    interval: Interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs that two stewards judged without seeing each other's answer: how often they agree, and beyond chance (kappa)."""

    pairs: int
    agreed: int
    interval: Interval
    kappa: float | None
    second_looks: int
    second_confirmed: int


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Precision and recall of the machine, estimated."""

    precision: Interval
    recall: Interval
    strata: tuple[Stratum, ...]
    drawn_at: datetime | None
    left_to_judge: int
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class DriftMonth:
    """One source in one month: records that came, how many of those were left in doubt, answers given, and how many against the engine."""

    month: date
    arrived: int
    noticed: int
    judged: int
    against: int


@dataclass(frozen=True, slots=True)
class RateChange:
    """A rate of the last days beside that of the months before. `low` and `high`: the interval of the difference, 95 %.

    `needed` and `needed_before`: so many more have to be counted before anything is said. `shared`: slugs of the sources in pairs with
    which alone it has risen.
    """

    state: Drift
    part: int
    whole: int
    part_before: int
    whole_before: int
    low: float
    high: float
    needed: int
    needed_before: int
    shared: tuple[str, ...]

    def shared_with(self, others: Iterable[str]) -> "RateChange":
        return replace(self, state=Drift.SHARED, shared=tuple(others))


@dataclass(frozen=True, slots=True)
class SourceDrift:
    """A source month by month, and whether it has become worse: in what is left in doubt, and in answers against the engine."""

    slug: str
    name: str
    months: tuple[DriftMonth, ...]
    noticed: RateChange
    against: RateChange
