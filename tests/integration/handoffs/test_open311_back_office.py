"""A unit behind an Open311 back office: offers go there, its answers come back, and a bad office holds nobody up."""

import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from app.enquiries import queries as enquiries
from app.enquiries.enums import State
from app.handoffs import queries, services
from app.handoffs.enums import DeliveryState, HandoffState, Reach
from app.handoffs.open311.carrying import Courier, Visited
from app.handoffs.rows import HandoffRow
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.runtime import Runtime
from tests.integration.handoffs.conftest import Offer
from tests.support.council import Council
from tests.support.peers import Asked, Peer, answers, peer

HEAD = '<?xml version="1.0" encoding="utf-8"?>'


class Office:
    """A back office with a list of requests: id to status and notes."""

    def __init__(self) -> None:
        self.requests: dict[str, tuple[str, str]] = {}
        self.tokens: dict[str, str] = {}
        self.by_token = False

    def __call__(self, line: socket.socket, asked: Asked, stop: threading.Event) -> None:
        path = urlsplit(asked.path)
        if asked.method == "POST":
            body = self._take()
        elif path.path.endswith("/requests.xml"):
            body = self._list(parse_qs(path.query)["service_request_id"][0].split(","))
        else:
            key = self.tokens[path.path.rpartition("/")[2].removesuffix(".xml")]
            body = f"<request><service_request_id>{key}</service_request_id><token>t</token></request>"
        answers(body=f"{HEAD}<service_requests>{body}</service_requests>".encode())(line, asked, stop)

    def _take(self) -> str:
        key = str(638344 + len(self.requests))
        self.requests[key] = ("open", "")
        if self.by_token:
            self.tokens["t1"] = ""
            return "<request><token>t1</token></request>"
        return f"<request><service_request_id>{key}</service_request_id><service_notice>Soon</service_notice><account_id/></request>"

    def _list(self, keys: list[str]) -> str:
        return "".join(
            f"<request><service_request_id>{key}</service_request_id><status>{self.requests[key][0]}</status>"
            f"<status_notes>{self.requests[key][1]}</status_notes></request>"
            for key in keys
        )


@pytest.fixture
def connect(house: Runtime, town: Council, clock: FixedClock) -> Callable[[Peer], None]:
    def make(here: Peer, unit: str = "housing") -> None:
        with house.database.transaction() as session:
            services.connect(
                session, town.administrator, unit=unit, reach=Reach.OPEN311, open311_url=here.url.replace("/hook", "/v2"),
                open311_key="sesame", jurisdiction="city.example", codes={"missed-bin": "042"}, settings=house.settings,
                now=clock.now(),
            )  # fmt: skip

    return make


def visit(house: Runtime) -> Visited:
    return Courier(house.database, house.clock, house.settings).run()


def row_of(house: Runtime, made: HandoffRow) -> HandoffRow:
    with house.database.reading() as session:
        return queries.handoff(session, SYSTEM, made.id)


def test_an_offer_is_sent_once_and_followed_to_its_end(
    house: Runtime, offer: Offer, connect: Callable[[Peer], None], clock: FixedClock
) -> None:
    office = Office()
    with peer(office) as here:
        connect(here)
        made = offer("housing")
        assert made.delivery is DeliveryState.UNPROCESSED
        assert visit(house) == Visited(sent=1, moved=1)
        assert (row_of(house, made).state, row_of(house, made).external_id) == (HandoffState.ACCEPTED, "638344")
        clock.advance(timedelta(days=1))
        assert visit(house) == Visited(), "nothing new was said"
        office.requests["638344"] = ("closed", "Emptied on Tuesday")
        assert visit(house) == Visited(moved=1)
        sent = [asked for asked in here.asked if asked.method == "POST"]
    assert len(sent) == 1
    form = parse_qs(sent[0].body.decode())
    assert (form["service_code"], form["api_key"], form["jurisdiction_id"]) == (["042"], ["sesame"], ["city.example"])
    assert "High Street" in form["address_string"][0]
    assert made.reference in form["description"][0]
    assert "Josephine" not in sent[0].body.decode()
    done = row_of(house, made)
    assert (done.state, done.outcome) == (HandoffState.COMPLETED, "Emptied on Tuesday")
    with house.database.reading() as session:
        assert enquiries.enquiry(session, SYSTEM, made.reference).state is State.RESOLVED


def test_a_token_becomes_an_id(house: Runtime, offer: Offer, connect: Callable[[Peer], None]) -> None:
    office = Office()
    office.by_token = True
    with peer(office) as here:
        connect(here)
        made = offer("housing")
        assert visit(house) == Visited(sent=1)
        assert row_of(house, made).external_id == ""
        office.tokens["t1"] = "638344"
        assert visit(house) == Visited(moved=1)
    assert row_of(house, made).external_id == "638344"


def test_an_office_that_is_away_is_tried_ten_times_and_then_it_shows(
    house: Runtime, offer: Offer, connect: Callable[[Peer], None], clock: FixedClock
) -> None:
    with peer(answers("503 Away", b"<html>")) as here:
        connect(here)
        made = offer("housing")
        with house.database.transaction() as session:
            session.execute(text("UPDATE handoff SET accept_by = accept_by + interval '30 days'"))
        for _ in range(400):
            visit(house)
            clock.advance(timedelta(hours=1))
            if row_of(house, made).delivery is DeliveryState.FAILED:
                break
        assert len([asked for asked in here.asked if asked.method == "POST"]) == 10
    row = row_of(house, made)
    assert (row.delivery, "503" in row.delivery_error) == (DeliveryState.FAILED, True)


def test_of_the_restricted_nothing_is_sent(
    house: Runtime, offer: Offer, connect: Callable[[Peer], None], restrict: Callable[[str], None]
) -> None:
    with peer(Office()) as here:
        connect(here)
        made = offer("housing")
        restrict(made.reference)
        visit(house)
        assert here.arrivals == 0
    row = row_of(house, made)
    assert (row.delivery, "restricted" in row.delivery_error) == (DeliveryState.FAILED, True)


@pytest.mark.parametrize(
    "body",
    [
        b"not xml",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
        b"<service_requests/>",
        b"<errors><error><code>400</code></error></errors>",
    ],
)
def test_nonsense_is_a_failure_that_is_told(
    house: Runtime, town: Council, offer: Offer, connect: Callable[[Peer], None], body: bytes
) -> None:
    with peer(answers(body=body)) as here:
        connect(here)
        offer("housing")
        assert visit(house) == Visited(failed=1)
    with house.database.reading() as session:
        assert queries.connection(session, "housing").poll_error
