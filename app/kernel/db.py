"""The one door to PostgreSQL, and the only place in the house that commits.

with database.transaction() as session:   # commits at the end, rolls back on any exception
    services.receive(session, …)

with database.reading() as session:       # READ ONLY: a write here is an error, not a lost write
    queries.enquiry(session, …)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, DateTime, Dialect, MetaData, String, TypeDecorator, Uuid, create_engine, text
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from app.kernel.clock import as_utc
from app.kernel.errors import Unavailable
from app.kernel.events import Bus
from app.kernel.ids import new_id

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """timestamptz that refuses naive datetimes on the way in and gives UTC on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else as_utc(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


Id = Annotated[UUID, mapped_column(Uuid(), primary_key=True, default=new_id)]
Utc = Annotated[datetime, mapped_column(UtcDateTime())]
Json = Annotated[dict[str, Any], mapped_column(JSONB())]
JsonList = Annotated[list[Any], mapped_column(JSONB())]


class Base(DeclarativeBase):
    """Every table's base: one metadata, one naming convention, so that migrations can name what they drop."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), UUID: Uuid(), str: String()}


def enum_column(kind: type[StrEnum], **options: Any) -> Any:
    """A text column that holds the values of a StrEnum; `one_of(kind, column)` adds the CHECK that holds it to them."""
    column_type = SqlEnum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [member.value for member in members],
    )
    return mapped_column(column_type, **options)


def one_of(kind: type[StrEnum], column: str) -> CheckConstraint:
    """CHECK that a column holds one of the enum's values; for `__table_args__`."""
    values = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f"{column} IN ({values})", name=f"{column}_known")


class Database:
    """Owns the engine. Opens sessions that know the event bus; commits when, and only when, a transaction block ends well.

    Seconds that somebody waits, before it is Unavailable: `pool_wait` for a connection that is free, `connect_wait` for a new one.
    """

    def __init__(
        self, url: str, bus: Bus | None = None, *, pool_size: int = 20, pool_wait: float = 5, connect_wait: int = 3
    ) -> None:
        self.bus = bus or Bus()
        self.engine: Engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=10,
            pool_pre_ping=True,
            pool_timeout=pool_wait,
            hide_parameters=True,  # what people typed stands in no log of a statement that failed
            connect_args={"connect_timeout": connect_wait, "options": "-c timezone=UTC"},
        )

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is kept if the block ends well and forgotten if it does not."""
        with self._speaking_plainly(), Session(self.engine, expire_on_commit=False) as session:
            self.bus.attach(session)
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only session with one consistent view; PostgreSQL itself refuses writes in it."""
        with self._speaking_plainly(), Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            self.bus.attach(session)
            session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
            try:
                yield session
            finally:
                session.rollback()

    def answers(self) -> bool:
        """True if the database can be reached just now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _speaking_plainly(self) -> Iterator[None]:
        """A lost, refused or busy connection becomes Unavailable: the caller can wait and try again, nothing was kept."""
        try:
            yield
        except PoolExhausted as error:
            raise Unavailable from error
        except DBAPIError as error:
            if isinstance(error, OperationalError) and (error.connection_invalidated or _cannot_connect(error)):
                raise Unavailable from error
            raise


def _cannot_connect(error: DBAPIError) -> bool:
    """psycopg reports a failed connect without an SQLSTATE, or with class 08 (connection) or 57P0x (shutting down)."""
    state = getattr(error.orig, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))
