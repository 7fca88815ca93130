"""What did not arrive stands on the desk: what it was, where it should have gone, how to try it again, or why it need not arrive."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.config import Settings
from app.enquiries import queries as enquiries
from app.enquiries.enums import EntryKind
from app.handoffs import services as handoffs
from app.handoffs.enums import Reach
from app.handoffs.rows import HandoffRow
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed
from app.kernel.paging import PageRequest
from app.oversight import queries, services
from app.oversight.enums import DeskList
from app.oversight.rows import StuckDelivery
from tests.support.council import Council, missed_bin

Offered = Callable[[], HandoffRow]


@pytest.fixture
def endpoint(session: Session, council: Council, clock: FixedClock, settings: Settings) -> UUID:
    """Waste Services have a system that is told by webhook."""
    key, _ = handoffs.add_endpoint(
        session, council.administrator, unit="waste", name="Round planner", url="https://8.8.8.8/in", settings=settings,
        now=clock.now(),
    )  # fmt: skip
    return key


@pytest.fixture
def offered(session: Session, council: Council, clock: FixedClock) -> Offered:
    def make() -> HandoffRow:
        row = missed_bin(session, council.advisor, now=clock.now())
        made = handoffs.offer(session, council.advisor, row.reference, unit="waste", now=clock.now())
        session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
        session.expire_all()
        return made

    return make


def on_the_desk(session: Session, clock: FixedClock) -> dict[str, str]:
    page = queries.listing(
        session, DeskList.DELIVERIES, limits=queries.limits(session), now=clock.now(), page=PageRequest()
    )
    return {row.reference: row.note for row in page.items}


def stuck(session: Session, council: Council, reference: str, clock: FixedClock) -> tuple[StuckDelivery, ...]:
    row = enquiries.enquiry(session, council.monitor, reference)
    return queries.stuck_deliveries(session, row.id, now=clock.now())


def give_up(session: Session, clock: FixedClock) -> None:
    """Ten tries, and the last one failed just now."""
    session.execute(
        text("UPDATE webhook_delivery SET status = 'given_up', attempts = 10, last_error = 'Answered 503', next_attempt_at = :n"),
        {"n": clock.now()},
    )  # fmt: skip
    session.execute(
        text("UPDATE handoff SET delivery = 'failed', delivery_error = 'Answered 503', delivery_attempts = 10, tried_at = :n WHERE state = 'offered'"),
        {"n": clock.now()},
    )  # fmt: skip
    session.expire_all()


def test_an_offer_on_its_way_is_not_stuck_and_one_that_failed_is(
    session: Session, council: Council, clock: FixedClock, endpoint: UUID, offered: Offered
) -> None:
    made = offered()
    clock.advance(timedelta(minutes=10))
    assert on_the_desk(session, clock) == {}
    clock.advance(timedelta(minutes=10))
    assert on_the_desk(session, clock) == {made.reference: "A handoff did not reach the service"}
    give_up(session, clock)
    found = stuck(session, council, made.reference, clock)
    assert {each.to for each in found} == {"Waste Services", "Round planner"}
    assert {(each.tries, each.error) for each in found} == {(10, "Answered 503")}


def test_what_a_system_was_not_told_of_a_handoff_that_it_accepted_is_stuck_too(
    session: Session, council: Council, clock: FixedClock, endpoint: UUID, offered: Offered
) -> None:
    made = offered()
    handoffs.accept(session, council.officer, made.id, now=clock.now())
    session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
    give_up(session, clock)
    assert on_the_desk(session, clock) == {
        made.reference: "What happened to a handoff was not told to the service's system"
    }
    (found,) = stuck(session, council, made.reference, clock)
    assert found.delivery_id is not None, "it leads to the log with the replay"


def test_a_replay_that_arrived_takes_it_off_the_desk(
    session: Session, council: Council, clock: FixedClock, endpoint: UUID, offered: Offered
) -> None:
    made = offered()
    handoffs.accept(session, council.officer, made.id, now=clock.now())
    session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
    give_up(session, clock)
    (found,) = stuck(session, council, made.reference, clock)
    assert found.delivery_id is not None
    again = handoffs.replay(session, council.administrator, found.delivery_id, now=clock.now())
    session.execute(
        text("UPDATE webhook_delivery SET status = 'delivered', delivered_at = :n WHERE id = :id"),
        {"n": clock.now(), "id": again},
    )
    assert on_the_desk(session, clock) == {}


def test_an_endpoint_that_a_person_switched_off_is_no_alarm_and_one_that_is_gone_is(
    session: Session, council: Council, clock: FixedClock, endpoint: UUID, offered: Offered
) -> None:
    made = offered()
    handoffs.accept(session, council.officer, made.id, now=clock.now())
    session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
    handoffs.disable(session, council.administrator, endpoint, reason="They move house", now=clock.now())
    clock.advance(timedelta(hours=1))
    assert on_the_desk(session, clock) == {}
    session.execute(text("UPDATE webhook_endpoint SET disabled_reason = 'The endpoint said that it is gone (410)'"))
    assert on_the_desk(session, clock).keys() == {made.reference}


def test_an_open311_office_whose_answers_do_not_come_is_seen_after_a_quarter_of_an_hour(
    session: Session, council: Council, clock: FixedClock, settings: Settings, offered: Offered
) -> None:
    handoffs.connect(
        session, council.administrator, unit="waste", reach=Reach.OPEN311, open311_url="https://8.8.8.8/v2", settings=settings,
        now=clock.now(),
    )  # fmt: skip
    made = offered()
    session.execute(text("UPDATE handoff SET delivery = 'sent', external_id = '42'"))
    session.execute(
        text("UPDATE service_connection SET failing_since = :n, poll_error = 'Answered 500'"), {"n": clock.now()}
    )
    session.expire_all()
    assert on_the_desk(session, clock) == {}
    clock.advance(timedelta(minutes=16))
    assert on_the_desk(session, clock) == {made.reference: "What the service's system says does not reach us"}


def test_the_mail_of_an_offer_that_has_not_left_is_a_handoff_that_did_not_arrive(
    session: Session, council: Council, clock: FixedClock, settings: Settings
) -> None:
    handoffs.connect(
        session, council.administrator, unit="waste", reach=Reach.EMAIL, email="crew@contractor.example", settings=settings,
        now=clock.now(),
    )  # fmt: skip
    row = missed_bin(session, council.advisor, now=clock.now())
    handoffs.offer(session, council.advisor, row.reference, unit="waste", now=clock.now())
    session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at WHERE about_type = 'enquiry'"))
    clock.advance(timedelta(minutes=20))
    assert on_the_desk(session, clock) == {row.reference: "A handoff did not reach the service"}
    (found,) = stuck(session, council, row.reference, clock)
    assert found.to == "crew@contractor.example"


def test_sent_again_it_begins_anew_and_is_on_the_trail(
    session: Session, council: Council, clock: FixedClock, endpoint: UUID, offered: Offered
) -> None:
    made = offered()
    give_up(session, clock)
    with pytest.raises(NotAllowed):
        services.send_again(session, council.advisor, made.reference, now=clock.now())
    assert services.send_again(session, council.monitor, made.reference, now=clock.now()) == 1
    state = session.execute(
        text("SELECT h.delivery, h.delivery_attempts, d.status, d.attempts FROM handoff h, webhook_delivery d")
    ).one()
    assert tuple(state) == ("unprocessed", 0, "waiting", 0)
    actions = set(session.scalars(text("SELECT action FROM audit_entry")))
    assert {"oversight.sent_again", "handoff.sent_again"} <= actions


def test_there_is_nothing_to_send_again_when_everything_arrived(
    session: Session, council: Council, clock: FixedClock, offered: Offered
) -> None:
    made = offered()
    with pytest.raises(Conflict):
        services.send_again(session, council.monitor, made.reference, now=clock.now())


def test_an_offer_by_e_mail_that_bounced_goes_to_the_address_that_is_kept_now(
    session: Session, council: Council, clock: FixedClock, settings: Settings
) -> None:
    for address in ("old@contractor.example", "new@contractor.example"):
        handoffs.connect(
            session,
            council.administrator,
            unit="waste",
            reach=Reach.EMAIL,
            email=address,
            settings=settings,
            now=clock.now(),
        )
        if address.startswith("old"):
            row = missed_bin(session, council.advisor, now=clock.now())
            handoffs.offer(session, council.advisor, row.reference, unit="waste", now=clock.now())
            session.execute(text("UPDATE handoff SET delivery = 'failed', delivery_error = 'No such mailbox'"))
            session.execute(text("UPDATE message SET status = 'sent', sent_at = created_at"))
            session.expire_all()
    assert on_the_desk(session, clock).keys() == {row.reference}
    services.send_again(session, council.monitor, row.reference, now=clock.now())
    links = session.execute(text("SELECT sent_to, revoked_at IS NULL FROM handoff_link ORDER BY created_at, id"))
    assert {tuple(link) for link in links} == {("old@contractor.example", False), ("new@contractor.example", True)}
    assert on_the_desk(session, clock) == {}


def test_explained_it_is_off_the_desk_until_something_fails_again(
    session: Session, council: Council, clock: FixedClock, endpoint: UUID, offered: Offered
) -> None:
    made = offered()
    give_up(session, clock)
    with pytest.raises(Invalid):
        services.explain_delivery(session, council.monitor, made.reference, text=" ", version=None, now=clock.now())
    clock.advance(timedelta(minutes=1))
    services.explain_delivery(
        session, council.monitor, made.reference, text="I rang the depot: they have it", version=None, now=clock.now()
    )
    assert on_the_desk(session, clock) == {}
    kinds = [entry.kind for entry in enquiries.entries(session, council.monitor, made.reference)]
    assert EntryKind.NOTE in kinds
    clock.advance(timedelta(minutes=1))
    give_up(session, clock)
    assert on_the_desk(session, clock).keys() == {made.reference}


def test_the_figure_is_the_length_of_the_list(
    session: Session, council: Council, clock: FixedClock, endpoint: UUID, offered: Offered
) -> None:
    made = [offered() for _ in range(3)]
    give_up(session, clock)
    counts = queries.counts(session, limits=queries.limits(session), now=clock.now())
    assert counts[DeskList.DELIVERIES] == len(on_the_desk(session, clock)) == len(made)
