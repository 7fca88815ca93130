"""The pages of signing in and of accounts in a real browser, wide and narrow: no axe violation, nothing wider than the window."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.accounts import services
from app.kernel.actors import SYSTEM, Role
from tests.support.browser import WIDTHS, Person
from tests.support.database import TestServer
from tests.support.live import Live, running
from tests.support.mail import links_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PASSWORD = "three blue otters"


@pytest.fixture
def live(server: TestServer, tmp_path: Path) -> Iterator[Live]:
    with server.copy() as url, running(url, tmp_path) as installation:
        yield installation


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_an_invited_administrator_finds_the_way_in_and_looks_after_accounts(
    chromium: Browser, live: Live, width: int
) -> None:
    with live.database.transaction() as session:
        invited = services.invite_staff(
            session, SYSTEM, "alex@hallowmere.example", "Alex Field", [Role.ADMINISTRATOR], now=datetime.now(UTC)
        )
        robot = services.create_service_account(session, SYSTEM, "Waste scheduler", now=datetime.now(UTC))
    (link,) = links_in(live.mail.inbox.wait_for("alex@hallowmere.example"))[:1]
    alex = Person(chromium, live.url, width)
    alex.goes_to(link)
    alex.fills(New_password=PASSWORD)
    alex.clicks("Set the password")
    alex.fills(mail_address="alex@hallowmere.example", Password=PASSWORD)
    alex.clicks("Continue")
    secret = re.sub(r"\s", "", alex.page.locator("#key").inner_text())
    alex.fills(Code=services.code_at(secret, datetime.now(UTC)))
    alex.clicks("Confirm")
    expect(alex.page.locator("li.fp-reference")).to_have_count(10)
    for path in ("", "/new", "/new-system", f"/{invited.id}", f"/{robot.id}"):
        alex.goes_to(f"/console/users{path}")
    alex.goes_to("/console/my-account")
    alex.sees("This browser")
    alex.clicks("Sign out", exact=True)
    alex.goes_to("/console/forgotten-password")
    alex.leaves()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_resident_registers_signs_in_and_looks_after_the_account(chromium: Browser, live: Live, width: int) -> None:
    riley = Person(chromium, live.url, width)
    riley.goes_to("/register")
    riley.clicks("Create the account")
    riley.fills(Full_name="Riley Stone", mail_address="riley@example.org", Choose_a_password=PASSWORD)
    riley.clicks("Create the account")
    (link,) = links_in(live.mail.inbox.wait_for("riley@example.org"))[:1]
    riley.goes_to(link)
    riley.clicks("Confirm")
    riley.fills(mail_address="riley@example.org", Password=PASSWORD)
    riley.clicks("Sign in", exact=True)
    for path in ("details", "password", "sign-ins"):
        riley.goes_to(f"/account/{path}")
    riley.clicks("Sign out", exact=True)
    for path in ("/forgotten-password", "/forgotten-password/sent", link):
        riley.goes_to(path)
    riley.leaves()
