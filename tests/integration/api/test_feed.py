"""A system that polls: the feed by its cursor, one handoff by its ETag, and where it stands in the system's own words."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from app.accounts.enums import Scope
from app.handoffs import services
from app.handoffs.enums import Becomes
from app.handoffs.rows import HandoffRow
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.api.conftest import System
from tests.support.council import Council, missed_bin


def feed(system: System, cursor: str = "", limit: int = 100) -> dict[str, Any]:
    start = f"&cursor={cursor}" if cursor else ""
    told: dict[str, Any] = system.get(f"/handoffs/events?limit={limit}{start}").json
    return told


def test_the_feed_tells_each_thing_once_in_order(waste: System, offered: HandoffRow) -> None:
    waste.post(f"/handoffs/{offered.id}/accept")
    waste.post(f"/handoffs/{offered.id}/start")
    first = feed(waste, limit=2)
    assert [item["type"] for item in first["items"]] == ["handoff.offered", "handoff.accepted"]
    assert (first["more"], first["items"][0]["handoff"]) == (True, str(offered.id))
    rest = feed(waste, first["next_cursor"])
    assert ([item["type"] for item in rest["items"]], rest["more"]) == (["handoff.started"], False)
    assert feed(waste, rest["next_cursor"]) == {"items": [], "next_cursor": rest["next_cursor"], "more": False}
    assert feed(waste, first["next_cursor"]) == rest, "the same cursor gives the same again"


def test_what_commits_late_is_never_passed_by(
    waste: System, offered: HandoffRow, db: Database, town: Council, clock: FixedClock
) -> None:
    """A slow transaction writes its event first and commits last; a poller that came between still gets it."""
    with db.transaction() as slow:
        row = missed_bin(slow, town.advisor, now=clock.now())
        late = services.offer(slow, town.advisor, row.reference, unit="waste", now=clock.now())
        waste.post(f"/handoffs/{offered.id}/accept")
        before = feed(waste)
        assert [item["type"] for item in before["items"]] == ["handoff.offered", "handoff.accepted"]
    after = feed(waste, before["next_cursor"])
    assert [item["handoff"] for item in after["items"]] == [str(late.id)]


def test_pollers_at_once_see_the_same_order(waste: System, db: Database, town: Council, clock: FixedClock) -> None:
    start = Barrier(8)

    def offer_and_read(number: int) -> list[str]:
        start.wait()
        if number % 2:
            with db.transaction() as session:
                row = missed_bin(session, town.advisor, now=clock.now())
                services.offer(session, town.advisor, row.reference, unit="waste", now=clock.now())
        caller = System(waste.client.application.test_client(), waste.key)
        return [item["id"] for item in feed(caller)["items"]]

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(offer_and_read, range(8)))
    whole = [item["id"] for item in feed(waste)["items"]]
    assert len(whole) == 4
    assert all(part == whole[: len(part)] for part in seen)


def test_another_units_events_are_not_told(system: Callable[..., System], offered: HandoffRow) -> None:
    assert feed(system("highways"))["items"] == []
    assert system("waste", Scope.ENQUIRIES_WRITE).get("/handoffs/events").status_code == 403


@pytest.mark.parametrize("query", ["cursor=x", "cursor=-1", "limit=0", "limit=501", "cursor=" + "9" * 19])
def test_a_cursor_that_is_none_is_refused(waste: System, query: str) -> None:
    assert waste.get(f"/handoffs/events?{query}").status_code == 422


def test_the_etag_is_the_version_and_saves_reading_it_again(waste: System, offered: HandoffRow) -> None:
    one = waste.get(f"/handoffs/{offered.id}")
    assert one.headers["ETag"] == f'"{offered.version}"'
    headers = {"Authorization": f"Bearer {waste.key}", "If-None-Match": one.headers["ETag"]}
    same = waste.client.get(f"/api/v1/handoffs/{offered.id}", headers=headers)
    assert (same.status_code, same.data) == (304, b"")
    accepted = waste.post(f"/handoffs/{offered.id}/accept", If_Match=one.headers["ETag"])
    assert accepted.headers["ETag"] == f'"{offered.version + 1}"'
    assert waste.client.get(f"/api/v1/handoffs/{offered.id}", headers=headers).status_code == 200


def test_it_says_where_it_stands_in_its_own_words(
    waste: System, offered: HandoffRow, db: Database, town: Council, clock: FixedClock
) -> None:
    with db.transaction() as session:
        services.save_rule(
            session, town.administrator, unit="waste", code="CREW", becomes=Becomes.IN_WORK, now=clock.now()
        )
    unknown = waste.post(f"/handoffs/{offered.id}/status", {"code": "QUEUED-2", "external_id": "W-77"})
    assert (unknown.json["state"], unknown.json["external_code"], unknown.json["external_id"]) == (
        "offered",
        "queued-2",
        "W-77",
    )
    moved = waste.post(f"/handoffs/{offered.id}/status", {"code": "crew"}, Idempotency_Key="crew 77")
    again = waste.post(f"/handoffs/{offered.id}/status", {"code": "crew"}, Idempotency_Key="crew 77")
    assert (moved.json["state"], again.json) == ("in_work", moved.json)


def test_of_the_restricted_a_system_gets_the_reference_only(
    waste: System, offered: HandoffRow, restrict: Callable[[str], None]
) -> None:
    restrict(offered.reference)
    for told in (
        waste.get(f"/handoffs/{offered.id}").json,
        waste.get("/handoffs").json["items"][0],
        waste.post(f"/handoffs/{offered.id}/accept").json,
    ):
        assert (told["reference"], told["restricted"]) == (offered.reference, True)
        assert (told["brief"], told["raiser"], told["answers"]) == ("", "", [])
