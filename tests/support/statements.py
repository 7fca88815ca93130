"""Counts what is asked of the database, and sees how it is looked up: a page that asks more for a longer list gets slower every year."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, text


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


def multiply(connection: Connection, table: str, times: int, **columns: str) -> None:
    """So many more rows like the first row of `table`, and statistics of them, so that the planner has something to choose by.

    Each of `columns` is an expression in which `n` counts from 1; `id` is made anew. Over an empty table every plan costs
    the same, and which one comes out hangs on what else the server did. The statistics are kept from the server's own
    vacuuming until the transaction ends.
    """
    changed = {"id": "gen_random_uuid()", **columns}
    built = ", ".join(f"'{name}', {expression}" for name, expression in changed.items())
    connection.execute(
        text(
            f"INSERT INTO {table} SELECT made.* FROM {table} one, generate_series(1, {times}) n, "
            f"jsonb_populate_record(one, jsonb_build_object({built})) made WHERE one.ctid = (SELECT ctid FROM {table} LIMIT 1)"
        )
    )
    connection.execute(text(f"ANALYZE {table}"))
