"""Sources that are fetched: a file, a watched folder, another database, a web address; by schedule, and from where it broke off."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from app.config import Settings
from app.customers import queries, services
from app.customers.connecting.sql import PAGE
from app.customers.enums import ConnectorKind, Freshness, LoadStatus
from app.customers.errors import SourceAway
from app.customers.loading.batch import MOST_ROWS
from app.customers.refresh_policy import next_refresh
from app.customers.rows import LoadReport
from app.customers.services import Reach, fetcher_of
from app.customers.source_jobs import load_waiting, refresh_due, watch_promises
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.errors import DomainError, Invalid
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from tests.conftest import SECRET, TEST_DAY
from tests.support.customers import card, party, register_members, write_crm, write_tax
from tests.support.peers import Asked, Peer, answers


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "sources").mkdir()
    return Settings(
        _env_file=None, SECRET_KEY=SECRET, DATABASE_URL="postgresql://given-by-the-fixture/", data_dir=tmp_path, log_level="ERROR",
        outbound_allowed="127.0.0.0/8",
    )  # fmt: skip


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.sources_folder


def connect(
    runtime: Runtime, actor: Actor, slug: str, kind: ConnectorKind, *, secret: str | None = None, **given: Any
) -> None:
    with runtime.database.transaction() as session:
        services.register_sources(session, now=runtime.clock.now())
        services.connect(
            session, actor, slug, kind, given, secret=secret, reach=Reach.of(runtime.settings), now=runtime.clock.now()
        )


def refreshed(runtime: Runtime, slug: str) -> list[LoadReport]:
    runtime.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]  # - a fixed clock
    return fetcher_of(runtime).refresh(slug)


def keys(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(text("SELECT key FROM source_record WHERE gone_since IS NULL ORDER BY key")))


def test_a_single_file_is_read_again_when_it_has_changed(runtime: Runtime, steward: Actor, folder: Path) -> None:
    write_tax(folder / "tax.csv", [party()])
    connect(runtime, steward, "council-tax", ConnectorKind.FILE, path="tax.csv", full=True)
    assert [report.new for report in refreshed(runtime, "council-tax")] == [1]
    assert refreshed(runtime, "council-tax")[0].already_loaded
    write_tax(folder / "tax.csv", [party(), party(PARTY_NO="2")])
    assert [report.new for report in refreshed(runtime, "council-tax")] == [1]


def test_a_watched_folder_gives_each_file_once_in_the_order_of_names(
    runtime: Runtime, steward: Actor, folder: Path
) -> None:
    connect(runtime, steward, "legacy-crm", ConnectorKind.FOLDER, path=".", pattern="*.jsonl", full=False)
    write_crm(folder / "b.jsonl", [card(2)])
    write_crm(folder / "a.jsonl", [card(1)])
    write_crm(folder / "c.jsonl.part", [card(3)])
    (folder / "notes.txt").write_text("not for us")
    refreshed(runtime, "legacy-crm")
    with runtime.database.reading() as session:
        names = [load.file_name for load in queries.loads(session, "legacy-crm", PageRequest()).items]
    assert names == ["b.jsonl", "a.jsonl"]
    assert keys(runtime.database) == ["CRM-0000001", "CRM-0000002"]
    assert refreshed(runtime, "legacy-crm") == []


def test_a_bad_file_in_a_folder_holds_up_nobody(runtime: Runtime, steward: Actor, folder: Path) -> None:
    connect(runtime, steward, "legacy-crm", ConnectorKind.FOLDER, path=".", pattern="*", full=False)
    (folder / "a.jsonl").write_bytes(b"\x89PNG\r\n" + bytes(99))
    write_crm(folder / "b.jsonl", [card(2)])
    with pytest.raises(DomainError, match=r"a\.jsonl: This is a PNG file"):
        refreshed(runtime, "legacy-crm")
    assert keys(runtime.database) == ["CRM-0000002"]
    assert refreshed(runtime, "legacy-crm") == [], "a bad file is told of once"


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "link/secret.csv"])
def test_no_path_leads_out_of_the_folder_for_sources(
    runtime: Runtime, steward: Actor, folder: Path, tmp_path: Path, path: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Invalid, match="Name a file or a folder below"):
        connect(runtime, steward, "council-tax", ConnectorKind.FILE, path=path)


def people(path: Path, rows: int) -> str:
    """A database of another system."""
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE people (contact_id TEXT PRIMARY KEY, name TEXT, dob TEXT, changed TEXT)")
        values = [
            (f"P{n:06d}", f"Person {n} Tallis", "1980-03-12", f"2026-01-01 00:00:{n % 60:02d}") for n in range(rows)
        ]
        other.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", values)
    other.close()
    return f"sqlite:///{path.name}"


def change(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as other:
        other.execute(statement)
    other.close()


@pytest.fixture
def members(runtime: Runtime, steward: Actor) -> str:
    """A source made in the console."""
    with runtime.database.transaction() as session:
        return register_members(session, steward, now=TEST_DAY)


def test_a_database_is_read_page_by_page_along_its_key(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    url = people(folder / "people.db", PAGE * 2 + 7)
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query="people", key="contact_id")
    [report] = refreshed(runtime, members)
    assert (report.status, report.new, report.rows) == (LoadStatus.DONE, PAGE * 2 + 7, PAGE * 2 + 7)
    change(folder / "people.db", "DELETE FROM people WHERE contact_id < 'P000003'")
    assert [report.gone for report in refreshed(runtime, members)] == [3], (
        "without a watermark each fetch is a full one"
    )


def test_with_a_watermark_only_what_has_changed_is_read(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    url = people(folder / "people.db", 130)
    query = "SELECT contact_id, name, dob, changed FROM people"
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query=query, key="contact_id", mark="changed")
    assert [report.new for report in refreshed(runtime, members)] == [130]
    change(
        folder / "people.db",
        "UPDATE people SET name = 'Other Name', changed = '2026-02-02' WHERE contact_id = 'P000005'",
    )
    change(
        folder / "people.db", "INSERT INTO people VALUES ('P900000', 'New One', '1990-01-01', '2026-01-01 00:00:59')"
    )
    [report] = refreshed(runtime, members)
    assert (report.changed, report.new, report.gone) == (1, 1, 0), "what shares the last watermark is read again"
    assert report.rows < 10
    with runtime.database.reading() as session:
        assert queries.register_entry(session, members, now=TEST_DAY).watermark == "2026-02-02"
    with runtime.database.transaction() as session:
        services.forget_watermark(session, steward, members, now=TEST_DAY)
    assert refreshed(runtime, members)[0].rows == 131


def test_rows_without_a_watermark_are_told_and_not_lost(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    url = people(folder / "people.db", 3)
    change(folder / "people.db", "UPDATE people SET changed = NULL WHERE contact_id = 'P000001'")
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query="people", key="contact_id", mark="changed")
    with pytest.raises(Invalid, match="1 rows have nothing in the column changed"):
        refreshed(runtime, members)


def test_a_row_that_changes_while_it_is_read_is_taken_as_it_is_in_the_end(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    """It comes again with its new watermark; as a repeat it would be lost, for the next fetch begins behind it."""
    url = people(folder / "people.db", MOST_ROWS * 2 + 500)
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query="people", key="contact_id", mark="changed")
    fetcher = fetcher_of(runtime)

    def gone_after(stage: str, done: int, total: int | None) -> None:
        if stage == "rows":
            raise SourceAway("%(why)s", why="the line broke")

    with pytest.raises(SourceAway):
        replace(fetcher, progress=gone_after).refresh(members)
    early = "(SELECT contact_id FROM people ORDER BY changed, contact_id LIMIT 1)"
    change(
        folder / "people.db",
        f"UPDATE people SET name = 'Other Name', changed = '2026-02-02' WHERE contact_id = {early}",
    )
    change(folder / "people.db", "UPDATE people SET changed = '2026-02-03' WHERE contact_id = 'P000059'")
    [report] = refreshed(runtime, members)
    assert (report.status, report.new, report.rejected) == (LoadStatus.DONE, MOST_ROWS * 2 + 500, 0)
    with runtime.database.reading() as session:
        assert (
            session.scalar(text("SELECT attributes->>'family_name' FROM source_record WHERE key = 'P000000'")) == "Name"
        )
    assert refreshed(runtime, members)[0].changed == 0


def test_two_rows_of_one_record_that_were_there_all_the_time_are_a_repeat(
    runtime: Runtime, steward: Actor, folder: Path, members: str
) -> None:
    """Nobody can say which of the two is right: one is taken, and the other told as rejected."""
    url = people(folder / "people.db", 3)
    change(folder / "people.db", "CREATE TABLE phones AS SELECT rowid AS id, * FROM people")
    change(folder / "people.db", "INSERT INTO phones SELECT 9, contact_id, name, dob, '2026-02-02' FROM people LIMIT 1")
    connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query="phones", key="id", mark="changed")
    [report] = refreshed(runtime, members)
    assert (report.rows, report.new, report.rejected) == (4, 3, 1)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM people", "one SELECT"),
        ("SELECT 1; DROP TABLE people", "one SELECT"),
        ("", "one SELECT"),
        ("no_such", None),
    ],
)
def test_a_statement_only_reads(
    runtime: Runtime, steward: Actor, folder: Path, members: str, *, query: str, said: str | None
) -> None:
    url = people(folder / "people.db", 1)
    if said:
        with pytest.raises(Invalid, match=said):
            connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query=query, key="contact_id")
    else:
        connect(runtime, steward, members, ConnectorKind.SQL, secret=url, query=query, key="contact_id")
        with pytest.raises(DomainError, match="no such table"):
            refreshed(runtime, members)


def test_our_own_kind_of_database_is_read_too_and_its_password_is_never_told(
    runtime: Runtime, steward: Actor, members: str
) -> None:
    with runtime.database.transaction() as session:
        session.execute(
            text("CREATE TABLE elsewhere (contact_id int PRIMARY KEY, name text, dob date, changed timestamptz)")
        )
        session.execute(
            text("INSERT INTO elsewhere SELECT n, 'Person Tallis', '1980-03-12', now() FROM generate_series(1, 5) n")
        )
    url = runtime.database.engine.url.set(password="hushhush").render_as_string(hide_password=False)
    connect(
        runtime, steward, members, ConnectorKind.SQL, secret=url, query="elsewhere", key="contact_id", mark="changed"
    )
    assert [report.new for report in refreshed(runtime, members)] == [5]
    with runtime.database.reading() as session:
        births = set(session.scalars(text("SELECT attributes->>'date_of_birth' FROM source_record")))
        sealed = session.scalar(text("SELECT connector_secret FROM source_system WHERE slug = :s"), {"s": members})
        everything = session.scalar(text("SELECT string_agg(t::text, '') FROM audit_entry t")) or ""
    assert births == {"1980-03-12"}
    assert "hushhush" not in str(sealed) + everything
    assert runtime.sealer.open(str(sealed)) == url


class Records:
    """A web address with pages of records, which can break off."""

    def __init__(self, count: int, size: int = 100) -> None:
        self.records = [card(number) for number in range(count)]
        self.size, self.breaks_at, self.asked = size, 0, []

    def __call__(self, line: Any, asked: Asked, stop: Any) -> None:
        query = parse_qs(urlsplit(asked.path).query)
        self.asked.append(query | {"authorization": [asked.headers.get("authorization", "")]})
        page = int(query.get("page", ["1"])[0])
        if page == self.breaks_at:
            answers("503 Service Unavailable")(line, asked, stop)
            return
        some = self.records[(page - 1) * self.size : page * self.size]
        following = f"/hook?page={page + 1}" if page * self.size < len(self.records) else None
        body = json.dumps({"data": {"records": some}, "links": {"next": following}}).encode()
        answers(body=body, Content_Type="application/json")(line, asked, stop)


@pytest.fixture
def there() -> Iterator[tuple[Peer, Records]]:
    records = Records(250)
    with Peer(behaviour=records) as peer:
        yield peer, records


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


def test_parquet_is_read_with_its_own_types(runtime: Runtime, steward: Actor, folder: Path, members: str) -> None:
    from datetime import date
    from io import BytesIO

    table = pa.table({"id": [1, 2], "Surname": ["Tallis", "Okafor"], "Born": pa.array([date(1980, 3, 12), None])})
    pq.write_table(table, folder / "people.parquet")
    with runtime.database.transaction() as session:
        draft = services.draft(
            session, steward, "people.parquet", BytesIO((folder / "people.parquet").read_bytes()), now=TEST_DAY
        )
        services.choose(session, steward, draft, {"id": "key", "Surname": "family_name", "Born": "date_of_birth"})
        shown = services.look_at(session, steward, draft)
    assert [row.standard for row in shown.rows] == [
        {"family_name": "Tallis", "date_of_birth": "1980-03-12"}, {"family_name": "Okafor"},
    ]  # fmt: skip
