"""Urgent: a reason, a deadline and somebody with the authority; then in front of everything else, and counted."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.paging import PageRequest
from app.organisation import services as organisation
from app.organisation.enums import Authority
from app.routing import services as routing
from tests.support.council import Council, missed_bin

PAGE = PageRequest()


@pytest.fixture
def row(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    return missed_bin(session, council.resident, now=clock.now())


def ask(
    session: Session, actor: Actor, row: EnquiryRow, clock: FixedClock, reason: str = "A baby in the house"
) -> EnquiryRow:
    deadline = clock.now() + timedelta(hours=5)
    return services.ask_urgent(
        session, actor, row.reference, reason=reason, deadline=deadline, version=None, now=clock.now()
    )


def test_an_advisor_asks_and_somebody_with_the_authority_decides(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    assert ask(session, council.advisor, row, clock).urgent_until is None
    for without in (council.advisor, council.colleague):
        with pytest.raises(NotAllowed):
            services.authorise_urgent(session, without, row.reference, now=clock.now())
    authorised = services.authorise_urgent(session, council.leader, row.reference, now=clock.now())
    assert authorised.urgent_until == clock.now() + timedelta(hours=5)
    assert authorised.next_action_at == authorised.urgent_until
    flag = queries.urgency(session, council.advisor, row.reference)
    assert flag is not None
    assert (flag.asked_by, flag.authorised_by, flag.reason) == ("Ada Visor", "Lee Der", "A baby in the house")


def test_who_has_the_authority_authorises_with_the_asking(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    assert ask(session, council.leader, row, clock).urgent_until is not None


def test_the_authority_can_be_given_to_a_person(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    account_id = council.advisor.account_id
    assert account_id is not None
    organisation.set_authorities(
        session, council.administrator, account_id, {Authority.APPROVE_URGENT: None}, now=clock.now()
    )
    assert ask(session, council.advisor, row, clock).urgent_until is not None


def test_a_refusal_says_why_and_leaves_an_ordinary_enquiry(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    ask(session, council.advisor, row, clock)
    with pytest.raises(Invalid):
        services.refuse_urgent(session, council.leader, row.reference, reason=" ", now=clock.now())
    refused = services.refuse_urgent(session, council.leader, row.reference, reason="It can wait", now=clock.now())
    assert refused.urgent_until is None
    with pytest.raises(NotFound):
        services.authorise_urgent(session, council.leader, row.reference, now=clock.now())


@pytest.mark.parametrize("given", [(" ", 5, "reason"), ("x", 0, "deadline"), ("x", -5, "deadline")])
def test_it_needs_a_reason_and_a_deadline_to_come(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow, given: tuple[str, int, str]
) -> None:
    reason, hours, wrong = given
    with pytest.raises(Invalid) as refused:
        services.ask_urgent(
            session, council.leader, row.reference, reason=reason, deadline=clock.now() + timedelta(hours=hours), version=None,
            now=clock.now(),
        )  # fmt: skip
    assert refused.value.errors.keys() == {wrong}


def test_it_cannot_be_asked_twice_and_ends_with_a_reason(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    ask(session, council.leader, row, clock)
    with pytest.raises(Conflict):
        ask(session, council.leader, row, clock)
    ended = services.end_urgent(session, council.leader, row.reference, reason="Done by phone", now=clock.now())
    assert ended.urgent_until is None
    assert ask(session, council.leader, row, clock).urgent_until is not None


def test_urgent_work_comes_first_in_lists_and_to_whoever_takes_the_next(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    clock.advance(timedelta(days=2))
    later = missed_bin(session, council.neighbour, now=clock.now())
    ask(session, council.leader, later, clock)
    listed = queries.worklist(session, page=PAGE, now=clock.now())
    assert [line.reference for line in listed.items] == [later.reference, row.reference]
    only = queries.worklist(session, urgent=True, page=PAGE, now=clock.now())
    assert [line.reference for line in only.items] == [later.reference]
    taken = routing.pick_next(session, council.officer, now=clock.now())
    assert taken is not None
    assert taken.reference == later.reference


def test_it_is_counted_and_listed(session: Session, council: Council, clock: FixedClock, row: EnquiryRow) -> None:
    other = missed_bin(session, council.neighbour, now=clock.now())
    ask(session, council.leader, row, clock)
    ask(session, council.advisor, other, clock)
    assert queries.urgent_counts(session, now=clock.now()) == (1, 0, 1)
    assert queries.urgent_counts(session, now=clock.now() + timedelta(hours=6)) == (1, 1, 1)
    assert [flag.reference for flag in queries.urgent(session, page=PAGE).items] == [row.reference]
    assert [flag.reference for flag in queries.urgent(session, waiting=True, page=PAGE).items] == [other.reference]


def test_what_nobody_answers_by_the_deadline_lapses(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    ask(session, council.advisor, row, clock)
    assert services.lapse_requests(session, now=clock.now()) == 0
    clock.advance(timedelta(hours=6))
    assert services.lapse_requests(session, now=clock.now()) == 1
    assert queries.urgency(session, council.advisor, row.reference) is None


def test_what_is_finished_is_not_urgent(session: Session, council: Council, clock: FixedClock, row: EnquiryRow) -> None:
    ask(session, council.leader, row, clock)
    services.withdraw(session, council.leader, row.reference, reason="x", version=None, now=clock.now())
    assert queries.urgent_counts(session, now=clock.now()) == (0, 0, 0)


def test_the_database_takes_no_urgent_flag_that_nobody_authorised(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    ask(session, council.advisor, row, clock)
    with pytest.raises(IntegrityError, match="authorised"), session.begin_nested():
        session.execute(text("UPDATE enquiry SET urgent_until = :at"), {"at": clock.now() + timedelta(hours=5)})
