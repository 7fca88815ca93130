"""The stewards' desk in the console: pairs, many at once, the split desk, reports and accuracy, as pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app.config import Settings
from app.customers import services
from app.customers.enums import Wrong
from app.customers.matching.waiting import match_waiting
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.accounts.people import a_resident
from tests.integration.console.conftest import Enter
from tests.support.council import person
from tests.support.database import TestServer
from tests.support.desk import (
    CROWD,
    ONE,
    OTHER,
    TWIN,
    council_and_town,
    golden_of,
    leave_open,
    put_together,
    verify,
    weighed,
)
from tests.support.flowing import SETTINGS, record_id
from tests.support.made import copy_of, made_once
from tests.support.pages import read

DESK = "/console/possible-matches"


@pytest.fixture(scope="module")
def _town(server: TestServer) -> Iterator[str]:
    """A small council and town, matched once; every test has a copy of it."""
    with made_once(server, SETTINGS, council_and_town) as url:
        yield url


@pytest.fixture
def db(server: TestServer, _town: str, settings: Settings) -> Iterator[Database]:
    with copy_of(server, settings, _town) as database:
        yield database


@pytest.fixture
def matched(db: Database) -> Database:
    return db


def a_steward(db: Database, name: str, clock: FixedClock) -> Actor:
    with db.transaction() as session:
        return person(session, name, Role.STEWARD, now=clock.now())


@pytest.fixture
def felix(matched: Database, browser_of: Enter, clock: FixedClock) -> FlaskClient:
    return browser_of(a_steward(matched, "Felix Ward", clock))


@pytest.fixture
def greta(matched: Database, browser_of: Enter, clock: FixedClock) -> FlaskClient:
    return browser_of(a_steward(matched, "Greta Lund", clock))


@contextmanager
def counting(db: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_1: object, _2: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_the_next_pair_follows_at_once_until_none_is_left(matched: Database, felix: FlaskClient) -> None:
    first, second = (
        leave_open(matched, ONE, OTHER, probability=0.5),
        leave_open(matched, CROWD[0], CROWD[1], probability=0.8),
    )
    assert felix.get(f"{DESK}/next").headers["Location"] == f"{DESK}/{first}"
    done = felix.post(f"{DESK}/{first}", data={"verdict": "different"})
    assert (done.status_code, done.headers["Location"]) == (303, f"{DESK}/{second}")
    skipped = felix.post(f"{DESK}/{second}", data={"verdict": "skip"})
    assert skipped.headers["Location"] == DESK
    assert "Nothing to decide" in read(felix.get(DESK)).text
    back = felix.post(f"{DESK}/undo")
    assert back.headers["Location"] == f"{DESK}/{second}"
    assert felix.post(f"{DESK}/undo").headers["Location"] == f"{DESK}/{first}"
    assert felix.post(f"{DESK}/undo").status_code == 409


def test_a_pair_marks_differences_in_words_and_draws_its_weights_with_a_table(
    matched: Database, felix: FlaskClient
) -> None:
    page = read(felix.get(f"{DESK}/{leave_open(matched, ONE, OTHER)}"))
    for words in (
        "Different",
        "Only on the left",
        "How the engine weighs it",
        "To begin with",
        "All together",
        "Where it comes from",
        "Who else lives there",
    ):
        assert words in page.text
    assert list(page.words("mark")), "the letters that differ are marked, not only coloured"
    rects = page.attributes("rect")
    rows = list(page.words("th", scope="row"))
    assert len(rects) >= 3
    assert "All together" in rows
    keys = {one["data-fp-key"] for tag, one, _ in page.elements if "data-fp-key" in one}
    assert {"s", "d", "k", "u", "?"} <= keys


def test_a_pair_takes_the_same_number_of_queries_however_much_is_there(matched: Database, felix: FlaskClient) -> None:
    one = leave_open(matched, CROWD[0], CROWD[1])
    other = leave_open(matched, CROWD[2], CROWD[3])
    put_together(matched, [[CROWD[2], *CROWD[6:16]]])
    felix.get(f"{DESK}/{one}")
    with counting(matched) as light:
        felix.get(f"{DESK}/{one}")
    with counting(matched) as heavy:
        felix.get(f"{DESK}/{other}")
    assert len(heavy) == len(light)
    assert len(light) <= 24
    with counting(matched) as few:
        felix.get(DESK)
    for number in range(4, 24, 2):
        leave_open(matched, CROWD[number], CROWD[number + 1] if number < 22 else ONE)
    with counting(matched) as many:
        felix.get(DESK)
    assert len(many) == len(few)


def test_a_page_without_more_in_it_than_it_needs_is_light(matched: Database, felix: FlaskClient) -> None:
    assert len(felix.get(f"{DESK}/{leave_open(matched, ONE, OTHER)}").get_data()) < 40_000


def test_what_another_has_open_says_so_and_has_no_buttons(
    matched: Database, felix: FlaskClient, greta: FlaskClient
) -> None:
    match = leave_open(matched, ONE, OTHER)
    felix.get(f"{DESK}/{match}")
    page = read(greta.get(f"{DESK}/{match}"))
    assert "Felix Ward has this pair open" in page.text
    assert "Same person" not in list(page.words("button"))
    assert "Felix Ward" in read(greta.get(DESK)).text
    assert greta.post(f"{DESK}/{match}", data={"verdict": "same"}).status_code == 409


def test_a_risky_pair_goes_from_one_steward_to_the_other(
    matched: Database, felix: FlaskClient, greta: FlaskClient
) -> None:
    match = leave_open(matched, ONE, OTHER, reason="identifier")
    assert "needs a second steward" in read(felix.get(f"{DESK}/{match}")).text
    said = felix.post(f"{DESK}/{match}", data={"verdict": "same", "reason": "Typing error"}, follow_redirects=True)
    assert "Another steward has to say the same" in read(said).text
    assert "Same person" not in " ".join(read(felix.get(f"{DESK}/{match}")).words("button"))
    assert "Felix Ward" in read(greta.get(f"{DESK}?show=second")).text
    page = read(greta.get(f"{DESK}/{match}"))
    assert "It takes effect if you say the same" in page.text
    assert "Typing error" in page.text
    assert (
        "joined within seconds"
        in read(greta.post(f"{DESK}/{match}", data={"verdict": "same"}, follow_redirects=True)).text
    )


def test_only_what_has_no_conflict_can_be_ticked_and_the_rest_is_refused_with_its_reason(
    matched: Database, felix: FlaskClient
) -> None:
    clean, differs = leave_open(matched, ONE, TWIN, probability=0.97), leave_open(matched, ONE, OTHER, probability=0.97)
    page = read(felix.get(DESK))
    assert [one["value"] for one in page.attributes("input", name="pair")] == [str(clean)]
    told = read(felix.post(DESK, data={"pair": [str(clean), str(differs)]}, follow_redirects=True)).text
    assert "1 pairs are kept as the same" in told
    assert "The records say different things" in told
    assert felix.post(DESK, data={}).status_code == 422


def test_a_restricted_pair_asks_for_a_reason_before_it_shows_anything(
    matched: Database, felix: FlaskClient, clock: FixedClock
) -> None:
    match = leave_open(matched, ONE, OTHER, reason="restricted")
    with matched.transaction() as session:
        services.restrict(
            session, a_steward(matched, "Una", clock), record_id(matched, ONE.name), reason="Hostel", now=clock.now()
        )
    assert "Marine Parade" not in felix.get(f"{DESK}/{match}").get_data(as_text=True)
    assert "Josephine" not in felix.get(DESK).get_data(as_text=True)
    assert felix.post(f"{DESK}/{match}/open", data={}).status_code == 422
    shown = felix.post(f"{DESK}/{match}/open", data={"reason": "A case conference"}, follow_redirects=True)
    assert "Marine Parade" in shown.get_data(as_text=True)


def chained(db: Database) -> UUID:
    """Four records of one customer: two pairs, held together by one weak link."""
    group = CROWD[:4]
    put_together(db, [group])
    weighed(db, [(group[0], group[1], 12.0), (group[2], group[3], 11.0), (group[1], group[2], 0.4)])
    return golden_of(db, group[0])


def test_a_customer_with_a_weak_bridge_is_split_after_its_preview(
    matched: Database, felix: FlaskClient, clock: FixedClock
) -> None:
    golden = chained(matched)
    with matched.transaction() as session:
        services.look_for_weak_bridges(session, now=clock.now())
    assert "60 % (+0.4)" in read(felix.get("/console/split-desk")).text
    page = read(felix.get(f"/console/split-desk/{golden}"))
    assert "Weak bridges" in page.text
    words = " ".join(page.text.split())
    assert "By its weakest bridge alone, the chance that all 4 records are one person is 60 %." in words
    assert "If every link can be wrong by itself, it is 60 % at the least." in words
    assert "60 % that it is right, weight +0.4" in words
    assert "over 99 % that it is right, weight +12.0" in words
    assert "First name" in page.text
    going = [one["value"] for one in page.attributes("input", name="record") if "checked" in one]
    assert len(going) == 2, "the smaller side of the weakest bridge is ticked already"
    assert "Choose the records" in read(felix.get(f"/console/split-desk/{golden}/preview")).text
    seen = read(felix.get(f"/console/split-desk/{golden}/preview", query_string={"record": going}))
    assert "Becomes a customer of its own" in seen.text
    assert "Open enquiries" in seen.text
    sent = {"record": going, "revision": seen.value("revision")}
    assert felix.post(f"/console/split-desk/{golden}", data=sent).status_code == 422
    assert felix.post(f"/console/split-desk/{golden}", data={**sent, "revision": 99, "reason": "x"}).status_code == 409
    assert felix.post(f"/console/split-desk/{golden}", data={**sent, "reason": "Two brothers"}).status_code == 303
    match_waiting(matched, clock=clock)
    assert golden_of(matched, CROWD[0]) != golden_of(matched, CROWD[2])


def test_each_record_on_the_split_desk_shows_its_strongest_link_and_where_none_was_weighed_no_chance_is_given(
    matched: Database, felix: FlaskClient
) -> None:
    group = CROWD[:3]
    put_together(matched, [group])
    golden = golden_of(matched, group[0])
    with matched.transaction() as session:
        session.execute(
            text("""UPDATE link SET probability = 0.873, evidence = '{"source": "Council tax", "key": "T-9"}' WHERE source_record_id = :id"""),
            {"id": record_id(matched, group[1].name)},
        )  # fmt: skip
        session.execute(text("DELETE FROM match_edge"))
        session.execute(
            text("UPDATE steward_decision SET lifted_at = now(), lifted_by_name = 'F' WHERE lifted_at IS NULL")
        )
    words = " ".join(read(felix.get(f"/console/split-desk/{golden}")).text.split())
    assert "87 %" in words
    assert "with Council tax, T-9" in words
    assert "It gives no chance that all 3 records are one person." in words


def test_a_customer_that_is_called_fine_comes_back_only_when_it_changes(
    matched: Database, felix: FlaskClient, clock: FixedClock
) -> None:
    golden = chained(matched)
    with matched.transaction() as session:
        services.look_for_weak_bridges(session, now=clock.now())
    revision = read(felix.get(f"/console/split-desk/{golden}")).value("revision")
    assert felix.post(f"/console/split-desk/{golden}/fine", data={"revision": revision}).status_code == 303
    assert "No doubtful customer" in read(felix.get("/console/split-desk")).text
    with matched.transaction() as session:
        session.execute(
            text("UPDATE golden_record SET display_name = 'X', changed_at = clock_timestamp() WHERE id = :g"),
            {"g": golden},
        )
        services.look_for_weak_bridges(session, now=clock.now())
    assert "No doubtful customer" not in read(felix.get("/console/split-desk")).text


def test_a_sample_is_judged_blind_and_counted(matched: Database, felix: FlaskClient) -> None:
    chained(matched)
    assert "Not enough decisions yet" in read(felix.get("/console/accuracy")).text
    felix.post("/console/accuracy/draw")
    page = read(felix.get("/console/accuracy"))
    assert "Joined by the machine" in page.text
    address = next(one["href"] for one in page.attributes("a") if "/accuracy/sample/" in one.get("href", ""))
    pair = read(felix.get(address))
    assert "What the machine made of the pair is not shown" in pair.text
    assert "How the engine weighs it" not in pair.text
    assert felix.post(address, data={"verdict": "different"}).status_code == 303
    assert felix.post(address, data={"verdict": "same"}).status_code == 303
    with matched.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM desk_judgement WHERE origin = 'audit'")) == 1
        assert session.scalar(text("SELECT count(*) FROM steward_decision")) == 0, "a judged sample changes nothing"
    assert "Two people in one customer?" in read(felix.get(case_address(felix))).text


def case_address(browser: FlaskClient, which: str = "") -> str:
    page = read(browser.get(f"/console/reported-as-wrong{which}"))
    return next(one["href"] for one in page.attributes("a") if "/reported-as-wrong/" in one.get("href", ""))


def test_one_report_after_another_is_answered_in_writing(
    matched: Database, felix: FlaskClient, clock: FixedClock
) -> None:
    with matched.transaction() as session:
        riley = a_resident(session, clock.now())
        verify(session, riley.id, record_id(matched, ONE.name), clock.now())
        who = Actor(ActorKind.RESIDENT, riley.id, riley.name, frozenset({Role.RESIDENT}))
        for words in ("My name is Josie", "I moved"):
            services.tell_us(session, who, record_id(matched, ONE.name), [Wrong.DETAILS], words, now=clock.now())
    for left in (1, 0):
        address = case_address(felix)
        assert felix.post(address, data={"outcome": "put_right"}).status_code == 422, "a resident is owed words"
        assert felix.post(address, data={"answer": "x"}).status_code == 422
        assert felix.post(address, data={"outcome": "put_right", "answer": "Put right."}).status_code == 303
        assert felix.post(address, data={"outcome": "put_right", "answer": "Again."}).status_code == 409
        with matched.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM desk_case WHERE status = 'open'")) == left
    assert "Nothing here" in read(felix.get("/console/reported-as-wrong")).text
    assert "Put right." in read(felix.get(case_address(felix, "?show=answered"))).text
