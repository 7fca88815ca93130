"""The life of an enquiry: every verb from its right states, what it needs, and what the customer hears of it."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.enums import CustomerStatus, Disposition, EntryKind, State
from app.enquiries.errors import NotFromHere
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.notifications import queries as notifications
from tests.support.council import Council, missed_bin


@pytest.fixture
def mine(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    """An enquiry of the resident's, in the advisor's hands."""
    row = missed_bin(session, council.resident, now=clock.now())
    return services.start(session, council.advisor, row.reference, version=row.version, now=clock.now())


def told(session: Session, row: EnquiryRow) -> list[str]:
    return [message.template for message in notifications.messages_about(session, "enquiry", row.id)]


def next_week(clock: FixedClock) -> datetime:
    return clock.now() + timedelta(days=7)


def test_starting_on_what_nobody_has_takes_it(mine: EnquiryRow, council: Council) -> None:
    assert (mine.state, mine.owner_name, mine.unit_name) == (State.IN_PROGRESS, "Ada Visor", "Contact Centre")
    assert mine.next_action_at == mine.promised_at


def test_what_another_has_is_not_mine_to_move_unless_i_lead(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    with pytest.raises(NotAllowed, match="Somebody else has"):
        services.resolve(
            session,
            council.colleague,
            mine.reference,
            disposition=Disposition.DONE,
            text="Done",
            version=None,
            now=clock.now(),
        )
    given = services.assign(
        session, council.leader, mine.reference, to_account=_id(council), version=mine.version, now=clock.now()
    )
    assert (given.state, given.owner_name, given.unit_name) == (State.ASSIGNED, "Wes Teofficer", "Waste Services")


def test_asking_the_customer_sends_the_question_and_sets_a_day(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    asked = services.await_customer(
        session,
        council.advisor,
        mine.reference,
        message="Which gate?",
        due_at=next_week(clock),
        version=mine.version,
        now=clock.now(),
    )
    assert (asked.state, asked.due_at, asked.status) == (
        State.AWAITING_CUSTOMER,
        next_week(clock),
        CustomerStatus.NEED_SOMETHING,
    )
    assert "enquiry_needs_you" in told(session, asked)
    answered = services.customer_replied(
        session, council.resident, mine.reference, body="The left one", now=clock.now()
    )
    assert (answered.state, answered.due_at, answered.asked) == (State.IN_PROGRESS, None, "")


@pytest.mark.parametrize("days", [0, -1])
def test_a_day_that_is_not_to_come_cannot_be_set(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow, days: int
) -> None:
    with pytest.raises(Invalid) as refused:
        services.await_customer(
            session,
            council.advisor,
            mine.reference,
            message="?",
            due_at=clock.now() + timedelta(days=days),
            version=None,
            now=clock.now(),
        )
    assert refused.value.errors.keys() == {"due_at"}


def test_a_new_promise_needs_a_reason_and_tells_the_customer_both_dates(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    with pytest.raises(Invalid):
        services.change_promise(
            session,
            council.advisor,
            mine.reference,
            promised_at=next_week(clock),
            reason=" ",
            version=None,
            now=clock.now(),
        )
    changed = services.change_promise(
        session,
        council.advisor,
        mine.reference,
        promised_at=next_week(clock),
        reason="Snow",
        version=mine.version,
        now=clock.now(),
    )
    assert (changed.promised_at, changed.first_promised_at) == (next_week(clock), mine.promised_at)
    messages = notifications.messages_about(session, "enquiry", mine.id)
    (message,) = [message for message in messages if message.template == "promise_changed"]
    assert all(words in message.text for words in ("Snow", "18 March 2026", "13 March 2026"))


def test_resolving_needs_a_text_that_the_customer_then_reads(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    with pytest.raises(Invalid):
        services.resolve(
            session,
            council.advisor,
            mine.reference,
            disposition=Disposition.DONE,
            text=" ",
            version=None,
            now=clock.now(),
        )
    done = services.resolve(
        session,
        council.advisor,
        mine.reference,
        disposition=Disposition.DONE,
        text="We came back.",
        version=None,
        now=clock.now(),
    )
    assert (done.state, done.outcome, done.next_action_at, done.status) == (
        State.RESOLVED, "We came back.", None, CustomerStatus.FINISHED,
    )  # fmt: skip
    assert "enquiry_finished" in told(session, mine)


def test_what_was_resolved_closes_by_itself_and_not_before_its_time(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    _resolve(session, council, clock, mine)
    clock.advance(timedelta(days=13))
    assert services.close_resolved(session, after=timedelta(days=14), now=clock.now()) == 0
    clock.advance(timedelta(days=1))
    assert services.close_resolved(session, after=timedelta(days=14), now=clock.now()) == 1
    assert queries.enquiry(session, council.advisor, mine.reference).state is State.CLOSED


def test_a_reply_opens_it_again_in_triage_with_the_promise_as_it_was(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    _resolve(session, council, clock, mine)
    back = services.customer_replied(session, council.resident, mine.reference, body="Still full", now=clock.now())
    assert (back.state, back.queue_name, back.owner_id, back.disposition) == (State.TRIAGE, "Waste intake", None, None)
    assert (back.promised_at, back.reopened_count) == (mine.promised_at, 1)


def test_the_second_time_somebody_else_has_to_resolve_it(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    for _ in range(2):
        _resolve(session, council, clock, mine)
        services.reopen(session, council.advisor, mine.reference, reason="Not so", version=None, now=clock.now())
    with pytest.raises(NotAllowed, match="Somebody else has to resolve"):
        _resolve(session, council, clock, mine)
    services.triage(session, council.leader, mine.reference, queue="monitoring-desk", version=None, now=clock.now())
    services.resolve(
        session,
        council.leader,
        mine.reference,
        disposition=Disposition.DONE,
        text="Done",
        version=None,
        now=clock.now(),
    )


@pytest.mark.parametrize("how", ["withdraw", "mark_spam", "redirect", "mark_duplicate"])
def test_each_early_end_needs_a_reason_and_tells_the_customer(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow, how: str
) -> None:
    other = missed_bin(session, council.neighbour, now=clock.now())
    extra = {"redirect": {"to": "The county"}, "mark_duplicate": {"of": other.reference}}.get(how, {})
    end = getattr(services, how)
    with pytest.raises(Invalid):
        end(session, council.advisor, mine.reference, reason="", version=None, now=clock.now(), **extra)
    session.expire_all()
    ended = end(session, council.advisor, mine.reference, reason="Because", version=None, now=clock.now(), **extra)
    assert (ended.open, ended.outcome, ended.status) == (False, "Because", CustomerStatus.FINISHED)
    assert "enquiry_finished" in told(session, mine)
    assert ended.duplicate_of == (other.reference if how == "mark_duplicate" else None)


def test_what_is_not_in_the_policy_is_refused_by_name(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    _resolve(session, council, clock, mine)
    with pytest.raises(NotFromHere, match="Resolved"):
        services.start(session, council.advisor, mine.reference, version=None, now=clock.now())


def test_a_screen_that_is_out_of_date_is_stale_and_changes_nothing(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    services.add_note(session, council.colleague, mine.reference, body="Rang again", now=clock.now())
    with pytest.raises(Stale):
        services.resolve(
            session,
            council.advisor,
            mine.reference,
            disposition=Disposition.DONE,
            text="x",
            version=mine.version,
            now=clock.now(),
        )
    assert queries.enquiry(session, council.advisor, mine.reference).state is State.IN_PROGRESS


def test_notes_stay_inside_and_messages_go_out(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    services.add_note(session, council.advisor, mine.reference, body="Difficult gate", now=clock.now())
    services.message_customer(session, council.advisor, mine.reference, body="We are on our way", now=clock.now())
    inside = {line.kind: line.body for line in queries.entries(session, council.advisor, mine.reference)}
    outside = {line.kind: line.body for line in queries.entries(session, council.resident, mine.reference)}
    assert inside[EntryKind.NOTE] == "Difficult gate"
    assert EntryKind.NOTE not in outside
    assert outside[EntryKind.MESSAGE_OUT] == "We are on our way"
    assert told(session, mine).count("customer_message") == 1


def test_customers_read_no_names_of_staff(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    services.message_customer(session, council.advisor, mine.reference, body="Hello", now=clock.now())
    lines = queries.entries(session, council.resident, mine.reference)
    assert all("Visor" not in f"{line.who}{line.params}" for line in lines)


def test_where_it_has_been_is_kept_without_gaps(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    clock.advance(timedelta(hours=1))
    _resolve(session, council, clock, mine)
    stays = queries.places(session, council.monitor, mine.reference)
    assert [stay.state for stay in stays] == [State.IN_PROGRESS, State.RESOLVED]
    assert stays[0].until == stays[1].since
    assert stays[-1].until is None
    with pytest.raises(NotFound):
        queries.places(session, council.resident, mine.reference)


def test_it_can_be_given_only_to_somebody_who_works_here(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    for nobody in (council.resident, council.administrator):
        assert nobody.account_id is not None
        with pytest.raises(Invalid) as refused:
            services.assign(
                session, council.leader, mine.reference, to_account=nobody.account_id, version=None, now=clock.now()
            )
        assert refused.value.errors.keys() == {"to_account"}


def test_a_finished_enquiry_has_no_promise_to_change(
    session: Session, council: Council, clock: FixedClock, mine: EnquiryRow
) -> None:
    _resolve(session, council, clock, mine)
    with pytest.raises(Conflict):
        services.change_promise(
            session, SYSTEM, mine.reference, promised_at=next_week(clock), reason="x", version=None, now=clock.now()
        )


def _resolve(session: Session, council: Council, clock: FixedClock, row: EnquiryRow) -> None:
    services.resolve(
        session,
        council.advisor,
        row.reference,
        disposition=Disposition.DONE,
        text="Done",
        version=None,
        now=clock.now(),
    )


def _id(council: Council) -> UUID:
    assert council.officer.account_id is not None
    return council.officer.account_id
