"""The contract of a handoff: the sender answers for it until it is accepted, the promise never resets, the third bounce escalates."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind
from app.enquiries import queries as enquiries
from app.enquiries import services as enquiry_services
from app.enquiries.enums import CustomerStatus, Disposition, State
from app.enquiries.rows import EnquiryRow
from app.handoffs import queries, services
from app.handoffs.enums import DeliveryState, HandoffState
from app.handoffs.errors import HandoffNotFromHere
from app.handoffs.policy import TRANSITIONS
from app.handoffs.rows import HandoffRow
from app.kernel.actors import SYSTEM, Role
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.paging import PageRequest
from app.notifications import queries as notifications
from app.organisation import services as organisation
from tests.support.council import Council, missed_bin, person


@pytest.fixture
def raised(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    return missed_bin(session, council.advisor, now=clock.now())


@pytest.fixture
def offered(session: Session, council: Council, clock: FixedClock, raised: EnquiryRow) -> HandoffRow:
    return services.offer(session, council.advisor, raised.reference, brief="The whole street", now=clock.now())


def enquiry(session: Session, council: Council, row: HandoffRow) -> EnquiryRow:
    return enquiries.enquiry(session, council.monitor, row.reference)


def told(session: Session, row: EnquiryRow) -> set[str]:
    return {message.template for message in notifications.messages_about(session, "enquiry", row.id)}


def test_the_sender_answers_for_it_until_it_is_accepted(
    session: Session, council: Council, offered: HandoffRow
) -> None:
    row = enquiry(session, council, offered)
    assert (row.state, row.owner_name, row.unit_name) == (State.WITH_SERVICE, "Ada Visor", "Contact Centre")
    assert row.next_action_at == offered.accept_by


def test_sent_is_never_shown_as_accepted(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    assert (offered.delivery, offered.delivery_label) == (DeliveryState.SENT, "Sent, not yet accepted")
    assert "enquiry_accepted" not in told(session, enquiry(session, council, offered))
    accepted = services.accept(session, council.officer, offered.id, now=clock.now())
    assert accepted.delivery_label == "Accepted"


def test_accepting_moves_accountability_and_tells_the_customer_but_not_the_promise(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow, offered: HandoffRow
) -> None:
    clock.advance(timedelta(hours=2))
    services.accept(session, council.officer, offered.id, version=offered.version, now=clock.now())
    row = enquiry(session, council, offered)
    assert (row.owner_name, row.unit_name, row.held_since) == ("Wes Teofficer", "Waste Services", clock.now())
    assert row.promised_at == raised.promised_at
    assert row.status is CustomerStatus.BEING_LOOKED_AT
    assert "enquiry_accepted" in told(session, row)


def test_completing_resolves_it_with_the_text_for_the_customer(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    services.accept(session, council.officer, offered.id, now=clock.now())
    services.start(session, council.officer_too, offered.id, now=clock.now())
    with pytest.raises(Invalid):
        services.complete(session, council.officer, offered.id, text=" ", now=clock.now())
    session.expire_all()
    done = services.complete(session, council.officer, offered.id, text="We came back at noon.", now=clock.now())
    row = enquiry(session, council, offered)
    assert (done.state, row.state, row.outcome) == (HandoffState.COMPLETED, State.RESOLVED, "We came back at noon.")
    assert "enquiry_finished" in told(session, row)
    assert services.confirm(session, council.advisor, offered.id, now=clock.now()).state is HandoffState.CONFIRMED


def test_declining_needs_a_reason_and_gives_it_back_to_the_sender(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    with pytest.raises(Invalid):
        services.decline(session, council.officer, offered.id, reason="", now=clock.now())
    declined = services.decline(
        session,
        council.officer,
        offered.id,
        reason="A private bin",
        suggested_unit="environmental-health",
        now=clock.now(),
    )
    row = enquiry(session, council, offered)
    assert (declined.state, declined.suggested_unit_name, declined.bounces) == (
        HandoffState.DECLINED,
        "Environmental Health",
        1,
    )
    assert (row.state, row.owner_name, row.unit_name) == (State.RETURNED, "Ada Visor", "Contact Centre")


def test_what_lacks_something_comes_back_after_acceptance(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    services.accept(session, council.officer, offered.id, now=clock.now())
    returned = services.return_to_sender(session, council.officer, offered.id, missing="Which gate?", now=clock.now())
    row = enquiry(session, council, offered)
    assert (returned.state, returned.reason, row.state, row.owner_name) == (
        HandoffState.RETURNED, "Which gate?", State.RETURNED, "Ada Visor",
    )  # fmt: skip


def test_an_offer_that_nobody_answers_comes_back_when_its_clock_runs_out(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    assert offered.accept_by is not None
    assert services.expire_due(session, now=offered.accept_by - timedelta(seconds=1)) == 0
    assert services.expire_due(session, now=offered.accept_by) == 1
    assert enquiry(session, council, offered).state is State.RETURNED
    (unattended,) = queries.expired_unattended(session, now=offered.accept_by)
    assert unattended.reference == offered.reference
    services.offer(session, council.advisor, offered.reference, now=offered.accept_by)
    assert queries.expired_unattended(session, now=offered.accept_by) == ()


def test_the_third_bounce_goes_to_the_monitoring_desk_by_itself(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    handoff = offered
    for bounce in (1, 2, 3):
        services.decline(
            session, council.officer, handoff.id, reason="Not ours", suggested_unit="highways", now=clock.now()
        )
        row = enquiry(session, council, handoff)
        if bounce < 3:
            assert row.state is State.RETURNED
            clock.advance(timedelta(minutes=10))
            handoff = services.offer(session, council.advisor, handoff.reference, now=clock.now())
    assert (row.state, row.queue_name, row.owner_id) == (State.TRIAGE, "Monitoring desk", None)


def test_the_sender_can_take_back_what_nobody_has_accepted(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    with pytest.raises(NotFound):
        services.recall(session, council.colleague, offered.id, reason="x", now=clock.now())
    services.recall(session, council.advisor, offered.id, reason="Wrong unit", now=clock.now())
    assert enquiry(session, council, offered).state is State.RETURNED
    with pytest.raises(HandoffNotFromHere):
        services.accept(session, council.officer, offered.id, now=clock.now())


def test_another_units_handoff_is_not_found(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    with pytest.raises(NotFound):
        queries.handoff(session, council.roads, offered.id)
    with pytest.raises(NotFound):
        services.accept(session, council.roads, offered.id, now=clock.now())
    with pytest.raises(NotFound):
        queries.handoff(session, council.officer, uuid4())
    with pytest.raises(NotAllowed):
        services.accept(session, council.advisor, offered.id, now=clock.now())
    assert queries.inbox(session, council.roads, page=PageRequest()).total == 0


def test_the_inbox_shows_what_waits_for_the_unit_and_the_sender_keeps_seeing_it(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    (inside,) = queries.inbox(session, council.officer, page=PageRequest()).items
    assert (inside.id, inside.raiser_name, inside.brief) == (offered.id, "Josephine Bloggs", "The whole street")
    assert queries.handoff(session, council.officer, offered.id).answers[0].question_id == "property"
    assert council.officer.account_id is not None
    assert queries.waiting(session, council.officer.account_id) == 1
    services.accept(session, council.officer, offered.id, now=clock.now())
    services.complete(session, council.officer, offered.id, text="Done", now=clock.now())
    assert queries.inbox(session, council.officer, page=PageRequest()).total == 0
    (kept,) = queries.sent(session, council.advisor, page=PageRequest()).items
    assert (kept.state, kept.outcome) == (HandoffState.COMPLETED, "Done")


def test_of_two_officers_with_one_screen_the_second_is_stale(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    services.accept(session, council.officer, offered.id, version=offered.version, now=clock.now())
    with pytest.raises(Stale):
        services.accept(session, council.officer_too, offered.id, version=offered.version, now=clock.now())


def test_while_it_is_with_a_service_it_is_not_resolved_past_it(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    for verb, extra in (("resolve", {"disposition": Disposition.DONE, "text": "x"}), ("withdraw", {"reason": "x"})):
        with pytest.raises(Conflict, match="with a service"):
            getattr(enquiry_services, verb)(
                session, council.advisor, offered.reference, version=None, now=clock.now(), **extra
            )
    with pytest.raises(Conflict):
        services.offer(session, council.advisor, offered.reference, now=clock.now())


def test_a_unit_without_people_cannot_be_offered_anything(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow
) -> None:
    with pytest.raises(Invalid) as refused:
        services.offer(session, council.advisor, raised.reference, unit="housing", now=clock.now())
    assert refused.value.errors.keys() == {"unit"}


def test_moving_an_offered_enquiry_takes_the_offer_back(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    enquiry_services.triage(
        session, council.leader, offered.reference, queue="monitoring-desk", version=None, now=clock.now()
    )
    session.expire_all()
    assert queries.handoff(session, council.monitor, offered.id).state is HandoffState.RECALLED


@pytest.mark.parametrize("old", sorted(HandoffState))
def test_the_database_allows_exactly_the_moves_of_the_policy(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow, old: HandoffState
) -> None:
    complete = (
        "UPDATE handoff SET state = :old, officer_id = sender_id, accepted_at = offered_at, completed_at = offered_at,"
        " outcome = 'x', reason = 'x', suggested_unit_id = unit_id"
    )
    session.execute(text("ALTER TABLE handoff DISABLE TRIGGER guard_handoff_state"))
    session.execute(text(complete), {"old": old.value})
    session.execute(text("ALTER TABLE handoff ENABLE TRIGGER guard_handoff_state"))
    allowed = set()
    for new in HandoffState:
        attempt = session.begin_nested()
        try:
            session.execute(text("UPDATE handoff SET state = :new"), {"new": new.value})
            allowed.add(new)
        except IntegrityError:
            pass
        attempt.rollback()
    assert allowed == TRANSITIONS[old] | {old}


def test_a_service_account_works_its_units_handoffs_through_the_same_door(
    session: Session, council: Council, clock: FixedClock, offered: HandoffRow
) -> None:
    depot = person(session, "Depot System", Role.SERVICE, now=clock.now(), kind=AccountKind.SERVICE)
    with pytest.raises(NotFound):
        services.accept(session, depot, offered.id, now=clock.now())
    assert depot.account_id is not None
    organisation.add_member(session, SYSTEM, depot.account_id, "waste", now=clock.now())
    services.accept(session, depot, offered.id, now=clock.now())
    services.complete(session, depot, offered.id, text="Emptied", now=clock.now())
    assert enquiry(session, council, offered).state is State.RESOLVED
