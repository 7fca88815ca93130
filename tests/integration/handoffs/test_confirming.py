"""The last act of the contract: the sender confirms that they have seen how it ended; the customer has heard it already."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.enquiries import queries as enquiries
from app.enquiries import services as working
from app.enquiries.enums import State
from app.handoffs import services
from app.handoffs.enums import HandoffState
from app.handoffs.errors import HandoffNotFromHere
from app.handoffs.rows import HandoffRow
from app.kernel.clock import FixedClock
from app.kernel.errors import NotFound, Stale
from app.notifications import queries as notifications
from tests.support.council import Council, missed_bin


@pytest.fixture
def offered(session: Session, council: Council, clock: FixedClock) -> HandoffRow:
    row = missed_bin(session, council.advisor, now=clock.now())
    return services.offer(session, council.advisor, row.reference, unit="waste", now=clock.now())


@pytest.fixture
def completed(session: Session, council: Council, clock: FixedClock, offered: HandoffRow) -> HandoffRow:
    services.accept(session, council.officer, offered.id, now=clock.now())
    clock.advance(timedelta(hours=1))
    return services.complete(session, council.officer, offered.id, text="We came back at noon.", now=clock.now())


def told(session: Session, row: HandoffRow, council: Council) -> list[str]:
    enquiry = enquiries.enquiry(session, council.monitor, row.reference)
    return [message.template.value for message in notifications.messages_about(session, "enquiry", enquiry.id)]


def test_the_sender_confirms_and_it_is_on_the_trail(
    session: Session, council: Council, clock: FixedClock, completed: HandoffRow
) -> None:
    assert completed.allowed == {HandoffState.CONFIRMED}
    done = services.confirm(session, council.advisor, completed.id, version=completed.version, now=clock.now())
    assert (done.state, done.allowed) == (HandoffState.CONFIRMED, frozenset())
    trail = session.execute(
        text("SELECT actor_name FROM audit_entry WHERE action = 'handoff.confirmed' AND object_id = :id"),
        {"id": completed.id},
    ).scalars()
    assert list(trail) == ["Ada Visor"]


def test_team_leaders_and_monitors_confirm_for_a_sender_who_is_away_and_nobody_else_does(
    session: Session, council: Council, clock: FixedClock, completed: HandoffRow
) -> None:
    for somebody in (council.colleague, council.officer, council.roads, council.resident):
        with pytest.raises(NotFound):
            services.confirm(session, somebody, completed.id, now=clock.now())
    assert services.confirm(session, council.monitor, completed.id, now=clock.now()).state is HandoffState.CONFIRMED


def test_the_customer_hears_of_the_end_when_the_service_completes_and_nothing_more_when_it_is_confirmed(
    session: Session, council: Council, clock: FixedClock, completed: HandoffRow
) -> None:
    before = told(session, completed, council)
    assert before[-1] == "enquiry_finished"
    services.confirm(session, council.advisor, completed.id, now=clock.now())
    assert told(session, completed, council) == before
    row = enquiries.enquiry(session, council.monitor, completed.reference)
    assert (row.state, row.outcome) == (State.RESOLVED, "We came back at noon.")


def test_the_service_is_told_that_it_was_confirmed(
    session: Session, council: Council, clock: FixedClock, completed: HandoffRow
) -> None:
    services.confirm(session, council.advisor, completed.id, now=clock.now())
    kinds = session.scalars(
        text("SELECT kind FROM handoff_event WHERE handoff_id = :id ORDER BY sequence"), {"id": completed.id}
    )
    assert list(kinds) == ["handoff.offered", "handoff.accepted", "handoff.completed", "handoff.confirmed"]


def test_only_what_was_completed_is_confirmed_and_only_once(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    with pytest.raises(HandoffNotFromHere):
        services.confirm(session, council.advisor, offered.id, now=clock.now())
    services.accept(session, council.officer, offered.id, now=clock.now())
    done = services.complete(session, council.officer, offered.id, text="Done.", now=clock.now())
    with pytest.raises(Stale):
        services.confirm(session, council.advisor, offered.id, version=done.version - 1, now=clock.now())
    services.confirm(session, council.advisor, offered.id, now=clock.now())
    with pytest.raises(HandoffNotFromHere):
        services.confirm(session, council.advisor, offered.id, now=clock.now())


def test_a_sender_who_is_not_content_opens_it_again_instead_of_confirming(
    session: Session, council: Council, clock: FixedClock, completed: HandoffRow
) -> None:
    clock.advance(timedelta(minutes=5))
    working.reopen(session, council.advisor, completed.reference, reason="Still there", version=None, now=clock.now())
    row = enquiries.enquiry(session, council.monitor, completed.reference)
    assert row.state is State.TRIAGE
    again = services.offer(session, council.leader, completed.reference, unit="waste", now=clock.now())
    assert again.state is HandoffState.OFFERED
