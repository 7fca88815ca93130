"""The desk's pages: each list acts, each figure opens what it counts, exports hold the same, and feedback reaches the advisor."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, text

from app.enquiries import queries as enquiries
from app.enquiries import services as working
from app.enquiries.enums import Channel, Disposition, State
from app.enquiries.rows import PastEnquiry
from app.kernel import references
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.ids import new_id
from app.kernel.paging import PageRequest
from app.oversight import queries, searches, services
from app.oversight.enums import DeskList
from tests.integration.console.conftest import Enter
from tests.support.council import RAISER, Council, missed_bin
from tests.support.pages import read

HOME = "/console/oversight"


@pytest.fixture
def waiting(db: Database, council: Council, clock: FixedClock) -> list[str]:
    """Three that wait: 3, 12 and 50 days."""
    past = [
        PastEnquiry(
            "missed-bin", Channel.WEB, clock.now() - timedelta(days=days), RAISER, State.TRIAGE, queue="waste-intake",
            reference=references.new("FP"),
        )
        for days in (3, 12, 50)
    ]  # fmt: skip
    with db.transaction() as session:
        working.import_history(session, SYSTEM, past, now=clock.now())
    clock.advance(timedelta(minutes=1))
    return [str(one.reference) for one in past]


@pytest.fixture
def moni(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.monitor)


@pytest.mark.parametrize("which", DeskList)
def test_every_list_has_a_page_of_its_own(moni: FlaskClient, waiting: list[str], which: DeskList) -> None:
    page = read(moni.get(f"{HOME}/lists/{which.value}"))
    assert page.heading == which.label
    holds_it = {DeskList.UNATTENDED, DeskList.STUCK, DeskList.OWNERLESS, DeskList.SILENT}
    assert (waiting[2] in page.text) is (which in holds_it)
    assert moni.get(f"{HOME}/lists/nothing").status_code == 404


def test_a_list_is_narrowed_and_sorted_in_its_address(moni: FlaskClient, waiting: list[str]) -> None:
    text_of = read(moni.get(f"{HOME}/lists/unattended?sort=-received&channel=web&queue=waste-intake")).text
    assert text_of.index(waiting[0]) < text_of.index(waiting[1]) < text_of.index(waiting[2])
    assert "Nothing here" in read(moni.get(f"{HOME}/lists/unattended?channel=phone")).text


def test_from_a_list_an_enquiry_is_claimed_rerouted_and_escalated(
    db: Database, council: Council, moni: FlaskClient, waiting: list[str]
) -> None:
    page = f"{HOME}/enquiries/{waiting[2]}"
    links = [a["href"] for a in read(moni.get(f"{HOME}/lists/stuck")).attributes("a")]
    assert page in links
    assert moni.post(f"{page}/claim", data={"version": "1"}).status_code == 303
    assert "Waste intake" in read(moni.get(page)).text, "where it has been"
    again = moni.post(f"{page}/reroute", data={"reroute-queue": "", "reroute-reason": ""})
    assert again.status_code == 422
    assert "Choose a queue" in read(again).text
    sent = moni.post(f"{page}/reroute", data={"reroute-queue": "monitoring-desk", "reroute-reason": "Ours after all"})
    assert sent.status_code == 303
    with db.reading() as session:
        row = enquiries.enquiry(session, SYSTEM, waiting[2])
    assert (row.state, row.queue_name) == (State.TRIAGE, "Monitoring desk")
    refused = moni.post(f"{page}/escalate", data={"escalate-reason": "Somebody must act"})
    assert refused.status_code == 409, "nobody leads the unit, and the page says so"


def test_the_pages_of_the_desk_do_the_same_queries_however_much_there_is(
    db: Database, council: Council, clock: FixedClock, moni: FlaskClient, waiting: list[str]
) -> None:
    pages = [
        HOME,
        f"{HOME}/ageing",
        f"{HOME}/ageing?by=queue",
        f"{HOME}/waiting?measure=received",
        f"{HOME}/anomalies",
        f"{HOME}/quality",
    ]
    pages += [f"{HOME}/lists/{which.value}" for which in DeskList] + [
        f"{HOME}/custody",
        "/console",
        "/console/enquiries?queue=waste-intake",
    ]
    seen: list[str] = []

    def note(*args: object) -> None:
        seen.append(str(args[2]))

    def count() -> dict[str, int]:
        found = {}
        for address in pages:
            moni.get(address)
            seen.clear()
            assert moni.get(address).status_code == 200, address
            found[address] = len(seen)
        return found

    event.listen(db.engine, "before_cursor_execute", note)
    few = count()
    with db.transaction() as session:
        past = [
            PastEnquiry(
                "missed-bin", Channel.PHONE, clock.now() - timedelta(days=2 + number % 60), RAISER, State.TRIAGE, queue="waste-intake",
            )
            for number in range(200)
        ]  # fmt: skip
        working.import_history(session, SYSTEM, past, now=clock.now())
        services.keep_findings(
            session, searches.everything(session, queries.limits(session), clock.now()), now=clock.now()
        )
    many = count()
    event.remove(db.engine, "before_cursor_execute", note)
    assert many == few
    assert max(few.values()) <= 30


def test_ageing_opens_from_each_figure_and_is_taken_away_as_xlsx_and_csv(moni: FlaskClient, waiting: list[str]) -> None:
    page = read(moni.get(f"{HOME}/ageing?by=unit&measure=received"))
    (link, *_) = [
        a["href"] for a in page.attributes("a") if "band=40" in a.get("href", "") and "unit=waste" in a["href"]
    ]
    behind = read(moni.get(link)).text
    assert waiting[2] in behind
    assert waiting[1] not in behind
    rows = list(
        csv.reader(StringIO(moni.get(link.replace("/waiting?", "/waiting.csv?")).get_data().decode("utf-8-sig")))
    )
    assert [row[0] for row in rows[1:]] == [waiting[2]]
    book = openpyxl.load_workbook(BytesIO(moni.get(f"{HOME}/ageing.xlsx?by=unit").get_data()))
    assert [cell.value for cell in book.active[2]][:1] == ["Waste Services"]
    assert book.active[2][7].value == 3
    assert moni.get(f"{HOME}/ageing.exe").status_code == 404
    assert "Josephine" not in moni.get(f"{HOME}/waiting.csv").get_data(as_text=True), "no export names who asked"


def test_the_trend_has_a_table_under_it_in_which_a_missed_day_is_not_nought(
    db: Database, council: Council, browser_of: Enter, clock: FixedClock, waiting: list[str]
) -> None:
    with db.transaction() as session:
        services.measure_today(session, now=clock.now())
    clock.advance(timedelta(days=2))
    moni = browser_of(council.monitor)
    page = read(moni.get(f"{HOME}/ageing"))
    assert "The days in numbers" in page.text
    assert "not measured" in page.text
    assert page.attributes("rect"), "and bars above it"
    trend = moni.get(f"{HOME}/trend.csv").get_data(as_text=True).splitlines()
    assert trend[-1].startswith("2026-03-13,,")
    assert trend[-3].startswith("2026-03-11,0,1,0,1,0,1,3")
    assert "not measured" in read(moni.get(f"{HOME}/custody")).text


def test_a_cell_that_looks_like_a_formula_is_made_harmless(db: Database, moni: FlaskClient, waiting: list[str]) -> None:
    with db.transaction() as session:
        session.execute(text("UPDATE unit SET name = '=1+1' WHERE slug = 'waste'"))
    assert "'=1+1" in moni.get(f"{HOME}/ageing.csv").get_data(as_text=True)


def test_an_anomaly_is_given_to_somebody_who_sees_it_and_settles_it(
    db: Database, council: Council, clock: FixedClock, browser_of: Enter
) -> None:
    with db.transaction() as session:
        row = missed_bin(session, council.resident, now=clock.now())
        clock.advance(timedelta(days=5))
        found = searches.acknowledged_only(session, queries.limits(session), clock.now())
        services.keep_findings(session, found, now=clock.now())
        anomaly = session.scalar(text("SELECT id FROM anomaly"))
    moni = browser_of(council.monitor)
    listed = read(moni.get(f"{HOME}/anomalies?kind=acknowledged_only")).text
    assert row.reference in listed
    assert "For 5 days the customer has had nothing but the automatic acknowledgement." in listed
    page = f"{HOME}/anomalies/{anomaly}"
    wes, rhoda = browser_of(council.officer), browser_of(council.roads)
    assert wes.get(page).status_code == 404, "not his business yet"
    assert (
        moni.post(
            f"{page}/assign", data={"assign-to_account": str(council.officer.account_id), "assign-version": "1"}
        ).status_code
        == 303
    )
    assert wes.get(page).status_code == 200
    assert rhoda.get(page).status_code == 404
    assert rhoda.post(f"{page}/fix", data={"fix-text": "x"}).status_code == 404
    assert wes.post(f"{page}/fix", data={"fix-text": ""}).status_code == 422
    assert wes.post(f"{page}/fix", data={"fix-text": "I rang her.", "fix-version": "2"}).status_code == 303
    shown = read(moni.get(page)).text
    assert "I rang her." in shown
    assert "Fixed" in shown
    assert read(moni.get(f"{HOME}/anomalies")).text.count("Acknowledgement only") == 1, "only in the filter now"


def test_thresholds_are_set_on_a_page_of_their_own(moni: FlaskClient, council: Council, browser_of: Enter) -> None:
    page = read(moni.get(f"{HOME}/thresholds"))
    values = {name: page.value(name) or "" for name in ("stuck_days", "unread_days")}
    assert values == {"stuck_days": "10", "unread_days": "3"}
    everything = {one["name"]: one["value"] for one in page.attributes("input") if one.get("type") == "text"}
    assert moni.post(f"{HOME}/thresholds", data=everything | {"stuck_days": "many"}).status_code == 422
    assert moni.post(f"{HOME}/thresholds", data=everything | {"stuck_days": "7"}).status_code == 303
    assert read(moni.get(f"{HOME}/thresholds")).value("stuck_days") == "7"
    lee = browser_of(council.leader)
    assert lee.get(f"{HOME}/thresholds").status_code == 200
    assert lee.post(f"{HOME}/thresholds", data={}).status_code == 403


def test_a_score_goes_to_the_advisor_who_answers_it(
    db: Database, council: Council, clock: FixedClock, browser_of: Enter
) -> None:
    with db.transaction() as session:
        row = missed_bin(session, council.advisor, now=clock.now())
        working.resolve(
            session, council.advisor, row.reference, disposition=Disposition.DONE, text="Done.", version=None,
            now=clock.advance(timedelta(minutes=9)),
        )  # fmt: skip
        week = clock.now().date() - timedelta(days=clock.now().weekday())
        services.draw_sample(session, week, per_team=5, now=clock.now())
        (sample,) = queries.samples(session, page=PageRequest()).items
        questions = queries.form(session)
    lee, ada, col = (browser_of(somebody) for somebody in (council.leader, council.advisor, council.colleague))
    page = f"{HOME}/quality/{sample.id}"
    assert row.reference in read(lee.get(f"{HOME}/quality")).text
    assert lee.post(page, data={}).status_code == 422
    marks = {f"q-{question.id}": "2" for question in questions} | {f"q-{questions[0].id}": "na"}
    assert lee.post(page, data=marks | {"feedback": "Very clear.", "version": "1"}).status_code == 303
    assert "1 piece of feedback on your work waits for you" in read(ada.get("/console")).text
    mine = f"/console/feedback/{sample.id}"
    assert "Very clear." in read(ada.get(mine)).text
    assert col.get(mine).status_code == 404
    assert col.get(f"/console/feedback/{new_id()}").status_code == 404
    assert ada.post(mine, data={"answer": ""}).status_code == 422
    assert ada.post(mine, data={"answer": "Thank you.", "version": "2"}).status_code == 303
    assert "Thank you." in read(lee.get(page)).text
    assert "feedback on your work" not in read(ada.get("/console")).text
    assert ada.get(page).status_code == 403


def test_the_form_is_changed_by_the_desk(db: Database, council: Council, moni: FlaskClient) -> None:
    page = f"{HOME}/quality/form"
    assert moni.post(page, data={"text": "Was it kind?", "weight": "11"}).status_code == 422
    assert moni.post(page, data={"text": "Was it kind?", "weight": "4"}).status_code == 303
    with db.reading() as session:
        (question,) = queries.form(session)
    changed = moni.post(f"{page}/{question.id}", data={f"{question.id}-weight": "7", f"{question.id}-active": "y"})
    assert changed.status_code == 303
    assert moni.post(f"{page}/{question.id}", data={f"{question.id}-weight": "0"}).status_code == 422
    with db.reading() as session:
        assert queries.form(session)[0].weight == 7


def test_a_look_into_a_queue_is_noted_for_its_readers_only(db: Database, council: Council, browser_of: Enter) -> None:
    def looks() -> int:
        with db.reading() as session:
            return int(session.scalar(text("SELECT count(*) FROM queue_reading")) or 0)

    browser_of(council.roads).get("/console/enquiries?queue=waste-intake")
    assert looks() == 0
    browser_of(council.officer).get("/console/enquiries?queue=waste-intake")
    assert looks() == 1
    browser_of(council.officer).get("/console/enquiries")
    assert looks() == 1
