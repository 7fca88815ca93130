"""A real PostgreSQL for the tests: one server per test process, one migrated template, a copy for each test that commits."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine, make_url

from app.kernel.postgres import EmbeddedPostgres, scratch_directory
from migrations.metadata import load

TEMPLATE = "fp_template"


class TestServer:
    """The server, and what can be copied from it."""

    __test__ = False

    def __init__(self) -> None:
        self._postgres = EmbeddedPostgres(scratch_directory(), durable=False)
        self.url = self._postgres.start()
        self._admin: Engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        self._execute(f"CREATE DATABASE {TEMPLATE}")
        self._build(self.url_of(TEMPLATE))

    def url_of(self, name: str) -> str:
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def copy(self) -> AbstractContextManager[str]:
        """URL of a fresh database with every table and no rows; dropped afterwards."""
        return self._database(f"TEMPLATE {TEMPLATE}")

    def copy_of(self, url: str) -> AbstractContextManager[str]:
        """A database as another one is, to which nobody may be connected while it is copied; who has just left may take a while."""
        name = url.rpartition("/")[2].partition("?")[0]
        deadline = time.monotonic() + 60
        while self._is_in_use(name) and time.monotonic() < deadline:
            time.sleep(0.02)
        return self._database(f"TEMPLATE {name}")

    def empty(self) -> AbstractContextManager[str]:
        """URL of a database with nothing in it; dropped afterwards."""
        return self._database("")

    @contextmanager
    def _database(self, options: str) -> Iterator[str]:
        name = f"fp_{uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name} {options}")
        try:
            yield self.url_of(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        self._admin.dispose()
        self._postgres.stop()
        self._postgres.remove()

    def _is_in_use(self, name: str) -> bool:
        with self._admin.connect() as connection:
            return bool(
                connection.scalar(
                    text(
                        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = :name AND backend_type = 'client backend')"
                    ),
                    {"name": name},
                )
            )

    def _execute(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    @staticmethod
    def _build(url: str) -> None:
        engine = create_engine(url)
        with engine.begin() as connection:
            load().metadata.create_all(connection)
        engine.dispose()
