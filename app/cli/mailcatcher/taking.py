"""The SMTP side."""

from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.cli.mailcatcher.box import Box

LARGEST = 25 * 1024 * 1024


class _Keeper:
    def __init__(self, box: Box) -> None:
        self._box = box

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self._box.keep(envelope.original_content or b"", envelope.rcpt_tos)
        return "250 Kept"


@contextmanager
def take_mail(box: Box, host: str, port: int) -> Iterator[None]:
    """Listen until the block ends."""
    controller = Controller(
        _Keeper(box), hostname=host, port=port, data_size_limit=LARGEST, ident="Firstpoint mail catcher"
    )
    controller.start()
    try:
        yield
    finally:
        controller.stop()
