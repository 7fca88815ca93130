"""Rows about how many records one customer may come to by itself."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LimitsRow:
    """A version of the limits: who set them, why, and since when they are in effect (None: they wait for the next run)."""

    number: int
    people: int
    organisations: int
    reason: str
    made_at: datetime
    made_by: str
    applied_at: datetime | None


@dataclass(frozen=True, slots=True)
class LimitsNow:
    """The limits that are set (`number` 0: as they came with the house), those that records are matched by now, and the most records
    that a person and an organisation have."""

    number: int
    people: int
    organisations: int
    people_in_effect: int
    organisations_in_effect: int
    largest_person: int
    largest_organisation: int

    @property
    def waits(self) -> bool:
        """Whether a run is still to put them into effect."""
        return (self.people, self.organisations) != (self.people_in_effect, self.organisations_in_effect)
