"""What the notifications room tells the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from app.kernel.events import Event
from app.notifications.enums import MessageStatus, Template


@dataclass(frozen=True)
class NotificationFailed(Event):
    """A message did not and will not arrive: somebody has to reach the customer in another way."""

    name: ClassVar[str] = "notification.failed"
    message_id: UUID
    template: Template
    status: MessageStatus
    about: tuple[str, UUID] | None
    account_id: UUID | None
    reason: str
    at: datetime
