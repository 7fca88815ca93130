"""A real SMTP server that keeps what it is sent, and can be told to refuse or to be away."""

import atexit
import email
import email.policy
import re
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

_HELD = ExitStack()
atexit.register(_HELD.close)


def free_port() -> int:
    """A port on loopback that nobody listens on, and that nobody else is given while this process runs.

    It stays bound, so the system hands it to nobody; a server with SO_REUSEADDR, as all of ours have it, may listen there as
    often as it likes, and while none does a connection is refused.
    """
    held = _HELD.enter_context(socket.socket())
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    return int(held.getsockname()[1])


class Inbox:
    """What arrived, in order; `refusing` maps an address to the SMTP answer that it gets."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusing: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))  # type: ignore[arg-type]  # - the default policy makes EmailMessages
        return "250 Message accepted"

    def to(self, address: str) -> list[EmailMessage]:
        return [message for message in self.messages if address in str(message["To"])]

    def wait_for(self, address: str, containing: str = "", seconds: float = 60) -> EmailMessage:
        """The newest message to an address whose subject or text contains something; waits for it to arrive."""
        found: list[EmailMessage] = []

        def arrived() -> bool:
            found[:] = [
                message for message in self.to(address) if containing in f"{message['Subject']}\n{text_of(message)}"
            ]
            return bool(found)

        wait_until(
            arrived,
            seconds,
            f"no message to {address} with {containing!r}; got {[str(m['Subject']) for m in self.to(address)]}",
        )
        return found[-1]


class _Conversation(SMTP):
    """One client's connection, which can be broken off."""

    def __init__(self, open_now: set["_Conversation"], *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self._open_now = open_now
        open_now.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._open_now.discard(self)
        super().connection_lost(error)

    def break_off(self) -> None:
        if self.transport is not None:
            self.transport.abort()


class _Server(Controller):
    """aiosmtpd that leaves no connection half closed: what is left would be complained of while some other test runs."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.open_now: set[_Conversation] = set()

    def factory(self) -> SMTP:
        return _Conversation(self.open_now, self.handler, loop=self.loop, **self.SMTP_kwargs)

    def stop(self, no_assert: bool = False) -> None:
        wait_until(self._all_gone, 60, "the mail server's connections do not end")
        super().stop(no_assert)

    def _all_gone(self) -> bool:
        for conversation in tuple(self.open_now):
            self.loop.call_soon_threadsafe(conversation.break_off)
        return not self.open_now


class MailServer:
    """aiosmtpd on a loopback port; can be stopped and started again on the same port."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.port = free_port()
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = _Server(self.inbox, hostname="127.0.0.1", port=self.port, ready_timeout=60)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return body.get_content() if body is not None else ""


def links_in(message: EmailMessage) -> list[str]:
    return re.findall(r"https?://[^\s<>\"]+", text_of(message))


def wait_until(true: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait for something to become true; fail with a sentence if it does not."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)
