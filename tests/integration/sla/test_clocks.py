"""Clocks: they warn once, breach once, stand still while we wait for the customer, and only people can satisfy them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.enquiries import services as enquiries
from app.enquiries.enums import Disposition
from app.enquiries.rows import EnquiryRow
from app.kernel.clock import FixedClock
from app.sla import queries, services
from app.sla.enums import Measure
from app.sla.queries import ClockRow
from tests.support.council import Council, missed_bin


@pytest.fixture
def row(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    raised = missed_bin(session, council.resident, now=clock.now())
    return enquiries.start(session, council.advisor, raised.reference, version=None, now=clock.now())


def clock_of(session: Session, row: EnquiryRow, measure: Measure) -> ClockRow:
    session.expire_all()
    return next(clock for clock in queries.clocks(session, row.reference) if clock.measure is measure)


def test_each_clock_is_due_by_the_standard_of_the_service(session: Session, row: EnquiryRow) -> None:
    assert {clock.measure: clock.due_at for clock in queries.clocks(session, row.reference)} == {
        Measure.FIRST_RESPONSE: datetime(2026, 3, 12, 17, tzinfo=UTC),
        Measure.RESOLUTION: row.promised_at,
        Measure.NEXT_UPDATE: datetime(2026, 3, 16, 17, tzinfo=UTC),
    }


def test_it_warns_once_and_breaches_once(session: Session, row: EnquiryRow) -> None:
    assert services.check_due(session, now=datetime(2026, 3, 12, 14, tzinfo=UTC)) == (1, 0)
    assert services.check_due(session, now=datetime(2026, 3, 12, 14, tzinfo=UTC)) == (0, 0)
    assert services.check_due(session, now=row.promised_at)[1] == 2
    assert services.check_due(session, now=row.promised_at)[1] == 0


def test_a_persons_word_meets_the_first_response_and_starts_the_silence_anew(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    clock.advance(timedelta(days=1))
    enquiries.message_customer(session, council.advisor, row.reference, body="On our way", now=clock.now())
    assert clock_of(session, row, Measure.FIRST_RESPONSE).met_at == clock.now()
    assert clock_of(session, row, Measure.NEXT_UPDATE).due_at == datetime(2026, 3, 17, 17, tzinfo=UTC)


def test_a_note_is_no_word_to_the_customer(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    enquiries.add_note(session, council.advisor, row.reference, body="x", now=clock.now())
    assert clock_of(session, row, Measure.FIRST_RESPONSE).met_at is None


def test_the_clock_stands_still_while_we_wait_for_the_customer(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    enquiries.await_customer(
        session,
        council.advisor,
        row.reference,
        message="?",
        due_at=clock.now() + timedelta(days=7),
        version=None,
        now=clock.now(),
    )
    assert clock_of(session, row, Measure.RESOLUTION).paused
    assert not clock_of(session, row, Measure.NEXT_UPDATE).paused
    assert services.check_due(session, now=clock.now() + timedelta(days=60)) == (0, 1)  # silence never stands still
    clock.advance(timedelta(days=1))
    enquiries.customer_replied(session, council.resident, row.reference, body="!", now=clock.now())
    resumed = clock_of(session, row, Measure.RESOLUTION)
    assert not resumed.paused
    assert resumed.due_at == datetime(2026, 3, 16, 17, tzinfo=UTC)


def test_a_new_promise_moves_the_clock(session: Session, council: Council, clock: FixedClock, row: EnquiryRow) -> None:
    later = clock.now() + timedelta(days=9)
    enquiries.change_promise(
        session, council.advisor, row.reference, promised_at=later, reason="x", version=None, now=clock.now()
    )
    assert clock_of(session, row, Measure.RESOLUTION).due_at == later


def test_what_is_resolved_is_met_and_what_is_opened_again_runs_on_towards_the_same_date(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    enquiries.resolve(
        session, council.advisor, row.reference, disposition=Disposition.DONE, text="x", version=None, now=clock.now()
    )
    assert clock_of(session, row, Measure.RESOLUTION).met_at == clock.now()
    enquiries.reopen(session, council.advisor, row.reference, reason="x", version=None, now=clock.now())
    again = clock_of(session, row, Measure.RESOLUTION)
    assert (again.met_at, again.due_at) == (None, row.promised_at)


def test_what_was_withdrawn_is_not_timed_any_more(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    enquiries.withdraw(session, council.advisor, row.reference, reason="x", version=None, now=clock.now())
    assert services.check_due(session, now=clock.now() + timedelta(days=60)) == (0, 0)
