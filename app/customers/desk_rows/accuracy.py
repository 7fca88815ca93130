"""How accurate matching is, with its intervals, and whether stewards agree."""

from dataclasses import dataclass
from datetime import datetime


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
