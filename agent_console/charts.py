"""Bars for a page: drawn by the server as SVG, so that they need no script; the table under them says the same in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 720, 180, 1
COLOURS = ("#cfe3e1", "#8fc0bd", "#4d9a9a", "#0b5f66", "#f5a83b", "#b3261e")
"""From light for what is young to red for what is old; six, as there are bands."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle: the left upper corner, its size and colour."""

    x: float
    y: float
    width: float
    height: float
    fill: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a box of `width` by `height`; `gaps` are the columns of which nothing is known; `top` is what the height stands for."""

    bars: tuple[Bar, ...]
    gaps: tuple[Bar, ...]
    width: int
    height: int
    top: int


def stacked(columns: Sequence[Sequence[int] | None]) -> Chart:
    """One column for each, its parts upon each other; None is a column of which nothing is known."""
    top = max((sum(column) for column in columns if column), default=0) or 1
    step = WIDTH / max(1, len(columns))
    wide = round(max(1.0, step - GAP), 2)
    bars, gaps = [], []
    for place, column in enumerate(columns):
        x = round(place * step, 2)
        if column is None:
            gaps.append(Bar(x, 0, wide, HEIGHT, "#ffffff"))
            continue
        y = float(HEIGHT)
        for count, fill in zip(column, COLOURS, strict=False):
            tall = HEIGHT * count / top
            y -= tall
            if count:
                bars.append(Bar(x, round(y, 2), wide, round(tall, 2), fill))
    return Chart(tuple(bars), tuple(gaps), WIDTH, HEIGHT, top)
