"""The tools on an enquiry's page: tasks, files, links, urgent, splitting, who is looking; and the lists across queues."""

import io
from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text
from werkzeug.datastructures import FileStorage

from app.enquiries import queries, services
from app.enquiries.enums import State
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from tests.integration.console.conftest import Enter
from tests.support.council import MISSED_BIN, Council, missed_bin
from tests.support.pages import read


@pytest.fixture
def row(db: Database, council: Council, clock: FixedClock) -> EnquiryRow:
    with db.transaction() as session:
        return missed_bin(session, council.resident, now=clock.now())


@pytest.fixture
def ada(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.advisor)


@pytest.fixture
def lee(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.leader)


def page_of(browser: FlaskClient, row: EnquiryRow) -> str:
    return read(browser.get(f"/console/enquiries/{row.reference}")).text


def photo() -> FileStorage:
    out = io.BytesIO()
    Image.new("RGB", (30, 20), "blue").save(out, "JPEG")
    return FileStorage(io.BytesIO(out.getvalue()), filename="bin.jpeg")


def task_id(db: Database) -> UUID:
    with db.reading() as session:
        found: UUID = session.scalar(text("SELECT id FROM enquiry_task"))
    return found


def test_a_task_is_added_shown_and_ticked_off(
    ada: FlaskClient, db: Database, council: Council, row: EnquiryRow
) -> None:
    form = {
        "task-title": "Ring the crew",
        "task-due_at": ["18", "3", "2026"],
        "task-assignee": str(council.advisor.account_id),
    }
    assert ada.post(f"/console/enquiries/{row.reference}/tasks", data=form).status_code == 303
    assert "Ring the crew" in page_of(ada, row)
    assert "Ring the crew" in read(ada.get("/console/enquiries/tasks")).text
    assert ada.post(f"/console/enquiries/{row.reference}/tasks/{task_id(db)}/done").status_code == 303
    assert "Ring the crew" not in read(ada.get("/console/enquiries/tasks")).text


def test_a_task_of_another_enquiry_is_not_there(
    ada: FlaskClient, db: Database, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    with db.transaction() as session:
        other = missed_bin(session, council.neighbour, now=clock.now())
        services.add_task(session, council.advisor, other.reference, title="x", now=clock.now())
    assert ada.post(f"/console/enquiries/{row.reference}/tasks/{task_id(db)}/done").status_code == 404


def test_open_tasks_warn_before_resolving(
    ada: FlaskClient, db: Database, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    with db.transaction() as session:
        services.add_task(session, council.advisor, row.reference, title="Ring the crew", now=clock.now())
    form = {"resolve-disposition": "done", "resolve-text": "Emptied."}
    warned = ada.post(f"/console/enquiries/{row.reference}/resolve", data=form)
    assert warned.status_code == 422
    assert "Still to be done: Ring the crew" in read(warned).text
    assert (
        ada.post(f"/console/enquiries/{row.reference}/resolve", data=form | {"resolve-despite_tasks": "y"}).status_code
        == 303
    )
    with db.reading() as session:
        assert queries.enquiry(session, SYSTEM, row.reference).state is State.RESOLVED
        assert session.scalar(text("SELECT dropped_because FROM enquiry_task")) == "The enquiry was finished"


def test_a_checklist_of_the_service_stands_on_new_enquiries(
    db: Database, council: Council, browser_of: Enter, clock: FixedClock, row: EnquiryRow
) -> None:
    adam, ada = browser_of(council.administrator), browser_of(council.advisor)
    assert (
        adam.post("/console/checklists/missed-bin", data={"steps": "Ask the crew | 1\nLook at the round"}).status_code
        == 303
    )
    assert "Ask the crew | 1" in adam.get("/console/checklists/missed-bin").get_data(as_text=True)
    assert adam.post("/console/checklists/missed-bin", data={"steps": "x | soon"}).status_code == 422
    with db.transaction() as session:
        new = missed_bin(session, council.neighbour, now=clock.now())
    assert "Ask the crew" in page_of(ada, new)
    assert "Ask the crew" not in page_of(ada, row), "what was there keeps its own"


@pytest.mark.parametrize(("seen_by", "public"), [("public", True), ("internal", False)])
def test_a_file_is_for_the_customer_or_for_colleagues(
    ada: FlaskClient, db: Database, council: Council, row: EnquiryRow, seen_by: str, *, public: bool
) -> None:
    sent = ada.post(
        f"/console/enquiries/{row.reference}/files", data={"file-files": [photo()], "file-seen_by": seen_by}
    )
    assert sent.status_code == 303
    with db.reading() as session:
        (file,) = queries.files(session, council.advisor, row.reference)
        mine = queries.files(session, council.resident, row.reference)
    assert bool(mine) is public
    got = ada.get(f"/console/enquiries/{row.reference}/files/{file.id}")
    assert got.headers["Content-Disposition"] == "attachment; filename=bin.jpg"
    assert got.headers["Content-Type"] == "image/jpeg"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"].startswith("sandbox")


def test_a_program_is_refused_with_what_can_be_sent(ada: FlaskClient, db: Database, row: EnquiryRow) -> None:
    program = FileStorage(io.BytesIO(b"MZ\x90\x00" + b"\x00" * 99), filename="bin.jpeg")
    form = {"file-files": [program], "file-seen_by": "public"}
    told = ada.post(f"/console/enquiries/{row.reference}/files", data=form, follow_redirects=True)
    assert "bin.jpeg cannot be added. Send a picture" in read(told).text
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM attachment")) == 0


def test_a_hidden_file_is_gone_for_everybody_and_says_why(
    ada: FlaskClient, db: Database, council: Council, row: EnquiryRow
) -> None:
    ada.post(f"/console/enquiries/{row.reference}/files", data={"file-files": [photo()], "file-seen_by": "public"})
    with db.reading() as session:
        (file,) = queries.files(session, council.advisor, row.reference)
    at = f"/console/enquiries/{row.reference}/files/{file.id}"
    ada.post(f"{at}/hide", data={"why-reason": "Somebody else's child"})
    assert ada.get(at).status_code == 404
    assert "Somebody else's child" in page_of(ada, row)


def test_urgent_is_asked_for_by_one_and_authorised_by_another(
    ada: FlaskClient, lee: FlaskClient, row: EnquiryRow
) -> None:
    form = {"urgent-reason": "A baby", "urgent-deadline": ["12", "3", "2026"]}
    assert ada.post(f"/console/enquiries/{row.reference}/urgent", data=form).status_code == 303
    assert "waits for somebody with the authority" in page_of(ada, row)
    assert ada.post(f"/console/enquiries/{row.reference}/urgent/authorise").status_code == 403
    assert "It is not urgent" in page_of(lee, row)
    assert lee.post(f"/console/enquiries/{row.reference}/urgent/authorise").status_code == 303
    assert "authorised by Lee Der" in page_of(ada, row)
    listed = read(ada.get("/console/enquiries/urgent")).text
    assert "A baby" in listed
    assert row.reference in listed


def test_who_is_looking_shows_to_the_others_for_a_minute(
    ada: FlaskClient, lee: FlaskClient, clock: FixedClock, row: EnquiryRow
) -> None:
    assert "Also looking" not in page_of(ada, row)
    assert "Also looking at it now: Ada Visor" in page_of(lee, row)
    clock.advance(timedelta(seconds=40))
    beat = lee.post(f"/console/enquiries/{row.reference}/looking")
    assert "Ada Visor" in beat.get_data(as_text=True)
    clock.advance(timedelta(seconds=30))
    assert "Ada Visor" not in lee.post(f"/console/enquiries/{row.reference}/looking").get_data(as_text=True)


def test_the_joined_reference_opens_the_survivor_and_its_own_history_on_request(
    ada: FlaskClient, db: Database, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    with db.transaction() as session:
        other = missed_bin(session, council.neighbour, now=clock.now())
        services.mark_duplicate(
            session, council.leader, other.reference, of=row.reference, reason="x", version=None, now=clock.now()
        )
    led = ada.get(f"/console/enquiries/{other.reference}")
    assert led.headers["Location"].endswith(row.reference)
    assert f"{other.reference} was joined to this enquiry" in page_of(ada, row)
    own = read(ada.get(f"/console/enquiries/{other.reference}?own=1"))
    assert "Take it apart" in own.text
    form = {"undo-merge-reason": "Another street"}
    assert ada.post(f"/console/enquiries/{other.reference}/undo-merge", data=form).status_code == 303
    with db.reading() as session:
        assert queries.enquiry(session, SYSTEM, other.reference).state is State.TRIAGE


def test_splitting_asks_the_questions_of_the_other_service(ada: FlaskClient, db: Database, row: EnquiryRow) -> None:
    at = f"/console/enquiries/{row.reference}/split"
    assert read(ada.get(at)).heading == f"Split {row.reference}"
    led = ada.get(f"{at}?split-service=missed-bin")
    assert led.headers["Location"].endswith(f"{at}/missed-bin")
    form = {f"answer_{name}": value for name, value in MISSED_BIN.items() if name != "collection_day"}
    form |= {"answer_collection_day": ["10", "3", "2026"], "answer_property-postcode": "HM1 1AA"}
    assert ada.post(f"{at}/missed-bin", data=form).status_code == 422, "no reason yet"
    made = ada.post(f"{at}/missed-bin", data=form | {"reason": "Another bin", "version": str(row.version)})
    assert made.status_code == 303
    assert row.reference not in made.headers["Location"]
    assert "Was split from" in read(ada.get(made.headers["Location"])).text


def test_the_list_of_who_is_about_to_be_left_waiting(
    council: Council, browser_of: Enter, db: Database, clock: FixedClock, row: EnquiryRow
) -> None:
    ada = browser_of(council.advisor)
    assert "Nobody is about to be left waiting" in read(ada.get("/console/enquiries/waiting")).text
    clock.move_to(row.hear_by - timedelta(hours=3))
    with db.transaction() as session:
        services.guard_silence(session, now=clock.now())
    late = browser_of(council.advisor)
    assert row.reference in read(late.get("/console/enquiries/waiting")).text


def test_a_message_says_who_reads_it_and_wants_that_confirmed(ada: FlaskClient, row: EnquiryRow) -> None:
    at = f"/console/enquiries/{row.reference}"
    assert "Josephine Bloggs reads this, at jo@example.com" in page_of(ada, row)
    unconfirmed = ada.post(f"{at}/message", data={"message-body": "On our way"})
    assert unconfirmed.status_code == 422
    assert "Confirm that the customer is to read this" in read(unconfirmed).text
    assert ada.post(f"{at}/message", data={"message-body": "On our way", "message-audience": "y"}).status_code == 303


def test_nobody_without_the_permission_reaches_the_tools(
    council: Council, browser_of: Enter, client: FlaskClient, row: EnquiryRow
) -> None:
    adam = browser_of(council.administrator)
    for path in ("urgent", "waiting", "tasks", f"{row.reference}/split"):
        assert adam.get(f"/console/enquiries/{path}").status_code == 403, path
        assert client.get(f"/console/enquiries/{path}").status_code == 303, path
