"""The desk's lists in the console: several at once, a way back, what did not arrive, and every list to take away."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app.config import Settings
from app.enquiries import queries as enquiries
from app.enquiries import services as working
from app.enquiries.enums import Channel, State
from app.enquiries.rows import PastEnquiry
from app.handoffs import services as handoffs
from app.kernel import references
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.oversight.enums import DeskList
from tests.integration.console.conftest import Enter
from tests.support.council import RAISER, Council, missed_bin
from tests.support.pages import read

HOME = "/console/oversight"
STUCK = f"{HOME}/lists/stuck"


@pytest.fixture
def waiting(db: Database, council: Council, clock: FixedClock) -> list[str]:
    """Three that wait: 12, 13 and 50 days."""
    past = [
        PastEnquiry(
            "missed-bin", Channel.WEB, clock.now() - timedelta(days=days), RAISER, State.TRIAGE, queue="waste-intake",
            reference=references.new("FP"),
        )
        for days in (12, 13, 50)
    ]  # fmt: skip
    with db.transaction() as session:
        working.import_history(session, SYSTEM, past, now=clock.now())
    clock.advance(timedelta(minutes=1))
    return [str(one.reference) for one in past]


@pytest.fixture
def moni(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.monitor)


def marks(moni: FlaskClient) -> list[str]:
    boxes = [box for box in read(moni.get(STUCK)).attributes("input") if box.get("type") == "checkbox"]
    return [str(box["value"]) for box in boxes]


def test_each_line_of_a_list_has_a_box_and_one_button_takes_the_whole_page(
    moni: FlaskClient, waiting: list[str]
) -> None:
    found = marks(moni)
    assert [mark.partition(".")[0] for mark in found] == waiting[::-1]
    (every,) = [
        button["value"] for button in read(moni.get(STUCK)).attributes("button") if button.get("name") == "every"
    ]
    assert every == ",".join(found)
    assert "3 enquiries chosen" in read(moni.get(f"{STUCK}/some", query_string={"every": every})).text


def test_who_only_watches_sees_the_list_without_boxes(council: Council, browser_of: Enter, waiting: list[str]) -> None:
    admin = browser_of(council.administrator)
    page = read(admin.get(STUCK))
    assert waiting[2] in page.text
    assert not [box for box in page.attributes("input") if box.get("type") == "checkbox"]
    assert admin.get(f"{STUCK}/some?chosen={waiting[2]}.1").status_code == 403
    assert admin.post(f"{STUCK}/some/claim", data={"chosen": f"{waiting[2]}.1"}).status_code == 403


def test_some_are_rerouted_the_refused_one_is_named_and_it_is_all_undone(
    db: Database, council: Council, moni: FlaskClient, waiting: list[str], clock: FixedClock
) -> None:
    chosen = marks(moni)
    with db.transaction() as session:
        working.add_note(session, council.advisor, waiting[0], body="Mine", now=clock.now())
    choosing = read(moni.get(f"{STUCK}/some", query_string={"chosen": chosen}))
    hidden = [box["value"] for box in choosing.attributes("input") if box.get("name") == "chosen"]
    assert hidden == chosen * 4, "each of the four forms carries what was chosen"
    empty = moni.post(f"{STUCK}/some/reroute", data={"chosen": chosen})
    assert empty.status_code == 422
    page = read(empty).text
    assert "Choose a queue" in page
    assert "Say why it goes there" in page
    sent = moni.post(
        f"{STUCK}/some/reroute",
        data={"chosen": chosen, "reroute-queue": "monitoring-desk", "reroute-reason": "Waste is closed"},
    )
    assert sent.status_code == 303
    told = read(moni.get(sent.location)).text
    assert "Re-routed: 2" in told
    assert "Waste is closed" in told
    assert "Someone else changed this while you were working on it" in told
    assert waiting[0] in told
    undone = moni.post(f"{sent.location}/undo")
    assert undone.status_code == 303
    after = read(moni.get(undone.location)).text
    assert after.count("Back where it was") == 2
    with db.reading() as session:
        rows = [enquiries.enquiry(session, SYSTEM, reference) for reference in waiting]
    assert {(row.state, row.queue_name) for row in rows} == {(State.TRIAGE, "Waste intake")}
    assert moni.post(f"{sent.location}/undo").status_code == 409


def test_some_are_claimed_assigned_and_escalated(
    db: Database, council: Council, moni: FlaskClient, waiting: list[str]
) -> None:
    claimed = moni.post(f"{STUCK}/some/claim", data={"chosen": marks(moni)[:1]})
    assert "Claimed: 1" in read(moni.get(claimed.location)).text
    given = {"assign-to_account": str(council.officer.account_id), "assign-reason": "He knows them"}
    assigned = moni.post(f"{STUCK}/some/assign", data={"chosen": marks(moni), **given})
    assert "Given to somebody: 2" in read(moni.get(assigned.location)).text
    assert "Nothing here" in read(moni.get(STUCK)).text
    mark = f"{waiting[0]}.99"
    refused = moni.post(f"{STUCK}/some/escalate", data={"chosen": [mark], "escalate-reason": "Move it"})
    page = read(moni.get(refused.location)).text
    assert "Nothing was changed" in page
    assert "Nobody leads" in page or "Someone else changed" in page


def test_nothing_chosen_is_said_on_the_list(moni: FlaskClient, waiting: list[str]) -> None:
    for method, address in (("GET", "some"), ("POST", "some/claim"), ("GET", "some?chosen=nonsense")):
        answer = moni.open(f"{STUCK}/{address}", method=method)
        assert answer.status_code == 303
        assert "Choose at least one enquiry" in read(moni.get(answer.location)).text
    assert moni.get(f"{HOME}/lists/nothing/some").status_code == 404
    assert moni.post(f"{STUCK}/some/destroy", data={"chosen": marks(moni)}).status_code == 404


@pytest.mark.parametrize("which", DeskList)
def test_every_list_is_taken_away_as_it_was_looked_at(moni: FlaskClient, waiting: list[str], which: DeskList) -> None:
    address = f"{HOME}/lists/{which.value}"
    rows = list(csv.reader(StringIO(moni.get(f"{address}/export.csv?sort=-received").get_data().decode("utf-8-sig"))))
    page = read(moni.get(f"{address}?sort=-received")).text
    listed = [row[0] for row in rows[1:]]
    assert sorted(listed, key=page.index) == listed
    assert (waiting[2] in listed) is (
        which in {DeskList.UNATTENDED, DeskList.STUCK, DeskList.OWNERLESS, DeskList.SILENT}
    )
    book = openpyxl.load_workbook(BytesIO(moni.get(f"{address}/export.xlsx").get_data()))
    assert book.active.max_row == len(rows)
    assert moni.get(f"{address}/export.exe").status_code == 404


def test_a_list_that_was_narrowed_is_taken_away_narrowed_with_where_each_has_been_and_without_names(
    moni: FlaskClient, waiting: list[str]
) -> None:
    assert len(moni.get(f"{STUCK}/export.csv?channel=phone").get_data(as_text=True).splitlines()) == 1
    whole = moni.get(f"{STUCK}/export.csv").get_data(as_text=True)
    assert "Waste intake" in whole.splitlines()[1].rpartition(",")[2]
    assert "Josephine" not in whole
    links = [link.get("href", "") for link in read(moni.get(f"{STUCK}?channel=web")).attributes("a")]
    assert f"{STUCK}/export.csv?channel=web" in links


def test_what_did_not_arrive_is_seen_tried_again_and_explained(
    db: Database, council: Council, clock: FixedClock, browser_of: Enter, settings: Settings
) -> None:
    moni = browser_of(council.monitor)
    with db.transaction() as session:
        handoffs.add_endpoint(
            session, council.administrator, unit="waste", name="Round planner", url="https://8.8.8.8/in", settings=settings,
            now=clock.now(),
        )  # fmt: skip
        row = missed_bin(session, council.advisor, now=clock.now())
        handoffs.offer(session, council.advisor, row.reference, unit="waste", now=clock.now())
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
        session.execute(
            text("UPDATE webhook_delivery SET status = 'given_up', attempts = 10, last_error = 'Answered 503'")
        )
        session.execute(
            text("UPDATE handoff SET delivery = 'failed', delivery_error = 'Answered 503', tried_at = offered_at")
        )
    clock.advance(timedelta(minutes=1))
    one = f"{HOME}/enquiries/{row.reference}"
    listed = read(moni.get(f"{HOME}/lists/deliveries")).text
    assert row.reference in listed
    assert "A handoff did not reach the service" in listed
    page = read(moni.get(one))
    assert "Answered 503" in page.text
    assert "Round planner" in page.text
    assert any("/console/handoffs/" in link.get("href", "") for link in page.attributes("a"))
    assert moni.post(f"{one}/send-again").status_code == 303
    with db.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM webhook_delivery WHERE status = 'waiting'")) == 1
    assert moni.post(f"{one}/explain-delivery", data={"explain-text": ""}).status_code == 422
    clock.advance(timedelta(minutes=30))
    moni = browser_of(council.monitor)
    assert row.reference in read(moni.get(f"{HOME}/lists/deliveries")).text
    assert moni.post(f"{one}/explain-delivery", data={"explain-text": "They have it on paper"}).status_code == 303
    assert "Nothing here" in read(moni.get(f"{HOME}/lists/deliveries")).text
    assert "They have it on paper" in read(moni.get(one)).text
    assert moni.post(f"{HOME}/enquiries/{references.new('FP')}/send-again").status_code == 404
