"""What the organisation tells the rooms above."""

from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True)
class QueueReopened(Event):
    """A queue that was closed is active again."""

    name: ClassVar[str] = "queue.reopened"
    queue_id: UUID


@dataclass(frozen=True)
class MemberLeft(Event):
    """A person works in a unit no more: what they hold of its work needs somebody else."""

    name: ClassVar[str] = "member.left"
    account_id: UUID
    unit_id: UUID
    at: datetime


@dataclass(frozen=True)
class ShiftChanged(Event):
    """Somebody's rota is another one now: a pattern, a leave, a sickness, an extra shift or a session with another team."""

    name: ClassVar[str] = "member.shift_changed"
    account_id: UUID
    at: datetime
