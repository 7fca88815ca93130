"""How a lower room tells a higher one: a frozen fact, handed to its subscribers within the same transaction.

If a subscriber fails, the change that it was told of fails with it: there is no half-told fact. The outside world is
reached through outbox rows only, which commit with the change.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from sqlalchemy.orm import Session

_BUS = "firstpoint.bus"


@dataclass(frozen=True)
class Event:
    """Something that has happened. Subclasses are frozen and name themselves: `enquiry.received`."""

    name: ClassVar[str]


E = TypeVar("E", bound=Event)
T = TypeVar("T")


class Bus:
    """Who wants to hear of what; filled once, when the house is wired."""

    def __init__(self) -> None:
        self._handlers: defaultdict[type[Event], list[Callable[[Session, Any], None]]] = defaultdict(list)
        self._provided: dict[type, object] = {}

    def on(self, kind: type[E], handler: Callable[[Session, E], None]) -> None:
        """Call `handler(session, event)` for every event of this kind, in the order of registration."""
        self._handlers[kind].append(handler)

    def deliver(self, session: Session, event: Event) -> None:
        for handler in self._handlers[type(event)]:
            handler(session, event)

    def provide(self, *things: object) -> None:
        """Put something of the wiring (the sealer, the letterhead) where services find it by its type."""
        self._provided.update({type(thing): thing for thing in things})

    def provided(self, kind: type[T]) -> T:
        """Raises LookupError if the house was wired without it."""
        thing = self._provided.get(kind)
        if not isinstance(thing, kind):
            raise LookupError(  # noqa: TRY004 - it is missing, not of a wrong type
                f"The bus was built without a {kind.__name__}; use build_bus(settings)"
            )
        return thing

    def attach(self, session: Session) -> None:
        """Make this bus the one that `publish` finds on the session."""
        session.info[_BUS] = self


def publish(session: Session, event: Event) -> None:
    """Tell every subscriber, now, in this session's transaction."""
    bus: Bus = session.info[_BUS]
    bus.deliver(session, event)


def provided(session: Session, kind: type[T]) -> T:
    """What the wiring gave for this type to the bus of this session."""
    bus: Bus = session.info[_BUS]
    return bus.provided(kind)
