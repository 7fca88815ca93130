"""Asked again right before a message leaves: is it still wanted? The rooms above answer for what their messages are about."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.events import provided

Gate = Callable[[Session, UUID], bool]
"""Given what a message is about: whether it may still go."""


class Gates:
    """One for each kind of thing that messages are about; the wiring provides this, and rooms add themselves to it."""

    def __init__(self) -> None:
        self._gates: dict[str, Gate] = {}

    def add(self, about_type: str, gate: Gate) -> None:
        self._gates[about_type] = gate

    def open_to(self, session: Session, about_type: str, about_id: UUID) -> bool:
        gate = self._gates.get(about_type)
        return gate is None or gate(session, about_id)


def still_wanted(session: Session, about: tuple[str, UUID] | None) -> bool:
    """Whether nobody says no to it."""
    if about is None:
        return True
    try:
        known = provided(session, Gates)
    except LookupError:
        return True
    return known.open_to(session, *about)
