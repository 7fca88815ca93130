"""E-mail by SMTP. One connection carries a batch and is opened when the first message needs it."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, parseaddr

from app.config import Settings
from app.notifications.channels.base import Outgoing, Refused, ServerAway, TryLater
from app.notifications.enums import Channel

TIMEOUT = 20
BAD_ADDRESS = frozenset({550, 551, 553})
CLOSING = 421


class EmailChannel:
    """Sends by the mail server of the settings."""

    kind = Channel.EMAIL

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @contextmanager
    def open(self) -> Iterator["SmtpLine"]:
        line = SmtpLine(self._settings)
        try:
            yield line
        finally:
            line.close()


class SmtpLine:
    """A connection to the mail server that comes when needed and comes back when lost."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: smtplib.SMTP | None = None

    def send(self, message: Outgoing) -> None:
        """Raises Refused, TryLater or ServerAway if the mail server did not take the message."""
        try:
            letter = compose(message, self._settings)
        except ValueError as error:
            raise Refused(f"not a sendable message: {error}") from error
        try:
            self._connected().send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            code, words = next(iter(error.recipients.values()))
            self._refused(code, words, address=True)
        except smtplib.SMTPDataError as error:
            self._refused(error.smtp_code, error.smtp_error)
        except smtplib.SMTPNotSupportedError as error:
            raise Refused(f"the mail server cannot carry this address: {error}") from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPAuthenticationError, smtplib.SMTPHeloError) as error:
            self.close()
            raise ServerAway(f"{error.smtp_code} {_words(error.smtp_error)}") from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ServerAway(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._connect()
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context() if settings.smtp_security != "none" else None
        smtp: smtplib.SMTP
        if settings.smtp_security == "tls":
            smtp = smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT, context=context)
        else:
            smtp = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT)
        try:
            if settings.smtp_security == "starttls":
                smtp.starttls(context=context)
            if settings.smtp_username:
                smtp.login(settings.smtp_username, settings.smtp_password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _refused(self, code: int, words: bytes | str, *, address: bool = False) -> None:
        reason = f"{code} {_words(words)}"
        if code == CLOSING:
            self.close()
            raise ServerAway(reason)
        if code >= 500:
            raise Refused(reason, bad_address=address and code in BAD_ADDRESS)
        raise TryLater(reason)


def compose(message: Outgoing, settings: Settings) -> EmailMessage:
    """The letter as it travels: text and HTML, a stable id, and headers that keep holiday replies away."""
    sender = parseaddr(settings.mail_from)[1]
    host = sender.rpartition("@")[2]
    letter = EmailMessage()
    letter["From"] = Address(settings.body_name, addr_spec=sender)
    letter["To"] = Address(addr_spec=message.to_address)
    letter["Subject"] = message.subject
    letter["Date"] = formatdate()
    letter["Message-ID"] = message.message_id
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter["List-Id"] = f"Service messages <messages.{host}>"
    if message.stop_url:
        letter["List-Unsubscribe"] = f"<{message.stop_url}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter.set_content(message.text)
    letter.add_alternative(message.html, subtype="html")
    letter["Content-Language"] = message.locale
    return letter


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300]
