"""Sources that are fetched from a web address: by pages, from where it broke off, and nowhere else."""

import json
from datetime import timedelta

import pytest

from app.customers import queries, services
from app.customers.enums import ConnectorKind, LoadStatus
from app.customers.errors import SourceAway
from app.customers.loading.batch import MOST_ROWS
from app.customers.services import fetcher_of
from app.customers.source_jobs import load_waiting
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from tests.support.customers import card
from tests.support.fetching import Records, connect, keys, refreshed
from tests.support.peers import Peer, answers


@pytest.mark.parametrize(
    "paging", [{"paging": "page", "page_name": "page"}, {"paging": "next", "next_path": "links.next"}]
)
def test_a_web_address_is_read_page_by_page_with_its_key(
    runtime: Runtime, steward: Actor, there: tuple[Peer, Records], paging: dict[str, str]
) -> None:
    peer, records = there
    connect(
        runtime, steward, "legacy-crm", ConnectorKind.HTTP, secret="open sesame", url=peer.url, items="data.records",
        sign_in="bearer", **paging,
    )  # fmt: skip
    [report] = refreshed(runtime, "legacy-crm")
    assert (report.status, report.new) == (LoadStatus.DONE, 250)
    assert {asked["authorization"][0] for asked in records.asked} == {"Bearer open sesame"}


def test_an_address_that_breaks_off_is_taken_up_where_it_was(
    runtime: Runtime, steward: Actor, there: tuple[Peer, Records]
) -> None:
    peer, records = there
    connect(
        runtime, steward, "legacy-crm", ConnectorKind.HTTP, url=peer.url, items="data.records", paging="next",
        next_path="links.next",
    )  # fmt: skip
    records.breaks_at = 3
    with pytest.raises(SourceAway, match="503"):
        refreshed(runtime, "legacy-crm")
    assert keys(runtime.database) == [], "half of a source is no source"
    records.breaks_at = 0
    records.asked.clear()
    [report] = refreshed(runtime, "legacy-crm")
    assert (report.status, report.new) == (LoadStatus.DONE, 250)


def test_pages_that_have_shifted_while_the_line_was_broken_are_read_from_the_beginning(
    runtime: Runtime, steward: Actor, there: tuple[Peer, Records]
) -> None:
    """Else the record that slipped to the page before would be missed, and be noted as gone."""
    peer, records = there
    records.records, records.size = [card(number) for number in range(MOST_ROWS + 400)], 300
    connect(
        runtime, steward, "legacy-crm", ConnectorKind.HTTP, url=peer.url, items="data.records", paging="page", page_name="page"
    )  # fmt: skip
    refreshed(runtime, "legacy-crm")
    records.breaks_at = 8
    with pytest.raises(SourceAway):
        refreshed(runtime, "legacy-crm")
    del records.records[5]
    records.breaks_at = 0
    records.asked.clear()
    [report] = refreshed(runtime, "legacy-crm")
    assert records.asked[0]["page"] == ["7"]
    assert records.asked[1]["page"] == ["1"]
    assert (report.rows, report.same, report.gone) == (MOST_ROWS + 399, MOST_ROWS + 399, 1)


def test_a_wish_that_was_granted_by_a_worker_that_died_is_not_granted_twice(
    runtime: Runtime, steward: Actor, there: tuple[Peer, Records]
) -> None:
    peer, records = there
    connect(runtime, steward, "legacy-crm", ConnectorKind.HTTP, url=peer.url, items="data.records", paging="next", next_path="links.next")  # fmt: skip
    with runtime.database.transaction() as session:
        wish = services.queue_refresh(session, steward, "legacy-crm", rehearsal=False, now=runtime.clock.now())
    fetcher_of(runtime).refresh("legacy-crm", wish=wish)
    records.asked.clear()
    assert load_waiting(runtime) == "1 loads"
    assert records.asked == []
    with runtime.database.reading() as session:
        assert [load.new for load in queries.loads(session, "legacy-crm", PageRequest()).items] == [250]


def test_only_what_has_changed_since_is_asked_for(
    runtime: Runtime, steward: Actor, there: tuple[Peer, Records], clock: FixedClock
) -> None:
    peer, records = there
    connect(
        runtime, steward, "legacy-crm", ConnectorKind.HTTP, url=peer.url, items="data.records", paging="none",
        since_name="updated_since",
    )  # fmt: skip
    began = clock.now() + timedelta(minutes=1)
    refreshed(runtime, "legacy-crm")
    [report] = refreshed(runtime, "legacy-crm")
    assert records.asked[-1]["updated_since"] == [began.isoformat()]
    assert report.gone == 0


def test_the_next_page_is_never_another_hosts(runtime: Runtime, steward: Actor) -> None:
    body = json.dumps({"items": [card()], "next": "http://127.0.0.2:9/steal"}).encode()
    with Peer(behaviour=answers(body=body)) as peer:
        connect(
            runtime, steward, "legacy-crm", ConnectorKind.HTTP, secret="key", url=peer.url, items="items", paging="next",
            next_path="next", sign_in="header", header="X-Key",
        )  # fmt: skip
        with pytest.raises(Invalid, match="another host"):
            refreshed(runtime, "legacy-crm")


def test_closed_networks_stay_closed(runtime: Runtime, steward: Actor) -> None:
    with pytest.raises(Invalid, match="closed to us"):
        connect(runtime, steward, "legacy-crm", ConnectorKind.HTTP, url="http://169.254.169.254/latest", paging="none")
