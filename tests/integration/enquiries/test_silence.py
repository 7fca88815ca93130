"""Nobody is left waiting for a word: the guard warns, then promises, then rings until a person speaks. A machine is no person."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.enquiries import queries, services
from app.enquiries.enums import Channel, Disposition, EntryKind, State
from app.enquiries.rows import EnquiryRow, PastEnquiry, Raiser
from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.errors import Invalid
from app.kernel.paging import PageRequest
from app.notifications import queries as notifications
from app.sla import queries as sla
from app.sla.enums import Measure
from tests.support.council import MISSED_BIN, Council, missed_bin, queue

LIMIT = datetime(2026, 3, 16, 17, tzinfo=UTC)  # three working days after Wednesday morning
FRIDAY = datetime(2026, 3, 13, 16, 59, tzinfo=UTC)
LAST_DAY = datetime(2026, 3, 16, 9, tzinfo=UTC)
LAST_HOURS = datetime(2026, 3, 16, 15, 30, tzinfo=UTC)
PAGE = PageRequest()


@pytest.fixture
def row(session: Session, council: Council, clock: FixedClock) -> EnquiryRow:
    return missed_bin(session, council.resident, now=clock.now())


def told(session: Session, row: EnquiryRow) -> list[str]:
    return [message.template.value for message in notifications.messages_about(session, "enquiry", row.id)]


def now_is(session: Session, row: EnquiryRow) -> EnquiryRow:
    session.expire_all()
    return queries.enquiry(session, SYSTEM, row.reference)


def alarm(session: Session) -> tuple[int, str, bool, bool]:
    found = session.execute(
        text("SELECT level, given_to, missed_at IS NOT NULL, closed_at IS NOT NULL FROM silence_alarm")
    ).one()
    return found[0], found[1], found[2], found[3]


def test_with_a_working_day_to_spare_its_owner_is_warned_once(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    services.start(session, council.advisor, row.reference, version=None, now=clock.now())
    assert row.hear_by == LIMIT
    assert services.guard_silence(session, now=FRIDAY) == (0, 0, 0)
    assert services.guard_silence(session, now=LAST_DAY) == (1, 0, 0)
    assert services.guard_silence(session, now=LAST_DAY) == (0, 0, 0)
    assert alarm(session) == (1, "Ada Visor", False, False)
    due = now_is(session, row).next_action_at
    assert due is not None
    assert due <= LAST_DAY
    assert told(session, row) == ["enquiry_received"], "the customer hears nothing yet"


def test_hours_before_the_limit_the_desk_has_it_and_the_customer_a_promise(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    services.guard_silence(session, now=LAST_DAY)
    assert services.guard_silence(session, now=LAST_HOURS) == (0, 0, 1)
    held = now_is(session, row)
    assert held.queue_name == "Monitoring desk"
    assert told(session, row) == ["enquiry_received", "still_with_us"]
    assert held.hear_by == datetime(2026, 3, 19, 17, tzinfo=UTC)
    assert alarm(session) == (2, "Lee Der", False, False), "it rings until a person speaks"
    assert services.guard_silence(session, now=LAST_HOURS) == (0, 0, 0)


def test_the_machines_word_is_no_first_response_and_no_word_from_a_person(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    services.guard_silence(session, now=LAST_DAY)
    services.guard_silence(session, now=LAST_HOURS)
    clocks = {clock.measure: clock for clock in sla.clocks(session, row.reference)}
    assert clocks[Measure.FIRST_RESPONSE].met_at is None
    assert clocks[Measure.NEXT_UPDATE].due_at == now_is(session, row).hear_by
    assert now_is(session, row).last_customer_contact_at is None


def test_an_acknowledgement_never_resets_it(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    services.place_in_queue(session, SYSTEM, row.id, queue="monitoring-desk", now=LAST_DAY)
    services.add_note(session, council.advisor, row.reference, body="Looked at it", now=LAST_DAY)
    assert now_is(session, row).hear_by == LIMIT
    with pytest.raises(IntegrityError, match="word to the customer"), session.begin_nested():
        session.execute(text("UPDATE enquiry SET hear_by = hear_by + interval '1 year'"))


def test_a_persons_word_ends_the_alarm_and_begins_the_silence_anew(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    services.guard_silence(session, now=LAST_DAY)
    services.message_customer(session, council.advisor, row.reference, body="We come tomorrow", now=LAST_DAY)
    assert alarm(session)[3], "closed"
    assert now_is(session, row).hear_by == datetime(2026, 3, 19, 17, tzinfo=UTC)


def test_the_second_time_it_rings_on_and_the_customer_is_still_not_left_alone(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    for day in (16, 19, 24):
        services.guard_silence(session, now=datetime(2026, 3, day, 9, tzinfo=UTC))
        services.guard_silence(session, now=datetime(2026, 3, day, 15, 30, tzinfo=UTC))
    assert told(session, row).count("still_with_us") == 3
    assert alarm(session)[0] == 4


def test_a_limit_that_passed_while_nothing_ran_is_on_record(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    back = datetime(2026, 3, 18, 9, tzinfo=UTC)
    assert services.guard_silence(session, now=back) == (1, 1, 1)
    assert alarm(session)[2], "missed"
    assert queries.silence_counts(session, now=back) == (1, 1)


def test_who_has_no_address_is_not_told_by_mail_so_somebody_has_to_ring(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, raiser=Raiser("Jo", phone="01632 960001"), now=clock.now())
    services.change_promise(
        session, council.advisor, row.reference, promised_at=LIMIT, reason="x", version=None, now=clock.now()
    )
    assert now_is(session, row).hear_by == LIMIT, "a message that cannot be sent is no word"
    services.guard_silence(session, now=LAST_DAY)
    assert services.guard_silence(session, now=LAST_HOURS)[2] == 1
    assert services.guard_silence(session, now=LAST_HOURS)[2] == 0, "once is enough"
    (listed,) = queries.about_to_be_silent(session, now=LAST_HOURS, page=PAGE).items
    assert (listed.reachable, listed.raiser_phone) == (False, "01632 960001")
    services.told_by_voice(session, council.advisor, row.reference, body="Rang her", now=LAST_HOURS)
    assert queries.about_to_be_silent(session, now=LAST_HOURS, page=PAGE).total == 0


def test_a_question_to_somebody_without_an_address_is_asked_by_voice(
    session: Session, council: Council, clock: FixedClock
) -> None:
    row = missed_bin(session, council.advisor, raiser=Raiser("Jo", phone="01632 960001"), now=clock.now())
    asked = {"message": "Which gate?", "due_at": LIMIT, "version": None, "now": clock.now()}
    with pytest.raises(Invalid, match="no e-mail"):
        services.await_customer(session, council.advisor, row.reference, **asked)
    waiting = services.await_customer(session, council.advisor, row.reference, spoken=True, **asked)
    assert waiting.state is State.AWAITING_CUSTOMER
    assert waiting.last_customer_contact_at == clock.now()


def test_what_came_from_an_older_system_rings_and_nobody_is_written_to_unasked(
    session: Session, council: Council, clock: FixedClock
) -> None:
    past = PastEnquiry(
        "missed-bin", Channel.PHONE, datetime(2025, 12, 21, tzinfo=UTC), Raiser("Jo", "jo@example.com"), State.TRIAGE,
        answers=MISSED_BIN, queue="monitoring-desk", reference="FP-0L5T-0N3S",
    )  # fmt: skip
    services.import_history(session, SYSTEM, [past], now=clock.now())
    assert services.guard_silence(session, now=clock.now()) == (1, 1, 1)
    assert session.scalar(text("SELECT count(*) FROM message")) == 0


def test_the_worklist_names_who_has_it_and_the_nearest_limit_comes_first(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    queue(session, council, "second-queue", "waste", now=clock.now())
    clock.move_to(datetime(2026, 3, 12, 18, tzinfo=UTC))
    later = missed_bin(session, council.neighbour, now=clock.now())
    assert queries.about_to_be_silent(session, now=clock.now(), page=PAGE).total == 0
    due = queries.about_to_be_silent(session, now=datetime(2026, 3, 17, 18, tzinfo=UTC), page=PAGE).items
    assert [(line.reference, line.late, line.queue_name) for line in due] == [
        (row.reference, True, "Waste intake"), (later.reference, False, "Waste intake"),
    ]  # fmt: skip


def test_the_timeline_tells_the_customer_of_the_promise_and_not_of_the_alarm(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    services.guard_silence(session, now=LAST_DAY)
    services.guard_silence(session, now=LAST_HOURS)
    kinds = {entry.kind for entry in queries.entries(session, council.resident, row.reference)}
    assert EntryKind.WORD_PROMISED in kinds
    assert not kinds & {EntryKind.SILENCE_WARNED, EntryKind.ESCALATED}


def mails_to_staff(session: Session) -> list[tuple[str, str]]:
    found = session.execute(
        text("SELECT to_address, text FROM message WHERE template = 'silence_warned' ORDER BY created_at, to_address")
    )
    return [(row[0], row[1]) for row in found]


def test_the_owner_is_warned_by_e_mail_once_with_the_moment_and_the_way_there(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    services.start(session, council.advisor, row.reference, version=None, now=clock.now())
    services.guard_silence(session, now=LAST_DAY)
    services.guard_silence(session, now=LAST_DAY)
    ((address, words),) = mails_to_staff(session)
    assert address == "ada.visor@example.com"
    assert "They must hear from you by 16 March 2026 17:00" in words
    assert f"/console/enquiries/{row.reference}" in words


def test_for_what_nobody_has_nobody_is_written_to_one_by_one(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    services.guard_silence(session, now=LAST_DAY)
    assert mails_to_staff(session) == [], "the queue's owner reads of it in the daily digest"


def test_the_warning_comes_in_the_language_of_its_reader(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow
) -> None:
    session.execute(text("UPDATE account SET locale = 'fr' WHERE name = 'Ada Visor'"))
    services.start(session, council.advisor, row.reference, version=None, now=clock.now())
    services.guard_silence(session, now=LAST_DAY)
    assert session.scalar(text("SELECT locale FROM message WHERE template = 'silence_warned'")) == "fr"
    ((_, words),) = mails_to_staff(session)
    assert "16 mars 2026" in words


def hears_by(session: Session, row: EnquiryRow) -> datetime:
    """By the table itself."""
    found = session.execute(text("SELECT hear_by FROM enquiry WHERE reference = :r"), {"r": row.reference}).scalar_one()
    assert isinstance(found, datetime)
    return found.astimezone(UTC)


REOPENED = datetime(2026, 4, 1, 9, tzinfo=UTC)
NEW_LIMIT = datetime(2026, 4, 8, 16, tzinfo=UTC)  # three working days later, with Good Friday and Easter Monday between


@pytest.mark.parametrize("by", ["colleague", "customer"])
def test_what_is_opened_again_begins_its_silence_anew(
    session: Session, council: Council, clock: FixedClock, row: EnquiryRow, by: str
) -> None:
    services.resolve(
        session, council.advisor, row.reference, disposition=Disposition.DONE, text="Emptied", version=None, now=clock.now()
    )  # fmt: skip
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert hears_by(session, row) < REOPENED, "the old limit has long passed"
    if by == "colleague":
        services.reopen(session, council.advisor, row.reference, reason="Not emptied", version=None, now=REOPENED)
    else:
        services.customer_replied(session, council.resident, row.reference, body="Still full", now=REOPENED)
    assert hears_by(session, row) == NEW_LIMIT
    assert services.guard_silence(session, now=REOPENED) == (0, 0, 0), "nobody is late yet"
    ringing = session.scalar(text("SELECT count(*) FROM silence_alarm WHERE closed_at IS NULL"))
    assert ringing == 0
    assert services.guard_silence(session, now=NEW_LIMIT.replace(hour=9)) == (1, 0, 0), "and it is guarded again"
