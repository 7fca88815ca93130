"""Two clocks: the customer's never stands still; the team's does, and each time a line of the ledger says why and what shows it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.enquiries import queries as enquiry_queries
from app.enquiries import services as enquiries
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import SYSTEM
from app.kernel.clock import LONDON, FixedClock
from app.sla import queries, services
from app.sla.enums import Measure, PauseReason
from tests.integration.sla.test_agreements import agreed
from tests.support.council import Council, missed_bin


@pytest.fixture
def row(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    raised = missed_bin(session, council.resident, now=clock.now())
    return enquiries.start(session, council.advisor, raised.reference, version=None, now=clock.now())


def ask(session: Session, council: Council, clock: FixedClock, row: EnquiryRow) -> None:
    enquiries.await_customer(
        session, council.advisor, row.reference, message="Which gate?", due_at=clock.now() + timedelta(days=7), version=None,
        now=clock.now(),
    )  # fmt: skip


def wait(session: Session, council: Council, clock: FixedClock, row: EnquiryRow) -> None:
    enquiries.await_third_party(
        session, council.advisor, row.reference, reason="The landlord", next_action_at=clock.now() + timedelta(days=3),
        version=None, now=clock.now(),
    )  # fmt: skip


def test_the_line_says_from_when_until_when_why_who_and_what_shows_it(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    ask(session, council, clock, row)
    (line,) = queries.pauses(session, row.reference)
    assert (line.since, line.until, line.reason, line.words, line.who) == (
        clock.now(), None, PauseReason.CUSTOMER, "Which gate?", "Ada Visor",
    )  # fmt: skip
    shown = session.scalar(text("SELECT body FROM enquiry_message WHERE id = :i"), {"i": line.evidence_id})
    assert shown == "Which gate?", "the message that was sent"
    clock.advance(timedelta(days=1))
    enquiries.customer_replied(session, council.resident, row.reference, body="The left one", now=clock.now())
    session.expire_all()
    assert queries.pauses(session, row.reference)[0].until == clock.now()


def test_both_clocks_are_told_apart(session: Session, council: Council, clock: FixedClock, row: EnquiryRow) -> None:
    ask(session, council, clock, row)
    clock.move_to(datetime(2026, 3, 12, 10, tzinfo=UTC))
    enquiries.customer_replied(session, council.resident, row.reference, body="!", now=clock.now())
    clock.move_to(datetime(2026, 3, 12, 12, tzinfo=UTC))
    session.expire_all()
    now_is = enquiry_queries.enquiry(session, SYSTEM, row.reference)
    times = queries.two_clocks(session, now_is, queries.pauses(session, row.reference), now=clock.now())
    assert times.elapsed == timedelta(hours=26)
    assert times.paused == timedelta(hours=8), "a working day"
    assert times.worked == timedelta(hours=2)


@pytest.mark.parametrize(
    ("friday", "monday", "elapsed"),
    [
        ("2026-03-27T16:00+00:00", "2026-03-30T10:00+01:00", 65),
        ("2026-10-23T16:00+01:00", "2026-10-26T10:00+00:00", 67),
    ],
    ids=["an hour is lost", "an hour comes twice"],
)
def test_over_a_weekend_on_which_the_clocks_change_the_customers_clock_counts_real_hours_and_the_teams_its_own(
    session: Session, council: Council, clock: FixedClock, *, friday: str, monday: str, elapsed: int
) -> None:
    began, ended = datetime.fromisoformat(friday), datetime.fromisoformat(monday)
    clock.move_to(began)
    raised = missed_bin(session, council.resident, now=clock.now())
    enquiries.start(session, council.advisor, raised.reference, version=None, now=clock.now())
    clock.advance(timedelta(minutes=30))
    ask(session, council, clock, raised)
    clock.move_to(ended - timedelta(minutes=15))
    enquiries.customer_replied(session, council.resident, raised.reference, body="!", now=clock.now())
    session.expire_all()
    now_is = enquiry_queries.enquiry(session, SYSTEM, raised.reference)
    times = queries.two_clocks(session, now_is, queries.pauses(session, raised.reference), now=ended)
    assert times.elapsed == timedelta(hours=elapsed)
    assert times.paused == timedelta(minutes=30 + 45), "half an hour of Friday, three quarters of Monday"
    assert times.worked == timedelta(minutes=30 + 15)
    promised = now_is.promised_at.astimezone(LONDON)
    assert (promised.hour, promised.minute) == (17, 0), "a promise is for closing time, whatever the clocks do"


@pytest.mark.parametrize(("agreed_to_pause", "paused"), [(True, True), (False, False)])
def test_waiting_for_somebody_else_pauses_only_where_that_was_agreed(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow, *, agreed_to_pause: bool, paused: bool
) -> None:
    agreed(session, council, clock, third_party_pauses=agreed_to_pause)
    wait(session, council, clock, row)
    assert bool(queries.pauses(session, row.reference)) is paused
    clocks = {clock.measure: clock.paused for clock in queries.clocks(session, row.reference)}
    assert clocks[Measure.RESOLUTION] is paused


def test_the_customers_silence_never_stands_still(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    ask(session, council, clock, row)
    clocks = {clock.measure: clock for clock in queries.clocks(session, row.reference)}
    assert not clocks[Measure.NEXT_UPDATE].paused
    with pytest.raises(IntegrityError, match="silence_does_not_pause"), session.begin_nested():
        session.execute(text("UPDATE sla_clock SET paused_at = now() WHERE measure = 'next_update'"))


def test_the_database_lets_no_clock_stand_still_without_a_line_and_no_line_without_a_ground(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    with pytest.raises(IntegrityError, match="open line"), session.begin_nested():
        session.execute(text("UPDATE sla_clock SET paused_at = now() WHERE measure = 'resolution'"))
    written = text(
        "INSERT INTO sla_pause (id, enquiry_id, since, reason, words, actor_kind, actor_name, evidence_id)"
        " VALUES (gen_random_uuid(), :e, now(), :r, 'x', 'staff', 'x', gen_random_uuid())"
    )
    for reason in ("customer", "third_party"):
        with pytest.raises(IntegrityError, match="only while"), session.begin_nested():
            session.execute(written, {"e": row.id, "r": reason})


@pytest.mark.parametrize(
    "change", ["words = 'Holidays'", "since = since - interval '1 day'", "evidence_id = gen_random_uuid()"]
)
def test_the_ledger_is_not_rewritten(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow, change: str
) -> None:
    ask(session, council, clock, row)
    with pytest.raises(DBAPIError, match="not rewritten"), session.begin_nested():
        session.execute(text(f"UPDATE sla_pause SET {change}"))


def test_a_warning_brings_the_enquiry_forward_before_the_clock_runs_out(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    soon = datetime(2026, 3, 12, 14, tzinfo=UTC)
    assert services.check_due(session, now=soon) == (1, 0)
    session.expire_all()
    assert enquiry_queries.enquiry(session, SYSTEM, row.reference).next_action_at == soon
