"""Sources that are fetched from another database: page by page, from a watermark, and only read."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.customers import queries, services
from app.customers.connecting.sql import PAGE
from app.customers.enums import ConnectorKind, LoadStatus
from app.customers.errors import SourceAway
from app.customers.loading.batch import MOST_ROWS
from app.customers.services import fetcher_of
from app.kernel.actors import Actor
from app.kernel.errors import DomainError, Invalid
from app.runtime import Runtime
from tests.conftest import TEST_DAY
from tests.support.fetching import connect, refreshed


def people(path: Path, rows: int) -> str:
    """A database of another system."""
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE people (contact_id TEXT PRIMARY KEY, name TEXT, dob TEXT, changed TEXT)")
        values = [
            (f"P{n:06d}", f"Person {n} Tallis", "1980-03-12", f"2026-01-01 00:00:{n % 60:02d}") for n in range(rows)
        ]
        other.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", values)
    other.close()
    return f"sqlite:///{path.name}"


def change(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as other:
        other.execute(statement)
    other.close()


def test_a_database_is_read_page_by_page_along_its_key(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    url = people(folder / "people.db", PAGE * 2 + 7)
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query="people", key="contact_id")
    [report] = refreshed(runtime, members)
    assert (report.status, report.new, report.rows) == (LoadStatus.DONE, PAGE * 2 + 7, PAGE * 2 + 7)
    change(folder / "people.db", "DELETE FROM people WHERE contact_id < 'P000003'")
    assert [report.gone for report in refreshed(runtime, members)] == [3], (
        "without a watermark each fetch is a full one"
    )


def test_with_a_watermark_only_what_has_changed_is_read(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    url = people(folder / "people.db", 130)
    query = "SELECT contact_id, name, dob, changed FROM people"
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query=query, key="contact_id", mark="changed")
    assert [report.new for report in refreshed(runtime, members)] == [130]
    change(
        folder / "people.db",
        "UPDATE people SET name = 'Other Name', changed = '2026-02-02' WHERE contact_id = 'P000005'",
    )
    change(
        folder / "people.db", "INSERT INTO people VALUES ('P900000', 'New One', '1990-01-01', '2026-01-01 00:00:59')"
    )
    [report] = refreshed(runtime, members)
    assert (report.changed, report.new, report.gone) == (1, 1, 0), "what shares the last watermark is read again"
    assert report.rows < 10
    with runtime.database.reading() as session:
        assert queries.register_entry(session, members, now=TEST_DAY).watermark == "2026-02-02"
    with runtime.database.transaction() as session:
        services.forget_watermark(session, steward, members, now=TEST_DAY)
    assert refreshed(runtime, members)[0].rows == 131


def test_rows_without_a_watermark_are_told_and_not_lost(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    url = people(folder / "people.db", 3)
    change(folder / "people.db", "UPDATE people SET changed = NULL WHERE contact_id = 'P000001'")
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query="people", key="contact_id", mark="changed")
    with pytest.raises(Invalid, match="1 rows have nothing in the column changed"):
        refreshed(runtime, members)


def test_a_row_that_changes_while_it_is_read_is_taken_as_it_is_in_the_end(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    """It comes again with its new watermark; as a repeat it would be lost, for the next fetch begins behind it."""
    url = people(folder / "people.db", MOST_ROWS * 2 + 500)
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query="people", key="contact_id", mark="changed")
    fetcher = fetcher_of(runtime)

    def gone_after(stage: str, done: int, total: int | None) -> None:
        if stage == "rows":
            raise SourceAway("%(why)s", why="the line broke")

    with pytest.raises(SourceAway):
        replace(fetcher, progress=gone_after).refresh(members)
    early = "(SELECT contact_id FROM people ORDER BY changed, contact_id LIMIT 1)"
    change(
        folder / "people.db",
        f"UPDATE people SET name = 'Other Name', changed = '2026-02-02' WHERE contact_id = {early}",
    )
    change(folder / "people.db", "UPDATE people SET changed = '2026-02-03' WHERE contact_id = 'P000059'")
    [report] = refreshed(runtime, members)
    assert (report.status, report.new, report.rejected) == (LoadStatus.DONE, MOST_ROWS * 2 + 500, 0)
    with runtime.database.reading() as session:
        assert (
            session.scalar(text("SELECT attributes->>'family_name' FROM source_record WHERE key = 'P000000'")) == "Name"
        )
    assert refreshed(runtime, members)[0].changed == 0


def test_two_rows_of_one_record_that_were_there_all_the_time_are_a_repeat(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    """Nobody can say which of the two is right: one is taken, and the other told as rejected."""
    url = people(folder / "people.db", 3)
    change(folder / "people.db", "CREATE TABLE phones AS SELECT rowid AS id, * FROM people")
    change(folder / "people.db", "INSERT INTO phones SELECT 9, contact_id, name, dob, '2026-02-02' FROM people LIMIT 1")
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query="phones", key="id", mark="changed")
    [report] = refreshed(runtime, members)
    assert (report.rows, report.new, report.rejected) == (4, 3, 1)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM people", "one SELECT"),
        ("SELECT 1; DROP TABLE people", "one SELECT"),
        ("", "one SELECT"),
        ("no_such", None),
    ],
)
def test_a_statement_only_reads(
    runtime: Runtime, steward: Actor, folder: Path, members: str, *, query: str, said: str | None
) -> None:
    url = people(folder / "people.db", 1)
    if said:
        with pytest.raises(Invalid, match=said):
            connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query=query, key="contact_id")
    else:
        connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query=query, key="contact_id")
        with pytest.raises(DomainError, match="no such table"):
            refreshed(runtime, members)


def test_our_own_kind_of_database_is_read_too_and_its_password_is_never_told(
    runtime: Runtime, steward: Actor, members: str
) -> None:
    with runtime.database.transaction() as session:
        session.execute(
            text("CREATE TABLE elsewhere (contact_id int PRIMARY KEY, name text, dob date, changed timestamptz)")
        )
        session.execute(
            text("INSERT INTO elsewhere SELECT n, 'Person Tallis', '1980-03-12', now() FROM generate_series(1, 5) n")
        )
    url = runtime.database.engine.url.set(password="hushhush").render_as_string(hide_password=False)
    connect(
        runtime, steward, members, ConnectorKind.SQL, secret=url, query="elsewhere", key="contact_id", mark="changed"
    )
    assert [report.new for report in refreshed(runtime, members)] == [5]
    with runtime.database.reading() as session:
        births = set(session.scalars(text("SELECT attributes->>'date_of_birth' FROM source_record")))
        sealed = session.scalar(text("SELECT connector_secret FROM source_system WHERE slug = :s"), {"s": members})
        everything = session.scalar(text("SELECT string_agg(t::text, '') FROM audit_entry t")) or ""
    assert births == {"1980-03-12"}
    assert "hushhush" not in str(sealed) + everything
    assert runtime.sealer.open(str(sealed)) == url
