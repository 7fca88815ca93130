"""Rows about golden records over time: history, pins, merges and rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.customers.enums import CustomerKind
from app.customers.rows.said import SaidPair
from app.customers.rows.view import GoldenValue


@dataclass(frozen=True, slots=True)
class RecordThen:
    """A source record that was part of a golden record at a moment, and since when."""

    source_record_id: UUID
    source_name: str
    source_key: str
    since: datetime


@dataclass(frozen=True, slots=True)
class GoldenThen:
    """A golden record as it was at a moment. `retired`: it had become part of another one."""

    golden_id: UUID
    at: datetime
    name: str
    kind: CustomerKind
    hidden: bool
    retired: bool
    attributes: tuple[GoldenValue, ...]
    records: tuple[RecordThen, ...]


@dataclass(frozen=True, slots=True)
class GoldenChange:
    """Something that has changed a golden record. `altered`: label, value before, value after; `told` is a message id.

    `pairs`: of which records a steward has said that they are the same or different, and of how many `more`.
    """

    at: datetime
    told: str
    who: str
    kind: str
    size: int
    altered: tuple[tuple[str, str, str], ...]
    reason: str = ""
    pairs: tuple[SaidPair, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class PinRow:
    """A pin that stands."""

    id: UUID
    attribute: str
    label: str
    value: str
    from_record: str
    reason: str
    pinned_by: str
    pinned_at: datetime


@dataclass(frozen=True, slots=True)
class MergeRow:
    """A merge that a person made."""

    id: UUID
    kept_id: UUID
    gone_id: UUID
    reason: str
    merged_at: datetime
    merged_by: str
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stake:
    """Something that changes hands with a customer: what it is (a message id), and how many of them.

    `lines` name the first few: what each is called, and what it is about (a message id, or nothing).
    """

    told: str
    count: int
    lines: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """An attribute of which two golden records say different things."""

    attribute: str
    label: str
    kept: str
    gone: str


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """What a merge touches, before it is made. `revisions` are what it was worked out from: (kept, gone)."""

    kept_id: UUID
    gone_id: UUID
    kept_name: str
    gone_name: str
    kept_records: int
    gone_records: int
    revisions: tuple[int, int]
    stakes: tuple[tuple[Stake, ...], tuple[Stake, ...]]
    conflicts: tuple[MergeConflict, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """An account that has shown to be a person of both sides of an unmerge: only somebody who knows can say whose it is."""

    account_id: UUID
    name: str
    kept_records: tuple[UUID, ...]
    gone_records: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class UnmergePlan:
    """What an unmerge gives back to which side, and what it has to ask."""

    merge: MergeRow
    kept_records: tuple[RecordThen, ...]
    gone_records: tuple[RecordThen, ...]
    later_records: tuple[RecordThen, ...]
    stakes: tuple[tuple[Stake, ...], tuple[Stake, ...]]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a change of rules would alter: of how many golden records, by attribute; `looked_at` of `contested` were looked at.

    `names`: what the golden records of the examples are called now.
    """

    contested: int
    looked_at: int
    altered: int
    by_attribute: dict[str, int]
    examples: tuple[tuple[UUID, str, str, str], ...]
    names: Mapping[UUID, str] = field(default_factory=dict)
