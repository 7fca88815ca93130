"""What the organisation tells the rooms above."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.kernel.events import Event


@dataclass(frozen=True)
class QueueClosing(Event):
    """A queue is about to close; a subscriber that still keeps something in it raises Conflict."""

    name: ClassVar[str] = "queue.closing"
    queue_id: UUID


@dataclass(frozen=True)
class QueueClosed(Event):
    """A queue has closed."""

    name: ClassVar[str] = "queue.closed"
    queue_id: UUID
