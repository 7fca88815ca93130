"""The sample from which a source was made stays until it has done its work, so that a first load that went wrong can be mended."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.customers import services
from app.customers.enums import LawfulBasis
from app.customers.rows import Entry
from app.customers.source_jobs import forget_leftovers, load_waiting
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime
from tests.integration.console.conftest import Enter
from tests.support.council import Council, person
from tests.support.pages import read

SAMPLE = b"id,name,born,Enrolled,phone\nP1,Ada Tallis,1980-03-12,2020-01-31,07700 900123\nP2,Bo Okafor,1979-01-02,2021-02-01,\n"
KINDS = {"id": "key", "name": "full_name", "born": "ignore", "Enrolled": "ignore", "phone": "ignore"}
SOURCE = "/console/sources/members"


@pytest.fixture
def actor(db: Database, clock: FixedClock, council: Council) -> Actor:
    with db.transaction() as session:
        return person(session, "Stu Ward", Role.STEWARD, now=clock.now())


@pytest.fixture
def steward(browser_of: Enter, actor: Actor, db: Database, clock: FixedClock) -> FlaskClient:
    """At the desk, with a source made from a sample of which two columns too few are used."""
    with db.transaction() as session:
        draft = services.draft(session, actor, "members.csv", BytesIO(SAMPLE), now=clock.now())
        services.choose(session, actor, draft, KINDS)
        entry = Entry("Members", "Libraries", "To lend books", LawfulBasis.CONTRACT, "lib@example.com")
        assert services.register_draft(session, actor, draft, entry, now=clock.now()) == "members"
    return browser_of(actor)


@pytest.fixture
def kept(db: Database) -> Callable[[], int]:
    """How many files are kept."""

    def count() -> int:
        with db.reading() as session:
            return int(session.scalar(text("SELECT count(*) FROM source_file")) or 0)

    return count


def rehearsed(steward: FlaskClient, runtime: Runtime) -> str:
    """The address of a rehearsal of the sample, which a worker has finished."""
    answer = steward.post(f"{SOURCE}/sample")
    assert answer.status_code == 303, read(answer).text
    runtime.clock.advance(timedelta(minutes=1))
    load_waiting(runtime)
    return str(answer.headers["Location"])


def told(db: Database, key: str) -> dict[str, str]:
    """What the source record says."""
    with db.reading() as session:
        found = session.scalar(text("SELECT attributes FROM source_record WHERE key = :key"), {"key": key})
    return dict(found or {})


def break_reading(db: Database, name: str) -> None:
    """A mistake of ours in the layout, or its mending."""
    with db.transaction() as session:
        session.execute(
            text("UPDATE source_system SET layout = jsonb_set(layout, '{file,format}', to_jsonb(CAST(:name AS text)))"),
            {"name": name},
        )


def test_a_sample_whose_rehearsal_failed_is_rehearsed_again_and_loaded(
    steward: FlaskClient, runtime: Runtime, db: Database, kept: Callable[[], int]
) -> None:
    break_reading(db, "papyrus")
    page = read(steward.get(rehearsed(steward, runtime))).text
    assert "Failed" in page
    assert "Rehearse it again" in page
    assert "The sample is kept until records of the source have been loaded" in page
    assert "Rehearse the sample" in read(steward.get(SOURCE)).text
    break_reading(db, "csv")
    again = rehearsed(steward, runtime)
    assert "Rehearsed" in read(steward.get(again)).text
    steward.post(f"{again}/let-in")
    load_waiting(runtime)
    assert "Done" in (page := read(steward.get(again)).text)
    assert "Rehearse it again" not in page
    assert told(db, "P1")["family_name"] == "Tallis"
    assert kept() == 0, "what was kept for the load that failed is gone with it"
    assert "Rehearse the sample" not in read(steward.get(SOURCE)).text


def test_what_the_columns_hold_is_mended_with_the_sample_at_hand(
    steward: FlaskClient, runtime: Runtime, db: Database
) -> None:
    """A column that was left out is offered again, and its dates are read as the sample has them."""
    first = rehearsed(steward, runtime)
    page = steward.get(f"{SOURCE}/columns").text
    fields = dict(re.findall(r"for=\"(c\d)\">\s*What “(.+?)” holds", page))
    assert sorted(fields.values()) == ["Enrolled", "born", "id", "name", "phone"]
    holds = KINDS | {"born": "date_of_birth", "phone": "phone"}
    answer = steward.post(f"{SOURCE}/columns", data={field: holds[name] for field, name in fields.items()})
    assert answer.status_code == 303, read(answer).text
    again = rehearsed(steward, runtime)
    assert "Discarded" in read(steward.get(first)).text, "the new rehearsal takes the place of the old"
    steward.post(f"{again}/let-in")
    load_waiting(runtime)
    assert told(db, "P1")["date_of_birth"] == "1980-03-12"
    assert "phone" in told(db, "P1")


def test_a_rehearsal_that_is_discarded_leaves_the_sample(
    steward: FlaskClient, runtime: Runtime, kept: Callable[[], int]
) -> None:
    steward.post(f"{rehearsed(steward, runtime)}/discard")
    assert kept() == 1
    assert "Rehearsed" in read(steward.get(rehearsed(steward, runtime))).text


def test_pressing_twice_makes_one_rehearsal(steward: FlaskClient, runtime: Runtime) -> None:
    first, second = (steward.post(f"{SOURCE}/sample").headers["Location"] for _ in range(2))
    assert first == second
    assert load_waiting(runtime) == "1 loads"


def test_another_file_that_was_loaded_takes_the_samples_place(
    steward: FlaskClient, actor: Actor, runtime: Runtime, db: Database, kept: Callable[[], int]
) -> None:
    with db.transaction() as session:
        services.queue_file(
            session, actor, "members", "all.csv", BytesIO(SAMPLE), full=True, rehearsal=False, now=runtime.clock.now()
        )
    assert kept() == 2
    load_waiting(runtime)
    assert kept() == 0
    answer = steward.post(f"{SOURCE}/sample")
    assert answer.status_code == 409
    assert "The sample is no longer kept. Load a file instead" in read(answer).text


@pytest.mark.parametrize("fails", [True, False])
def test_no_sample_is_kept_for_more_than_a_week(
    steward: FlaskClient, runtime: Runtime, db: Database, clock: FixedClock, kept: Callable[[], int], *, fails: bool
) -> None:
    """Neither one that was never rehearsed, nor one of which a load failed."""
    if fails:
        break_reading(db, "papyrus")
        rehearsed(steward, runtime)
    clock.advance(timedelta(days=6))
    forget_leftovers(runtime)
    assert kept() == 1
    clock.advance(timedelta(days=2))
    forget_leftovers(runtime)
    assert kept() == 0
    assert "Rehearse the sample" not in read(steward.get(SOURCE)).text


def test_a_sample_that_a_rehearsal_still_reads_goes_with_it(
    steward: FlaskClient, actor: Actor, runtime: Runtime, clock: FixedClock, kept: Callable[[], int]
) -> None:
    clock.advance(timedelta(days=6))
    with runtime.database.transaction() as session:
        services.queue_sample(session, actor, "members", rehearsal=True, now=clock.now())
    load_waiting(runtime)
    clock.advance(timedelta(days=6))
    forget_leftovers(runtime)
    assert kept() == 1, "the rehearsal can still be let in"
    clock.advance(timedelta(days=2))
    forget_leftovers(runtime)
    assert kept() == 0
