"""Days on which things go wrong: the database or the mail server is away, forms are old, wrong, huge or sent fifty times.

Each time the person gets a clear message, and nothing is lost.
"""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, func, select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.config import Settings
from app.enquiries import queries as enquiries
from app.enquiries import services
from app.enquiries.enums import State
from app.enquiries.models import Enquiry
from app.enquiries.rows import EnquiryRow
from app.factory import create_app
from app.kernel import references
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock, SystemClock
from app.kernel.db import Database
from app.kernel.postgres import EmbeddedPostgres, scratch_directory
from app.notifications import jobs as outbox
from app.notifications import queries as notifications
from app.runtime import Runtime, build_bus
from app.scheduler.worker import Worker
from migrations.metadata import load
from tests.conftest import SECRET
from tests.integration.console import conftest as console
from tests.integration.portal.reports import ADDRESS, EMAIL, VISITOR, sent, step
from tests.support.council import Council, found, missed_bin
from tests.support.mail import MailServer
from tests.support.pages import Page, read

browser_of = console.browser_of
SHORT = 1.5
"""Seconds that an outage takes in the quick test; the slow one waits the whole twenty."""


class Switchable:
    """A PostgreSQL that can be switched off, and on again at the same address."""

    def __init__(self) -> None:
        self._server = EmbeddedPostgres(scratch_directory(), durable=False)
        self.url = self._server.start()
        engine = create_engine(self.url)
        with engine.begin() as connection:
            load().metadata.create_all(connection)
        engine.dispose()

    def goes_away(self) -> None:
        self._server.stop()

    def comes_back(self) -> None:
        assert self._server.start() == self.url

    def remove(self) -> None:
        self._server.stop()
        self._server.remove()


@pytest.fixture(scope="module")
def power() -> Iterator[Switchable]:
    switchable = Switchable()
    yield switchable
    switchable.remove()


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def house(power: Switchable, mail: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    """A council on the database with the switch, by the real clock."""
    settings = Settings(
        _env_file=None, SECRET_KEY=SECRET, DATABASE_URL=power.url, data_dir=tmp_path_factory.mktemp("house"),
        smtp_port=mail.port, log_level="ERROR",
    )  # fmt: skip
    database = Database(power.url, build_bus(settings), pool_wait=60, connect_wait=60)
    runtime = Runtime(settings, database, SystemClock())
    with runtime.database.transaction() as session:
        found(session, runtime.clock.now())
    yield runtime
    runtime.database.close()


@contextmanager
def working(house: Runtime) -> Iterator[Worker]:
    """A worker beside it, as `firstpoint worker` runs one."""
    worker = Worker(house)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stopping.set()
        thread.join(120)
        assert not thread.is_alive()


def waits_until(true: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def filled_in(page: Page, address: str) -> MultiDict[str, str]:
    """The report as its reader would fill it in on this page."""
    fields = MultiDict({**VISITOR, "email": address, "step": "send"})
    for name in ("client_token", "csrf_token"):
        fields[name] = page.value(name) or ""
    return fields


def offered_again(page: Page) -> MultiDict[str, str]:
    """What the button "Try again" sends."""
    assert "Try again" in list(page.words("button"))
    kept = [(attributes["name"], "".join(words)) for tag, attributes, words in page.elements if tag == "textarea"]
    fields = MultiDict((name, value.removeprefix("\n")) for name, value in kept if name != "csrf_token")
    fields["csrf_token"] = page.value("csrf_token") or ""
    return fields


@pytest.mark.parametrize("seconds", [SHORT, pytest.param(20, marks=pytest.mark.slow)])
def test_while_the_database_is_away_pages_say_so_forms_keep_what_was_typed_and_the_worker_waits(
    house: Runtime, power: Switchable, mail: MailServer, seconds: float
) -> None:
    browser = create_app(runtime=house).test_client()
    address = f"away-for-{seconds}@example.com"
    form = filled_in(read(browser.get(ADDRESS)), address)

    with working(house) as worker:
        waits_until(lambda: worker.leads)
        power.goes_away()
        away_since = time.monotonic()
        page = browser.get(ADDRESS)
        refused = browser.post(ADDRESS, data=form)
        assert browser.get("/livez").status_code == 200
        assert browser.get("/readyz").status_code == 503
        waits_until(lambda: not worker.leads)
        time.sleep(max(0, seconds - (time.monotonic() - away_since)))
        power.comes_back()

        assert (page.status_code, refused.status_code) == (503, 503)
        for answer in (page, refused):
            assert int(answer.headers["Retry-After"]) > 0
            assert "not available just now" in read(answer).heading
        shown = read(refused)
        for typed in (address, "Josephine Bloggs", "At the kerb", "HM1 1AA"):
            assert typed in shown.text
        again = offered_again(shown)
        assert again.getlist("answer_bin") == form.getlist("answer_bin")

        accepted = browser.post(ADDRESS, data=again)
        assert accepted.status_code == 303, read(accepted).text
        assert browser.post(ADDRESS, data=again).status_code == 303
        with house.database.reading() as session:
            (reference,) = session.scalars(select(Enquiry.reference).where(Enquiry.raiser_email == address))
        mail.inbox.wait_for(address, containing=reference, seconds=120)
    assert len(mail.inbox.to(address)) == 1


def test_while_the_mail_server_is_away_an_enquiry_is_received_and_its_message_goes_out_once_afterwards(
    app: Flask, runtime: Runtime, council: Council, clock: FixedClock
) -> None:
    mail = MailServer()
    house = Runtime(runtime.settings.model_copy(update={"smtp_port": mail.port}), runtime.database, clock)
    reference = sent(app.test_client())
    assert outbox.deliver(house) == "0 sent, 0 failed, 1 to try later"
    clock.advance(timedelta(seconds=40))
    assert outbox.deliver(house) == "0 sent, 0 failed, 1 to try later"
    clock.advance(timedelta(seconds=20))
    mail.start()
    assert outbox.deliver(house) == ""
    clock.advance(timedelta(seconds=30))
    assert outbox.deliver(house) == "1 sent, 0 failed, 0 to try later"
    assert outbox.deliver(house) == ""
    mail.stop()
    (letter,) = mail.inbox.to(EMAIL)
    assert reference in str(letter["Subject"]) + letter.as_string()


def test_an_address_that_does_not_exist_becomes_work_on_the_monitoring_desk(
    app: Flask, runtime: Runtime, council: Council, browser_of: console.Enter, clock: FixedClock
) -> None:
    mail = MailServer()
    mail.inbox.refusing[EMAIL] = "550 no such user"
    mail.start()
    house = Runtime(runtime.settings.model_copy(update={"smtp_port": mail.port}), runtime.database, clock)
    reference = sent(app.test_client())
    clock.advance(timedelta(minutes=1))
    assert outbox.deliver(house) == "0 sent, 1 failed, 0 to try later"
    mail.stop()
    monitor = browser_of(council.monitor)
    assert "Customers not reached: 1" in monitor.get("/console/oversight").text
    assert reference in read(monitor.get("/console/oversight/lists/bounced")).text
    assert "tell them another way" in read(browser_of(council.officer).get(f"/console/enquiries/{reference}")).text
    assert EMAIL not in read(browser_of(council.administrator).get("/console/oversight")).text
    with runtime.database.reading() as session:
        assert enquiries.enquiry(session, SYSTEM, reference).next_action_at == clock.now()


@pytest.fixture
def row(db: Database, council: Council, clock: FixedClock) -> EnquiryRow:
    with db.transaction() as session:
        return missed_bin(session, council.resident, now=clock.now())


def resolves(browser: FlaskClient, row: EnquiryRow, text: str) -> TestResponse:
    fields = {"resolve-disposition": "done", "resolve-text": text, "resolve-version": str(row.version)}
    return browser.post(f"/console/enquiries/{row.reference}/resolve", data=fields)


def test_a_stale_form_says_so_and_gives_back_what_was_typed(
    db: Database, council: Council, clock: FixedClock, browser_of: console.Enter, row: EnquiryRow
) -> None:
    with db.transaction() as session:
        services.add_note(session, council.colleague, row.reference, body="Rang again", now=clock.now())
    answer = resolves(browser_of(council.leader), row, "A long text that nobody wants to write twice")
    assert answer.status_code == 409
    page = read(answer)
    assert page.heading == "This has changed since you opened it"
    assert "A long text that nobody wants to write twice" in page.text
    assert "Look at the newest version" in page.text


def test_of_two_people_who_resolve_it_at_once_one_does_and_the_other_is_told(
    app: Flask, db: Database, council: Council, browser_of: console.Enter, row: EnquiryRow
) -> None:
    texts = {"Emptied by Lee": browser_of(council.leader), "Emptied by Ada": browser_of(council.advisor)}
    ready = threading.Barrier(2)

    def act(text: str) -> TestResponse:
        ready.wait()
        return resolves(texts[text], row, text)

    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(texts, pool.map(act, texts), strict=True))
    by_status = {answer.status_code: text for text, answer in answers.items()}
    assert sorted(by_status) == [303, 409]
    assert by_status[409] in read(answers[by_status[409]]).text
    with db.reading() as session:
        after = enquiries.enquiry(session, SYSTEM, row.reference)
        told = [message.template for message in notifications.messages_about(session, "enquiry", row.id)]
    assert (after.state, after.outcome) == (State.RESOLVED, by_status[303])
    assert told.count("enquiry_finished") == 1


WRONG = {
    "answer_property-postcode": "ZZ9 9ZZ", "answer_property": "999", "answer_bin": ["plutonium"],
    "answer_collection_day": ["30", "2", "2026"], "answer_out_in_time": "perhaps", "answer_whole_street": "sideways",
    "answer_where_left": "x" * 201, "name": "", "email": "", "phone": "0" * 200,
}  # fmt: skip


def test_a_form_with_every_field_wrong_names_each_and_keeps_what_was_typed(app: Flask, council: Council) -> None:
    answer = step(app.test_client(), "send", **WRONG)
    assert answer.status_code == 422
    page = read(answer)
    assert "There is a problem" in page.text
    linked = {link["href"] for link in page.attributes("a") if link.get("href", "").startswith("#")}
    for field in sorted(WRONG.keys() - {"answer_property-postcode"}):
        assert any(re.fullmatch(rf"#{field}(-\w+)?", link) for link in linked), (
            f"{field} is not in the summary: {linked}"
        )
    for typed in ("ZZ9 9ZZ", "x" * 201, "0" * 200, 'value="30"'):
        assert typed in page.html


@pytest.mark.parametrize("makes", [str.lower, lambda reference: reference.replace("-", " ")])
def test_a_reference_however_it_is_written_finds_the_enquiry(
    app: Flask, row: EnquiryRow, makes: Callable[[str], str]
) -> None:
    answer = app.test_client().post("/track", data={"reference": makes(row.reference), "email": "jo@example.com"})
    assert answer.location.endswith(row.reference)


def test_a_reference_with_a_typing_mistake_is_told_apart_from_an_unknown_one(app: Flask, row: EnquiryRow) -> None:
    wrong = row.reference[:-1] + ("A" if row.reference[-1] != "A" else "B")
    for typed, says in (
        (wrong, "typing mistake"),
        (references.new("FP"), "We found no enquiry"),
        ("FP-7", "8 letters"),
    ):
        answer = app.test_client().post("/track", data={"reference": typed, "email": "jo@example.com"})
        page = read(answer)
        assert answer.status_code == 422
        assert says in page.text
        assert page.value("reference") == typed
        assert page.attributes("a", href="#reference")


def test_an_unknown_reference_in_the_console_is_a_page_that_helps(
    council: Council, browser_of: console.Enter, row: EnquiryRow
) -> None:
    ada = browser_of(council.advisor)
    for reference in (references.new("FP"), "FP-7K3Q", "nonsense"):
        answer = ada.get(f"/console/enquiries/{reference}")
        assert answer.status_code == 404
        assert read(answer).heading == "Page not found"


def test_a_body_that_is_too_big_is_refused_with_advice(app: Flask, council: Council, settings: Settings) -> None:
    too_big = b"x" * (settings.max_upload_mb * 1024 * 1024 + 1)
    answer = app.test_client().post(ADDRESS, data=too_big, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert read(answer).heading == "That file or message is too big"


def test_a_form_without_its_token_is_explained_and_gives_back_what_was_typed(
    app: Flask, council: Council, db: Database
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = step(app.test_client(), "send")
    page = read(answer)
    assert answer.status_code == 400
    assert page.heading == "This form has expired"
    assert "Josephine Bloggs" in page.text
    assert "Try again" not in list(page.words("button"))
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Enquiry)) == 0


def test_a_form_that_is_sent_fifty_times_at_once_is_one_enquiry(app: Flask, council: Council, db: Database) -> None:
    ready = threading.Barrier(50)

    def send(_: int) -> int:
        browser = app.test_client()
        ready.wait()
        return step(browser, "send").status_code

    with ThreadPoolExecutor(50) as pool:
        statuses = list(pool.map(send, range(50)))
    assert 303 in statuses
    assert set(statuses) <= {303, 503}, statuses
    with db.reading() as session:
        (reference,) = session.scalars(select(Enquiry.reference))
        (row_id,) = session.scalars(select(Enquiry.id))
        assert len(notifications.messages_about(session, "enquiry", row_id)) == 1
    assert sent(app.test_client()) == reference


def test_a_busy_house_asks_to_try_again_instead_of_failing(db: Database, settings: Settings) -> None:
    """All connections are taken: whoever comes now gets the page of the database that is away, and can send again."""
    url = db.engine.url.render_as_string(hide_password=False)
    narrow = Database(url, db.bus, pool_size=1, pool_wait=0.1)
    held = [narrow.engine.connect() for _ in range(11)]
    app = create_app(runtime=Runtime(settings, narrow, SystemClock()))
    assert app.test_client().get(ADDRESS).status_code == 503
    for connection in held:
        connection.close()
    narrow.close()
