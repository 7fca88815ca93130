"""Many rows at once: COPY through the session's own connection, in its own transaction."""

from collections.abc import Iterable, Sequence

from psycopg import Connection, sql
from sqlalchemy import text
from sqlalchemy.orm import Session


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows to a table. Faster than INSERT by a factor of ten from some hundred rows on."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(column) for column in columns)
    )
    with _driver(session).cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def temporary(session: Session, name: str, columns: str) -> None:
    """A table for this transaction only."""
    session.execute(text(f"CREATE TEMPORARY TABLE {name} ({columns}) ON COMMIT DROP"))


def _driver(session: Session) -> Connection:
    driver = session.connection().connection.driver_connection
    if not isinstance(driver, Connection):
        raise TypeError("COPY needs a psycopg connection")
    return driver
