"""A waste system works its inbox by the API: each call once, in order, and only on its own work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import text

from app.accounts.enums import Scope
from app.handoffs.rows import HandoffRow
from app.kernel.db import Database
from tests.integration.api.conftest import System

PROBLEM = "application/problem+json"


def test_the_inbox_shows_what_is_offered(waste: System, offered: HandoffRow) -> None:
    inbox = waste.get("/handoffs").json
    assert [(item["reference"], item["state"], item["brief"]) for item in inbox["items"]] == [
        (offered.reference, "offered", "Whole street")
    ]
    assert inbox["total"] == 1
    whole = waste.get(f"/handoffs/{offered.id}").json
    assert {answer["id"] for answer in whole["answers"]} >= {"property", "bin"}, "a crew needs to know where and what"


def test_work_is_accepted_started_and_completed(waste: System, offered: HandoffRow, db: Database) -> None:
    assert waste.post(f"/handoffs/{offered.id}/accept").json["state"] == "accepted"
    assert waste.post(f"/handoffs/{offered.id}/start").json["state"] == "in_work"
    done = waste.post(f"/handoffs/{offered.id}/complete", {"text": "We emptied your bin this morning."})
    assert (done.status_code, done.json["state"]) == (200, "completed")
    with db.reading() as session:
        subjects = list(session.scalars(text("SELECT template FROM message ORDER BY created_at, id")))
    assert subjects[0] == "enquiry_received"
    assert {"enquiry_accepted", "enquiry_finished"} <= set(subjects)


def test_declining_needs_a_reason_and_goes_back_to_the_sender(waste: System, offered: HandoffRow, db: Database) -> None:
    refused = waste.post(f"/handoffs/{offered.id}/decline", {})
    assert (refused.status_code, refused.content_type) == (422, PROBLEM)
    assert "reason" in str(refused.json["errors"])
    unread = waste.post(f"/handoffs/{offered.id}/decline", {"reason": "A private road", "suggested_unit": "high\0ways"})
    assert (unread.status_code, list(unread.json["errors"]["json"])) == (422, ["suggested_unit"])
    declined = waste.post(f"/handoffs/{offered.id}/decline", {"reason": "A private road", "suggested_unit": "highways"})
    assert declined.json["state"] == "declined"
    with db.reading() as session:
        owner = session.scalar(text("SELECT owner_id FROM enquiry WHERE reference = :r"), {"r": offered.reference})
    assert owner == offered.sender_id


def test_a_second_acceptance_is_a_conflict_that_says_so(waste: System, offered: HandoffRow) -> None:
    waste.post(f"/handoffs/{offered.id}/accept")
    again = waste.post(f"/handoffs/{offered.id}/accept")
    assert (again.status_code, again.content_type) == (409, PROBLEM)
    assert again.json["detail"]


def test_the_same_key_gets_the_same_answer(waste: System, offered: HandoffRow) -> None:
    first = waste.post(f"/handoffs/{offered.id}/accept", Idempotency_Key="take it")
    second = waste.post(f"/handoffs/{offered.id}/accept", Idempotency_Key="take it")
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"


def test_a_key_used_for_something_else_is_refused(waste: System, offered: HandoffRow) -> None:
    waste.post(f"/handoffs/{offered.id}/accept", Idempotency_Key="one key")
    other = waste.post(f"/handoffs/{offered.id}/start", Idempotency_Key="one key")
    assert (other.status_code, other.json["type"]) == (422, "urn:firstpoint:problem:idempotency-key-reused")


def test_fifty_equal_calls_at_once_have_one_effect(waste: System, offered: HandoffRow, db: Database) -> None:
    start = Barrier(50)

    def accept(_: int) -> tuple[int, str]:
        caller = System(waste.client.application.test_client(), waste.key)
        start.wait()
        answer = caller.post(f"/handoffs/{offered.id}/accept", Idempotency_Key="all at once")
        return answer.status_code, answer.json["state"]

    with ThreadPoolExecutor(50) as pool:
        answers = set(pool.map(accept, range(50)))
    assert answers == {(200, "accepted")}
    with db.reading() as session:
        told = session.scalar(text("SELECT count(*) FROM message WHERE template = 'enquiry_accepted'"))
        noted = session.scalar(text("SELECT count(*) FROM handoff_event WHERE kind = 'handoff.accepted'"))
    assert (told, noted) == (1, 1)


def test_an_old_version_is_refused(waste: System, offered: HandoffRow) -> None:
    waste.post(f"/handoffs/{offered.id}/accept")
    stale = waste.post(f"/handoffs/{offered.id}/start", If_Match=f'"{offered.version}"')
    assert (stale.status_code, stale.json["type"]) == (409, "urn:firstpoint:problem:stale")
    garbled = waste.post(f"/handoffs/{offered.id}/start", If_Match="yesterday's")
    assert garbled.status_code == 422


def test_another_units_work_does_not_exist(system: Callable[..., System], offered: HandoffRow) -> None:
    highways = system("highways")
    assert highways.get("/handoffs").json["total"] == 0
    assert highways.get(f"/handoffs/{offered.id}").status_code == 404
    assert highways.post(f"/handoffs/{offered.id}/accept").status_code == 404


def test_a_key_that_may_only_read_cannot_write(system: Callable[..., System], offered: HandoffRow) -> None:
    reader = system("waste", Scope.HANDOFFS_READ)
    assert reader.get(f"/handoffs/{offered.id}").status_code == 200
    refused = reader.post(f"/handoffs/{offered.id}/accept")
    assert (refused.status_code, refused.content_type) == (403, PROBLEM)


def test_without_a_key_nothing_is_said(waste: System, offered: HandoffRow) -> None:
    stranger = System(waste.client, "fpk_wrong")
    refused = stranger.get("/handoffs")
    assert (refused.status_code, refused.content_type) == (401, PROBLEM)
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")
