"""The page on which the API can be tried, in a real browser: one main part, and nothing that shuts anybody out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import WIDTHS, Person
from tests.support.database import TestServer
from tests.support.live import Live, running

pytestmark = pytest.mark.browser


@pytest.fixture
def live(server: TestServer, tmp_path: Path) -> Iterator[Live]:
    with server.copy() as url, running(url, tmp_path) as house:
        yield house


def test_what_swagger_ui_brings_is_a_part_of_our_page(live: Live, chromium: Browser) -> None:
    person = Person(chromium, live.url, max(WIDTHS.values()))
    person.page.goto("/api/v1/docs")
    expect(person.page.locator(".opblock").first).to_be_visible(timeout=30_000)
    expect(person.page.locator("main")).to_have_count(1)
    person.sees("Authorize")
    person.looks()
    person.leaves()
