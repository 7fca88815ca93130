"""Sources in the console: the wizard, loads and what is asked about them, connectors and their secrets, quality."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app.customers.services import ingest_file, match_all
from app.customers.source_jobs import load_waiting
from app.kernel.actors import Role
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.runtime import Runtime
from tests.integration.console.conftest import Enter
from tests.support.council import Council, person
from tests.support.customers import party, write_tax
from tests.support.pages import read

SAMPLE = "Member No,Surname,Forename,Born,Post Code,Mobile\nM1,TALLIS,JOSEPHINE,12/03/1980,zf12ab,07700 900123\nM2,OKAFOR,DAN,01/02/1979,ZF1 2AB,\n"
ENTRY = {
    "name": "Library members", "unit_name": "Waste Services", "purpose": "To lend books", "lawful_basis": "public_task",
    "contact": "library@example.com", "freshness_hours": "26", "gone_percent": "20",
}  # fmt: skip


@pytest.fixture
def steward(browser_of: Enter, db: Database, clock: FixedClock, council: Council) -> FlaskClient:
    with db.transaction() as session:
        actor = person(session, "Stu Ward", Role.STEWARD, now=clock.now())
    return browser_of(actor)


def upload(client: FlaskClient, address: str, name: str, content: bytes, field: str = "sample", **more: str) -> str:
    answer = client.post(address, data={field: (BytesIO(content), name), **more}, content_type="multipart/form-data")
    assert answer.status_code == 303, read(answer).text
    return str(answer.headers["Location"])


def saved(client: FlaskClient) -> str:
    """The wizard, as quickly as it goes; returns the address of the source."""
    columns = upload(client, "/console/sources/new", "library_members.csv", SAMPLE.encode())
    following = client.post(columns, data=guessed(client, columns))
    answer = client.post(following.headers["Location"], data=ENTRY)
    assert answer.status_code == 303, read(answer).text
    return str(answer.headers["Location"])


def guessed(client: FlaskClient, columns: str) -> dict[str, str]:
    """What the page has chosen for each column."""
    page = client.get(columns).text
    found = {}
    for name, options in re.findall(r'<select[^>]*name="(c\d+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else "ignore"
    return found


def test_the_product_guesses_each_column_with_its_confidence(steward: FlaskClient) -> None:
    columns = upload(steward, "/console/sources/new", "library_members.csv", SAMPLE.encode())
    page = read(steward.get(columns)).text
    assert guessed(steward, columns) == {
        "c0": "key", "c1": "family_name", "c2": "given_name", "c3": "date_of_birth", "c4": "postcode", "c5": "phone",
    }  # fmt: skip
    assert re.search(r"(Sure|Likely|Please check) \(\d+ %\)", page)


def test_ten_standardised_rows_stand_beside_the_raw_ones(steward: FlaskClient) -> None:
    columns = upload(steward, "/console/sources/new", "library_members.csv", SAMPLE.encode())
    page = read(steward.get(columns)).text
    for raw, standard in (("TALLIS", "Tallis"), ("12/03/1980", "12 March 1980"), ("zf12ab", "ZF1 2AB")):
        assert raw in page
        assert standard in page


def test_a_person_corrects_and_sees_the_rows_again(steward: FlaskClient) -> None:
    columns = upload(steward, "/console/sources/new", "library_members.csv", SAMPLE.encode())
    chosen = guessed(steward, columns) | {"c5": "ignore", "c2": "middle_name"}
    again = steward.post(columns, data=chosen | {"step": "show"})
    assert again.headers["Location"].endswith("columns#rows")
    assert guessed(steward, columns) == chosen


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"c0": "ignore"}, "Say which column identifies a row"),
        ({"c1": "given_name"}, "Another column is said to hold this already"),
        ({f"c{n}": "ignore" for n in range(1, 6)}, "what it tells of a customer"),
    ],
)
def test_what_cannot_be_is_said_at_its_column(steward: FlaskClient, change: dict[str, str], message: str) -> None:
    columns = upload(steward, "/console/sources/new", "library_members.csv", SAMPLE.encode())
    answer = steward.post(columns, data=guessed(steward, columns) | change)
    assert answer.status_code == 422
    assert message in read(answer).text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("picture.png", b"\x89PNG\r\n", "cannot be read. Use CSV, TSV, Excel"),
        ("empty.csv", b"", "The file is empty"),
        ("broken.xlsx", b"PK\x03\x04 nothing", "damaged"),
        ("broken.parquet", b"PAR1 nothing PAR1", "damaged"),
        ("text.jsonl", b"no json at all\n", "not a file of JSON objects"),
    ],
)
def test_a_sample_that_is_no_table_is_refused_with_what_to_do(
    steward: FlaskClient, name: str, content: bytes, message: str
) -> None:
    data = {"sample": (BytesIO(content), name)}
    answer = steward.post("/console/sources/new", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert message in read(answer).text


def test_another_stewards_draft_is_not_there(
    steward: FlaskClient, browser_of: Enter, db: Database, clock: FixedClock
) -> None:
    columns = upload(steward, "/console/sources/new", "library_members.csv", SAMPLE.encode())
    with db.transaction() as session:
        other = person(session, "Other Ward", Role.STEWARD, now=clock.now())
    assert browser_of(other).get(columns).status_code == 404


def test_the_sample_is_rehearsed_and_loaded(steward: FlaskClient, runtime: Runtime, db: Database) -> None:
    source = saved(steward)
    assert source == "/console/sources/library-members"
    load = steward.post(f"{source}/sample").headers["Location"]
    page = steward.get(load).text
    assert "Waiting for a worker" in page
    assert 'hx-trigger="every 1s"' in page, "the page follows the load by itself"
    load_waiting(runtime)
    page = read(steward.get(load)).text
    assert "Rehearsed" in page
    assert "What would happen to customers" in page
    assert 'hx-trigger="every' not in steward.get(load).text
    steward.post(f"{load}/let-in")
    load_waiting(runtime)
    assert "Done" in read(steward.get(load)).text
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM source_record")) == 2
    layout = steward.get(f"{source}/layout.toml").text
    assert 'family_name = "Surname"' in layout
    assert 'Born = "%d/%m/%Y"' in layout


def test_the_match_runs_beside_the_sources_lead_to_their_pages(
    steward: FlaskClient, runtime: Runtime, db: Database, tmp_path: Path
) -> None:
    ingest_file(db, "council-tax", write_tax(tmp_path / "tax.csv", [party()]), clock=runtime.clock)
    match_all(db, clock=runtime.clock)
    with db.reading() as session:
        run = session.scalar(text("SELECT id FROM match_run"))
    page = steward.get("/console/sources").text
    assert f'href="/console/match-runs/{run}"' in page
    assert 'href="/console/match-runs"' in page.partition("<h2")[2], "and to all of them"
    told = read(steward.get("/console/match-runs")).text
    for words in ("changes nothing", "makes a new version of the model", "decisions that hold now", "In use"):
        assert words in told, words


def test_the_register_shows_what_was_entered_and_lets_it_be_changed(steward: FlaskClient) -> None:
    source = saved(steward)
    page = read(steward.get(source)).text
    for words in ("To lend books", "Public task", "library@example.com", "26 hours", "20 %", "Made in the console"):
        assert words in page
    assert steward.post(f"{source}/entry", data=ENTRY | {"purpose": "To lend books and music"}).status_code == 303
    assert "To lend books and music" in read(steward.get(source)).text
    trust = dict.fromkeys(("family_name", "given_name", "date_of_birth", "postcode", "phone", "other"), "80")
    assert steward.post(f"{source}/trust", data=trust | {"phone": "130"}).status_code == 422
    assert steward.post(f"{source}/trust", data=trust).status_code == 303
    assert "80 of 100" in read(steward.get(source)).text


def test_a_stopped_load_asks_and_needs_a_reason(
    steward: FlaskClient, runtime: Runtime, tmp_path: Path, clock: FixedClock
) -> None:
    for count in (40, 20):
        clock.advance(timedelta(minutes=1))
        rows = [party(ACCOUNT_REF=f"8{n:08d}") for n in range(count)]
        content = write_tax(tmp_path / "tax.csv", rows).read_bytes()
        load = upload(steward, "/console/sources/council-tax/load", "tax.csv", content, "file", full="yes", how="load")
        load_waiting(runtime)
    page = read(steward.get(load)).text
    assert "20 of 40 records (50 %) would be gone" in page
    assert "Nothing was taken" in page
    assert steward.post(f"{load}/confirm", data={"reason": ""}).status_code == 422
    assert steward.post(f"{load}/confirm", data={"reason": "The flats were pulled down"}).status_code == 303
    load_waiting(runtime)
    page = read(steward.get(load)).text
    assert "Stu Ward confirmed that so many records are gone: The flats were pulled down" in page
    assert "Take this load back" in page
    undoing = steward.post(f"{load}/take-back", data={"reason": "They were not"}).headers["Location"]
    clock.advance(timedelta(minutes=1))
    load_waiting(runtime)
    assert "Done" in read(steward.get(undoing)).text
    assert "Taken back: They were not" in read(steward.get(load)).text


def test_a_secret_is_sealed_and_never_shown_again(steward: FlaskClient, db: Database) -> None:
    source = saved(steward)
    settings = {
        "kind": "sql", "query": "members", "key": "Member No", "secret": "postgresql+psycopg://reader:tops3cret@db.example/lib",
        "paging": "none", "sign_in": "none", "sender": "",
    }  # fmt: skip
    assert steward.post(f"{source}/connector", data=settings).status_code == 303
    shown = steward.get(f"{source}/connector").text + steward.get(source).text
    assert "tops3cret" not in shown
    assert "There is a sealed secret" in shown
    assert (
        steward.post(f"{source}/connector", data=settings | {"secret": "", "query": "all_members"}).status_code == 303
    )
    with db.reading() as session:
        sealed = session.scalar(text("SELECT connector_secret FROM source_system WHERE slug = 'library-members'"))
    assert sealed is not None
    assert "tops3cret" not in sealed
    assert steward.post(f"{source}/schedule", data={"every": "1440", "at": "02:30"}).status_code == 303
    assert "Next on" in read(steward.get(source)).text
    tried = read(steward.post(f"{source}/connector/try")).text
    assert "It does not work yet" in tried
    assert "tops3cret" not in tried


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "sql", "secret": "gopher://x", "query": "t", "key": "k"}, "not the address of a database"),
        ({"kind": "sql", "secret": "sqlite:///x.db", "query": "DROP TABLE t", "key": "k"}, "one SELECT"),
        ({"kind": "http", "url": "http://127.0.0.1/"}, "closed to us"),
        ({"kind": "file", "path": "../../etc/passwd"}, "Name a file or a folder below"),
        ({"kind": "carrier pigeon"}, "Choose from the answers shown"),
    ],
)
def test_a_connector_that_cannot_work_is_refused(steward: FlaskClient, given: dict[str, str], message: str) -> None:
    source = saved(steward)
    answer = steward.post(f"{source}/connector", data={"paging": "none", "sign_in": "none", "sender": ""} | given)
    assert answer.status_code == 422
    assert message in read(answer).text


def test_quality_opens_its_records_and_can_be_downloaded(steward: FlaskClient, runtime: Runtime, db: Database) -> None:
    source = saved(steward)
    load = steward.post(f"{source}/sample").headers["Location"]
    load_waiting(runtime)
    steward.post(f"{load}/let-in")
    load_waiting(runtime)
    page = read(steward.get(f"{source}/quality")).text
    assert "Completeness" in page
    records = read(steward.get(f"{source}/quality/missing?attribute=phone")).text
    assert "M2" in records
    for address in ("quality.xlsx", "quality/missing.xlsx?attribute=phone"):
        answer = steward.get(f"{source}/{address}")
        assert answer.data[:2] == b"PK", address
    assert steward.get(f"{source}/quality/unknown?attribute=phone").status_code == 404


@pytest.mark.parametrize("path", ["", "/council-tax", "/council-tax/quality"])
def test_pages_ask_a_fixed_number_of_questions(
    steward: FlaskClient, runtime: Runtime, db: Database, tmp_path: Path, clock: FixedClock, *, path: str
) -> None:
    def bring(count: int) -> int:
        clock.advance(timedelta(minutes=1))
        rows = [party(ACCOUNT_REF=f"8{n:08d}", PARTY_NO=str(count)) for n in range(count)]
        content = write_tax(tmp_path / "tax.csv", rows).read_bytes()
        upload(steward, "/console/sources/council-tax/load", "tax.csv", content, "file", full="no", how="load")
        load_waiting(runtime)
        return questions(db, lambda: steward.get(f"/console/sources{path}"))

    assert bring(3) == bring(30)


def questions(db: Database, ask: Callable[[], object]) -> int:
    asked = []

    def note(*arguments: object) -> None:
        asked.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


@pytest.mark.parametrize("path", ["/new", "/council-tax/connector", "/council-tax/load", "/council-tax/quality"])
def test_who_has_no_business_there_is_sent_away(
    browser_of: Enter, db: Database, clock: FixedClock, council: Council, path: str
) -> None:
    assert browser_of(council.advisor).get(f"/console/sources{path}").status_code == 403
