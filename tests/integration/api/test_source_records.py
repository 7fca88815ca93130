"""A source sends its records by itself: once, safely, and seen by who listens within seconds."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.accounts.enums import Scope
from app.customers import services
from app.customers.enums import ConnectorKind
from app.customers.errors import LoadInProgress
from app.customers.events import RecordsArrived, RecordsGone
from app.customers.locks import only_one
from app.customers.matching.waiting import match_waiting
from app.customers.services import Reach
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime
from tests.integration.api.conftest import System
from tests.support.customers import card

PATH = "/sources/legacy-crm/records"


@pytest.fixture
def crm(system: Callable[..., System], runtime: Runtime, db: Database, clock: FixedClock) -> System:
    """The CRM, named as the sender of its own records."""
    caller = system("waste", Scope.SOURCES_WRITE)
    with db.transaction() as session:
        sender = session.scalar(text("SELECT id FROM account WHERE kind = 'service'"))
        services.register_sources(session, now=clock.now())
        services.connect(
            session, SYSTEM, "legacy-crm", ConnectorKind.PUSH, {"sender": str(sender)}, secret=None,
            reach=Reach.of(runtime.settings), now=clock.now(),
        )  # fmt: skip
    return caller


def counted(db: Database, table: str) -> int:
    with db.reading() as session:
        return int(session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_records_are_taken_and_bad_ones_are_told(crm: System, db: Database) -> None:
    sent = [card(1), card(2, dob="1980-02-31"), card(3, contact_id="")]
    answer = crm.post(PATH, {"records": sent})
    assert answer.status_code == 200, answer.text
    told = answer.json
    assert {name: told[name] for name in ("rows", "new", "changed", "same", "gone", "rejected")} == {
        "rows": 3, "new": 1, "changed": 0, "same": 0, "gone": 0, "rejected": 2,
    }  # fmt: skip
    assert [(flaw["index"], flaw["field"], flaw["reason"]) for flaw in told["rejects"]] == [
        (1, "dob", "impossible_date"), (2, "contact_id", "missing_id"),
    ]  # fmt: skip
    assert counted(db, "source_record") == 1


def test_the_same_records_again_change_nothing(crm: System, db: Database) -> None:
    crm.post(PATH, {"records": [card(1)]})
    again = crm.post(PATH, {"records": [card(1)]}).json
    assert (again["new"], again["same"]) == (0, 1)
    assert counted(db, "source_record_version") == 1


def test_the_same_key_gets_the_same_answer_and_is_no_second_load(crm: System, db: Database) -> None:
    first = crm.post(PATH, {"records": [card(1)]}, Idempotency_Key="nightly-1")
    again = crm.post(PATH, {"records": [card(1)]}, Idempotency_Key="nightly-1")
    assert first.json == again.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert counted(db, "source_load") == 1
    other = crm.post(PATH, {"records": [card(2)]}, Idempotency_Key="nightly-1")
    assert other.status_code == 422


def test_who_listens_is_told_in_the_same_transaction(crm: System, db: Database) -> None:
    heard: list[object] = []
    db.bus.on(RecordsArrived, lambda _, event: heard.append((event.source, len(event.record_ids), event.in_bulk)))
    db.bus.on(RecordsGone, lambda _, event: heard.append(("gone", len(event.record_ids))))
    crm.post(PATH, {"records": [card(1), card(2)]})
    crm.post(PATH, {"records": [card(1), card(2, gender="M")], "gone": ["CRM-0000001", "never-seen"]})
    assert heard == [("legacy-crm", 2, False), ("legacy-crm", 1, False), ("gone", 1)]


def test_a_record_that_arrives_is_in_its_golden_record_at_the_next_step(
    crm: System, db: Database, clock: FixedClock
) -> None:
    crm.post(PATH, {"records": [card(n, name={"first": f"Person{n}", "last": "Tallis"}) for n in range(30)]})
    services.match_all(db, clock=clock)
    clock.advance(timedelta(seconds=1))
    crm.post(PATH, {"records": [card(900, name={"first": "Queenie", "last": "Zywiec"}, dob="1955-06-05")]})
    match_waiting(db, clock=clock)
    with db.reading() as session:
        found = session.scalar(
            text(
                "SELECT display_name FROM golden_record g JOIN link l ON l.golden_id = g.id JOIN source_record r "
                "ON r.id = l.source_record_id WHERE r.key = 'CRM-0000900'"
            )
        )
    assert found is not None
    assert "Queenie Zywiec" in found


def test_another_system_is_told_that_there_is_no_such_source(
    crm: System, system: Callable[..., System], db: Database
) -> None:
    stranger = system("highways", Scope.SOURCES_WRITE)
    assert stranger.post(PATH, {"records": [card(1)]}).status_code == 404
    assert crm.post("/sources/council-tax/records", {"records": []}).status_code == 404
    assert crm.post("/sources/nothing/records", {"records": []}).status_code == 404
    assert counted(db, "source_record") == 0


def test_a_key_without_the_scope_is_refused(crm: System, system: Callable[..., System]) -> None:
    assert system("highways", Scope.ENQUIRIES_READ).post(PATH, {"records": [card(1)]}).status_code == 403


@pytest.mark.parametrize(
    "body", [{"records": "all"}, {"record": []}, {"records": [card(n % 5) for n in range(1001)]}, {"records": [1]}]
)
def test_what_is_no_batch_of_records_is_refused_whole(crm: System, db: Database, body: object) -> None:
    assert crm.post(PATH, body).status_code == 422
    assert counted(db, "source_load") == 0


def test_what_postgresql_cannot_hold_is_a_reject(crm: System) -> None:
    told = crm.post(PATH, {"records": [card(1, notes="a\x00b"), card(2, notes="\ud800"), card(3)]}).json
    assert (told["new"], [flaw["reason"] for flaw in told["rejects"]]) == (1, ["control_character", "bad_encoding"])


def test_while_a_load_of_the_source_runs_a_push_is_asked_to_come_again(crm: System, db: Database) -> None:
    with only_one(db, "load.legacy-crm", LoadInProgress("Legacy CRM")):
        assert crm.post(PATH, {"records": [card(1)]}).status_code == 409
    assert crm.post(PATH, {"records": [card(1)]}).json["new"] == 1
