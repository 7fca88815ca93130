"""Referrals: the work is shared, and the one who asks stays accountable."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.enquiries import queries as enquiries
from app.enquiries import services as enquiry_services
from app.enquiries.rows import EnquiryRow
from app.handoffs import queries, services
from app.handoffs.enums import ReferralState
from app.handoffs.policy import REFERRAL_MOVES
from app.handoffs.rows import ReferralRow
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.paging import PageRequest
from tests.support.council import Council, missed_bin


@pytest.fixture
def raised(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    return missed_bin(session, council.advisor, now=clock.now())


@pytest.fixture
def asked(session: Session, council: Council, clock: FixedClock, raised: EnquiryRow) -> ReferralRow:
    return services.refer(
        session, council.advisor, raised.reference, unit="highways", question="Is the lane closed?", now=clock.now()
    )


def test_nothing_about_the_enquiry_moves(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow, asked: ReferralRow
) -> None:
    clock.advance(timedelta(hours=1))
    services.answer(session, council.roads, asked.id, text="Until Friday", now=clock.now())
    after = enquiries.enquiry(session, council.monitor, raised.reference)
    assert (after.state, after.owner_id, after.unit_id, after.queue_id) == (
        raised.state, raised.owner_id, raised.unit_id, raised.queue_id,
    )  # fmt: skip
    assert (after.promised_at, after.next_action_at, after.version) == (
        raised.promised_at, raised.next_action_at, raised.version,
    )  # fmt: skip


def test_the_unit_finds_it_answers_once_and_the_one_who_asked_reads_it(
    session: Session, council: Council, clock: FixedClock, asked: ReferralRow
) -> None:
    (inside,) = queries.referrals_for(session, council.roads, page=PageRequest()).items
    assert (inside.question, inside.open, inside.answer_by > clock.now()) == ("Is the lane closed?", True, True)
    with pytest.raises(Stale):
        services.answer(session, council.roads, asked.id, text="x", version=9, now=clock.now())
    services.answer(session, council.roads, asked.id, text="Until Friday", version=asked.version, now=clock.now())
    read = queries.referral(session, council.advisor, asked.id)
    assert (read.state, read.answer, read.answered_by) == (ReferralState.ANSWERED, "Until Friday", "Rhoda Smith")
    with pytest.raises(Conflict):
        services.decline_referral(session, council.roads, asked.id, text="No", now=clock.now())


def test_others_are_not_asked(session: Session, council: Council, clock: FixedClock, asked: ReferralRow) -> None:
    with pytest.raises(NotFound):
        services.answer(session, council.officer, asked.id, text="x", now=clock.now())
    with pytest.raises(NotFound):
        queries.referral(session, council.neighbour, asked.id)
    with pytest.raises(NotFound):
        services.withdraw_referral(session, council.colleague, asked.id, now=clock.now())
    with pytest.raises(NotAllowed):
        services.answer(session, council.advisor, asked.id, text="x", now=clock.now())
    assert queries.referrals_for(session, council.officer, page=PageRequest()).total == 0


def test_a_question_needs_words_and_another_unit(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow
) -> None:
    for unit, question in (("highways", " "), ("waste", "It is theirs already"), ("housing", "Nobody there?")):
        with pytest.raises(Invalid):
            services.refer(session, council.advisor, raised.reference, unit=unit, question=question, now=clock.now())


def test_when_the_enquiry_ends_nobody_has_to_answer(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow, asked: ReferralRow
) -> None:
    enquiry_services.withdraw(
        session, council.leader, raised.reference, reason="They called off", version=None, now=clock.now()
    )
    assert queries.referral(session, council.advisor, asked.id).state is ReferralState.WITHDRAWN
    with pytest.raises(Conflict):
        services.refer(session, council.advisor, raised.reference, unit="highways", question="Still?", now=clock.now())


def test_the_database_allows_exactly_the_moves_of_the_policy(
    session: Session, council: Council, asked: ReferralRow
) -> None:
    for old in ReferralState:
        session.execute(text("ALTER TABLE referral DISABLE TRIGGER guard_referral_state"))
        change = "UPDATE referral SET state = CAST(:s AS varchar), answer = 'x', answered_by_id = asked_by_id, ended_at = CASE WHEN CAST(:s AS varchar) = 'asked' THEN NULL ELSE asked_at END"
        session.execute(text(change), {"s": old.value})
        session.execute(text("ALTER TABLE referral ENABLE TRIGGER guard_referral_state"))
        allowed = set()
        for new in ReferralState:
            attempt = session.begin_nested()
            try:
                session.execute(text(change), {"s": new.value})
                allowed.add(new)
            except IntegrityError:
                pass
            attempt.rollback()
        assert allowed == REFERRAL_MOVES[old] | {old}


def later(clock: FixedClock) -> datetime:
    clock.advance(timedelta(minutes=1))
    return clock.now()


def lines_of(session: Session, actor: Actor, reference: str) -> list[tuple[str, str, str]]:
    """What its timeline says of referrals: the words, what was written, and by whom; the first first."""
    return [
        (line.text % line.params, line.body, line.who)
        for line in reversed(enquiries.entries(session, actor, reference))
        if line.kind.value.startswith("referral_")
    ]


def test_each_step_is_a_line_of_the_timeline_for_colleagues(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow, asked: ReferralRow
) -> None:
    services.answer(session, council.roads, asked.id, text="Until Friday", now=later(clock))
    again = {"unit": "highways", "question": "And on Monday?"}
    declined = services.refer(session, council.advisor, raised.reference, **again, now=later(clock))
    services.decline_referral(session, council.roads, declined.id, text="Not our lane", now=later(clock))
    taken_back = services.refer(session, council.advisor, raised.reference, **again, now=later(clock))
    services.withdraw_referral(session, council.advisor, taken_back.id, now=later(clock))
    assert lines_of(session, council.monitor, raised.reference) == [
        ("Highways was asked for its part", "Is the lane closed?", "Ada Visor"),
        ("Highways answered", "Until Friday", "Rhoda Smith"),
        ("Highways was asked for its part", "And on Monday?", "Ada Visor"),
        ("Highways cannot help", "Not our lane", "Rhoda Smith"),
        ("Highways was asked for its part", "And on Monday?", "Ada Visor"),
        ("Highways need not answer any more", "", "Ada Visor"),
    ]


def test_the_customer_reads_nothing_of_what_units_ask_each_other(
    session: Session, council: Council, clock: FixedClock
) -> None:
    own = missed_bin(session, council.resident, now=clock.now())
    services.refer(session, council.advisor, own.reference, unit="highways", question="Closed?", now=clock.now())
    assert lines_of(session, council.monitor, own.reference) != []
    assert lines_of(session, council.resident, own.reference) == []


def test_what_ends_with_the_enquiry_is_told_too(
    session: Session, council: Council, clock: FixedClock, raised: EnquiryRow, asked: ReferralRow
) -> None:
    enquiry_services.withdraw(
        session, council.leader, raised.reference, reason="They called off", version=None, now=later(clock)
    )
    (_, last) = lines_of(session, council.monitor, raised.reference)
    assert last[0] == "Highways need not answer any more"
