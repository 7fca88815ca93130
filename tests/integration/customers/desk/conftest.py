"""A small town, matched once, and two stewards at its desk."""

from collections.abc import Iterator

import pytest

from app.config import Settings
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.conftest import TEST_DAY
from tests.support.council import person
from tests.support.database import TestServer
from tests.support.desk import match_town
from tests.support.flowing import SETTINGS
from tests.support.made import copy_of, made_once


@pytest.fixture(scope="package")
def matched(server: TestServer) -> Iterator[str]:
    """A small town, matched once; every test has a copy of it."""
    with made_once(server, SETTINGS, lambda database: match_town(database, FixedClock(TEST_DAY))) as url:
        yield url


@pytest.fixture
def db(server: TestServer, matched: str, settings: Settings) -> Iterator[Database]:
    with copy_of(server, settings, matched) as database:
        yield database


@pytest.fixture
def town(db: Database) -> Database:
    return db


@pytest.fixture
def felix(town: Database, clock: FixedClock) -> Actor:
    with town.transaction() as session:
        return person(session, "Felix Ward", Role.STEWARD, now=clock.now())


@pytest.fixture
def greta(town: Database, clock: FixedClock) -> Actor:
    with town.transaction() as session:
        return person(session, "Greta Lund", Role.STEWARD, now=clock.now())
