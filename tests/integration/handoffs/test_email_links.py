"""A service that has only e-mail: the offer comes by e-mail, and is answered by a link that is signed, narrow, and does nothing when looked at."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from app.enquiries import queries as enquiries
from app.enquiries.enums import State
from app.handoffs import queries, services
from app.handoffs.enums import DeliveryState, HandoffState, Reach
from app.handoffs.rows import HandoffRow
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.crypto import Sealer
from app.kernel.db import Database
from app.kernel.events import publish
from app.kernel.logging import without_secrets
from app.notifications.enums import MessageStatus
from app.notifications.events import NotificationFailed
from app.runtime import Runtime
from tests.integration.handoffs.conftest import Offer
from tests.support.application import behind
from tests.support.council import Council
from tests.support.pages import read

ADDRESS = "trees@contractor.example"


@pytest.fixture
def app(house: Runtime) -> Flask:
    return behind(house)


@pytest.fixture
def offered(house: Runtime, town: Council, clock: FixedClock, offer: Offer) -> HandoffRow:
    """Nobody of Housing works here: they have only e-mail."""
    with house.database.transaction() as session:
        services.connect(
            session,
            town.administrator,
            unit="housing",
            reach=Reach.EMAIL,
            email=ADDRESS,
            settings=house.settings,
            now=clock.now(),
        )
    return offer("housing", brief="The gate is green")


@pytest.fixture
def path(db: Database, offered: HandoffRow) -> str:
    """The address of the link in the e-mail."""
    with db.reading() as session:
        body = session.scalar(text("SELECT text FROM message WHERE template = 'handoff_offered'"))
    found = re.search(r"/handoff/\S+", str(body))
    assert found
    return found.group()


def now_is(db: Database, offered: HandoffRow) -> HandoffRow:
    with db.reading() as session:
        return queries.handoff(session, SYSTEM, offered.id)


def test_the_e_mail_names_the_work_and_nobody(db: Database, offered: HandoffRow, path: str) -> None:
    with db.reading() as session:
        message = session.execute(
            text("SELECT to_address, subject, text FROM message WHERE template = 'handoff_offered'")
        ).one()
    assert message.to_address == ADDRESS
    assert offered.reference in message.subject
    words = message.text.replace(path, "")  # of random letters
    for personal in ("Josephine", "Bloggs", "High Street", "green"):
        assert personal not in words
    assert offered.delivery is DeliveryState.SENT


def test_looking_changes_nothing_whoever_looks(
    client: FlaskClient, db: Database, offered: HandoffRow, path: str
) -> None:
    before = _everything(db)
    for _ in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert client.get(f"{path}/accept").status_code in {404, 405}
    assert _everything(db) == before
    page = read(client.get(path)).text
    assert "The gate is green" in page
    assert "High Street" in page, "a crew needs to know where"
    assert "Josephine" not in page
    assert "Ada Visor" not in page


def test_it_is_accepted_and_completed_without_an_account(
    client: FlaskClient, db: Database, offered: HandoffRow, path: str
) -> None:
    assert client.post(f"{path}/accept", data={"accept-version": "1"}).status_code == 303
    assert now_is(db, offered).state is HandoffState.ACCEPTED
    missing = client.post(f"{path}/complete", data={"complete-disposition": "done"})
    assert (missing.status_code, "Write what the customer will read" in read(missing).text) == (422, True)
    client.post(f"{path}/complete", data={"complete-disposition": "done", "complete-text": "The tree is cut."})
    assert now_is(db, offered).state is HandoffState.COMPLETED
    with db.reading() as session:
        row = enquiries.enquiry(session, SYSTEM, offered.reference)
    assert (row.state, row.owner_name) == (State.RESOLVED, "Housing")
    after = read(client.get(path)).text
    assert "nothing to do here any more" in after
    assert "High Street" not in after, "what is done is nobody's to read any more"


def test_it_is_declined_with_a_reason_and_a_unit(
    client: FlaskClient, db: Database, offered: HandoffRow, path: str
) -> None:
    assert client.post(f"{path}/decline", data={"decline-reason": "Not a tree"}).status_code == 422
    client.post(f"{path}/decline", data={"decline-reason": "Not a tree", "decline-suggested_unit": "waste"})
    row = now_is(db, offered)
    assert (row.state, row.suggested_unit_name) == (HandoffState.DECLINED, "Waste Services")


def test_two_at_once_are_told(client: FlaskClient, offered: HandoffRow, path: str) -> None:
    assert client.post(f"{path}/accept", data={"accept-version": "1"}).status_code == 303
    assert client.post(f"{path}/accept", data={"accept-version": "1"}).status_code == 409


def test_the_link_opens_this_handoff_and_nothing_else(
    client: FlaskClient, house: Runtime, offered: HandoffRow, path: str, clock: FixedClock
) -> None:
    token = path.removeprefix("/handoff/")
    sealer = Sealer(house.settings.secret_key)
    forged = [
        token[:-2] + "aa", token[: len(token) // 2], "x", sealer.seal("something else"), Sealer("another secret" * 4).seal("x"),
        sealer.seal("handoff-link:00000000-0000-7000-8000-000000000000"), sealer.seal("handoff-link:nonsense"),
    ]  # fmt: skip
    for wrong in forged:
        assert client.get(f"/handoff/{wrong}").status_code == 404, wrong
        assert client.post(f"/handoff/{wrong}/accept", data={}).status_code == 404
    assert client.get("/console/handoffs").status_code == 303, "it signs nobody in"
    clock.advance(timedelta(days=30))
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/accept", data={}).status_code == 404


def test_of_the_restricted_the_page_says_only_that_it_is_protected(
    client: FlaskClient, offered: HandoffRow, path: str, restrict: object
) -> None:
    restrict(offered.reference)  # type: ignore[operator]  # - the fixture is a function
    page = read(client.get(path)).text
    assert "The details are protected" in page
    assert "High Street" not in page
    assert "green" not in page


def test_an_e_mail_that_came_back_shows_on_the_offer(db: Database, offered: HandoffRow, clock: FixedClock) -> None:
    with db.transaction() as session:
        key, template = session.execute(
            text("SELECT id, template FROM message WHERE template = 'handoff_offered'")
        ).one()
        publish(
            session,
            NotificationFailed(
                key,
                template,
                MessageStatus.PERMANENT_FAILURE,
                ("handoff", offered.id),
                None,
                "550 No such mailbox",
                clock.now(),
            ),
        )
    row = now_is(db, offered)
    assert (row.delivery, row.delivery_error) == (DeliveryState.FAILED, "550 No such mailbox")
    with db.reading() as session:
        assert [lost.reference for lost in queries.undelivered(session)] == [offered.reference]


def test_the_token_is_kept_out_of_logs(path: str) -> None:
    assert without_secrets(f"GET {path} 200") == "GET /handoff/[hidden] 200"


def _everything(db: Database) -> list[tuple[object, ...]]:
    with db.reading() as session:
        return [
            tuple(row)
            for table in ("handoff", "enquiry", "message", "audit_entry", "handoff_link", "enquiry_entry")
            for row in session.execute(text(f"SELECT '{table}', t::text FROM {table} t ORDER BY 2"))
        ]
