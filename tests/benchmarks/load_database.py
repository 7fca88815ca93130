"""The database of the load bench: a council with many advisors, and years of enquiries.

A few thousand enquiries are imported through the service, so that they are as the house makes them, and then copied inside the
database with keys and references of their own, under all of its guards. A kept database is used again as long as the tables are the same.
"""

import hashlib
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
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
from app.kernel.actors import SYSTEM, Role
from app.kernel.crypto import new_token, token_hash
from app.kernel.db import Database
from app.kernel.postgres import EmbeddedPostgres, scratch_directory
from app.organisation import queries as organisation
from app.organisation import services as organising
from app.runtime import build_bus
from migrations.metadata import load
from tests.support.council import found, person

SECRET = "a secret for measuring only, long enough to be accepted"
ORIGINALS = 2_000
OPEN_SHARE, OWNED_SHARE = 0.05, 0.3
"""One enquiry in twenty is still open; of these three in ten are with somebody, the others wait in a queue."""
COPIED = ("contact", "enquiry", "enquiry_entry", "enquiry_place", "sla_clock")
"""Copied in this order, so that what refers to something finds it."""
KEYS = {"id", "contact_id", "enquiry_id"}
FIRST = (
    "Martha", "Idris", "Rosa", "Tom", "Wen", "Aoife", "Jan", "Priya", "Olu", "Grace", "Hamish", "Nadia", "Piotr", "Bethan",
    "Kwame", "Leila", "Owen", "Sofia", "Yusuf", "Ines",
)  # fmt: skip
LAST = (
    "Quayle", "Pell", "Amari", "Underhill", "Li", "Brennan", "Novak", "Raman", "Adeyemi", "Fairweather", "Sinclair", "Haddad",
    "Zielinski", "Morgan", "Mensah", "Karimi", "Price", "Ferreira", "Demir", "Duarte", "Tallis", "Okafor", "Whitlock",
    "Beaumont", "Garside", "Holroyd", "Inglis", "Jessop", "Kershaw", "Lomax",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Built:
    """Where it is, who sits at it, and open enquiries that can be looked up."""

    url: str
    folder: Path
    tokens: list[str]
    known: list[str]


@contextmanager
def database(enquiries_wanted: int, advisors: int, keep: Path | None) -> Iterator[Built]:
    """A PostgreSQL of its own, as durable as in real use, filled. With `keep` it stays there for the next time."""
    postgres = EmbeddedPostgres(keep or scratch_directory(), durable=True)
    whole = not postgres.is_new
    url = postgres.start()
    try:
        if not whole:
            build(url, enquiries_wanted, advisors)
            whole = True
        yield Built(url, postgres.data_dir, *_opened(url, enquiries_wanted, advisors))
    finally:
        postgres.stop()
        if keep is None or not whole:
            postgres.remove()


def build(url: str, enquiries_wanted: int, advisors: int) -> None:
    """Make every table and guard, the council, its advisors and so many enquiries."""
    began = time.perf_counter()
    with _house(url) as house:
        with house.engine.begin() as connection:
            load().metadata.create_all(connection)
            connection.execute(text("CREATE TABLE bench (made_for text)"))
            connection.execute(text("INSERT INTO bench VALUES (:made)"), {"made": _shape()})
        originals = min(ORIGINALS, enquiries_wanted)
        now = datetime.now(UTC)
        with house.transaction() as session:
            council = found(session, now)
            for number in range(advisors):
                who = person(session, f"Advisor Number {number}", Role.ADVISOR, now=now)
                assert who.account_id is not None
                unit = ("contact-centre", "waste")[number % 2]
                organising.add_member(session, council.administrator, who.account_id, unit, now=now)
            enquiries.import_history(session, SYSTEM, _past(session, originals, now), now=now)
        with house.engine.begin() as connection:
            _copy(connection, max(0, enquiries_wanted // originals - 1))
        with house.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
    click.echo(f"built in {time.perf_counter() - began:.0f} s")


@contextmanager
def _house(url: str) -> Iterator[Database]:
    settings = Settings(_env_file=None, SECRET_KEY=SECRET, DATABASE_URL=url, data_dir=Path(tempfile.gettempdir()))
    house = Database(url, build_bus(settings))
    try:
        yield house
    finally:
        house.close()


def _shape() -> str:
    """A fingerprint of the tables and indexes: a kept database with other ones would measure something else."""
    parts = [f"{table.name}.{column.name}" for table in load().metadata.sorted_tables for column in table.columns]
    indexes = (index for table in load().metadata.sorted_tables for index in table.indexes)
    parts += sorted(f"{index.name} {index.dialect_options['postgresql']['where']}" for index in indexes)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _opened(url: str, enquiries_wanted: int, advisors: int) -> tuple[list[str], list[str]]:
    """Sign the advisors in, and choose open enquiries to look up. Ends the program if the database is another one."""
    engine = create_engine(url)
    with engine.begin() as connection:
        shape, count, waiting = connection.execute(text(
            "SELECT (SELECT made_for FROM bench), (SELECT count(*) FROM enquiry), "
            "(SELECT count(*) FROM enquiry WHERE next_action_at IS NOT NULL)"
        )).one()  # fmt: skip
        people = connection.scalars(text("SELECT id FROM account WHERE name LIKE 'Advisor Number %' ORDER BY id"))
        seats = list(people)
        known = connection.scalars(
            text("SELECT reference FROM enquiry WHERE state IN ('new', 'triage') ORDER BY random() LIMIT 2000")
        )
        chosen = list(known)
    if shape != _shape() or count < 0.99 * enquiries_wanted or len(seats) < advisors:
        sys.exit("The kept database was made for other tables or other numbers: delete it, and it is built again")
    now = datetime.now(UTC)
    with Session(engine) as session:
        tokens = [_sign_in(session, account, now) for account in seats[:advisors]]
        session.commit()
    engine.dispose()
    click.echo(f"{count:,} enquiries, {waiting:,} of them open; {len(tokens)} advisors signed in")
    return tokens, chosen


def _sign_in(session: Session, account_id: UUID, now: datetime) -> str:
    token = new_token()
    session.add(SignIn(
        account_id=account_id, token_hash=token_hash(token), created_at=now, last_seen_at=now,
        expires_at=now + timedelta(days=1), needs_second_factor=False, second_factor_at=now,
    ))  # fmt: skip
    return token


def _past(session: Session, count: int, now: datetime) -> Iterator[PastEnquiry]:
    """What an older system would hand over: most of it over long ago, some still waiting, some in work."""
    chance = random.Random(20260311)
    services = [service.slug for service in organisation.catalogue(session)]
    owners = [member.account_id for member in organisation.staff_of_units(session) if member.name.startswith("Advisor")]
    for _ in range(count):
        still_open = chance.random() < OPEN_SHARE
        owner = chance.choice(owners) if still_open and chance.random() < OWNED_SHARE else None
        received = now - timedelta(minutes=chance.randrange(10, 20 * 1440 if still_open else 730 * 1440))
        resolved = None if still_open else min(now, received + timedelta(hours=chance.randrange(1, 200)))
        first, last = chance.choice(FIRST), chance.choice(LAST)
        yield PastEnquiry(
            service=chance.choice(services), channel=chance.choice([Channel.WEB, Channel.PHONE, Channel.EMAIL]),
            received_at=received, raiser=Raiser(f"{first} {last}", f"{first}.{last}@resident.example".lower()),
            state=State.IN_PROGRESS if owner else State.TRIAGE if still_open else State.CLOSED,
            queue=chance.choice(["waste-intake", "monitoring-desk"]) if still_open and not owner else None, owner_id=owner,
            disposition=None if still_open else Disposition.DONE, outcome="" if still_open else "It is done.",
            resolved_at=resolved, closed_at=resolved, last_human_action_at=resolved, last_customer_contact_at=resolved,
        )  # fmt: skip


def _copy(connection: Connection, copies: int) -> None:
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
            text(
                "SELECT column_name FROM information_schema.columns WHERE table_name = :t AND is_generated = 'NEVER' "
                "ORDER BY ordinal_position"
            ),
            {"t": table},
        ))  # fmt: skip
        values = ", ".join(_value(table, column) for column in columns)
        joined = "JOIN fresh f ON f.original = t.id AND f.n = s.n" if table == "enquiry" else ""
        connection.execute(
            text(
                f"INSERT INTO {table} ({', '.join(columns)}) "
                f"SELECT {values} FROM {table} t CROSS JOIN generate_series(1, :copies) s(n) {joined}"
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
