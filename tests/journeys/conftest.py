"""The demo city, running: one small town for all journeys of a test process, and people with browsers in it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from app.accounts import queries as accounts
from app.accounts import services as signing_in
from app.kernel.clock import SystemClock
from app.seeds import demo, staff
from tests.support.browser import WIDTHS, Person
from tests.support.database import TestServer
from tests.support.live import Live, running

RESIDENTS = 1500


@pytest.fixture(scope="session")
def seeded(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of Hallowmere with 1,500 residents, its extracts loaded and matched, two years of enquiries behind it."""
    with server.copy() as url:
        with running(url, tmp_path_factory.mktemp("seeded")) as live:
            demo.seed(live.runtime, residents=RESIDENTS)
        yield url


@pytest.fixture(scope="module")
def town(server: TestServer, seeded: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Each file of journeys has a Hallowmere of its own, so what people did in another file is not seen here."""
    with server.copy_of(seeded) as url, running(url, tmp_path_factory.mktemp("town")) as live:
        yield live


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    """Each journey is walked on a phone and at a desk."""
    return WIDTHS[request.param]


class People:
    """Opens browsers for people, and keeps the sign-in of each member of staff: an authenticator code works once."""

    def __init__(self, browser: Browser, live: Live) -> None:
        self._browser, self._live = browser, live
        self._signed_in: dict[str, Any] = {}

    def visitor(self, width: int, **options: Any) -> Person:
        return Person(self._browser, self._live.url, width, **options)

    def colleague(self, login: str, width: int) -> Person:
        """A member of staff at the console."""
        if login not in self._signed_in:
            self._signed_in[login] = self._sign_in(login, width)
        return self.visitor(width, state=self._signed_in[login])

    def _sign_in(self, login: str, width: int) -> Any:
        person = self.visitor(width)
        email = f"{login}@{staff.DOMAIN}"
        person.goes_to("/console/sign-in")
        person.fills(e_mail=email, password=staff.PASSWORD)
        person.clicks("Continue")
        with self._live.database.reading() as session:
            account = accounts.by_email(session, email)
            assert account is not None
            code = signing_in.current_code(session, account.id, now=SystemClock().now())
        person.fills(code=code)
        person.clicks("Sign in")
        state = person.state()
        person.leaves()
        return state


@pytest.fixture(scope="module")
def _people(chromium: Browser, town: Live) -> People:
    return People(chromium, town)


@pytest.fixture
def visitor(_people: People, width: int) -> Iterator[Person]:
    """Somebody who has come to the portal and is not signed in."""
    person = _people.visitor(width)
    yield person
    person.leaves()


@pytest.fixture
def colleague(_people: People, width: int) -> Iterator[Callable[[str], Person]]:
    """Members of staff, by login: `colleague("advisor")`."""
    opened: list[Person] = []

    def open_console(login: str) -> Person:
        opened.append(_people.colleague(login, width))
        return opened[-1]

    yield open_console
    for person in opened:
        person.leaves()
