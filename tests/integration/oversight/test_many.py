"""Several enquiries at once: each by itself, the refused ones named, nothing lost, and a way back."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.enquiries import queries as enquiries
from app.enquiries import services as working
from app.enquiries.enums import State
from app.handoffs import services as handoffs
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.ids import new_id
from app.organisation import services as organisation
from app.oversight import queries, services
from app.oversight.enums import DeskAct, DeskList
from app.oversight.rows import BatchRow
from app.oversight.services import Wanted
from tests.integration.oversight.conftest import Waits
from tests.support.council import Council, missed_bin

STUCK = DeskList.STUCK


def where(session: Session, reference: str) -> tuple[State, str, str]:
    session.expire_all()
    row = enquiries.enquiry(session, SYSTEM, reference)
    return row.state, row.owner_name, row.queue_name


def claim(session: Session, council: Council, clock: FixedClock, *chosen: Wanted) -> BatchRow:
    return services.act_on_many(session, council.monitor, DeskAct.CLAIM, chosen, which=STUCK, now=clock.now())


def test_many_are_claimed_and_the_refused_one_is_named_and_as_it_was(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    first, second, third = waits(12, 13, 14)
    working.add_note(session, council.advisor, second, body="I am at it", now=clock.now())
    made = claim(session, council, clock, *(Wanted(reference, 1) for reference in (first, second, third)))
    assert [line.reference for line in made.done] == sorted([first, third])
    (refused,) = made.refused
    assert (refused.reference, refused.why) == (second, "Someone else changed this while you were working on it")
    assert where(session, first) == (State.ASSIGNED, "Moni Tor", "Waste intake")
    assert where(session, second) == (State.TRIAGE, "", "Waste intake")


def test_many_are_given_to_somebody_with_a_reason_and_each_customer_is_told(
    session: Session, council: Council, clock: FixedClock
) -> None:
    rows = [missed_bin(session, council.resident, now=clock.now()) for _ in range(3)]
    assert council.officer.account_id is not None
    made = services.act_on_many(
        session, council.leader, DeskAct.ASSIGN, [Wanted(row.reference) for row in rows], which=STUCK, reason="Stuck",
        to_account=council.officer.account_id, now=clock.now(),
    )  # fmt: skip
    assert len(made.done) == 3
    told = session.scalar(text("SELECT count(*) FROM message WHERE template = 'enquiry_reassigned'"))
    assert told == 3
    assert session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'oversight.assigned'")) == 3


def test_what_is_wrong_with_all_of_them_is_said_once_and_nothing_happens(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    chosen = [Wanted(reference) for reference in waits(12, 13)]
    for act, given, field in [
        (DeskAct.ASSIGN, {"reason": "x", "to_account": new_id()}, "to_account"),
        (DeskAct.ASSIGN, {"to_account": council.officer.account_id}, "reason"),
        (DeskAct.REROUTE, {"reason": "x", "queue": "nowhere"}, "queue"),
        (DeskAct.ESCALATE, {}, "reason"),
    ]:
        with pytest.raises(Invalid) as refused:
            services.act_on_many(session, council.monitor, act, chosen, which=STUCK, **given, now=clock.now())
        assert field in refused.value.errors
    for several in ([], [Wanted(f"FP-{number}") for number in range(101)]):
        with pytest.raises(Invalid):
            claim(session, council, clock, *several)
    assert session.scalar(text("SELECT count(*) FROM oversight_batch")) == 0


def test_only_who_may_act_at_the_desk_acts_on_many(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    chosen = [Wanted(reference) for reference in waits(12)]
    for somebody in (council.advisor, council.officer, council.administrator, council.resident):
        with pytest.raises(NotAllowed):
            services.act_on_many(session, somebody, DeskAct.CLAIM, chosen, which=STUCK, now=clock.now())


def test_what_does_not_exist_and_what_a_service_accepted_are_refused_by_name(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    offer = handoffs.offer(session, council.advisor, row.reference, unit="waste", now=clock.now())
    handoffs.accept(session, council.officer, offer.id, now=clock.now())
    made = claim(session, council, clock, Wanted(row.reference), Wanted("FP-0000-0000"))
    assert made.done == ()
    assert {line.reference for line in made.refused} == {row.reference, "FP-0000-0000"}
    assert not made.undoable


def test_undo_puts_each_back_where_it_was(session: Session, council: Council, clock: FixedClock, waits: Waits) -> None:
    (in_queue,) = waits(12)
    owned = missed_bin(session, council.resident, now=clock.now())
    working.start(session, council.advisor, owned.reference, version=None, now=clock.now())
    made = services.act_on_many(
        session, council.monitor, DeskAct.REROUTE, [Wanted(in_queue), Wanted(owned.reference)], which=STUCK,
        queue="monitoring-desk", reason="Ours", now=clock.advance(timedelta(minutes=1)),
    )  # fmt: skip
    assert len(made.done) == 2
    after = services.undo(session, council.leader, made.id, now=clock.advance(timedelta(minutes=1)))
    assert all(line.back for line in after.lines)
    assert where(session, in_queue) == (State.TRIAGE, "", "Waste intake")
    assert where(session, owned.reference)[:2] == (State.ASSIGNED, "Ada Visor")
    assert (after.undone_by, after.undoable) == ("Lee Der", False)
    with pytest.raises(Conflict):
        services.undo(session, council.leader, made.id, now=clock.now())


def test_what_somebody_has_touched_since_stays_with_them(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    first, second = waits(12, 13)
    made = claim(session, council, clock, Wanted(first), Wanted(second))
    working.start(session, council.leader, first, version=None, now=clock.now())
    after = services.undo(session, council.monitor, made.id, now=clock.advance(timedelta(minutes=1)))
    by_reference = {line.reference: line for line in after.lines}
    assert (by_reference[first].back, by_reference[second].back) == (False, True)
    assert by_reference[first].why
    assert where(session, first)[0] is State.IN_PROGRESS


def test_an_offer_that_was_taken_back_is_not_made_again_by_undoing(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, now=clock.now())
    handoffs.offer(session, council.advisor, row.reference, unit="waste", now=clock.now())
    made = claim(session, council, clock, Wanted(row.reference))
    after = services.undo(session, council.monitor, made.id, now=clock.advance(timedelta(minutes=1)))
    (line,) = after.lines
    assert (line.back, "Offer it again" in line.why) == (False, True)
    assert where(session, row.reference)[1] == "Moni Tor"


def test_customers_who_were_told_who_has_it_are_told_again_when_that_is_undone(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.resident, now=clock.now())
    assert council.officer.account_id is not None
    made = services.act_on_many(
        session, council.monitor, DeskAct.ASSIGN, [Wanted(row.reference)], which=STUCK, reason="Stuck",
        to_account=council.officer.account_id, now=clock.now(),
    )  # fmt: skip
    services.undo(session, council.monitor, made.id, now=clock.advance(timedelta(minutes=1)))
    told = session.scalar(text("SELECT count(*) FROM message WHERE template = 'enquiry_reassigned'"))
    assert told == 2


def test_an_escalation_is_sent_to_each_head_and_cannot_be_taken_back(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    assert council.officer.account_id is not None
    organisation.add_member(session, SYSTEM, council.officer.account_id, "waste", can_lead=True, now=clock.now())
    chosen = [Wanted(reference) for reference in waits(12, 13)]
    made = services.act_on_many(
        session, council.monitor, DeskAct.ESCALATE, chosen, which=STUCK, reason="Move them", now=clock.now()
    )
    assert (len(made.done), made.undoable) == (2, False)
    sent = session.scalar(text("SELECT count(*) FROM message WHERE template = 'oversight_escalated'"))
    assert sent == 2
    with pytest.raises(Conflict):
        services.undo(session, council.monitor, made.id, now=clock.now())
    with pytest.raises(NotFound):
        services.undo(session, council.monitor, UUID(int=0), now=clock.now())


def test_the_same_request_twice_does_it_once(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    chosen = [Wanted(reference, 1) for reference in waits(12, 13)]
    claim(session, council, clock, *chosen)
    again = claim(session, council, clock, *chosen)
    assert (len(again.done), len(again.refused)) == (0, 2)


def test_invariant_1_holds_over_the_tables_after_each_of_them(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    made = claim(session, council, clock, *(Wanted(reference) for reference in waits(12, 13, 50)))
    assert queries.custody_breaches(session, now=clock.now()) == 0
    services.undo(session, council.monitor, made.id, now=clock.advance(timedelta(minutes=1)))
    assert queries.custody_breaches(session, now=clock.now()) == 0
    lost = session.scalar(text("SELECT count(*) FROM enquiry WHERE owner_id IS NULL AND queue_id IS NULL"))
    assert lost == 0
