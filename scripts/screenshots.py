"""Takes the pictures of the README from a small demo city, in a real browser: `make screenshots`.

An advisor opens the single view of a caller; the caller follows what she asked for by telephone, with its reference.
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from app.seeds import demo
from tests.journeys.conftest import RESIDENTS, People
from tests.journeys.steps import CALLER, EMAIL, finds_caller
from tests.support.browser import launched
from tests.support.database import TestServer
from tests.support.live import Live, running

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDTH = 1280
LARGEST = 200_000


def main() -> None:
    print(f"Building a town of {RESIDENTS:,} residents")
    server = TestServer()
    try:
        with server.copy() as url, TemporaryDirectory() as folder, running(url, Path(folder)) as live:
            demo.seed(live.runtime, residents=RESIDENTS)
            visit(live)
    finally:
        server.stop()


def visit(live: Live) -> None:
    """Walk to both pages, as people do."""
    with launched() as browser:
        people = People(browser, live)
        advisor = people.colleague("advisor", WIDTH)
        finds_caller(advisor)
        advisor.sees(CALLER.split()[-1])
        take(advisor.page, "console.png", height=1150)

        open_now = advisor.page.locator("main").inner_text().partition("Report a repair in a council home")[2]
        reference = re.search(r"FP-[0-9A-Z]{4}-[0-9A-Z]{4}", open_now)
        if reference is None:
            sys.exit(f"{CALLER} has no repair open, so there is nothing to show of the portal")
        resident = people.visitor(WIDTH)
        resident.goes_to("/track")
        resident.fills(reference=reference.group(), e_mail=EMAIL)
        resident.clicks("Show my enquiry")
        take(resident.page, "portal.png", height=880)


def take(page: Page, name: str, *, height: int) -> None:
    """The page from its top to a sensible height; its pointer and cursor out of the way."""
    page.mouse.move(0, 0)
    path = IMAGES / name
    page.screenshot(
        path=path, full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": height}, animations="disabled"
    )
    size = path.stat().st_size
    if size > LARGEST:
        sys.exit(f"{name} has {size:,} bytes; more than {LARGEST:,} is too much for a README")
    print(f"{path.relative_to(IMAGES.parents[1])}  {size:,} bytes")


if __name__ == "__main__":
    main()
