"""Months of stewards' decisions: a source that has got worse is found, the others are not blamed, and few decisions say nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app.config import Settings
from app.customers import queries, services
from app.customers.desk_rows import SourceDrift
from app.customers.enums import Drift, Verdict
from app.kernel.actors import Actor, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.conftest import TEST_DAY
from tests.integration.console import conftest as console
from tests.integration.console.conftest import Enter
from tests.support.council import person
from tests.support.customers import card, write_crm
from tests.support.database import TestServer
from tests.support.desk import leave_open, weighed
from tests.support.flowing import SETTINGS, Sent, record_id, send
from tests.support.made import copy_of, made_once
from tests.support.pages import read

browser_of = console.browser_of
BEFORE = tuple(TEST_DAY - timedelta(days=days) for days in (150, 110, 70, 40))
LATELY = tuple(TEST_DAY - timedelta(days=days) for days in (25, 10, 3))
SOURCES = ("council-tax", "housing", "legacy-crm")
CARDS = 60


def someone(source: str, number: int) -> Sent:
    """People who are nobody else, in each source."""
    place = SOURCES.index(source) * CARDS + number
    return Sent(source, f"D-{number}", {
        "given_name": f"{chr(65 + place % 26)}{chr(97 + place // 26)}rek", "family_name": f"Q{chr(97 + place % 25)}{chr(97 + place // 25)}st",
        "postcode": f"ZF{place % 9 + 1} {place % 9}ZZ", "date_of_birth": f"19{place % 60 + 30}-0{place % 9 + 1}-1{place % 9}",
    })  # fmt: skip


def months_of_work(db: Database) -> None:
    """The CRM was as right as the others until a month ago; since then the engine takes its records for whoever is near."""
    clock = FixedClock(BEFORE[0] - timedelta(days=1))
    with db.transaction() as session:
        who = person(session, "Felix Ward", Role.STEWARD, now=clock.now())
        send(session, [someone(source, number) for source in SOURCES for number in range(CARDS)], clock.now())
    services.match_all(db, clock=clock)
    for place, at in enumerate((*BEFORE, *LATELY)):
        judged(db, who, place, at)


def judged(db: Database, who: Actor, place: int, at: datetime) -> None:
    """Of each two sources, the pairs whose turn it is: a steward says of each that they are two people."""
    numbers = range(place * 5, place * 5 + 5) if at in BEFORE else range(20 + (place - 4) * 8, 28 + (place - 4) * 8)
    pairs = [
        (someone(one, number), someone(other, number), 0.85 if is_wrong(number, other, at) else -0.85)
        for one, other in (("council-tax", "legacy-crm"), ("housing", "legacy-crm"), ("council-tax", "housing"))
        for number in numbers
    ]
    weighed(db, pairs)
    wanted = {tuple(sorted((record_id(db, one.name), record_id(db, other.name)))) for one, other, _ in pairs}
    with db.transaction() as session:
        services.draw_sample(session, now=at, of_each=1_000)
        drawn = session.execute(
            text("SELECT id, left_id, right_id FROM desk_audit WHERE drawn_at = :at"), {"at": at}
        ).all()
        for found in drawn:
            if tuple(sorted((found.left_id, found.right_id))) in wanted:
                services.judge_sample(session, who, found.id, Verdict.DIFFERENT, now=at)


def is_wrong(number: int, source: str, at: datetime) -> bool:
    """The engine thought that they are one: now and then, and of the CRM's records most of the time lately."""
    return number % 10 == 0 or (source == "legacy-crm" and at in LATELY and number % 10 < 7)


@pytest.fixture(scope="module")
def worked(server: TestServer) -> Iterator[str]:
    with made_once(server, SETTINGS, months_of_work) as url:
        yield url


@pytest.fixture
def db(server: TestServer, worked: str, settings: Settings) -> Iterator[Database]:
    with copy_of(server, settings, worked) as database:
        yield database


@pytest.fixture
def desk(db: Database) -> Database:
    return db


@pytest.fixture
def empty(server: TestServer) -> Iterator[Database]:
    with made_once(server, SETTINGS, lambda _: None) as url, copy_of(server, SETTINGS, url) as database:
        yield database


def told(db: Database, now: datetime = TEST_DAY) -> dict[str, SourceDrift]:
    with db.reading() as session:
        return {one.slug: one for one in queries.drift(session, now=now)}


def test_the_source_that_has_got_worse_drifts_and_the_others_only_in_pairs_with_it(desk: Database) -> None:
    found = told(desk)
    assert {slug: (one.against.state, one.against.shared) for slug, one in found.items()} == {
        "legacy-crm": (Drift.RISING, ()),
        "council-tax": (Drift.SHARED, ("legacy-crm",)),
        "housing": (Drift.SHARED, ("legacy-crm",)),
    }
    crm = found["legacy-crm"].against
    assert (crm.part, crm.whole, crm.part_before, crm.whole_before) == (36, 48, 4, 40)
    assert 0.3 < crm.low < 36 / 48 - 4 / 40 < crm.high < 0.85


def test_the_months_show_what_was_answered_when(desk: Database) -> None:
    months = told(desk)["legacy-crm"].months
    assert sum(one.judged for one in months) == 88
    assert sum(one.against for one in months) == 40
    assert [one.month.isoformat() for one in months] == [
        "2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01",
    ]  # fmt: skip


def test_a_month_later_it_is_only_how_it_is(desk: Database) -> None:
    """Nobody has decided anything since: too few to say, and not that it is well again."""
    found = told(desk, TEST_DAY + timedelta(days=31))
    assert {one.against.state for one in found.values()} == {Drift.FEW}
    assert found["legacy-crm"].against.needed == 30


def test_had_the_engine_been_right_there_would_be_nothing_to_tell(desk: Database) -> None:
    with desk.transaction() as session:
        session.execute(text("UPDATE desk_judgement SET probability = 0.3 WHERE at >= :then"), {"then": LATELY[0]})
    crm = told(desk)["legacy-crm"].against
    assert (crm.state, crm.part, crm.whole) == (Drift.STEADY, 0, 48)


def test_what_was_taken_back_and_what_was_joined_in_bulk_counts_for_nothing(desk: Database) -> None:
    with desk.transaction() as session:
        session.execute(
            text("UPDATE desk_judgement SET undone_at = at WHERE probability > 0.5 AND at >= :then"),
            {"then": LATELY[0]},
        )
    assert told(desk)["legacy-crm"].against.part == 0
    with desk.transaction() as session:
        session.execute(
            text("UPDATE desk_judgement SET origin = 'bulk', audit_id = NULL, bulk_id = id WHERE undone_at IS NULL")
        )
    assert told(desk)["legacy-crm"].against.whole == 0


def test_the_same_pair_judged_twice_is_one_answer(desk: Database) -> None:
    with desk.transaction() as session:
        session.execute(
            text(
                "INSERT INTO desk_judgement (id, account_id, account_name, at, origin, verdict, left_id, right_id, left_source, right_source, "
                "probability, before) SELECT gen_random_uuid(), account_id, 'Greta Lund', at + INTERVAL '1 hour', 'second', 'same', left_id, "
                "right_id, left_source, right_source, probability, '{}' FROM desk_judgement"
            )
        )
    crm = told(desk)["legacy-crm"].against
    assert (crm.whole, crm.whole_before) == (48, 40)
    assert crm.part == 12, "the last word counts: the same person, where the engine thought it less likely"


def test_the_page_says_which_source_has_got_worse_and_by_how_much(desk: Database, browser_of: Enter) -> None:
    with desk.transaction() as session:
        greta = person(session, "Greta Lund", Role.STEWARD, now=TEST_DAY)
    said = read(browser_of(greta).get("/console/accuracy")).text.split("Has a source become worse?")[-1]
    assert "Has risen36 of 48, before 4 of 40; the difference is between +46 and +77 percentage points" in said
    assert said.count("Has risen, but only in pairs with: Legacy CRM") == 2
    assert "Too few to say0 of 0, before 0 of 0; 30 more are needed" in said


def test_records_that_arrive_and_leave_more_doubt_than_before_are_a_drift_too(empty: Database, tmp_path: Path) -> None:
    """Of what arrives: that a record of long ago is mistaken for something new is not its own source's doing."""
    db = empty
    clock = FixedClock(BEFORE[2])
    old = [someone("housing", number) for number in range(CARDS)]
    with db.transaction() as session:
        send(session, old, BEFORE[0])
    ingest(db, tmp_path, clock, 0, 60)
    ingest(db, tmp_path, FixedClock(LATELY[1]), 100, 160)
    services.match_all(db, clock=FixedClock(LATELY[1]))
    with db.transaction() as session:
        session.execute(text("DELETE FROM possible_match"))
    for first, at, doubtful in ((0, BEFORE[2], 3), (100, LATELY[1], 25)):
        for number in range(first, first + doubtful):
            match = leave_open(db, arrival(number), old[number - first])
            with db.transaction() as session:
                session.execute(
                    text("UPDATE possible_match SET noticed_at = :at WHERE id = :m"), {"at": at, "m": match}
                )
    found = told(db)
    crm = found["legacy-crm"].noticed
    assert (crm.state, crm.part, crm.whole, crm.part_before, crm.whole_before) == (Drift.RISING, 25, 60, 3, 60)
    assert found["housing"].noticed.state is Drift.FEW
    assert [one.noticed for one in found["legacy-crm"].months] == [0, 0, 3, 0, 0, 25]


def arrival(number: int) -> Sent:
    return Sent("legacy-crm", f"CRM-{number:07d}", {})


def ingest(db: Database, folder: Path, clock: FixedClock, first: int, end: int) -> None:
    rows = [
        card(n, name={"first": f"Al{n}", "last": f"Tallis{n}"}, dob=f"19{n % 90 + 10}-01-01") for n in range(first, end)
    ]
    services.ingest_file(db, "legacy-crm", write_crm(folder / f"{first}.jsonl", rows), clock=clock, full=False)
