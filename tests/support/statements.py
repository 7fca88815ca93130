"""Counts what is asked of the database, and sees how it is looked up: a page that asks more for a longer list gets slower every year."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event


@contextmanager
def counted(bind: Engine | Connection) -> Iterator[list[str]]:
    """The statements that are sent in this block, over this connection or any of this engine."""
    statements: list[str] = []

    def note(*details: object) -> None:
        statements.append(str(details[2]))

    event.listen(bind, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(bind, "before_cursor_execute", note)


@contextmanager
def explained(connection: Connection) -> Iterator[list[str]]:
    """The plans of the statements that are sent in this block."""
    plans: list[str] = []

    def explain(_: object, cursor: Any, statement: str, parameters: Any, *__: object) -> None:
        with cursor.connection.cursor() as beside:
            lines = beside.execute(f"EXPLAIN {statement}", parameters).fetchall()
        plans.append("\n".join(line[0] for line in lines))

    event.listen(connection, "before_cursor_execute", explain)
    try:
        yield plans
    finally:
        event.remove(connection, "before_cursor_execute", explain)
