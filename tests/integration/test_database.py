"""The one door to PostgreSQL: what commits, what does not, and what happens when it is away."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.kernel.db import Database
from app.kernel.errors import Unavailable


def _notes(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT note FROM scratch ORDER BY note")))


@pytest.fixture
def scratch(db: Database) -> Database:
    with db.transaction() as session:
        session.execute(text("CREATE TABLE scratch (note text)"))
    return db


def test_a_block_that_ends_well_is_kept(scratch: Database) -> None:
    with scratch.transaction() as session:
        session.execute(text("INSERT INTO scratch VALUES ('kept')"))
    assert _notes(scratch) == ["kept"]


def test_a_block_that_fails_leaves_nothing(scratch: Database) -> None:
    def fail() -> None:
        with scratch.transaction() as session:
            session.execute(text("INSERT INTO scratch VALUES ('lost')"))
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail()
    assert _notes(scratch) == []


def test_a_reading_block_cannot_write(scratch: Database) -> None:
    with pytest.raises(DBAPIError, match="read-only"), scratch.reading() as session:
        session.execute(text("INSERT INTO scratch VALUES ('sneaked in')"))


def test_a_database_that_is_not_there_is_unavailable_and_not_a_crash() -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:9/none")
    assert not nowhere.answers()
    with pytest.raises(Unavailable), nowhere.transaction() as session:
        session.execute(text("SELECT 1"))


def test_a_connection_cut_in_the_middle_is_unavailable_and_the_next_one_works(scratch: Database) -> None:
    def be_cut_off() -> None:
        with scratch.transaction() as session:
            session.execute(text("INSERT INTO scratch VALUES ('cut off')"))
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with scratch.transaction() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        be_cut_off()
    assert _notes(scratch) == []
