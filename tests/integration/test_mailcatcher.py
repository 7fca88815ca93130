"""The demo's mail catcher takes every e-mail and shows it without letting it do anything."""

import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from app.cli.mailcatcher.box import Box
from app.cli.mailcatcher.page import serve_page
from app.cli.mailcatcher.taking import take_mail
from tests.support.mail import free_port


@dataclass
class Catcher:
    port: int
    address: str
    box: Box

    def send(self, subject: str, text: str = "Hello", html: str = "", to: str = "jo@resident.example") -> None:
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = subject, "no-reply@firstpoint.example", to
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        with smtplib.SMTP("127.0.0.1", self.port) as server:
            server.send_message(message)

    def page(self, path: str = "") -> str:
        with urlopen(self.address + path) as answer:
            return str(answer.read().decode())

    def first(self) -> str:
        found = re.search(r'href="/(mail/[^"]+)"', self.page())
        assert found is not None
        return found[1]


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Catcher]:
    port, box = free_port(), Box(tmp_path / "mail")
    with take_mail(box, "127.0.0.1", port), serve_page(box, "127.0.0.1", 0) as address:
        yield Catcher(port, address, box)


def test_an_empty_box_says_so(catcher: Catcher) -> None:
    assert "No e-mail yet" in catcher.page()


def test_a_sent_mail_is_listed_and_shown_with_its_links(catcher: Catcher) -> None:
    catcher.send("Confirm your e-mail address", "Follow https://firstpoint.example/confirm/abc-123.\n")
    assert "Confirm your e-mail address" in catcher.page()
    shown = catcher.page(catcher.first())
    assert '<a href="https://firstpoint.example/confirm/abc-123">' in shown
    assert "jo@resident.example" in shown


def test_newest_first_and_found_by_recipient(catcher: Catcher) -> None:
    catcher.send("Bins", to="ann@resident.example")
    catcher.send("Potholes", to="bob@resident.example")
    listed = catcher.page()
    assert listed.index("Potholes") < listed.index("Bins")
    found = catcher.page("?q=ANN")
    assert "Bins" in found
    assert "Potholes" not in found


def test_what_a_mail_says_is_never_markup_of_the_page(catcher: Catcher) -> None:
    catcher.send("<script>alert(1)</script>", "<img src=x onerror=alert(1)> http://x.example/?a=<b>")
    for page in (catcher.page(), catcher.page(catcher.first())):
        assert "<script" not in page
        assert "<img" not in page


def test_designed_mail_is_shown_where_it_can_run_and_load_nothing(catcher: Catcher) -> None:
    catcher.send("Designed", html="<h1 lang='fr'>Bonjour</h1><script>alert(1)</script>")
    assert "sandbox=" in catcher.page(catcher.first())
    with urlopen(catcher.address + catcher.first() + "/html") as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox" in policy
        assert "allow-scripts" not in policy
        assert "Bonjour" in answer.read().decode()


def test_unknown_addresses_are_not_found(catcher: Catcher) -> None:
    for path in ("mail/nothing", "mail/..%2F..%2Fsecret_key", "etc/passwd"):
        with pytest.raises(HTTPError) as refused:
            catcher.page(path)
        assert refused.value.code == 404
        refused.value.close()


def test_a_mail_in_an_unknown_character_set_is_still_shown(catcher: Catcher) -> None:
    raw = b"Subject: odd\r\nContent-Type: text/plain; charset=klingon\r\n\r\nna\xefve\r\n"
    with smtplib.SMTP("127.0.0.1", catcher.port) as server:
        server.sendmail("a@x.example", ["b@x.example"], raw)
    assert "na" in catcher.page(catcher.first())


def test_pages_have_a_title_and_a_language(catcher: Catcher) -> None:
    catcher.send("Received")
    for path in ("", catcher.first()):
        page = catcher.page(path)
        assert '<html lang="en">' in page
        assert re.search(r"<title>.+</title>", page)


def test_only_the_latest_are_kept(tmp_path: Path) -> None:
    box = Box(tmp_path / "mail", most=10)
    for number in range(13):
        box.keep(b"Subject: %d\r\n\r\nHello\r\n" % number, ["a@x.example"])
    assert [int(mail.subject) for mail in box.latest()] == list(range(12, 2, -1))
