"""A person at a browser: pages opened in real Chromium, each one checked for accessibility and for a quiet console."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect, sync_playwright

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = {"phone": 320, "desk": 1280}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


PATIENCE = 60_000
"""Milliseconds in which something has to come about. Waiting ends when it does, so a machine with time to spare loses none."""
expect.set_options(timeout=PATIENCE)


def chromium() -> str:
    """Path of the machine's Chromium. Without one the browser tests are skipped on a desk and fail in CI."""
    found = (
        shutil.which(os.environ.get("FIRSTPOINT_CHROMIUM", "chromium"))
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if found is None:
        message = "No Chromium on this machine: install it (Debian: apt-get install chromium)"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    return str(found)


@contextmanager
def launched() -> Iterator[Browser]:
    """One headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS, timeout=2 * PATIENCE)
        yield browser
        browser.close()


SHOWN = """() => [
  '.govuk-error-summary', '.govuk-notification-banner', '.fp-empty', 'details[open]', 'main form[method=post]', 'main table', 'main h2'
].map(kind => document.querySelectorAll(kind).length).join(' ')"""
"""What makes the same page another one to look at: an error, a notice, a part unfolded, a form or a table more."""


class Person:
    """Somebody with a browser window of one width. Every page they come to is looked at."""

    def __init__(
        self,
        browser: Browser,
        base_url: str,
        width: int,
        *,
        locale: str = "en-GB",
        scripts: bool = True,
        state: Any = None,
    ) -> None:
        self._context = browser.new_context(
            base_url=base_url,
            viewport={"width": width, "height": 900},
            locale=locale,
            java_script_enabled=scripts,
            storage_state=state,
            reduced_motion="reduce",
        )
        self._context.set_default_timeout(PATIENCE)
        self.page: Page = self._context.new_page()
        self.width = width
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.looked_at: set[str] = set()

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "the server responded with a status of 4" not in text:
            self.complaints.append(text)

    def goes_to(self, address: str) -> Response | None:
        response = self.page.goto(address)
        self.looks()
        return response

    def clicks(self, name: str, *, role: Any = "button", exact: bool = False) -> None:
        """Click on a button that sends, or follow a link."""
        self.clicks_on(self.page.get_by_role(role, name=name, exact=exact).first)

    def clicks_on(self, target: Locator) -> None:
        """Click on what leads to another page, or to this one anew, and look at it when it is there."""
        with self.page.expect_navigation():
            target.click()
        self.looks()

    def presses(self, key: str) -> None:
        """Press a key that leads to another page, or to this one anew, and look at it when it is there."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.looks()

    def follows(self, name: str, *, exact: bool = False) -> None:
        self.clicks(name, role="link", exact=exact)

    def fills(self, **fields: str) -> None:
        """Fill fields by their label; underscores stand for spaces."""
        for label, value in fields.items():
            self.page.get_by_label(re.compile(label.replace("_", "[ -]"), re.IGNORECASE)).first.fill(value)

    def answers_property(self, postcode: str, place: int = 1) -> None:
        """Find an address by its postcode and take one of the list, counted from 1."""
        self.fills(postcode_or_street=postcode)
        self.page.get_by_role("button", name="Find address").first.click()
        found = self.page.locator("[id$=-picker] select").first
        expect(found).to_be_visible()
        self.looks()
        found.select_option(index=place)

    def opens(self, title: str) -> Locator:
        """Unfold a part of the page; returns it."""
        part = self.page.locator("details", has=self.page.locator("summary", has_text=title)).first
        if part.get_attribute("open") is None:
            part.locator("summary").click()
        return part

    def answers_everything_else(self, **known: str) -> None:
        """Answer each question of a form in the simplest way that is allowed, but for those with a known answer."""
        self.fills(**known)
        for group in self.page.locator("fieldset").all():
            choices = group.locator("input[type=radio], input[type=checkbox]")
            if choices.count() and not group.locator(":checked").count():
                choices.first.check()
        for box in self.page.locator(
            "main input:visible:not([type=radio]):not([type=checkbox]), main textarea:visible"
        ).all():
            label = box.evaluate("box => box.labels.length ? box.labels[0].innerText : ''")
            if not box.input_value() and "(optional)" not in label:
                box.fill(self._simple_answer(label.strip()))

    @staticmethod
    def _simple_answer(label: str) -> str:
        today = datetime.now(UTC)
        dates = {"Day": today.day, "Month": today.month, "Year": today.year}
        return str(dates.get(label, "In front of number 12"))

    def chooses(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).first.check()

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(re.compile(re.escape(text), re.IGNORECASE))

    def does_not_see(self, text: str) -> None:
        expect(self.page.locator("body")).not_to_contain_text(text)

    def looks(self) -> None:
        """Check the page that is open: title, language, one heading, width, console, and axe without a violation."""
        self.page.wait_for_load_state()
        where = f"{self.page.url} at {self.width} px"
        expect(self.page, f"{where} has no title").to_have_title(re.compile(r"\S"))
        assert self.page.title().strip(), f"{where} has no title"
        assert self.page.locator("html").get_attribute("lang"), f"{where} has no language"
        assert self.page.locator("h1").count() == 1, f"{where} has {self.page.locator('h1').count()} main headings"
        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{where} is {overflow} px too wide"
        assert self.complaints == [], f"{where}: {self.complaints}"
        path = re.sub(r"[0-9a-f-]{36}|FP-[0-9A-Z-]+", "*", self.page.url)
        page = f"{path} {self.page.evaluate(SHOWN)}"
        if page not in self.looked_at:
            self.looked_at.add(page)
            self._axe(where)

    def _axe(self, where: str) -> None:
        self.page.evaluate(AXE.read_text() + "\n;undefined")
        found = self.page.evaluate("rules => axe.run(document, rules)", RULES)
        violations = [
            f"{violation['id']}: {violation['help']} at {[node['target'] for node in violation['nodes']][:3]}"
            for violation in found["violations"]
        ]
        assert violations == [], f"{where}: " + "; ".join(violations)

    def state(self) -> Any:
        """The cookies of this person, for another window of theirs."""
        return self._context.storage_state()

    def leaves(self) -> None:
        self._context.close()
