"""Workers, refreshes and web servers that are killed at work: whoever comes next ends with what an undisturbed run ends with."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from app.accounts import services as accounts
from app.accounts.enums import AccountKind, Scope
from app.config import Settings
from app.customers import services
from app.customers.enums import ConnectorKind, LoadPhase, LoadStatus
from app.customers.errors import MatchInProgress
from app.customers.locks import only_one
from app.customers.services import Reach
from app.customers.source_jobs import load_waiting, refresh_due
from app.kernel.actors import SYSTEM, Role
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.runtime import Runtime, build_bus
from tests.conftest import SECRET
from tests.integration.customers.test_resuming import outcome
from tests.support.council import found, person
from tests.support.customers import card, party, register_members, write_tax
from tests.support.database import TestServer
from tests.support.killing import alone_at_the_end, command, environment, killed, moments, running, until, web
from tests.support.mail import free_port
from tests.support.peers import Asked, Peer, answers

pytestmark = pytest.mark.slow
ROWS, PAGE = 4_500, 500
LOADING, REFRESHING = ("jobs", "run", "sources.load"), ("jobs", "run", "sources.refresh")
"""What a worker does with what waits and with what is due, at once."""
LEFT = text("SELECT count(*) FROM source_load WHERE status IN ('queued', 'running')")
STANDS = text(
    "SELECT phase, status, rows, written FROM source_load WHERE status <> 'queued' AND origin ->> 'kind' = :kind"
)


@contextmanager
def house(server: TestServer, folder: Path) -> Iterator[Runtime]:
    """A database of its own, and how the processes see it."""
    with server.copy() as url:
        settings = Settings(
            _env_file=None, SECRET_KEY=SECRET, DATABASE_URL=url, data_dir=folder, log_level="ERROR", outbound_allowed="127.0.0.0/8"
        )  # fmt: skip
        runtime = Runtime(settings, Database(url, build_bus(settings), connect_wait=60), SystemClock())
        with runtime.database.transaction() as session:
            services.register_sources(session, now=runtime.clock.now())
        with only_one(runtime.database, "match", MatchInProgress()):  # matching has tests of its own
            yield runtime
        runtime.database.close()


@pytest.fixture
def calm(server: TestServer, tmp_path: Path) -> Iterator[Runtime]:
    with house(server, tmp_path) as runtime:
        yield runtime


@pytest.fixture
def rough(server: TestServer, tmp_path: Path) -> Iterator[Runtime]:
    with house(server, tmp_path) as runtime:
        yield runtime


def has_come_to(runtime: Runtime, kind: str, phase: LoadPhase, ended: int) -> bool:
    """A load of this kind is in the midst of this phase, some of it being done; or beyond it, if it went by while we looked elsewhere."""
    with runtime.database.reading() as session:
        stands = session.execute(STANDS, {"kind": kind}).all()
    begun = [one for one in stands if one.status == LoadStatus.RUNNING]
    return len(stands) - len(begun) > ended or any(
        _is_beyond(one.phase, phase)
        or (one.phase == phase and (one.rows if phase is LoadPhase.READING else one.written))
        for one in begun
    )


def _is_beyond(now: str, phase: LoadPhase) -> bool:
    phases = list(LoadPhase)
    return phases.index(LoadPhase(now)) > phases.index(phase)


def have_ended(runtime: Runtime, kind: str) -> int:
    """How many loads of this kind are over."""
    with runtime.database.reading() as session:
        return sum(one.status != LoadStatus.RUNNING for one in session.execute(STANDS, {"kind": kind}))


def nothing_is_left(runtime: Runtime) -> bool:
    with runtime.database.reading() as session:
        return not session.scalar(LEFT)


def is_killed_at(runtime: Runtime, kind: str, phase: LoadPhase, *arguments: str, moment: float) -> bool:
    """A process of ours is killed a moment after a load has come to this point; whether it left the load behind."""
    url = runtime.settings.sqlalchemy_url
    assert url
    given, ended = environment(url, runtime.settings.data_dir), have_ended(runtime, kind)
    with alone_at_the_end(runtime.database), running(command, given, *arguments) as process:
        until(lambda: has_come_to(runtime, kind, phase, ended) or not process.is_alive(), f"{kind} {phase}")
        was_killed = killed(process, moment=moment)
    return was_killed and not nothing_is_left(runtime)


def and_the_next_one_ends_it(runtime: Runtime, *arguments: str) -> None:
    url = runtime.settings.sqlalchemy_url
    assert url
    with (
        alone_at_the_end(runtime.database),
        running(command, environment(url, runtime.settings.data_dir), *arguments) as process,
    ):
        works_on = arguments == ("worker",)
        until(lambda: not process.is_alive() or (works_on and nothing_is_left(runtime)), "the loads end")
        assert nothing_is_left(runtime)


def same(calm: Runtime, rough: Runtime) -> None:
    expected, told = outcome(calm.database), outcome(rough.database)
    for part, rows in expected.items():
        assert told[part] == rows, part


class City:
    """A system with many records at a web address, page by page."""

    def __init__(self) -> None:
        self.records = [card(number, dob=f"19{number % 90 + 10}-03-12") for number in range(ROWS)]

    def __call__(self, line: Any, asked: Asked, stop: Any) -> None:
        page = int(parse_qs(urlsplit(asked.path).query)["page"][0])
        stop.wait(0.05)
        answers(body=json.dumps(self.records[(page - 1) * PAGE : page * PAGE]).encode())(line, asked, stop)


@pytest.fixture
def address() -> Iterator[tuple[str, City]]:
    records = City()
    with Peer(behaviour=records) as peer:
        yield peer.url, records


def upload(runtime: Runtime, path: Path) -> None:
    with runtime.database.transaction() as session, path.open("rb") as file:
        services.queue_file(
            session, SYSTEM, "council-tax", path.name, file, full=True, rehearsal=False, now=runtime.clock.now()
        )


def ask_the_web(runtime: Runtime, url: str) -> None:
    """Somebody asks for a refresh of a source at a web address."""
    now = runtime.clock.now()
    with runtime.database.transaction() as session:
        services.connect(
            session, SYSTEM, "legacy-crm", ConnectorKind.HTTP, {"url": url, "paging": "page", "page_name": "page"}, secret=None,
            reach=Reach.of(runtime.settings), now=now,
        )  # fmt: skip
        services.queue_refresh(session, SYSTEM, "legacy-crm", rehearsal=False, now=now)


def take_back(runtime: Runtime, name: str) -> None:
    with runtime.database.transaction() as session:
        load = session.scalar(text("SELECT id FROM source_load WHERE file_name = :name"), {"name": name})
        assert load
        services.take_back(session, SYSTEM, load, reason="The wrong file", now=runtime.clock.now())


def test_a_worker_killed_at_any_point_of_what_waits_is_followed_by_one_that_ends_it(
    calm: Runtime, rough: Runtime, tmp_path: Path, address: tuple[str, City]
) -> None:
    """An upload, a web address, and an upload that is taken back. What was begun is younger than what has waited since, and comes after it."""
    before = write_tax(tmp_path / "before.csv", [party(ACCOUNT_REF=f"8{n:08d}") for n in range(4_300)])
    names = ["TALLIS MRS JOSEPHINE", "OKAFOR MR DANIEL"]
    rows = [party(ACCOUNT_REF=f"8{n:08d}", NAME=names[n % 2]) for n in range(100, ROWS)]
    after = write_tax(tmp_path / "after.csv", [*rows, rows[7], party(ACCOUNT_REF=""), party(DOB="31/02/1980")])
    for runtime in (calm, rough):
        upload(runtime, before)
        load_waiting(runtime)
        upload(runtime, after)
        ask_the_web(runtime, address[0])
    load_waiting(calm)
    take_back(calm, "after.csv")
    load_waiting(calm)

    chance = moments(20260312)
    kills = [
        is_killed_at(rough, "stored", LoadPhase.READING, "worker", moment=next(chance)),
        is_killed_at(rough, "fetched", LoadPhase.READING, *LOADING, moment=next(chance)),
        is_killed_at(rough, "fetched", LoadPhase.WRITING, *LOADING, moment=next(chance)),
        is_killed_at(rough, "stored", LoadPhase.WRITING, *LOADING, moment=next(chance)),
    ]
    and_the_next_one_ends_it(rough, "worker")
    take_back(rough, "after.csv")
    kills.append(is_killed_at(rough, "undo", LoadPhase.WRITING, *LOADING, moment=next(chance)))
    and_the_next_one_ends_it(rough, *LOADING)
    assert sum(kills) >= 3, "they were killed at work, not after it"
    same(calm, rough)


@contextmanager
def another_database(server: TestServer) -> Iterator[Database]:
    """The database of another system."""
    with server.empty() as url:
        other = Database(url, connect_wait=60)
        with other.transaction() as session:
            session.execute(
                text("CREATE TABLE people (contact_id text PRIMARY KEY, name text, dob date, changed timestamptz)")
            )
            session.execute(
                text(
                    "INSERT INTO people SELECT 'P' || lpad(n::text, 6, '0'), 'Person Tallis', DATE '1980-03-12', "
                    "TIMESTAMPTZ '2026-01-01 00:00Z' + (n % 700) * INTERVAL '1 minute' FROM generate_series(1, :rows) n"
                ),
                {"rows": ROWS},
            )
        yield other
        other.close()


def read_another(runtime: Runtime, members: str, other: Database) -> None:
    """It is fetched by schedule from now on."""
    now = runtime.clock.now()
    url = other.engine.url.render_as_string(hide_password=False)
    with runtime.database.transaction() as session:
        services.connect(
            session, SYSTEM, members, ConnectorKind.SQL, {"query": "people", "key": "contact_id", "mark": "changed"}, secret=url,
            reach=Reach.of(runtime.settings), now=now,
        )  # fmt: skip
    its_time_has_come(runtime)


def its_time_has_come(runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        session.execute(
            text(
                "UPDATE source_system SET refresh_minutes = 60, next_refresh_at = now() - INTERVAL '1 second' WHERE connector = 'sql'"
            )
        )


def test_a_scheduled_refresh_of_a_database_that_is_killed_goes_on_behind_its_last_row(
    server: TestServer, calm: Runtime, rough: Runtime
) -> None:
    """First everything, then by the watermark what has changed since."""
    chance, kills = moments(20260313), 0
    changes = text("UPDATE people SET name = 'Other Name', changed = '2026-02-02' WHERE contact_id < 'P003801'")
    with another_database(server) as other:
        for runtime in (calm, rough):
            read_another(runtime, members_of(runtime), other)
        for first in (True, False):
            refresh_due(calm)
            for phase in (LoadPhase.READING, LoadPhase.WRITING):
                kills += is_killed_at(rough, "fetched", phase, *REFRESHING, moment=next(chance))
            and_the_next_one_ends_it(rough, *REFRESHING)
            if first:
                with other.transaction() as session:
                    session.execute(changes)
                its_time_has_come(calm)
                its_time_has_come(rough)
    assert kills >= 2, "they were killed at work, not after it"
    same(calm, rough)
    marks = [watermark(runtime) for runtime in (calm, rough)]
    assert marks[0] == marks[1]
    assert marks[0]["mark"]["datetime"].startswith("2026-02-02")


def members_of(runtime: Runtime) -> str:
    with runtime.database.transaction() as session:
        return register_members(session, SYSTEM, now=runtime.clock.now())


def watermark(runtime: Runtime) -> Any:
    with runtime.database.reading() as session:
        return session.scalar(text("SELECT watermark FROM source_system WHERE connector = 'sql'"))


@dataclass
class Sender:
    """A system that sends its records until it is told that they were taken."""

    port: int
    key: str

    def send(self, records: list[dict[str, Any]], name: str) -> dict[str, Any]:
        """Raises what a broken line raises."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            line.request("POST", PUSHED_TO, json.dumps({"records": records}), self._headers(name))
            answer = line.getresponse()
            assert answer.status == 200, answer.status
            return json.loads(answer.read()) | {"again": answer.headers.get("Idempotency-Replayed") == "true"}
        finally:
            line.close()

    def breaks_off(self, records: list[dict[str, Any]], name: str) -> None:
        """Half of what was announced, and then nothing."""
        body = json.dumps({"records": records}).encode()
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as line:
            head = {**self._headers(name), "Host": "127.0.0.1", "Content-Length": str(len(body))}
            lines = "".join(f"{one}: {value}\r\n" for one, value in head.items())
            line.sendall(f"POST {PUSHED_TO} HTTP/1.1\r\n{lines}\r\n".encode() + body[: len(body) // 2])

    def is_heard(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
            return True
        return False

    def _headers(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Idempotency-Key": name}


PUSHED_TO = "/api/v1/sources/legacy-crm/records"


@pytest.fixture
def sender(rough: Runtime) -> Sender:
    now = rough.clock.now()
    with rough.database.transaction() as session:
        town = found(session, now)
        account = person(session, "CRM", Role.SERVICE, now=now, kind=AccountKind.SERVICE).account_id
        assert account
        _, key = accounts.create_api_key(session, town.administrator, account, (Scope.SOURCES_WRITE,), now=now)
        services.connect(
            session, SYSTEM, "legacy-crm", ConnectorKind.PUSH, {"sender": str(account)}, secret=None,
            reach=Reach.of(rough.settings), now=now,
        )  # fmt: skip
    return Sender(free_port(), key)


def batches(count: int, size: int) -> Iterator[list[dict[str, Any]]]:
    """Each the one before, half of it changed, and as many new ones."""
    for number in range(count):
        yield [card(n, gender="F" if n % 2 else "MF"[number % 2]) for n in range((number + 1) * size)]


def test_a_push_that_was_cut_off_at_any_point_is_sent_again_and_taken_once(rough: Runtime, sender: Sender) -> None:
    """The server dies while it takes a batch in, or the sender while it sends; a batch that was taken is sent once more all the same."""
    url, chance, cut = rough.settings.sqlalchemy_url, moments(20260314, 0.12), 0
    assert url
    given = environment(url, rough.settings.data_dir)
    sent = list(batches(3, 300))
    for number in range(len(sent) + 1):
        with alone_at_the_end(rough.database), running(web, given, sender.port) as process:
            until(sender.is_heard, "the server listens")
            if number:
                before, name = sent[number - 1], f"batch {number - 1}"
                first, second = sender.send(before, name), sender.send(before, name)
                assert second == first | {"again": True}
                assert (first["new"], first["changed"], first["rejected"]) == (300, 150 * (number - 1), 0)
            if number < len(sent):
                sender.breaks_off(sent[number], f"batch {number}")
                with ThreadPoolExecutor(1) as pool:
                    told = pool.submit(sender.send, sent[number], f"batch {number}")
                    assert killed(process, moment=next(chance))
                cut += isinstance(told.exception(), OSError | HTTPException)
    assert cut >= 2, "the server was killed while it was at work"
    with rough.database.reading() as session:
        loads = session.execute(text("SELECT status, rows, new FROM source_load ORDER BY rows")).all()
        held = dict(session.execute(text("SELECT key, content::text FROM source_record r JOIN source_record_version v "
            "ON v.record_id = r.id AND v.number = r.version")).all())  # fmt: skip
        versions = session.scalar(text("SELECT count(*) FROM source_record_version"))
        assert session.scalar(text("SELECT count(*) FROM load_row")) == 0
    assert [tuple(load) for load in loads] == [("done", len(batch), 300) for batch in sent]
    assert {key: json.loads(said) for key, said in held.items()} == {one["contact_id"]: one for one in sent[-1]}
    assert versions == 900 + 150 + 300
