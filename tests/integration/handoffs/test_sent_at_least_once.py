"""A request whose answer was lost is not made twice: their system is asked first, and if it cannot be, a person decides."""

import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from app.handoffs import queries, services
from app.handoffs.enums import DeliveryState, Reach
from app.handoffs.open311.carrying import SETTLES, Courier
from app.handoffs.rows import HandoffRow
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, NotAllowed
from app.runtime import Runtime
from tests.integration.handoffs.conftest import Offer
from tests.support.council import Council
from tests.support.peers import Asked, Peer, answers, peer

HEAD = '<?xml version="1.0" encoding="utf-8"?>'


class Forgetful:
    """A back office that does what it is asked and then breaks off, as often as `lost` says; `lists` if it can be searched."""

    def __init__(self, *, lost: int = 1, takes: bool = True, lists: bool = True) -> None:
        self.lost, self.takes, self.lists = lost, takes, lists
        self.taken: list[str] = []
        self.searched: list[dict[str, list[str]]] = []

    def __call__(self, line: socket.socket, asked: Asked, stop: threading.Event) -> None:
        if asked.method == "POST":
            self._take(line, asked, stop)
            return
        query = parse_qs(urlsplit(asked.path).query)
        if "service_request_id" in query:
            answers(body=f"{HEAD}<service_requests/>".encode())(line, asked, stop)
            return
        self.searched.append(query)
        if self.lists:
            answers(body=self._listed().encode())(line, asked, stop)
        else:
            answers("400 Bad Request", f"{HEAD}<errors/>".encode())(line, asked, stop)

    def _take(self, line: socket.socket, asked: Asked, stop: threading.Event) -> None:
        if self.takes or self.lost == 0:
            self.taken.append(parse_qs(asked.body.decode())["description"][0])
        if self.lost:
            self.lost -= 1
            return
        key = f"R{len(self.taken)}"
        body = f"{HEAD}<service_requests><request><service_request_id>{key}</service_request_id></request></service_requests>"
        answers(body=body.encode())(line, asked, stop)

    def _listed(self) -> str:
        parts = [
            f"<request><service_request_id>R{place}</service_request_id><description>{words.splitlines()[0]}</description></request>"
            for place, words in enumerate(self.taken, 1)
        ]
        return f"{HEAD}<service_requests>{''.join(parts)}</service_requests>"


@pytest.fixture
def connect(house: Runtime, town: Council, clock: FixedClock) -> Callable[[Peer], None]:
    def make(here: Peer) -> None:
        with house.database.transaction() as session:
            services.connect(
                session, town.administrator, unit="housing", reach=Reach.OPEN311,
                open311_url=here.url.replace("/hook", "/v2"), open311_key="sesame", jurisdiction="city.example",
                codes={"missed-bin": "042"}, settings=house.settings, now=clock.now(),
            )  # fmt: skip

    return make


def visit(house: Runtime) -> None:
    Courier(house.database, house.clock, house.settings).run()


def row_of(house: Runtime, made: HandoffRow) -> HandoffRow:
    with house.database.reading() as session:
        return queries.handoff(session, SYSTEM, made.id)


def doubt_of(house: Runtime) -> bool:
    with house.database.reading() as session:
        return bool(session.scalar(text("SELECT bool_or(in_doubt_since IS NOT NULL) FROM handoff")))


def send_again(house: Runtime, who: Actor, made: HandoffRow) -> int:
    with house.database.transaction() as session:
        return services.send_again(session, who, made.id, now=house.clock.now())


def test_what_they_took_and_did_not_answer_is_found_and_not_sent_again(
    house: Runtime, offer: Offer, connect: Callable[[Peer], None], clock: FixedClock
) -> None:
    office = Forgetful()
    with peer(office) as here:
        connect(here)
        made = offer("housing")
        visit(house)
        assert doubt_of(house)
        assert row_of(house, made).delivery is DeliveryState.UNPROCESSED
        clock.advance(timedelta(minutes=1))
        visit(house)
        assert office.searched == [], "they may still be at it"
        clock.advance(SETTLES)
        visit(house)
    assert len(office.taken) == 1
    (search,) = office.searched
    assert search["service_code"] == ["042"]
    assert search["start_date"] < search["end_date"]
    row = row_of(house, made)
    assert (row.delivery, row.external_id, doubt_of(house)) == (DeliveryState.SENT, "R1", False)


def test_what_they_never_took_is_sent_once_more(
    house: Runtime, offer: Offer, connect: Callable[[Peer], None], clock: FixedClock
) -> None:
    office = Forgetful(takes=False)
    with peer(office) as here:
        connect(here)
        made = offer("housing")
        visit(house)
        clock.advance(timedelta(minutes=6))
        visit(house)
    assert len(office.taken) == 1
    assert row_of(house, made).external_id == "R1"


def test_an_earlier_request_about_the_same_enquiry_is_not_taken_for_this_one(
    house: Runtime, town: Council, offer: Offer, connect: Callable[[Peer], None], clock: FixedClock
) -> None:
    office = Forgetful(lost=0)
    with peer(office) as here:
        connect(here)
        first = offer("housing")
        visit(house)
        assert row_of(house, first).external_id == "R1"
        with house.database.transaction() as session:
            services.recall(session, town.advisor, first.id, reason="Too early", now=clock.now())
            again = services.offer(session, town.advisor, first.reference, unit="housing", now=clock.now())
        office.lost, office.takes = 1, False
        visit(house)
        clock.advance(timedelta(minutes=6))
        visit(house)
    assert row_of(house, again).external_id == "R2"


def test_if_they_cannot_be_asked_nothing_is_repeated_until_a_person_has_looked(
    house: Runtime, town: Council, offer: Offer, connect: Callable[[Peer], None], clock: FixedClock
) -> None:
    office = Forgetful(lists=False)
    with peer(office) as here:
        connect(here)
        made = offer("housing")
        for _ in range(12):
            visit(house)
            clock.advance(timedelta(hours=1))
        row = row_of(house, made)
        assert (row.delivery, "They may have it" in row.delivery_error) == (DeliveryState.FAILED, True)
        assert len(office.taken) == 1
        with pytest.raises(NotAllowed):
            send_again(house, town.advisor, made)
        assert send_again(house, town.monitor, made) == 1
        visit(house)
    assert row_of(house, made).external_id == "R2"
    with pytest.raises(Conflict):
        send_again(house, town.monitor, made)


@pytest.mark.parametrize("status", ["400 Bad Request", "403 Forbidden", "429 Too Many Requests", "503 Away"])
def test_a_plain_no_leaves_no_doubt(house: Runtime, offer: Offer, connect: Callable[[Peer], None], status: str) -> None:
    with peer(answers(status, f"{HEAD}<errors/>".encode())) as here:
        connect(here)
        offer("housing")
        visit(house)
    assert not doubt_of(house)


def test_whoever_dies_in_the_middle_leaves_a_doubt_and_not_a_second_request(
    house: Runtime, offer: Offer, connect: Callable[[Peer], None], clock: FixedClock
) -> None:
    """As a worker leaves it that was killed between asking and noting the answer."""
    office = Forgetful(lost=0)
    with peer(office) as here:
        connect(here)
        made = offer("housing")
        visit(house)
        with house.database.transaction() as session:
            session.execute(
                text("UPDATE handoff SET delivery = 'unprocessed', external_id = '', in_doubt_since = tried_at")
            )
        clock.advance(timedelta(minutes=6))
        visit(house)
    assert len(office.taken) == 1
    assert row_of(house, made).external_id == "R1"
