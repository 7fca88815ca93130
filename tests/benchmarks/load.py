"""A working day's load: many enquiries, many advisors who think between clicks, one machine. `make bench-load`

Builds the enquiries fast: a few thousand are imported through the service, so that they are as the house makes them, and then copied
inside the database with keys and references of their own, under all of its guards. Then gunicorn serves as it does for people, each
advisor reads worklists and enquiries and now and then saves something, and the times are counted apart. Ends with 1 if a goal is missed.
"""

import argparse
import http
import http.client
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import click
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from app.accounts.models import SignIn
from app.config import Settings
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, Disposition, State
from app.enquiries.rows import PastEnquiry, Raiser
from app.kernel import references
from app.kernel.actors import SYSTEM, Actor, Role
from app.kernel.crypto import new_token, token_hash
from app.kernel.db import Database
from app.kernel.postgres import EmbeddedPostgres, scratch_directory
from app.organisation import queries as organisation
from app.organisation import services as organising
from app.runtime import build_bus
from migrations.metadata import load
from tests.support.council import found, person
from tests.support.mail import free_port

ROOT = Path(__file__).parents[2]
SECRET = "a secret for measuring only, long enough to be accepted"
ORIGINALS = 2_000
OPEN_SHARE = 0.05
SAVES = 0.25
"""Every fourth click saves something."""
TOKEN = re.compile(r'name="[^"]*csrf_token"[^>]*value="([^"]+)"')
GOALS = {"reading": 0.400, "saving": 0.700}
COPIED = ("contact", "enquiry", "enquiry_entry", "enquiry_place", "sla_clock")
"""Copied in this order, so that what refers to something finds it."""
KEYS = {"id", "contact_id", "enquiry_id"}
NAMES = (
    "Martha Quayle",
    "Idris Pell",
    "Rosa Amari",
    "Tom Underhill",
    "Wen Li",
    "Aoife Brennan",
    "Jan Novak",
    "Priya Raman",
)


@dataclass
class Times:
    """Seconds of every answer, by kind and by page, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"reading": [], "saving": []})
    places: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, place: str, seconds: float, problem: str = "") -> None:
        with self.lock:
            self.seconds[kind].append(seconds)
            self.places.setdefault(place, []).append(seconds)
            if problem:
                self.errors.append(problem)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, serve, load, print."""
    parser = argparse.ArgumentParser(description="Measures the console under the load of many advisors")
    parser.add_argument("--enquiries", type=int, default=400_000)
    parser.add_argument("--advisors", type=int, default=100)
    parser.add_argument("--think", type=float, default=10.0, help="seconds between clicks, on average")
    parser.add_argument(
        "--seconds", type=int, default=180, help="how long the load lasts, after a warm-up of a tenth of it"
    )
    parser.add_argument("--threads", type=int, default=16, help="threads of the web server")
    given = parser.parse_args(arguments)
    click.echo(
        f"{os.cpu_count()} cores, {given.enquiries:,} enquiries, {given.advisors} advisors, {given.think:g} s to think"
    )
    with database() as url:
        tokens, references_ = build(url, given.enquiries, given.advisors)
        with serving(url, given.threads) as port:
            times = run(port, tokens, references_, given)
    return report(times, given.seconds)


@contextmanager
def database() -> Iterator[str]:
    """A PostgreSQL of its own, as durable as in real use, with every table and guard."""
    folder = scratch_directory()
    postgres = EmbeddedPostgres(folder, durable=True)
    url = postgres.start()
    try:
        engine = create_engine(url)
        with engine.begin() as connection:
            load().metadata.create_all(connection)
        engine.dispose()
        yield url
    finally:
        postgres.stop()
        postgres.remove()


def build(url: str, enquiries_wanted: int, advisors: int) -> tuple[list[str], list[str]]:
    """A council with so many advisors and enquiries. Returns the sign-in token of each, and references of open enquiries."""
    began = time.perf_counter()
    settings = Settings(_env_file=None, SECRET_KEY=SECRET, DATABASE_URL=url, data_dir=Path(tempfile.gettempdir()))
    house = Database(url, build_bus(settings))
    now = datetime.now(UTC)
    with house.transaction() as session:
        council = found(session, now)
        tokens = [_advisor(session, council.administrator, number, now) for number in range(advisors)]
        originals = min(ORIGINALS, enquiries_wanted)
        enquiries.import_history(session, SYSTEM, _past(session, originals, now), now=now)
    with house.engine.begin() as connection:
        copies = max(0, enquiries_wanted // originals - 1)
        _copy(connection, originals, copies)
    with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
        count = connection.scalar(text("SELECT count(*) FROM enquiry"))
        waiting = connection.scalar(text("SELECT count(*) FROM enquiry WHERE next_action_at IS NOT NULL"))
        known = connection.scalars(
            text("SELECT reference FROM enquiry WHERE state IN ('new', 'triage') ORDER BY random() LIMIT 2000")
        )
        chosen = list(known)
    house.close()
    click.echo(f"built {count:,} enquiries, {waiting:,} of them open, in {time.perf_counter() - began:.0f} s")
    return tokens, chosen


def _advisor(session: Session, by: Actor, number: int, now: datetime) -> str:
    """An advisor who has signed in already."""
    who = person(session, f"Advisor Number {number}", Role.ADVISOR, now=now)
    assert who.account_id is not None
    organising.add_member(session, by, who.account_id, ("contact-centre", "waste")[number % 2], now=now)
    token = new_token()
    session.add(SignIn(
        account_id=who.account_id, token_hash=token_hash(token), created_at=now, last_seen_at=now,
        expires_at=now + timedelta(days=1), needs_second_factor=False, second_factor_at=now,
    ))  # fmt: skip
    return token


def _past(session: Session, count: int, now: datetime) -> Iterator[PastEnquiry]:
    """What an older system would hand over: most of it over long ago, one in twenty still open."""
    chance = random.Random(20260311)
    services = [service.slug for service in organisation.catalogue(session)]
    for _ in range(count):
        still_open = chance.random() < OPEN_SHARE
        received = now - timedelta(minutes=chance.randrange(10, 20 * 1440 if still_open else 730 * 1440))
        resolved = None if still_open else min(now, received + timedelta(hours=chance.randrange(1, 200)))
        name = chance.choice(NAMES)
        yield PastEnquiry(
            service=chance.choice(services), channel=chance.choice([Channel.WEB, Channel.PHONE, Channel.EMAIL]),
            received_at=received, raiser=Raiser(name, f"{name.split()[0].lower()}@resident.example"),
            state=State.TRIAGE if still_open else State.CLOSED,
            queue=chance.choice(["waste-intake", "monitoring-desk"]) if still_open else None,
            disposition=None if still_open else Disposition.DONE, outcome="" if still_open else "It is done.",
            resolved_at=resolved, closed_at=resolved, last_human_action_at=resolved, last_customer_contact_at=resolved,
        )  # fmt: skip


def _copy(connection: Connection, originals: int, copies: int) -> None:
    """Each original so many times again, with keys of its own (by digest, so that what belongs together stays together)."""
    if not copies:
        return
    connection.execute(
        text("CREATE TEMP TABLE fresh (original uuid, n int, reference text, PRIMARY KEY (original, n))")
    )
    ids = list(connection.scalars(text("SELECT id FROM enquiry ORDER BY id")))
    raw = connection.connection.cursor()
    with raw.copy("COPY fresh (original, n, reference) FROM STDIN") as rows:
        for original, n, reference in _fresh(ids, copies):
            rows.write_row((original, n, reference))
    connection.execute(text("ANALYZE fresh"))
    for table in COPIED:
        columns = list(connection.scalars(
            text("SELECT column_name FROM information_schema.columns WHERE table_name = :t AND is_generated = 'NEVER' ORDER BY ordinal_position"),
            {"t": table},
        ))  # fmt: skip
        values = ", ".join(_value(table, column) for column in columns)
        joined = "JOIN fresh f ON f.original = t.id AND f.n = s.n" if table == "enquiry" else ""
        connection.execute(
            text(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} t CROSS JOIN generate_series(1, :copies) s(n) {joined}"
            ),
            {"copies": copies},
        )


def _fresh(ids: Sequence[UUID], copies: int) -> Iterator[tuple[UUID, int, str]]:
    """A reference for every copy, no two the same."""
    used: set[str] = set()
    for n in range(1, copies + 1):
        for original in ids:
            reference = references.new("FP")
            while reference in used:
                reference = references.new("FP")
            used.add(reference)
            yield original, n, reference


def _value(table: str, column: str) -> str:
    if column in KEYS:
        return f"CASE WHEN t.{column} IS NULL THEN NULL ELSE md5(t.{column}::text || ':' || s.n)::uuid END"
    if (table, column) == ("enquiry", "reference"):
        return "f.reference"
    return "NULL" if column == "client_token" else f"t.{column}"


@contextmanager
def serving(url: str, threads: int) -> Iterator[int]:
    """The web server as it serves people, on a free port."""
    port, folder = free_port(), Path(tempfile.mkdtemp(prefix="firstpoint-load-"))
    environment = os.environ | {
        "DATABASE_URL": url, "SECRET_KEY": SECRET, "PORT": str(port), "HOST": "127.0.0.1", "FIRSTPOINT_DATA_DIR": str(folder),
        "FIRSTPOINT_LOG_LEVEL": "ERROR", "FIRSTPOINT_WEB_THREADS": str(threads),
    }  # fmt: skip
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "wsgi:app"], cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    for _ in range(120):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/livez")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.5)
    sys.exit("the web server did not start")


def run(port: int, tokens: Sequence[str], known: Sequence[str], given: argparse.Namespace) -> Times:
    """All advisors at once, each at their own pace. What happens in the warm-up is not counted."""
    times, stop = Times(), threading.Event()
    seats = [
        threading.Thread(target=Seat(number, port, {"fp_staff": token}, times, given.think, stop).sit, args=(known,))
        for number, token in enumerate(tokens)
    ]
    for seat in seats:
        seat.start()
    time.sleep(given.seconds / 10)
    with times.lock:
        times.seconds, times.places, times.errors = {"reading": [], "saving": []}, {}, []
    time.sleep(given.seconds)
    stop.set()
    for seat in seats:
        seat.join(timeout=60)
    return times


@dataclass
class Seat:
    """One advisor at the console: their browser's cookies, and what they have looked at."""

    number: int
    port: int
    cookies: dict[str, str]
    times: Times
    think: float
    stop: threading.Event

    def sit(self, known: Sequence[str]) -> None:
        """Look, think, look, and after every few looks save something."""
        chance = random.Random(self.number)
        self.stop.wait(chance.uniform(0, self.think))
        while not self.stop.is_set():
            reference = chance.choice(known)
            looks = (
                "/console", "/console/enquiries?queue=waste-intake", "/console/enquiries?sort=received&page=3",
                f"/console/enquiries?search={reference}", f"/console/enquiries/{reference}", f"/console/enquiries/{reference}",
            )  # fmt: skip
            self.ask("GET", chance.choice(looks))
            self.stop.wait(chance.expovariate(1 / self.think))
            if chance.random() < SAVES and not self.stop.is_set():
                page = self.ask("GET", f"/console/enquiries/{reference}")
                secret = TOKEN.search(page)
                self.stop.wait(chance.expovariate(1 / self.think))
                fields = {"note-body": "Looked at it and rang the crew.", "csrf_token": secret[1] if secret else ""}
                self.ask("POST", f"/console/enquiries/{reference}/note", fields)

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> str:
        """One request on a connection of its own, and how long its answer took."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        kind, place = "reading" if method == "GET" else "saving", re.sub(r"FP-[0-9A-Z-]+", "*", path)
        began = time.perf_counter()
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            connection.request(method, path, urlencode(fields) if fields else None, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
        except OSError as error:
            self.times.note(kind, place, time.perf_counter() - began, f"{method} {place}: {error}")
            return ""
        took = time.perf_counter() - began
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        expected = http.HTTPStatus.SEE_OTHER if fields else http.HTTPStatus.OK
        self.times.note(kind, place, took, "" if answer.status == expected else f"{method} {place}: {answer.status}")
        return page


def report(times: Times, seconds: int) -> int:
    """The figures, and whether they are good enough."""
    missed = bool(times.errors)
    click.echo(f"{'':10}{'answers':>9}{'a second':>10}{'median':>9}{'p95':>9}{'slowest':>9}{'goal':>9}")
    for kind, goal in GOALS.items():
        found_times = sorted(times.seconds[kind])
        if len(found_times) < 2:
            click.echo(f"{kind:10}{len(found_times):>9}")
            continue
        p95 = statistics.quantiles(found_times, n=20)[-1]
        missed = missed or p95 > goal
        figures = (statistics.median(found_times), p95, found_times[-1], goal)
        click.echo(
            f"{kind:10}{len(found_times):>9}{len(found_times) / seconds:>10.1f}"
            + "".join(f"{1000 * each:>6.0f} ms" for each in figures)
        )
    for place, each in sorted(times.places.items()):
        click.echo(
            f"  {place}: {len(each)} answers, median {1000 * statistics.median(each):.0f} ms, slowest {1000 * max(each):.0f} ms"
        )
    for problem in sorted(set(times.errors))[:10]:
        click.echo(f"{times.errors.count(problem)} × {problem}")
    click.echo("A goal is missed" if missed else "Every goal is met")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
