"""One small city for all tests that only look, and the people who look."""

from collections.abc import Iterator
from datetime import date

import pytest

from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.runtime import build_bus
from app.seeds.city import generate
from tests.conftest import TEST_DAY
from tests.support.customers import LoadedCity, load_city
from tests.support.database import TestServer
from tests.support.flowing import SETTINGS, Town, quarter_of, records_of


@pytest.fixture(scope="session")
def city(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedCity]:
    """A thousand residents, loaded and matched. Tests that change anything roll it back."""
    with server.copy() as url:
        database = Database(url, connect_wait=60)
        yield load_city(database, tmp_path_factory.mktemp("city"), FixedClock(TEST_DAY), 1_000)
        database.close()


@pytest.fixture
def advisor() -> Actor:
    return Actor(ActorKind.STAFF, new_id(), "Ada Visor", frozenset({Role.ADVISOR}), "192.0.2.1")


@pytest.fixture
def steward() -> Actor:
    return Actor(ActorKind.STAFF, new_id(), "Stu Ward", frozenset({Role.STEWARD}), "192.0.2.2")


@pytest.fixture(scope="session")
def town(server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with server.copy() as url:
        database = Database(url, build_bus(SETTINGS), connect_wait=60)
        folder = tmp_path_factory.mktemp("town")
        everybody = records_of(generate(1000, today=date(2026, 3, 11)), folder)
        yield Town(database, quarter_of(everybody, 400), FixedClock(TEST_DAY))
        database.close()
