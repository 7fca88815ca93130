"""What changes hands with a customer: the rooms above say what of theirs hangs on source records and accounts."""

from collections.abc import Callable, Collection, Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from app.customers.rows import Stake
from app.kernel.events import provided

Counter = Callable[[Session, Collection[UUID], Collection[UUID]], Iterable[Stake]]
"""Given source records and accounts, how many of what belong to them."""


class Stakes:
    """Everybody who can be asked; the wiring provides one of these, and rooms add themselves to it."""

    def __init__(self) -> None:
        self._counters: list[Counter] = []

    def add(self, counter: Counter) -> None:
        self._counters.append(counter)

    def of(self, session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> tuple[Stake, ...]:
        """What hangs on these records and accounts; what there is none of is told too."""
        return tuple(stake for counter in self._counters for stake in counter(session, records, accounts))


def stakes_of(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> tuple[Stake, ...]:
    """By whoever was wired; nothing in a house without rooms above."""
    try:
        known = provided(session, Stakes)
    except LookupError:
        return ()
    return known.of(session, records, accounts)
