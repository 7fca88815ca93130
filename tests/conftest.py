"""What every test may ask for: a real database, a session that forgets, a clock that stands still, the application."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from app.config import Settings
from app.factory import create_app
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime, build_bus
from tests.support.browser import launched
from tests.support.database import TestServer

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
        engine = create_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def session(_shared_engine: Engine, settings: Settings) -> Iterator[Session]:
    """A session inside an outer transaction that is rolled back: nothing of one test reaches the next."""
    with _shared_engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            build_bus(settings).attach(session)
            yield session
        outer.rollback()


@pytest.fixture
def db(server: TestServer, settings: Settings) -> Iterator[Database]:
    """A database of the test's own, for tests that commit or that need several connections."""
    with server.copy() as url:
        database = Database(url, build_bus(settings))
        yield database
        database.close()


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
    application = create_app(runtime=runtime)
    application.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return application


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
