"""What goes into survivorship and what comes out: frozen rows, nothing that acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What one source system says about one customer."""

    key: str
    """Names the record among all records of all sources."""
    source: str
    values: Mapping[str, str | None]
    """Attribute → value as the source holds it; None, '' and placeholders such as 'unknown' say nothing."""
    recorded_at: datetime | None = None
    """When the source last confirmed the record. A time without a zone is read as UTC."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A steward's decision on one attribute: it outranks every rule.

    Either a `value` ('' shows nothing), or the `record` whose value is to be shown for as long as it is linked.
    """

    attribute: str
    value: str | None = None
    record: str | None = None
    reason: str = ""


class Decided(StrEnum):
    """How a value came to survive."""

    PIN = "pin"
    ONLY_VALUE = "only_value"
    TRUSTED_SOURCE = "trusted_source"
    MOST_RECENT = "most_recent"
    MOST_FREQUENT = "most_frequent"
    MOST_COMPLETE = "most_complete"
    VALID_FIRST = "valid_first"
    TIE_BREAK = "tie_break"


@dataclass(frozen=True, slots=True)
class Beaten:
    """A value that did not survive, the records that hold it, and the rule by which it fell."""

    value: str
    records: tuple[str, ...]
    by: Decided


@dataclass(frozen=True, slots=True)
class Survivor:
    """The value of one attribute of a golden record, with its provenance."""

    attribute: str
    value: str
    records: tuple[str, ...]
    """Keys of the records that hold the value, in order; empty when a steward wrote it."""
    since: datetime | None
    """The earliest time at which one of these records was recorded."""
    by: Decided
    why: str
    """The deciding rule in a sentence."""
    beat: tuple[Beaten, ...] = ()


@dataclass(frozen=True, slots=True)
class Golden:
    """The golden record: attribute → survivor. An attribute that no record fills is not in it."""

    survivors: Mapping[str, Survivor] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        return {attribute: survivor.value for attribute, survivor in self.survivors.items()}

    def __getitem__(self, attribute: str) -> Survivor:
        return self.survivors[attribute]

    def __contains__(self, attribute: str) -> bool:
        return attribute in self.survivors
