"""A database that is filled once, and of which every test has a copy of its own: quicker than filling it for each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.config import Settings
from app.kernel.db import Database
from app.runtime import build_bus
from tests.support.database import TestServer


@contextmanager
def made_once(
    server: TestServer, settings: Settings, fill: Callable[[Database], object], *, upon: str | None = None
) -> Iterator[str]:
    """URL of a database with what `fill` puts into it, or adds to that at `upon`; nobody is connected to it any more."""
    with server.copy_of(upon) if upon else server.copy() as url:
        database = Database(url, build_bus(settings), pool_wait=60, connect_wait=60)
        fill(database)
        database.close()
        yield url


@contextmanager
def copy_of(server: TestServer, settings: Settings, url: str) -> Iterator[Database]:
    """One test's copy of it."""
    with server.copy_of(url) as copied:
        database = Database(copied, build_bus(settings), pool_wait=60, connect_wait=60)
        yield database
        database.close()
