"""Sources are fetched by their schedule, and what was promised of them is watched."""

from datetime import timedelta
from pathlib import Path

import pytest

from app.customers import queries, services
from app.customers.enums import ConnectorKind, Freshness
from app.customers.refresh_policy import next_refresh
from app.customers.source_jobs import refresh_due, watch_promises
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.runtime import Runtime
from tests.conftest import TEST_DAY
from tests.support.customers import party, write_tax
from tests.support.fetching import Records, connect, refreshed
from tests.support.peers import Peer


def test_a_source_is_fetched_by_its_schedule_and_tried_again_when_it_does_not_answer(
    runtime: Runtime, steward: Actor, there: tuple[Peer, Records], clock: FixedClock
) -> None:
    peer, records = there
    connect(runtime, steward, "legacy-crm", ConnectorKind.HTTP, url=peer.url, items="data.records", paging="none")
    with runtime.database.transaction() as session:
        services.schedule(session, steward, "legacy-crm", 60, None, now=clock.now())
    assert refresh_due(runtime) == ""
    clock.advance(timedelta(minutes=61))
    records.breaks_at = 1
    assert refresh_due(runtime) == "1 sources fetched, 1 failed"
    with runtime.database.reading() as session:
        row = queries.source(session, "legacy-crm", now=clock.now())
    assert "503" in (row.problem or "")
    assert row.next_refresh_at == clock.now() + timedelta(minutes=5)
    records.breaks_at = 0
    clock.advance(timedelta(minutes=6))
    assert refresh_due(runtime) == "1 sources fetched, 0 failed"
    with runtime.database.reading() as session:
        row = queries.source(session, "legacy-crm", now=clock.now())
    assert (row.problem, row.records) == (None, 100)


@pytest.mark.parametrize(
    ("minutes", "at", "expected"),
    [
        (None, None, None),
        (60, None, TEST_DAY + timedelta(hours=1)),
        (1440, "02:30", TEST_DAY.replace(day=12, hour=2, minute=30)),
        (1440, "23:00", TEST_DAY.replace(hour=23)),
        (10080, "02:30", TEST_DAY.replace(day=18, hour=2, minute=30)),
    ],
)
def test_the_next_time_follows_from_the_schedule(minutes: int | None, at: str | None, expected: object) -> None:
    assert next_refresh(TEST_DAY, minutes, at) == expected


def test_a_time_of_day_is_londons() -> None:
    summer = TEST_DAY.replace(month=7)
    assert next_refresh(summer, 1440, "12:00") == summer.replace(hour=11)


def test_a_missed_promise_becomes_visible(runtime: Runtime, steward: Actor, folder: Path, clock: FixedClock) -> None:
    write_tax(folder / "tax.csv", [party()])
    connect(runtime, steward, "council-tax", ConnectorKind.FILE, path="tax.csv")
    refreshed(runtime, "council-tax")
    with runtime.database.reading() as session:
        assert queries.source(session, "council-tax", now=clock.now()).freshness is Freshness.KEPT
    clock.advance(timedelta(hours=37))
    with runtime.database.reading() as session:
        assert queries.source(session, "council-tax", now=clock.now()).freshness is Freshness.MISSED
    assert watch_promises(runtime) == "2 sources are older than was promised"
