"""Takes the pictures of docs/eighty-days.md, from the case played again in a real browser: `python -m scripts.eighty_days`."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from scripts.screenshots import IMAGES, WIDTH
from tests.journeys.eighty_days import replaying
from tests.support.browser import launched
from tests.support.database import TestServer

HEIGHTS = {"eighty-days-1-name.png": 760, "eighty-days-2-alarm.png": 760, "eighty-days-3-found.png": 900}


def take(page: Page, name: str) -> None:
    """The upper part of the page as it is."""
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement && document.activeElement.blur()")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHTS[name]}
    page.screenshot(path=IMAGES / name, full_page=True, clip=clip, animations="disabled")
    print(f"docs/images/{name}")


def main() -> None:
    server = TestServer()
    try:
        with (
            server.copy() as url,
            TemporaryDirectory() as folder,
            launched() as browser,
            replaying(url, Path(folder), browser, WIDTH, take) as replay,
        ):
            replay.opens_the_wrongly_named_queue()
            replay.asks()
            replay.moves_it_there()
            hear_by = replay.row().hear_by
            replay.until(replay.clock.now() + timedelta(hours=1))
            replay.looks_at_the_alarm()
            replay.until(hear_by)
            replay.finds_it()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
