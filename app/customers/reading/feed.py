"""Where rows come from, whatever it is: each comes with the place from which reading can go on after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from app.customers.reading.rows import Reject, Row

Cursor = dict[str, Any]


class Shifted(Exception):
    """What was to be gone on with is no longer where it was: only reading from the beginning misses nothing."""


@dataclass(frozen=True, slots=True)
class Read:
    """One row, and where to go on after it. `only`: of the records that the row holds, the one with this key.

    `newer`: it has changed since reading began, so it takes the place of what was read of the same records before.
    """

    line: int
    row: Row | Reject
    cursor: Cursor
    only: str | None = None
    newer: bool = False


class Feed(Protocol):
    """Rows from a cursor on; from the beginning for an empty one. The same cursor always gives the same rows.

    Raises Shifted, before the first row, where that can no longer be.
    """

    def __call__(self, after: Cursor) -> Iterator[Read]: ...
