"""The kept e-mails: a Maildir, so that any mail program can read it as well."""

import mailbox
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Lock

MOST = 1000


@dataclass(frozen=True, slots=True)
class Mail:
    """What the page shows of one e-mail."""

    key: str
    to: str
    sender: str
    subject: str
    at: datetime
    text: str
    html: str


class Box:
    """Keeps the latest. Safe to use from several threads."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._most = most
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._maildir = mailbox.Maildir(folder, create=True)
        self._lock = Lock()

    def keep(self, content: bytes, recipients: Sequence[str]) -> None:
        """Add an e-mail as it came, with those it was really for."""
        message = mailbox.MaildirMessage(content)
        message["X-Firstpoint-Recipients"] = ", ".join(recipients)
        with self._lock:
            self._maildir.add(message)
            for key in sorted(self._maildir.keys(), key=_age)[: -self._most]:
                self._maildir.discard(key)

    def latest(self, search: str = "") -> list[Mail]:
        """Newest first; only those to or about what is searched for, if anything is."""
        with self._lock:
            keys = sorted(self._maildir.keys(), key=_age, reverse=True)
            mails = [_read(key, self._maildir.get_bytes(key)) for key in keys]
        wanted = search.casefold().strip()
        return [mail for mail in mails if wanted in f"{mail.to} {mail.subject}".casefold()]

    def get(self, key: str) -> Mail | None:
        with self._lock:
            return _read(key, self._maildir.get_bytes(key)) if key in self._maildir else None


def _age(key: str) -> tuple[float, str]:
    """Maildir keys begin with the seconds, microseconds and count of their making."""
    seconds, _, rest = key.partition(".")
    micro = rest.partition("P")[0].removeprefix("M")
    return float(f"{seconds}.{micro:0>6}") if seconds.isdigit() and micro.isdigit() else 0.0, key


def _read(key: str, content: bytes) -> Mail:
    message = message_from_bytes(content, policy=policy.default)
    return Mail(
        key=key,
        to=str(message["X-Firstpoint-Recipients"] or message["To"] or ""),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or "(no subject)"),
        at=datetime.fromtimestamp(_age(key)[0], UTC),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # an unknown character set, or bytes that are none of the named one
        return bytes(part.get_payload(decode=True) or b"").decode(errors="replace")
