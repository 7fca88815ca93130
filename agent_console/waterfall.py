"""The evidence of a pair as a waterfall: each bar begins where the last one ended. Drawn by the server; the table beside it says the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.customers.rows import Weight

WIDTH, ROW, LABEL, BARS = 640, 24, 150, 400
HARDLY = 0.05
START, FOR, AGAINST, SUM = "#505a5f", "#1d70b8", "#b3261e", "#0b0c0c"


@dataclass(frozen=True, slots=True)
class Step:
    """A bar: what it is of, how much it says, and the corners of its box; `at` is where the number stands."""

    name: str
    weight: float
    x: float
    y: float
    width: float
    fill: str
    at: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All bars from the start to the sum, and where zero is."""

    steps: tuple[Step, ...]
    zero: float
    width: int
    height: int
    total: float


def signed(weight: float) -> str:
    """A weight with its sign, to one place; what is hardly anything says neither for nor against."""
    told = f"{weight:+.1f}"
    return "0.0" if told in {"+0.0", "-0.0"} else told


def waterfall(prior: float, weights: Sequence[Weight], names: dict[str, str], *, start: str, total: str) -> Waterfall:
    """The bars in a box `WIDTH` wide. Fields that say nothing are left out; `names` are the fields' labels."""
    told = [(start, prior, START)]
    told += [
        (names.get(one.field, one.field), one.weight, FOR if one.weight > 0 else AGAINST)
        for one in weights
        if abs(one.weight) >= HARDLY
    ]
    ends = [0.0]
    for _, weight, _ in told:
        ends.append(ends[-1] + weight)
    low, high = min(ends), max(ends)
    scale = BARS / ((high - low) or 1.0)

    def x(weight: float) -> float:
        return LABEL + scale * (weight - low)

    rows = [(name, weight, ends[place], ends[place + 1], fill) for place, (name, weight, fill) in enumerate(told)]
    rows.append((total, ends[-1], 0.0, ends[-1], SUM))
    steps = tuple(
        Step(
            name, weight, round(min(x(one), x(other)), 1), place * ROW + 4, round(max(abs(x(other) - x(one)), 1.0), 1), fill,
            round(max(x(one), x(other)) + 6, 1),
        )
        for place, (name, weight, one, other, fill) in enumerate(rows)
    )  # fmt: skip
    return Waterfall(steps, round(x(0.0), 1), WIDTH, len(rows) * ROW + 8, ends[-1])
