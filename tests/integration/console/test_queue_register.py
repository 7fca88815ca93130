"""The register on the console: opening under an honest name, editing, closing without loss, and bringing in a legacy list."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from app.kernel.actors import Actor
from app.kernel.clock import FixedClock, london_date
from app.kernel.db import Database
from app.kernel.paging import PageRequest
from app.organisation import queries
from app.organisation.enums import QueueStatus
from app.organisation.queries import RegisterFilter
from app.seeds.legacy_queues import legacy_list
from tests.integration.console.conftest import Enter
from tests.support.council import Council, missed_bin, queue
from tests.support.pages import read


@pytest.fixture
def adam(council: Council, browser_of: Enter) -> FlaskClient:
    return browser_of(council.administrator)


def entered(council: Council, **changes: Any) -> dict[str, Any]:
    people = {"owner": council.leader, "deputy": council.advisor, "monitor": council.monitor}
    given = {
        "name": "Road closures", "purpose": "Notices of closed roads", "unit": "highways", "kind": "permanent",
        "readers": ["highways"], **{post: str(actor.account_id) for post, actor in people.items()},
    }  # fmt: skip
    return given | changes


def test_a_queue_is_opened_complete_or_not_at_all(db: Database, council: Council, adam: FlaskClient) -> None:
    blank = dict.fromkeys(("name", "purpose", "unit", "owner", "deputy", "monitor"), "") | {"kind": "permanent"}
    empty = adam.post("/console/queue-register/new", data=blank)
    assert empty.status_code == 422
    for field in ("name", "purpose", "unit", "owner", "deputy", "monitor", "readers"):
        assert read(empty).attributes("a", href=f"#{field}"), field
    done = adam.post("/console/queue-register/new", data=entered(council))
    assert (done.status_code, done.headers["Location"]) == (303, "/console/queues/road-closures")
    with db.reading() as session:
        assert queries.queue_by_slug(session, "road-closures").status is QueueStatus.ACTIVE


def test_a_misleading_name_is_doubted_and_stands_only_with_a_reason(
    db: Database, council: Council, adam: FlaskClient
) -> None:
    card = entered(council, name="Finance incidents", unit="contact-centre", readers=["contact-centre"])
    doubted = adam.post("/console/queue-register/new", data=card)
    assert doubted.status_code == 422
    assert "Revenues, none of whose people can read the queue" in read(doubted).text
    stands = adam.post("/console/queue-register/new", data=card | {"name_reason": "Finance asked us to sort them"})
    assert stands.status_code == 303
    page = read(adam.get("/console/queues/finance-incidents")).text
    assert "Adam Inistrator let it stand: Finance asked us to sort them" in page
    assert "Finance asked us to sort them" in read(adam.get("/console/queue-register/names")).text


def test_renaming_is_checked_too_and_the_warning_stands_on_the_register(council: Council, adam: FlaskClient) -> None:
    adam.post("/console/queue-register/new", data=entered(council))
    renamed = adam.post("/console/queues/road-closures/edit", data=entered(council, name="Waste  intake!"))
    assert renamed.status_code == 422
    assert "nearly repeats the name of the queue “Waste intake”" in read(renamed).text
    kept = adam.post("/console/queues/road-closures/edit", data=entered(council, name="Closed roads", purpose="More"))
    assert kept.status_code == 303
    assert "Closed roads" in read(adam.get("/console/queues")).text


def test_closing_shows_what_is_in_it_moves_it_and_leaves_a_tombstone(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    with db.transaction() as session:
        row = missed_bin(session, council.resident, now=clock.now())
    preview = read(adam.get("/console/queues/waste-intake/close")).text
    assert "1 enquiry waits in it" in preview
    assert row.reference in preview
    assert "Report a missed bin arrive here" in preview
    refused = adam.post("/console/queues/waste-intake/close", data={"reason": "", "move_to": ""})
    assert refused.status_code == 422
    done = adam.post("/console/queues/waste-intake/close", data={"reason": "Joined", "move_to": "monitoring-desk"})
    assert done.status_code == 303
    page = read(adam.get("/console/queues/waste-intake")).text
    assert "Closed on" in page
    assert "by Adam Inistrator" in page
    assert "Joined" in page
    with db.transaction() as session:
        after = missed_bin(session, council.resident, now=clock.now())
    assert after.queue_name == "Monitoring desk"
    assert adam.post("/console/queues/waste-intake/reopen").status_code == 303
    with db.transaction() as session:
        assert missed_bin(session, council.resident, now=clock.now()).queue_name == "Waste intake"


def test_a_list_is_looked_at_then_brought_in_and_its_faults_open_their_queues(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    made = legacy_list(london_date(clock.now()))
    files = {
        "file": (BytesIO(made.queues + b"Finance,Odd one,,,,,,sometimes,,,\n"), "queues.csv"),
        "stuck": (BytesIO(made.enquiries), "stuck.csv"), "service": "complaint",
    }  # fmt: skip
    check = adam.post("/console/queue-register/import", data=files, content_type="multipart/form-data")
    page = read(check)
    assert "371 queues that can be brought in, and 98 enquiries" in page.text
    assert "Write permanent, project or intake" in page.text
    hidden = {field["name"]: field["value"] for field in page.attributes("input", type="hidden")}
    done = adam.post("/console/queue-register/import/now", data=hidden)
    assert done.status_code == 303
    report = read(adam.get(done.headers["Location"]))
    assert "Its name speaks of people who cannot read it" in report.text
    detail = read(adam.get(f"{done.headers['Location']}&finding=stuck"))
    links = {link["href"] for link in detail.attributes("a")}
    assert {"/console/queues/finance-incidents", "/console/queues/for-finance", "/console/queues/for-ops"} <= links
    assert read(adam.get("/console/queues/finance-incidents")).text.count("Draft")
    csv = adam.get("/console/queue-register/findings.csv?finding=audience")
    assert "Finance incidents" in csv.get_data(as_text=True)
    assert adam.get("/console/queue-register/findings.xlsx").data[:2] == b"PK"
    assert adam.get("/console/queue-register/findings.pdf").status_code == 404
    again = adam.post("/console/queue-register/import/now", data=hidden)
    assert again.status_code == 409


def test_a_draft_goes_live_only_when_it_is_complete(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    content = BytesIO(b"sector,queue\nHighways,Gullies\n")
    check = adam.post(
        "/console/queue-register/import",
        data={"file": (content, "a.csv"), "service": "complaint"},
        content_type="multipart/form-data",
    )
    hidden = {field["name"]: field["value"] for field in read(check).attributes("input", type="hidden")}
    adam.post("/console/queue-register/import/now", data=hidden)
    refused = adam.post("/console/queues/gullies/live", data={})
    assert refused.status_code == 422
    assert "Name the owner of the queue" in read(refused).text
    assert adam.post("/console/queues/gullies/edit", data=entered(council, name="Gullies")).status_code == 303
    assert adam.post("/console/queues/gullies/live", data={}).status_code == 303
    with db.reading() as session:
        assert queries.queue_by_slug(session, "gullies").status is QueueStatus.ACTIVE


def test_reviews_and_last_days_that_have_passed_are_listed(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    day = {"review_on": ["1", "2", "2026"]}
    assert adam.post("/console/queue-register/new", data=entered(council) | day).status_code == 303
    assert "1 queue is past its review" in read(adam.get("/console/queues")).text
    late = read(adam.get("/console/queues?overdue=1")).text
    assert "Road closures" in late
    assert "Monitoring desk" not in late.split("Review overdue", 1)[1]
    with db.reading() as session:
        found = queries.register(session, RegisterFilter(overdue=london_date(clock.now())), PageRequest())
    assert [row.slug for row in found.items] == ["road-closures"]


@pytest.mark.parametrize(
    "address",
    [
        "/console/queue-register/new", "/console/queue-register/import", "/console/queue-register/findings",
        "/console/queue-register/names", "/console/queues/waste-intake/edit", "/console/queues/waste-intake/close",
        "/console/queue-register/findings.csv",
    ],
)  # fmt: skip
def test_the_register_is_the_administrators_alone(council: Council, browser_of: Enter, address: str) -> None:
    people: tuple[Actor, ...] = (council.leader, council.monitor, council.officer)
    assert {browser_of(actor).get(address).status_code for actor in people} == {403}
    assert browser_of(council.administrator).get(address).status_code == 200


def test_any_number_of_queues_takes_the_same_number_of_queries(
    db: Database, council: Council, clock: FixedClock, adam: FlaskClient
) -> None:
    def asked(address: str) -> int:
        statements: list[str] = []

        def listen(*args: Any) -> None:
            statements.append(args[2])

        event.listen(db.engine, "before_cursor_execute", listen)
        assert adam.get(address).status_code == 200
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(statements)

    pages = (
        "/console/queues",
        "/console/queue-register/names",
        "/console/queue-register/findings",
        "/console/queues/waste-intake",
    )
    before = {page: asked(page) for page in pages}
    with db.transaction() as session:
        for number in range(30):
            queue(session, council, f"road-{number}", "highways", now=clock.now())
    assert {page: asked(page) for page in pages} == before
