"""What changes in a source from month to month."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from app.customers.enums import Drift


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
