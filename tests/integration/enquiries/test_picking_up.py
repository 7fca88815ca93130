"""Nothing falls: a message that does not arrive becomes work, and what somebody had goes back to a queue when they leave."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.enquiries import queries
from app.enquiries import services as enquiries
from app.enquiries.enums import Disposition, EntryKind, State, Visibility
from app.enquiries.rows import EntryRow
from app.handoffs import queries as handoff_queries
from app.handoffs import services as handoffs
from app.handoffs.enums import HandoffState
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import FixedClock
from app.kernel.events import publish
from app.kernel.ids import new_id
from app.kernel.paging import PageRequest
from app.notifications import queries as notifications
from app.notifications.enums import MessageStatus, Template
from app.notifications.events import NotificationFailed
from app.oversight import queries as oversight
from tests.support.council import Council, missed_bin

PAGE = PageRequest()


def fails(session: Session, row_id: object, clock: FixedClock, template: Template = Template.ENQUIRY_RECEIVED) -> None:
    """The newest message of this template about the enquiry will not arrive."""
    messages = notifications.messages_about(session, "enquiry", row_id)  # type: ignore[arg-type]  # - an id
    message = next(message for message in reversed(messages) if message.template is template)
    event = NotificationFailed(
        message.id, template, MessageStatus.PERMANENT_FAILURE, ("enquiry", row_id), None, "550 no such user", clock.now()  # type: ignore[arg-type]  # - an id
    )  # fmt: skip
    publish(session, event)


def newest(session: Session, council: Council, reference: str, kind: EntryKind) -> EntryRow:
    return next(entry for entry in reversed(queries.entries(session, council.monitor, reference)) if entry.kind is kind)


def suspend(session: Session, council: Council, actor: Actor, clock: FixedClock) -> None:
    assert actor.account_id is not None
    accounts.suspend(session, SYSTEM, actor.account_id, now=clock.now())


def test_a_message_that_does_not_arrive_brings_the_enquiry_forward_and_says_so_to_staff(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(minutes=5))
    fails(session, row.id, clock)
    after = queries.enquiry(session, SYSTEM, row.reference)
    assert row.next_action_at is not None
    assert row.next_action_at > clock.now()
    assert after.next_action_at == clock.now()
    assert after.version > row.version
    line = newest(session, council, row.reference, EntryKind.NOT_REACHED)
    assert line.visibility is Visibility.INTERNAL
    assert line.text % line.params == "We could not reach the customer at jo@example.com: tell them another way"


def test_an_earlier_next_action_is_not_put_off(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    clock.move_to(row.promised_at + timedelta(days=3))
    fails(session, row.id, clock)
    assert queries.enquiry(session, SYSTEM, row.reference).next_action_at == row.next_action_at


def test_the_desk_lists_who_was_not_reached_until_somebody_has_worked_on_it(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    missed_bin(session, council.neighbour, now=clock.now())
    clock.advance(timedelta(minutes=5))
    fails(session, row.id, clock)
    fails(session, row.id, clock)
    (line,) = oversight.undelivered(session, now=clock.now(), page=PAGE).items
    assert (line.reference, line.address, line.failed_at) == (row.reference, "jo@example.com", clock.now())
    clock.advance(timedelta(minutes=5))
    enquiries.add_note(session, council.officer, row.reference, body="Rang them instead", now=clock.now())
    assert oversight.undelivered(session, now=clock.now(), page=PAGE).total == 0


def test_a_finished_enquiry_whose_last_message_failed_is_listed_too(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    enquiries.resolve(
        session, council.advisor, row.reference, disposition=Disposition.DONE, text="Emptied.", version=None, now=clock.now()
    )  # fmt: skip
    clock.advance(timedelta(minutes=5))
    fails(session, row.id, clock, Template.ENQUIRY_FINISHED)
    after = queries.enquiry(session, SYSTEM, row.reference)
    assert (after.state, after.next_action_at) == (State.RESOLVED, None)
    assert [line.reference for line in oversight.undelivered(session, now=clock.now(), page=PAGE).items] == [
        row.reference
    ]


@pytest.mark.parametrize("about", [None, ("account", new_id()), ("enquiry", new_id())])
def test_a_message_about_something_else_is_no_enquirys_business(
    session: Session, council: Council, clock: FixedClock, about: object
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    (message,) = notifications.messages_about(session, "enquiry", row.id)
    status = MessageStatus.PERMANENT_FAILURE
    publish(session, NotificationFailed(message.id, message.template, status, about, None, "550", clock.now()))  # type: ignore[arg-type]  # - pytest's parameters have no type
    assert oversight.undelivered(session, now=clock.now(), page=PAGE).total == 0


def test_what_a_leaver_had_goes_back_to_the_queue_of_their_unit(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    other = missed_bin(session, council.neighbour, now=clock.now())
    enquiries.start(session, council.officer, row.reference, version=None, now=clock.now())
    enquiries.start(session, council.officer_too, other.reference, version=None, now=clock.now())
    suspend(session, council, council.officer, clock)
    after = queries.enquiry(session, SYSTEM, row.reference)
    assert (after.state, after.queue_name, after.owner_id) == (State.TRIAGE, "Waste intake", None)
    line = newest(session, council, row.reference, EntryKind.OWNER_GONE)
    assert line.visibility is Visibility.INTERNAL
    assert line.text % line.params == "Wes Teofficer does not work here any more, so it went back to a queue"
    assert queries.enquiry(session, SYSTEM, other.reference).owner_name == "Wanda Teofficer"
    assert oversight.breaches(session, now=clock.now()) == ()


def test_what_a_leaver_had_finished_stays_finished(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    enquiries.resolve(
        session, council.officer, row.reference, disposition=Disposition.DONE, text="Emptied.", version=None, now=clock.now()
    )  # fmt: skip
    suspend(session, council, council.officer, clock)
    assert queries.enquiry(session, SYSTEM, row.reference).state is State.RESOLVED


def test_a_unit_without_a_queue_of_its_own_gets_it_where_the_service_takes_in(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    enquiries.start(session, council.leader, row.reference, version=None, now=clock.now())
    suspend(session, council, council.leader, clock)
    assert queries.enquiry(session, SYSTEM, row.reference).queue_name == "Waste intake"


def test_an_offer_of_a_leaver_is_taken_back(session: Session, council: Council, clock: FixedClock) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    offered = handoffs.offer(session, council.advisor, row.reference, now=clock.now())
    suspend(session, council, council.advisor, clock)
    assert queries.enquiry(session, SYSTEM, row.reference).state is State.TRIAGE
    assert handoff_queries.handoff(session, council.officer, offered.id).state is HandoffState.RECALLED


def test_what_a_leaver_of_the_service_had_begun_is_returned(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    offered = handoffs.offer(session, council.advisor, row.reference, now=clock.now())
    handoffs.accept(session, council.officer, offered.id, now=clock.now())
    handoffs.start(session, council.officer, offered.id, now=clock.now())
    suspend(session, council, council.officer, clock)
    after = queries.enquiry(session, SYSTEM, row.reference)
    assert (after.state, after.queue_name) == (State.TRIAGE, "Waste intake")
    assert handoff_queries.handoff(session, council.officer_too, offered.id).state is HandoffState.RETURNED
    assert oversight.breaches(session, now=clock.now()) == ()


def test_a_handoff_that_comes_back_to_somebody_who_has_left_goes_to_a_queue(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    offered = handoffs.offer(session, council.advisor, row.reference, now=clock.now())
    handoffs.accept(session, council.officer, offered.id, now=clock.now())
    suspend(session, council, council.advisor, clock)
    assert queries.enquiry(session, SYSTEM, row.reference).owner_name == "Wes Teofficer"
    handoffs.return_to_sender(session, council.officer, offered.id, missing="Which gate?", now=clock.now())
    after = queries.enquiry(session, SYSTEM, row.reference)
    assert (after.state, after.owner_id) == (State.TRIAGE, None)
    assert oversight.breaches(session, now=clock.now()) == ()


def test_a_resident_who_is_suspended_keeps_their_enquiries(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    suspend(session, council, council.resident, clock)
    assert queries.enquiry(session, SYSTEM, row.reference) == row


def test_queues_that_name_a_leaver_show_on_the_desk(session: Session, council: Council, clock: FixedClock) -> None:
    assert oversight.queue_gaps(session) == ()
    suspend(session, council, council.leader, clock)
    suspend(session, council, council.monitor, clock)
    found = [(gap.name, gap.gone, gap.person) for gap in oversight.queue_gaps(session)]
    assert found == [
        ("Monitoring desk", "Monitor", "Moni Tor"), ("Monitoring desk", "Owner", "Lee Der"),
        ("Waste intake", "Monitor", "Moni Tor"), ("Waste intake", "Owner", "Lee Der"),
    ]  # fmt: skip
