"""One leader among any number of workers: whoever holds an advisory lock of PostgreSQL, on a connection of its own.

When the leader dies, or its connection does, the server frees the lock and another worker takes over.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from zlib import crc32

from sqlalchemy import URL, NullPool, create_engine, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

LEADER = 0
_SPACE = 0x4650  # keeps our locks apart from those of other programs on the same database
_IMPATIENT = {
    "connect_timeout": 2,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 3000,
    "options": "-c statement_timeout=3000",
}


def lock_engine(url: URL) -> Engine:
    """An engine whose connections notice quickly that the server is gone, and are never shared."""
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=_IMPATIENT)


class Leadership:
    """This worker's claim to lead. Every method raises DBAPIError when the database is away."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None

    def take(self) -> bool:
        """Try to become the leader; False if another worker is."""
        connection = self._connection or self._engine.connect()
        self._connection = connection
        try:
            taken = _try_lock(connection, LEADER)
        except DBAPIError:
            self.drop()
            raise
        return taken

    def check(self) -> None:
        """Make sure that the lock's connection still lives; raises DBAPIError when it does not, and the lock is lost with it."""
        if self._connection is None:
            raise RuntimeError("this worker does not lead")
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            self.drop()
            raise

    def drop(self) -> None:
        """Close the connection, and with it the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(DBAPIError):
                connection.invalidate()
                connection.close()


@contextmanager
def alone(engine: Engine, job: str) -> Iterator[bool]:
    """True inside the block if nobody else is running this job; holds the job's own lock until the block ends."""
    with engine.connect() as connection:
        key = crc32(job.encode()) & 0x7FFFFFFF or 1
        mine = False
        try:
            mine = _try_lock(connection, key)
            yield mine
        finally:
            with suppress(DBAPIError):
                if mine:  # said aloud: the server notices a closed connection only a moment later
                    connection.execute(text("SELECT pg_advisory_unlock(:space, :key)"), {"space": _SPACE, "key": key})
                connection.invalidate()


def _try_lock(connection: Connection, key: int) -> bool:
    question = text("SELECT pg_try_advisory_lock(:space, :key)")
    return bool(connection.scalar(question, {"space": _SPACE, "key": key}))
