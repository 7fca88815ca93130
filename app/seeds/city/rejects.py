"""The rows that are broken on purpose, and where: the loader must name exactly these lines and load everything else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from app.seeds.city.model import Source

T = TypeVar("T")
Reason = Literal["too_short", "impossible_date", "missing_id"]
REASONS: Final[tuple[Reason, ...]] = ("too_short", "impossible_date", "missing_id")
COUNTS: Final[dict[Source, int]] = {"council_tax": 12, "housing": 6, "crm": 9}
HEADER_LINES: Final[dict[Source, int]] = {"council_tax": 1, "housing": 3, "crm": 0}


@dataclass(frozen=True)
class Reject:
    """A broken row: ``line`` counts from 1 with the header, as an editor or a spreadsheet shows it."""

    source: Source
    line: int
    reason: Reason


def planned(source: Source, good_rows: int) -> list[Reject]:
    """Spread evenly through the file; each follows the good row that it was copied from."""
    step = good_rows // (COUNTS[source] + 1)
    return [
        Reject(source, HEADER_LINES[source] + step * (n + 1) + n + 1, REASONS[n % len(REASONS)])
        for n in range(COUNTS[source])
    ]


def with_rejects(
    rows: Iterator[T], source: Source, good_rows: int, spoil: Callable[[T, Reason, int], T]
) -> Iterator[T]:
    """The good rows in order, with a broken copy after each planned one.

    ``spoil`` gets the row, the reason and a number.
    """
    reasons = {reject.line: reject.reason for reject in planned(source, good_rows)}
    line = HEADER_LINES[source]
    for row in rows:
        line += 1
        yield row
        if reason := reasons.get(line + 1):
            line += 1
            yield spoil(row, reason, line)
