"""Organisations on the stewards' pages: in the list, side by side, by keyboard, on the split desk, in the sample and on a page of their own."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.config import Settings
from app.customers import queries, services
from app.customers.enums import Verdict
from app.customers.matching.waiting import match_waiting
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.conftest import TEST_DAY
from tests.integration.console.conftest import Enter
from tests.support.council import person
from tests.support.database import TestServer
from tests.support.desk import CROWD, ONE, OTHER, council_and_town, leave_open
from tests.support.flowing import SETTINGS, Sent, partition, record_id, send_and_match
from tests.support.made import copy_of, made_once
from tests.support.organisations import organisation
from tests.support.pages import read

DESK = "/console/possible-matches"
REACH = {"phone": "07700 900101", "email": "office@northgate.example", "postcode": "ZF1 4EZ"}
TRUE = organisation("N-1", "Northgate Lettings Ltd", company_number="ZZ100001", **REACH)
SLIP = organisation("N-3", "Northgate Letings Ltd", source="legacy-crm", **REACH)
NAMESAKE = organisation("N-4", "Northgate Lettings Ltd", source="housing", company_number="ZZ100002")


@pytest.fixture(scope="module")
def _town(server: TestServer) -> Iterator[str]:
    """A small council and town with three organisations, matched once; every test has a copy of it."""
    with made_once(server, SETTINGS, with_organisations) as url:
        yield url


def with_organisations(database: Database) -> None:
    council_and_town(database)
    send_and_match(database, [TRUE, SLIP, NAMESAKE], FixedClock(TEST_DAY))


@pytest.fixture
def db(server: TestServer, _town: str, settings: Settings) -> Iterator[Database]:
    with copy_of(server, settings, _town) as database:
        yield database


@pytest.fixture
def steward(db: Database, clock: FixedClock) -> Actor:
    with db.transaction() as session:
        return person(session, "Felix Ward", Role.STEWARD, now=clock.now())


@pytest.fixture
def felix(steward: Actor, browser_of: Enter) -> FlaskClient:
    return browser_of(steward)


def pair_of(db: Database, *some: Sent) -> UUID:
    ids = sorted(record_id(db, one.name) for one in some)
    with db.reading() as session:
        found: UUID = session.execute(
            text("SELECT id FROM possible_match WHERE left_id = :a AND right_id = :b"), {"a": ids[0], "b": ids[1]}
        ).scalar_one()
    return found


def test_the_list_marks_organisations_and_shows_them_alone(db: Database, felix: FlaskClient) -> None:
    leave_open(db, ONE, OTHER)
    whole = read(felix.get(DESK))
    tags = [words for words in whole.words("strong") if words == "Organisation"]
    assert len(tags) == 2
    assert "Josephine" in whole.text
    alone = read(felix.get(f"{DESK}?kind=organisation"))
    assert "Northgate" in alone.text
    assert "Josephine" not in alone.text
    people = read(felix.get(f"{DESK}?kind=person"))
    assert "Northgate" not in people.text
    assert felix.get(f"{DESK}?kind=nonsense").status_code == 200


def test_a_pair_asks_whether_it_is_one_organisation_and_says_why(
    db: Database, felix: FlaskClient, clock: FixedClock
) -> None:
    match = pair_of(db, TRUE, SLIP)
    page = read(felix.get(f"{DESK}/{match}"))
    for words in (
        "The same organisation?",
        "Same organisation",
        "Different organisations",
        "Company number",
        "one organisation",
    ):
        assert words in page.text, words
    assert "one person" not in page.text
    assert len(page.attributes("rect")) >= 4
    keys = {one["data-fp-key"] for _, one, _ in page.elements if "data-fp-key" in one}
    assert keys >= {"s", "d", "k", "u", "w"}
    felix.post(f"{DESK}/{match}", data={"verdict": "same"})
    match_waiting(db, clock=clock)
    assert frozenset({TRUE.name, SLIP.name}) in partition(db)
    assert felix.post(f"{DESK}/undo").status_code == 303
    match_waiting(db, clock=clock)
    assert frozenset({TRUE.name}) in partition(db)
    assert felix.post(f"{DESK}/{pair_of(db, TRUE, SLIP)}", data={"verdict": "skip"}).status_code == 303


def test_two_numbers_are_told_in_the_list_and_need_a_second_steward(db: Database, felix: FlaskClient) -> None:
    match = pair_of(db, TRUE, NAMESAKE)
    assert "National Insurance or company numbers contradict each other" in read(felix.get(DESK)).text
    told = read(felix.get(f"{DESK}/{match}")).text
    assert "Joining them needs a second steward" in told
    assert "the same organisation." not in told
    felix.post(f"{DESK}/{match}", data={"verdict": "same", "reason": "They moved"})
    assert "Felix Ward says: the same organisation." in read(felix.get(f"{DESK}/{match}")).text


def test_the_split_desk_shows_an_organisation_with_two_numbers(
    db: Database, felix: FlaskClient, steward: Actor, clock: FixedClock
) -> None:
    with db.transaction() as session:
        ids = [record_id(db, one.name) for one in (TRUE, NAMESAKE)]
        services.decide(session, steward, ids[0], ids[1], Verdict.SAME, now=clock.now())
    match_waiting(db, clock=clock)
    with db.transaction() as session:
        services.look_for_weak_bridges(session, now=clock.now())
        golden = queries.golden_of_source_record(session, ids[0])
    assert "Company number" in read(felix.get("/console/split-desk")).text
    desk = read(felix.get(f"/console/split-desk/{golden}"))
    assert "Northgate Lettings Ltd" in desk.text
    assert "ZZ100002" in desk.text
    page = read(felix.get(f"/console/properties/organisations/{golden}"))
    for words in ("Company number", "ZZ100001", "ZZ100002", "A company has one number"):
        assert words in page.text, words


def test_accuracy_tells_organisations_apart_and_their_sample_is_judged_like_any_other(
    db: Database, felix: FlaskClient, clock: FixedClock
) -> None:
    send_and_match(db, [organisation("N-2", "Northgate Lettings", phone=REACH["phone"]), *CROWD[:2]], clock)
    felix.post("/console/accuracy/draw")
    page = read(felix.get("/console/accuracy"))
    for words in ("People", "Organisations", "What the estimates of organisations stand on", "One organisation"):
        assert words in page.text, words
    with db.reading() as session:
        drawn = session.scalars(text("SELECT id FROM desk_audit WHERE organisation")).all()
    assert drawn
    sample = read(felix.get(f"/console/accuracy/sample/{drawn[0]}"))
    assert "One organisation? A sample" in sample.text
    assert "How the engine weighs it" not in sample.text
    assert felix.post(f"/console/accuracy/sample/{drawn[0]}", data={"verdict": "same"}).status_code == 303
