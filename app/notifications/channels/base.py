"""What every channel has in common: what it is given, and how it says no."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from app.notifications.enums import Channel


@dataclass(frozen=True, slots=True)
class Outgoing:
    """All that a channel needs to know of a message. `stop_url`: where such messages can be ended, by GET and by POST; or ""."""

    to_address: str
    subject: str
    text: str
    html: str
    locale: str
    message_id: str
    stop_url: str = ""


class SendingFailed(Exception):
    """The message was not taken. The text is for staff and holds no customer's data beyond what the server said."""


class TryLater(SendingFailed):
    """This message was not taken this time; another try may succeed."""


class ServerAway(TryLater):
    """Nobody answers: no message can be sent just now, so the rest of the batch can wait too."""


class Refused(SendingFailed):
    """The message will never be taken. `bad_address` says that this is so for any message to that address."""

    def __init__(self, reason: str, *, bad_address: bool = False) -> None:
        super().__init__(reason)
        self.bad_address = bad_address


class Line(Protocol):
    """An open way out; may carry many messages."""

    def send(self, message: Outgoing) -> None: ...


class Sender(Protocol):
    """A channel: opens a line for a batch and closes it after."""

    kind: Channel

    def open(self) -> AbstractContextManager[Line]: ...
