"""One at a time, whatever the number of processes: a PostgreSQL advisory lock that goes when its holder goes."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from app.kernel.db import Database
from app.kernel.errors import Conflict


@contextmanager
def only_one(database: Database, what: str, otherwise: Conflict) -> Iterator[None]:
    """Hold the lock called `what` while the block runs; raise `otherwise` if somebody else holds it."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = {"name": f"firstpoint.customers.{what}"}
        if not connection.scalar(text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))"), name):
            raise otherwise
        try:
            yield
        finally:
            if not connection.invalidated:
                connection.execute(text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))"), name)
