"""A protected person is planted in the house, and then every page, list, search, export, log and message is looked through for them."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile, is_zipfile

import pytest
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.policy import Permission, may
from app.config import Settings
from app.customers import queries as reading
from app.customers import services as customers
from app.customers.models import Verification
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, LinkKind
from app.enquiries.rows import Raiser
from app.handoffs import services as handoffs
from app.kernel import logging as logs
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.jobs import Job
from app.runtime import Runtime, build_bus
from app.scheduler.registry import all_jobs
from app.scheduler.running import Runner
from tests.conftest import SECRET, TEST_DAY
from tests.integration.route_world import World, build
from tests.integration.test_route_matrix import Visitor, cases, lets_in, routes, with_purpose
from tests.support import bookings
from tests.support import council as councils
from tests.support.application import of_its_own
from tests.support.customers import party, write_tax
from tests.support.database import TestServer
from tests.support.desk import put_on_desk
from tests.support.numbers import telephone_in

pytestmark = pytest.mark.slow
ADDRESS = "obsidian sanctuary"
"""A place may say where it is, as long as it does not say that she is there."""
NAME = "Zenobia Thistlequarrel"
SECRETS = (
    "thistlequarrel", "zenobia", "obsidian sanctuary", "zt.hideaway", "zt-hideaway", "700777777", "hush-hush words",
)  # fmt: skip
PHONE = "900777"
"""Whatever of these stands anywhere is hers: her name, address, telephone, e-mail, the number of her record, what she wrote."""
TYPED = ("thistlequ", "zeno", "07700 9007", "zt.hide", "ZF9 9ZZ", "13 obsidian", "70077777")
"""What somebody types who looks for her: a part, so that the page may repeat it without giving anything away."""
HERS = party(
    ACCOUNT_REF="700777777", NAME="THISTLEQUARREL MS ZENOBIA", ADDR1="13 OBSIDIAN SANCTUARY", ADDR2="", POSTCODE="ZF9 9ZZ",
    UPRN="999010077777", TELEPHONE="07700 900777", EMAIL="zt.hideaway@resident.example", DOB="07/07/1977",
)  # fmt: skip
FLATMATE = HERS | {
    "ACCOUNT_REF": "700999999", "NAME": "LODGER MR PETER", "ADDR1": "2 LOW ROAD", "TELEPHONE": "", "UPRN": "", "EMAIL": "p@resident.example",
    "DOB": "08/08/1988", "POSTCODE": "ZF1 2AB",
}  # fmt: skip
RAISER = Raiser(NAME, "zt.hideaway@resident.example", "07700 900777")


@pytest.fixture(scope="module")
def written() -> Iterator[io.StringIO]:
    """What the house logs while all of this is asked."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure("INFO")
    paper = io.StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(paper)
    yield paper
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture(scope="module")
def world(server: TestServer, tmp_path_factory: pytest.TempPathFactory, written: io.StringIO) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("leaks")
    with server.copy() as url:
        settings = Settings(
            _env_file=None, SECRET_KEY=SECRET, DATABASE_URL=url, data_dir=folder, log_level="INFO", max_upload_mb=1
        )
        database = Database(url, build_bus(settings))
        runtime = Runtime(settings, database, FixedClock(TEST_DAY))
        application = of_its_own(runtime)
        application.config.update(WTF_CSRF_ENABLED=False)
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(written)
        built = build(application, runtime, folder)
        plant(built, folder)
        yield built
        database.close()


def plant(world: World, folder: Path) -> None:
    """Until somebody knew that she must be protected, she was a customer like any other: matched, written to, handed on, joined."""
    runtime, database, now = world.runtime, world.database, world.runtime.clock.now()
    customers.ingest_file(
        database, "council-tax", write_tax(folder / "more.csv", [HERS, FLATMATE]), clock=runtime.clock, full=False
    )
    customers.match_all(database, clock=runtime.clock, learns=False)
    customers.ingest_file(
        database,
        "council-tax",
        write_tax(folder / "again.csv", [HERS | {"TELEPHONE": "07700 900778"}]),
        clock=runtime.clock,
        full=False,
    )
    customers.match_all(database, clock=runtime.clock, learns=False)
    customers.ingest_file(
        database, "council-tax", write_tax(folder / "third.csv", [HERS | {"DOB": "31/02/1977", "PARTY_NO": "9"}, HERS]), clock=runtime.clock,
        full=False,
    )  # fmt: skip
    customers.match_all(database, clock=runtime.clock, learns=False)
    with database.transaction() as session:
        record = reading.record_by_key(session, "council-tax", "700777777-1")
        assert record
        golden = reading.golden_of_source_record(session, record)
        assert golden
        her_account = councils.person(session, "Account Holder", Role.RESIDENT, now=now)
        own = [_hers(session, world, record, now) for _ in range(3)]
        _entangle(session, world, own, now)
        booked = _books(session, her_account, record, now)
        session.add(_proof(session, her_account, record, now))
        customers.pin(
            session,
            world.people["steward"],
            golden,
            "email",
            value="zt-hideaway@pinned.example",
            reason="She said so",
            now=now,
        )
        other = UUID(world.examples["source_record_id"]["other"])
        put_on_desk(session, record, other)
    with database.transaction() as session:
        customers.restrict(session, world.people["steward"], record, reason="A refuge", now=now)
        session.execute(text("UPDATE message SET status = 'sent', sent_at = :now"), {"now": now})
    examples = world.examples
    examples["reference"] = {**examples["reference"], **{f"hers{n}": one for n, one in enumerate(own)}}
    for name in ("console_bookings:reference", "console_booking_days:reference"):
        examples[name] = {**examples[name], **{f"hers{n}": one for n, one in enumerate(booked)}}
    examples["golden_id"] = {**examples["golden_id"], "hers": str(golden)}
    examples["other_id"] = {**examples["other_id"], "hers": str(golden)}
    examples["source_record_id"] = {**examples["source_record_id"], "hers": str(record)}
    with database.reading() as session:
        _more_examples(session, examples, record)


def _hers(session: Session, world: World, record: UUID, now: object) -> str:
    row = councils.missed_bin(session, world.people["advisor"], now=now, raiser=RAISER)
    session.execute(text("UPDATE enquiry SET source_record_id = :s WHERE id = :e"), {"s": record, "e": row.id})
    session.execute(
        text("UPDATE contact SET source_record_id = :s, caller_name = :n, note = 'hush-hush words' WHERE id = :c"),
        {"s": record, "c": row.contact_id, "n": NAME},
    )
    return row.reference


def _entangle(session: Session, world: World, own: list[str], now: object) -> None:
    """Her enquiries are handed on, joined, asked about, attached to, drawn as samples, and found by the monitors."""
    advisor, leader = world.people["advisor"], world.people["team leader"]
    handoffs.offer(session, advisor, own[0], unit="highways", brief="hush-hush words", now=now)
    enquiries.customer_replied(session, SYSTEM, own[0], body="hush-hush words", now=now)
    stays = world.examples["reference"]["own"]
    enquiries.mark_duplicate(session, leader, own[1], of=stays, reason="The same bin", version=None, now=now)
    enquiries.link(session, leader, own[2], to=stays, kind=LinkKind.RELATED, now=now)
    enquiries.attach(session, leader, own[2], [("hush-hush words.txt", b"hush-hush words")], now=now)
    enquiries.add_task(session, leader, own[2], title="Ring back", now=now)
    enquiries.ask_urgent(session, leader, own[2], reason="Now", deadline=now.replace(day=12), version=None, now=now)


def _books(session: Session, account: Actor, record: UUID, now: datetime) -> list[str]:
    """She is booked twice on the day that everybody looks at: once on the telephone, once by her account."""
    phoned = {"source_record_id": record, "channel": Channel.PHONE}
    online = Actor(ActorKind.RESIDENT, account.account_id, NAME, frozenset({Role.RESIDENT}))
    hours: tuple[tuple[int, Actor, dict[str, object]], ...] = ((9, SYSTEM, phoned), (10, online, {}))
    return [
        bookings.book(
            session, actor, bookings.at(date(2026, 3, 17), hour), person=RAISER, note_given="hush-hush words", now=now, **more
        ).reference
        for hour, actor, more in hours
    ]  # fmt: skip


def _proof(session: Session, account: Actor, record: UUID, now: object) -> Verification:
    source = session.scalar(text("SELECT source_id FROM source_record WHERE id = :r"), {"r": record})
    return Verification(
        at=now, passed=True, source_id=source, source_record_id=record, asked=["date_of_birth", "postcode"],
        account_id=account.account_id, actor_kind="resident", actor_id=account.account_id, actor_name=account.name,
    )  # fmt: skip


def _more_examples(session: Session, examples: dict[str, object], record: UUID) -> None:
    """Pages about her home, and about what else is hers."""
    home = session.scalar(
        text("SELECT p.uprn FROM source_record r JOIN property p ON p.id = r.property_id WHERE r.id = :r"),
        {"r": record},
    )
    if "uprn" in examples and home:
        examples["uprn"] = {**examples["uprn"], "hers": home}
    handoff = session.scalar(
        text("SELECT h.id FROM handoff h JOIN enquiry e ON e.id = h.enquiry_id WHERE e.raiser_name = :n"), {"n": NAME}
    )
    examples["handoff_id"] = {**examples["handoff_id"], "hers": str(handoff)}
    match = session.scalar(text("SELECT id FROM possible_match WHERE :r IN (left_id, right_id)"), {"r": record})
    examples["match_id"] = {**examples["match_id"], "hers": str(match)}
    load = session.scalar(text("SELECT id FROM source_load ORDER BY id DESC LIMIT 1"))
    examples["load_id"] = {**examples["load_id"], "hers": str(load)}


@pytest.fixture(scope="module")
def visitors(world: World) -> list[Visitor]:
    app = world.app
    people = [Visitor(name, world.browser(actor), actor) for name, actor in world.people.items()]
    keys = [
        Visitor(f"key {scope.value}", app.test_client(), None, frozenset({scope}), {"Authorization": f"Bearer {key}"})
        for scope, key in world.keys.items()
    ]
    return [Visitor("anonymous", app.test_client()), *people, *keys]


def words_of(answer: TestResponse) -> str:
    """All the words of an answer, those in spreadsheets and PDFs too; an address that was asked for is not told by its echo."""
    body = answer.get_data()
    if is_zipfile(BytesIO(body)):
        with ZipFile(BytesIO(body)) as sheets:
            body = b" ".join(sheets.read(name) for name in sheets.namelist())
    if body.startswith(b"%PDF"):
        return " ".join(page.extract_text() for page in PdfReader(BytesIO(body)).pages).lower()
    return body.decode("utf-8", "replace").lower()


def told_in(said: str) -> list[str]:
    return [secret for secret in SECRETS if secret in said] + [PHONE] * telephone_in(said, PHONE)


def test_she_is_there_to_be_found_out(world: World) -> None:
    """Else the rest would prove nothing: before the restriction every page about her said who she is."""
    with world.database.reading() as session:
        everything = " ".join(
            str(one)
            for one in session.scalars(
                text(
                    "SELECT to_jsonb(r)::text FROM source_record r UNION ALL SELECT to_jsonb(e)::text FROM enquiry e UNION ALL SELECT to_jsonb(m)::text FROM enquiry_message m"
                )
            )
        ).lower()
    assert set(told_in(everything)) >= {"thistlequarrel", PHONE, "hush-hush words"}


def test_no_page_list_or_export_tells_of_her_without_a_reason(world: World, visitors: list[Visitor]) -> None:
    told, asked = [], 0
    for rule in routes(world.app):
        for case in cases(world, rule):
            for visitor in visitors if case.method == "GET" else ():
                if not lets_in(case.access, visitor):
                    continue
                asked += 1
                found = told_in(words_of(visitor.asks("GET", with_purpose(case.path))))
                if case.rule.endpoint.startswith("console_properties"):
                    found = [secret for secret in found if secret != ADDRESS]
                if found:
                    told.append(f"{visitor.name}: {case.rule.endpoint} {case.path} {found}")
    assert asked > 500
    assert told == [], "\n".join(told)


def test_no_search_tells_of_her(world: World, visitors: list[Visitor]) -> None:
    """Whatever is typed, wherever it can be typed."""
    told = []
    for visitor in visitors:
        for rule in routes(world.app):
            for case in cases(world, rule):
                if rule.arguments or case.method != "GET" or not lets_in(case.access, visitor):
                    continue
                for typed in TYPED:
                    asked = "&".join(
                        f"{name}={typed}"
                        for name in ("q", "search", "text", "name", "typed", "postcode", "phone", "reference")
                    )
                    found = told_in(words_of(visitor.asks("GET", f"{case.path}?{asked}")))
                    if found:
                        told.append(f"{visitor.name}: {case.path} {typed} {found}")
    assert told == [], "\n".join(told)


def test_the_finding_form_and_the_interface_find_nothing_of_hers_but_that_she_is_there(
    world: World, visitors: list[Visitor]
) -> None:
    for visitor in visitors:
        if visitor.actor and may(visitor.actor, Permission.CUSTOMERS_FIND):
            for field, typed in (
                ("name", "Zenobia Thistlequarel"),
                ("phone", "07700 900 77"),
                ("postcode", "ZF9 9ZZ"),
                ("address", "13 obsidian sanctuar"),
            ):
                answer = visitor.client.post("/console/customers", data={field: typed, "purpose": "call", "q": typed})
                said = words_of(answer).replace(typed.lower(), "")
                assert told_in(said) == [], (visitor.name, field)


def test_nothing_the_house_writes_by_itself_tells_of_her(world: World, visitors: list[Visitor]) -> None:
    """Every job runs once, a break of the glass is told; no message that leaves says a word."""
    leader = next(visitor for visitor in visitors if visitor.name == "team leader")
    golden, reference = world.examples["golden_id"]["hers"], world.examples["reference"]["hers2"]
    opened = leader.client.post(f"/console/customers/{golden}/open?purpose=call", data={"reason": "She is on the line"})
    assert "thistlequarrel" in words_of(opened)
    assert "thistlequarrel" in words_of(
        leader.client.post(f"/console/enquiries/{reference}/open", data={"reason": "To help her"})
    )
    for job in all_jobs():
        if not job.name.startswith(("notifications.", "handoffs.deliver", "customers.refresh")):
            job.run(world.runtime)
    with world.database.reading() as session:
        sent = session.execute(
            text("SELECT template, to_address, subject || text || html AS words FROM message WHERE status <> 'sent'")
        ).all()
    hers = [row for row in sent if row.to_address == RAISER.email]
    assert [row.template for row in sent if told_in(row.words.lower()) and row not in hers] == []
    alerts = [row for row in sent if row.template == "restricted_opened"]
    assert {row.to_address for row in alerts} == {"stu.ward@example.com"}
    assert len(alerts) == 2


def test_the_named_person_is_told_and_nobody_watches_over_themselves(world: World) -> None:
    from app.customers.guardian import Guardian

    now = world.runtime.clock.now()
    golden = UUID(world.examples["golden_id"]["hers"])
    leader = world.people["team leader"]
    told = []
    for named in ("moni.tor@example.com", "lee.der@example.com", "nobody@example.com"):
        world.database.bus.provide(Guardian(named))
        with world.database.transaction() as session:
            session.execute(text("UPDATE message SET status = 'sent', sent_at = :now"), {"now": now})
            customers.single_view(session, leader, golden, purpose="A call", now=now, break_glass="On the line")
            told.append(session.scalars(text("SELECT to_address FROM message WHERE status <> 'sent'")).all())
    world.database.bus.provide(Guardian(""))
    assert told == [["moni.tor@example.com"], ["stu.ward@example.com"], ["stu.ward@example.com"]]


def test_no_log_tells_of_her(world: World, visitors: list[Visitor], written: io.StringIO) -> None:
    """She is loaded and matched, looked for, opened, worked on by the jobs, and something about her goes wrong in every way there is."""
    leader = next(visitor for visitor in visitors if visitor.name == "team leader")
    golden = world.examples["golden_id"]["hers"]
    leader.client.post("/console/customers", data={"purpose": "call", "q": "Zenobia Thistlequarrel", "name": "Zenobia"})
    leader.client.post(f"/console/customers/{golden}/open?purpose=call", data={"reason": "She rang, Thistlequarrel"})
    for visitor in visitors:
        visitor.asks("GET", f"/console/customers/{golden}?purpose=call")
        visitor.asks("POST", "/api/v1/customers/$match")
    for name in ("customers.match", "sources.load", "sources.promises", "customers.stakes"):
        next(job for job in all_jobs() if job.name == name).run(world.runtime)
    things_go_wrong(world)
    said = written.getvalue().lower()
    events = {json.loads(line)["event"] for line in said.splitlines()}
    assert {"source loaded", "customers matched", "job failed"} <= events
    assert told_in(said) == []


def things_go_wrong(world: World) -> None:
    """With her data in hand: a load whose file is spoilt, and a job whose statement the database refuses."""
    folder = Path(world.runtime.settings.data_dir)
    spoilt = folder / "thistlequarrel.csv"
    spoilt.write_bytes(b"ACCOUNT_REF;ZENOBIA\n700777777;07700 900777\n")
    with world.database.transaction() as session, spoilt.open("rb") as file:
        customers.queue_file(
            session, world.people["steward"], "council-tax", "notes.csv", file, full=False, rehearsal=False, now=world.runtime.clock.now()
        )  # fmt: skip
    assert next(job for job in all_jobs() if job.name == "sources.load").run(world.runtime) in {"", "1 loads"}

    def refused(runtime: Runtime) -> str:
        with runtime.database.transaction() as session:
            session.execute(text("INSERT INTO suppressed_address (address) VALUES (:hers)"), {"hers": RAISER.email})
        return ""

    ran = Runner(world.runtime).run(Job("test.refused", "A job that fails", timedelta(hours=1), refused))
    assert ran.error
    assert told_in(ran.error.lower()) == []


def test_the_most_restrictive_wins_and_no_machine_joins_her_to_anybody(world: World) -> None:
    """Her own record again from another source, to the letter: it is left to a steward."""
    database, clock = world.database, world.runtime.clock
    record = UUID(world.examples["source_record_id"]["hers"])
    with database.reading() as session:
        together = reading.source_records_of_golden(session, UUID(world.examples["golden_id"]["hers"]))
    twin = HERS | {"ACCOUNT_REF": "700888888"}
    folder = Path(world.runtime.settings.data_dir)
    customers.ingest_file(database, "council-tax", write_tax(folder / "twin.csv", [twin]), clock=clock, full=False)
    customers.match_waiting(database, clock=clock)
    customers.match_all(database, clock=clock, learns=False)
    with database.reading() as session:
        golden = reading.golden_of_source_record(session, record)
        assert golden
        assert reading.source_records_of_golden(session, golden) == together
