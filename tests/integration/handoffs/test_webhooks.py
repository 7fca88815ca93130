"""Webhooks to real peers: signed, retried for 75 hours, once each; and a bad peer holds nobody else up."""

import json
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from app.enquiries import services as enquiry_services
from app.handoffs import queries, services
from app.handoffs.enums import DeliveryState, DeliveryStatus, EndpointStatus, FeedKind
from app.handoffs.policy import TRIES
from app.handoffs.rows import DeliveryRow, EndpointRow
from app.handoffs.webhooks.delivery import Carrier, Sent
from app.kernel.clock import FixedClock, SystemClock
from app.kernel.db import Database
from app.kernel.errors import Conflict, Invalid, NotAllowed
from app.kernel.paging import PageRequest
from app.runtime import Runtime
from tests.integration.handoffs.conftest import Offer
from tests.support.council import Council
from tests.support.peers import Behaviour, Peer, answers, drips_body, drips_headers, floods, hangs, peer


@dataclass(frozen=True)
class Post:
    """The worker's round, and what it leaves in the log."""

    house: Runtime
    town: Council
    clock: FixedClock

    def add(self, url: str, unit: str = "waste", **options: Any) -> tuple[UUID, str]:
        """An endpoint of a unit; gives its id and its secret."""
        with self.house.database.transaction() as session:
            return services.add_endpoint(
                session, self.town.administrator, unit=unit, name="Scheduler", url=url, settings=self.house.settings,
                now=self.clock.now(), **options,
            )  # fmt: skip

    def carry(self) -> Sent:
        """What the worker does each second, with more patience than in earnest: nobody here means to be slow."""
        return Carrier(self.house.database, self.house.clock, self.house.settings, timeout=60.0).run(120)

    def log(self, endpoint_id: UUID) -> tuple[DeliveryRow, ...]:
        with self.house.database.reading() as session:
            return queries.deliveries(session, self.town.administrator, endpoint_id, page=PageRequest()).items

    def endpoint(self, endpoint_id: UUID) -> EndpointRow:
        with self.house.database.reading() as session:
            return queries.endpoint(session, self.town.administrator, endpoint_id)


@pytest.fixture
def post(house: Runtime, town: Council, clock: FixedClock) -> Post:
    return Post(house, town, clock)


def told(here: Peer) -> list[dict[str, object]]:
    return [json.loads(asked.body) for asked in here.asked]


def test_an_offer_arrives_signed_and_is_sent_but_not_accepted(post: Post, offer: Offer) -> None:
    with peer() as here:
        _, secret = post.add(here.url)
        made = offer()
        assert made.delivery is DeliveryState.UNPROCESSED
        assert post.carry() == Sent(delivered=1)
        (asked,) = here.asked
        said = told(here)[0]
    assert (
        Webhook(secret).sign(asked.headers["webhook-id"], post.house.clock.now(), asked.body.decode())
        == asked.headers["webhook-signature"]
    )
    assert asked.headers["webhook-id"].startswith("msg_")
    assert said["type"] == "handoff.offered"
    assert said["data"] == {
        "handoff": str(made.id), "reference": made.reference, "service": "missed-bin", "unit": "waste", "state": "offered",
        "version": 1, "accept_by": made.accept_by.isoformat(), "promised_at": made.promised_at.isoformat(),  # type: ignore[union-attr]  # - an offer has a clock
        "brief": "Whole street", "restricted": False,
    }  # fmt: skip
    with post.house.database.reading() as session:
        row = queries.handoff(session, post.town.advisor, made.id)
    assert (row.delivery, row.delivery_label) == (DeliveryState.SENT, "Sent, not yet accepted")


def test_a_customers_library_verifies_it_and_refuses_a_changed_one(post: Post, offer: Offer) -> None:
    with peer() as here:
        _, secret = post.add(here.url)
        offer()
        Carrier(post.house.database, SystemClock(), post.house.settings, timeout=60.0).run(120)
        (asked,) = here.asked
    assert Webhook(secret).verify(asked.body, asked.headers)["type"] == "handoff.offered"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(asked.body.replace(b"Whole", b"Other"), asked.headers)


def test_every_step_is_told_in_order_and_names_nobody(post: Post, offer: Offer) -> None:
    with peer() as here:
        post.add(here.url)
        made = offer()
        with post.house.database.transaction() as session:
            services.accept(session, post.town.officer, made.id, now=post.clock.now())
            services.start(session, post.town.officer, made.id, now=post.clock.now())
            services.complete(session, post.town.officer, made.id, text="We came, Josephine.", now=post.clock.now())
            services.confirm(session, post.town.advisor, made.id, now=post.clock.now())
        post.carry()
        assert [said["type"] for said in told(here)] == [
            "handoff.offered", "handoff.accepted", "handoff.started", "handoff.completed", "handoff.confirmed"
        ]  # fmt: skip
        everything = b"".join(asked.body for asked in here.asked)
    for personal in (b"Josephine", b"Bloggs", b"jo@example.com", b"High Street", b"Teofficer"):
        assert personal not in everything


def test_what_is_taken_away_by_another_door_is_told_too(post: Post, offer: Offer) -> None:
    with peer() as here:
        post.add(here.url)
        made = offer()
        with post.house.database.transaction() as session:
            enquiry_services.triage(
                session, post.town.leader, made.reference, queue="monitoring-desk", version=None, now=post.clock.now()
            )
        post.carry()
        assert [said["type"] for said in told(here)] == ["handoff.offered", "handoff.recalled"]


def test_of_a_restricted_person_only_the_reference_leaves(
    post: Post, offer: Offer, restrict: Callable[[str], None]
) -> None:
    with peer() as here:
        post.add(here.url)
        made = offer(brief="Ask for Josephine at the hostel")
        restrict(made.reference)
        post.carry()
        data = told(here)[0]["data"]
    assert isinstance(data, dict)
    assert (data["reference"], data["brief"], data["restricted"]) == (made.reference, "", True)


def test_ten_tries_over_seventy_five_hours_then_it_is_given_up_and_shows(post: Post, offer: Offer) -> None:
    with peer(answers("500 Oh")) as here:
        key, _ = post.add(here.url)
        made = offer()
        began = post.clock.now()
        for number in range(1, len(TRIES) + 1):
            assert post.carry() == Sent(failed=1), f"try {number}"
            assert post.carry() == Sent(), "not before its time"
            post.clock.advance(max(timedelta(seconds=16), TRIES[number] if number < len(TRIES) else timedelta(days=9)))
        assert post.carry() == Sent()
        assert len(here.asked) == 10
        assert len({asked.headers["webhook-id"] for asked in here.asked}) == 1
    (row,) = post.log(key)
    assert (row.status, row.attempts, row.last_answer) == (DeliveryStatus.GIVEN_UP, 10, 500)
    assert timedelta(hours=75) < sum(TRIES, timedelta(0)) < timedelta(hours=76)
    assert post.clock.now() - began > timedelta(hours=75)
    with post.house.database.reading() as session:
        assert queries.handoff(session, post.town.advisor, made.id).delivery is DeliveryState.FAILED
        assert [lost.reference for lost in queries.undelivered(session)] == [made.reference]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Again", "404 Not", "503 Busy"])
def test_anything_but_2xx_is_a_failure_and_a_redirect_is_not_followed(post: Post, offer: Offer, status: str) -> None:
    with peer() as elsewhere, peer(answers(status, Location=elsewhere.url)) as here:
        key, _ = post.add(here.url)
        offer()
        assert post.carry() == Sent(failed=1)
        assert elsewhere.arrivals == 0
    (row,) = post.log(key)
    assert (row.status, row.last_answer) == (DeliveryStatus.WAITING, int(status[:3]))


def test_410_disables_the_endpoint_and_what_waits_goes_out_when_it_is_enabled(post: Post, offer: Offer) -> None:
    with peer(answers("410 Gone")) as here:
        key, _ = post.add(here.url)
        offer()
        post.carry()
        row = post.endpoint(key)
        assert (row.status, "410" in row.disabled_reason, row.waiting) == (EndpointStatus.DISABLED, True, 1)
        offer()
        post.clock.advance(timedelta(days=2))
        assert post.carry() == Sent()
        here.behaviour = answers()
        with post.house.database.transaction() as session:
            services.enable(session, post.town.administrator, key, now=post.clock.now())
        assert post.carry() == Sent(delivered=2)


@pytest.mark.parametrize("how", ["seconds", "date"])
def test_retry_after_is_honoured(post: Post, offer: Offer, how: str) -> None:
    wait = timedelta(minutes=20)
    said = "1200" if how == "seconds" else format_datetime(post.clock.now() + wait, usegmt=True)
    with peer(answers("429 Slowly", Retry_After=said)) as here:
        key, _ = post.add(here.url)
        offer()
        post.carry()
        (row,) = post.log(key)
        assert row.next_attempt_at == post.clock.now() + wait
        post.clock.advance(wait - timedelta(seconds=1))
        assert post.carry() == Sent()
        here.behaviour = answers()
        post.clock.advance(timedelta(seconds=2))
        assert post.carry() == Sent(delivered=1)


BAD: dict[str, Behaviour] = {
    "hangs": hangs, "drips headers": drips_headers, "drips a body": drips_body, "floods": floods,
    "redirects": answers("302 Found", Location="http://127.0.0.1:1/"), "is gone": answers("410 Gone"),
    "is busy": answers("429 Slowly", Retry_After="3600"),
}  # fmt: skip


def test_bad_peers_hold_nobody_up(post: Post, offer: Offer) -> None:
    """Seven bad peers with five messages each stand before a good one in the queue; the good one has its five long before they give up."""
    arrived = threading.Event()
    with peer() as good, ExitStack() as others:

        def good_answer(line: object, asked: object, stop: object) -> None:
            answers()(line, asked, stop)  # type: ignore[arg-type]  # - the same three
            if len(good.asked) >= 5:
                arrived.set()

        good.behaviour = good_answer
        for behaviour in BAD.values():
            post.add(others.enter_context(peer(behaviour)).url)
        post.add(good.url)
        for _ in range(5):
            offer()
        carrier = Carrier(post.house.database, post.house.clock, post.house.settings, timeout=90.0)
        worker = threading.Thread(target=carrier.run, args=(100,))
        worker.start()
        try:
            assert arrived.wait(60), "it waited for a bad one"
            assert len({asked.headers["webhook-id"] for asked in good.asked}) == 5
        finally:
            others.close()
            worker.join()


def test_two_workers_send_each_message_once(post: Post, offer: Offer) -> None:
    with peer() as here:
        post.add(here.url)
        for _ in range(10):
            offer()
        carriers = [Carrier(post.house.database, post.house.clock, post.house.settings, timeout=60.0) for _ in range(3)]
        workers = [threading.Thread(target=carrier.run, args=(120,)) for carrier in carriers]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        ids = [asked.headers["webhook-id"] for asked in here.asked]
    assert len(ids) == len(set(ids)) == 10


def test_while_a_secret_changes_both_sign_and_then_only_the_new_one(post: Post, offer: Offer) -> None:
    with peer() as here:
        key, old = post.add(here.url)
        with post.house.database.transaction() as session:
            new = services.rotate_secret(session, post.town.administrator, key, now=post.clock.now())
        offer()
        post.carry()
        post.clock.advance(timedelta(hours=24, seconds=1))
        offer()
        post.carry()
        during, after = here.asked[0], here.asked[-1]

    def signed(asked: object, secret: str, at: object) -> str:
        return Webhook(secret).sign(asked.headers["webhook-id"], at, asked.body.decode())  # type: ignore[attr-defined, arg-type]  # - as the peer kept it

    before = post.clock.now() - timedelta(hours=24, seconds=1)
    assert during.headers["webhook-signature"].split() == [signed(during, new, before), signed(during, old, before)]
    assert after.headers["webhook-signature"].split() == [signed(after, new, post.clock.now())]


def test_a_secret_lies_sealed_in_the_database(post: Post, db: Database) -> None:
    _, secret = post.add("http://127.0.0.1:9/hook")
    with db.reading() as session:
        kept = session.scalar(text("SELECT secret FROM webhook_endpoint"))
    assert secret.removeprefix("whsec_") not in str(kept)


def test_a_ping_tells_of_nothing_and_a_replay_has_the_same_message_id(post: Post, offer: Offer) -> None:
    with peer() as here:
        key, _ = post.add(here.url)
        with post.house.database.transaction() as session:
            services.ping(session, post.town.administrator, key, now=post.clock.now())
        post.carry()
        assert told(here)[0] == {"type": "endpoint.test", "timestamp": post.clock.now().isoformat(), "data": {}}
        offer()
        post.carry()
        post.clock.advance(timedelta(minutes=1))
        first = post.log(key)[0]
        with post.house.database.transaction() as session:
            services.replay(session, post.town.administrator, first.id, now=post.clock.now())
        post.carry()
        ids = [asked.headers["webhook-id"] for asked in here.asked]
    assert ids[1] == ids[2] != ids[0]
    assert [row.replay for row in post.log(key)] == [True, False, False]


def test_what_was_given_up_can_be_sent_again_all_at_once(post: Post, offer: Offer) -> None:
    with peer() as here:
        key, _ = post.add(here.url)
        for _ in range(3):
            offer()
        with post.house.database.transaction() as session:
            session.execute(text("UPDATE webhook_delivery SET status = 'given_up', attempts = 10"))
        assert post.carry() == Sent()
        with post.house.database.transaction() as session:
            assert services.replay_failed(session, post.town.administrator, key, now=post.clock.now()) == 3
        assert post.carry() == Sent(delivered=3)


def test_each_try_stands_in_the_log(post: Post, offer: Offer) -> None:
    with peer(answers("500 Oh")) as here:
        key, _ = post.add(here.url)
        offer()
        post.carry()
        here.behaviour = answers()
        post.clock.advance(timedelta(minutes=6))
        post.carry()
    (row,) = post.log(key)
    with post.house.database.reading() as session:
        tries = queries.attempts_of(session, post.town.administrator, row.id)
    assert [(each.answer, each.error) for each in tries] == [(500, "Answered 500"), (200, "")]


def test_only_the_events_that_were_chosen_come(post: Post, offer: Offer) -> None:
    with peer() as here:
        post.add(here.url, kinds=[FeedKind.RECALLED])
        made = offer()
        with post.house.database.transaction() as session:
            services.recall(session, post.town.advisor, made.id, reason="Wrong", now=post.clock.now())
        post.carry()
        assert [said["type"] for said in told(here)] == ["handoff.recalled"]


def test_another_units_endpoint_hears_nothing(post: Post, offer: Offer) -> None:
    with peer() as here:
        post.add(here.url, unit="highways")
        offer()
        assert post.carry() == Sent()
        assert here.arrivals == 0


def test_nothing_is_told_of_what_was_rolled_back(post: Post, offer: Offer) -> None:
    post.add("http://127.0.0.1:9/hook", kinds=[FeedKind.ACCEPTED])
    made = offer()
    with pytest.raises(ZeroDivisionError):
        _accepts_and_fails(post, made.id)
    with post.house.database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM webhook_delivery")) == 0
        assert session.scalar(text("SELECT count(*) FROM handoff_event WHERE kind = 'handoff.accepted'")) == 0


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "https://[fd00::1]/", "ftp://a.example/", "https://10.0.0.1/", "x"]
)
def test_an_address_that_is_closed_to_us_is_refused_when_it_is_typed(post: Post, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        post.add(url)
    assert refused.value.errors.keys() == {"url"}


def test_a_name_that_leads_to_a_closed_network_is_refused_when_it_is_sent(post: Post, offer: Offer) -> None:
    with peer() as here:
        key, _ = post.add(f"http://localhost:{here.port}/hook")
        offer()
        closed = post.house.settings.model_copy(update={"outbound_allowed": ()})
        assert Carrier(post.house.database, post.house.clock, closed, timeout=60.0).run(120) == Sent(failed=1)
        assert here.arrivals == 0
    assert "closed to us" in post.log(key)[0].last_error


def test_only_who_runs_the_organisation_sets_endpoints_up(post: Post) -> None:
    key, _ = post.add("http://127.0.0.1:9/hook")
    with post.house.database.transaction() as session:
        for work in (
            lambda: services.ping(session, post.town.officer, key, now=post.clock.now()),
            lambda: services.rotate_secret(session, post.town.monitor, key, now=post.clock.now()),
            lambda: queries.endpoints(session, post.town.advisor),
        ):
            with pytest.raises(NotAllowed):
                work()
        services.disable(session, post.town.administrator, key, reason="They move house", now=post.clock.now())
        with pytest.raises(Conflict):
            services.disable(session, post.town.administrator, key, reason="Again", now=post.clock.now())


def _accepts_and_fails(post: Post, handoff_id: UUID) -> None:
    with post.house.database.transaction() as session:
        services.accept(session, post.town.officer, handoff_id, now=post.clock.now())
        raise ZeroDivisionError
