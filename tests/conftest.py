"""What every test may ask for: a real database, a session that forgets, a clock that stands still, the application."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as trying
from playwright.sync_api import Browser
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from app.config import Settings
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime, build_bus
from tests.support.application import behind
from tests.support.browser import launched
from tests.support.council import Council, found
from tests.support.database import TestServer
from tests.support.flowing import SETTINGS
from tests.support.made import made_once

trying.register_profile("search", deadline=None, suppress_health_check=[HealthCheck.too_slow])
trying.register_profile("suite", trying.get_profile("search"), derandomize=True, database=None)
trying.load_profile("suite")
"""Properties are tried with the same examples in every run, however slow the machine; --hypothesis-profile=search looks for others."""

SECRET = "a secret for tests only, long enough to be accepted"
TEST_DAY = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def server() -> Iterator[TestServer]:
    """One PostgreSQL server for this test process."""
    running = TestServer()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def _shared_engine(server: TestServer) -> Iterator[Engine]:
    with server.copy() as url:
        yield from _engine_of(url)


@pytest.fixture(scope="session")
def founded(server: TestServer) -> Iterator[tuple[str, Council]]:
    """A database with the small council in it, and the council. Who asks for `council` gets a `db` or a `session` on a copy of it."""
    made: list[Council] = []

    def fill(database: Database) -> None:
        with database.transaction() as session:
            made.append(found(session, TEST_DAY))

    with made_once(server, SETTINGS, fill) as url:
        yield url, made[0]


@pytest.fixture(scope="module")
def filled(
    request: pytest.FixtureRequest,
    server: TestServer,
    founded: tuple[str, Council],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """URL of the council's database with what the module's `fill(db, folder, clock, council)` adds, once for all of its tests."""

    def fill(database: Database) -> None:
        request.module.fill(database, tmp_path_factory.mktemp("filled"), FixedClock(TEST_DAY), founded[1])

    with made_once(server, SETTINGS, fill, upon=founded[0]) as url:
        yield url


@pytest.fixture(scope="session")
def _council_engine(server: TestServer, founded: tuple[str, Council]) -> Iterator[Engine]:
    with server.copy_of(founded[0]) as url:
        yield from _engine_of(url)


def _engine_of(url: str) -> Iterator[Engine]:
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def council(founded: tuple[str, Council]) -> Council:
    return founded[1]


@pytest.fixture
def session(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Session]:
    """A session inside an outer transaction that is rolled back: nothing of one test reaches the next."""
    engine: Engine = request.getfixturevalue("_council_engine" if _has_council(request) else "_shared_engine")
    with engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            build_bus(settings).attach(session)
            yield session
        outer.rollback()


@pytest.fixture
def db(request: pytest.FixtureRequest, server: TestServer, settings: Settings) -> Iterator[Database]:
    """A database of the test's own, for tests that commit or that need several connections."""
    with _start_of(request, server) as url:
        database = Database(url, build_bus(settings), pool_wait=60, connect_wait=60)
        yield database
        database.close()


def _start_of(request: pytest.FixtureRequest, server: TestServer) -> AbstractContextManager[str]:
    """As its module filled it, with the council, or with no rows: by what the test asks for."""
    if "filled" in request.fixturenames:
        return server.copy_of(request.getfixturevalue("filled"))
    return server.copy_of(request.getfixturevalue("founded")[0]) if _has_council(request) else server.copy()


def _has_council(request: pytest.FixtureRequest) -> bool:
    return "founded" in request.fixturenames


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for this test process: Playwright runs once in a process."""
    with launched() as started:
        yield started


@pytest.fixture
def clock() -> FixedClock:
    """Wednesday 11 March 2026, 10:00 in London: an ordinary working morning."""
    return FixedClock(TEST_DAY)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        SECRET_KEY=SECRET,
        DATABASE_URL="postgresql://given-by-the-fixture/",
        data_dir=tmp_path,
        log_level="ERROR",
    )


@pytest.fixture
def runtime(settings: Settings, db: Database, clock: FixedClock) -> Runtime:
    return Runtime(settings, db, clock)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    return behind(runtime)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
