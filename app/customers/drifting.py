"""Whether a source has become worse, as far as counts of two periods can tell, and whose change it is where two sources share pairs. Pure.

Shares are compared kind by kind, so that judging more of what is doubtful does not look like a change. The difference has the interval
that follows from the Wilson intervals of its shares (Newcombe's method; MOVER over several kinds).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

from app.customers.desk_rows import RateChange
from app.customers.enums import Drift
from app.customers.estimating import Z, wilson

ENOUGH = 30
"""Of each period so many have to be counted before anything is said."""
SURE = 3.0
"""A rise is told of when the interval of 99.7 % lies above nought: there are many sources, and somebody looks every day."""


@dataclass(slots=True)
class Counts:
    """How many of one kind there were, and how many of those went wrong; in the last days, and before."""

    part: int = 0
    whole: int = 0
    part_before: int = 0
    whole_before: int = 0

    def __iadd__(self, other: "Counts") -> Self:
        self.part, self.whole = self.part + other.part, self.whole + other.whole
        self.part_before, self.whole_before = (
            self.part_before + other.part_before,
            self.whole_before + other.whole_before,
        )
        return self


Kinds = dict[str, Counts]
"""By kind; only what is of one kind is compared."""
Pair = tuple[str, str]
"""Two sources of which one record each makes up a pair; the same twice for two records of one source."""


@dataclass
class _Blame:
    """Sources whose pairs have become worse, and pairs of which neither is one of those."""

    pairs: Mapping[Pair, Kinds]
    blamed: dict[str, None] = field(default_factory=dict)

    def left(self, source: str) -> list[Pair]:
        return [pair for pair in self.pairs if source in pair and not self.blamed.keys() & set(pair)]

    def of(self, source: str) -> RateChange:
        return change(together(self.pairs[pair] for pair in self.left(source)))


def change(kinds: Kinds) -> RateChange:
    """What can be said of one rate: too few to say, no rise beyond chance, or risen."""
    both = [one for one in kinds.values() if one.whole and one.whole_before]
    whole, before = sum(one.whole for one in both), sum(one.whole_before for one in both)
    needed = max(0, ENOUGH - whole), max(0, ENOUGH - before)
    low, high = difference(both)
    surely, _ = difference(both, SURE)
    state = Drift.FEW if any(needed) else Drift.RISING if surely > 0 else Drift.STEADY
    every = Counts()
    for one in kinds.values():
        every += one
    return RateChange(
        state, every.part, every.whole, every.part_before, every.whole_before, low, high, needed[0], needed[1], ()
    )


def difference(kinds: Iterable[Counts], z: float = Z) -> tuple[float, float]:
    """Interval of how much higher the share is now; kinds weigh by how much they can tell. (-1, 1) of nothing."""
    weights = [(one, one.whole * one.whole_before / (one.whole + one.whole_before)) for one in kinds]
    total = sum(weight for _, weight in weights)
    if not total:
        return -1.0, 1.0
    middle = below = above = 0.0
    for one, weight in weights:
        now, then = one.part / one.whole, one.part_before / one.whole_before
        low, high = wilson(one.part, one.whole, z)
        low_then, high_then = wilson(one.part_before, one.whole_before, z)
        middle += weight / total * (now - then)
        below += (weight / total) ** 2 * ((now - low) ** 2 + (high_then - then) ** 2)
        above += (weight / total) ** 2 * ((high - now) ** 2 + (then - low_then) ** 2)
    return max(-1.0, middle - math.sqrt(below)), min(1.0, middle + math.sqrt(above))


def by_source(pairs: Mapping[Pair, Kinds]) -> dict[str, RateChange]:
    """Each source's rate over all its pairs. A source whose rate has risen only in pairs with one that has risen more is not blamed for
    it: that is `shared`, with the others named. So are two of which the same pairs are all there is."""
    sources = sorted({source for pair in pairs for source in pair})
    found = {source: _Blame(pairs).of(source) for source in sources}
    risen = [source for source in sources if found[source].state is Drift.RISING]
    blame = _Blame(pairs)
    while worst := _worst(blame, [source for source in risen if source not in blame.blamed]):
        for source in worst:
            alike = [one for one in worst if one != source and blame.left(one) == blame.left(source)]
            found[source] = found[source].shared_with(alike) if alike else found[source]
        blame.blamed |= dict.fromkeys(worst)
    for source in risen:
        if source not in blame.blamed:
            found[source] = found[source].shared_with(one for one in blame.blamed if _meet(pairs, source, one))
    return found


def together(some: Iterable[Kinds]) -> Kinds:
    """Counts of several pairs of sources, kind by kind."""
    found: Kinds = {}
    for kinds in some:
        for kind, counts in kinds.items():
            found.setdefault(kind, Counts())
            found[kind] += counts
    return found


def _worst(blame: _Blame, sources: list[str]) -> list[str]:
    """Of what is left, the source that has risen most surely; several if the same counts stand against each."""
    risen = {source: told for source in sources if (told := blame.of(source)).state is Drift.RISING}
    if not risen:
        return []
    most = max(risen.values(), key=lambda told: told.low)
    return [source for source, told in risen.items() if told == most]


def _meet(pairs: Mapping[Pair, Kinds], one: str, other: str) -> bool:
    return (one, other) in pairs or (other, one) in pairs
