"""Keys that are turned away at the door, without whose they were."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A record that was erased and is turned away when it comes again. Of the key only its source is told."""

    source: str
    source_name: str
    erased_at: datetime


@dataclass(frozen=True, slots=True)
class Readmitted:
    """A key that may come again, since when, by whom and why."""

    source_name: str
    erased_at: datetime
    at: datetime
    by_name: str
    reason: str
