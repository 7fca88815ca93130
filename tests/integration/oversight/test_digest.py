"""The daily digest: to each named owner what is theirs, once a working day, and nothing when there is nothing."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.kernel.actors import SYSTEM
from app.kernel.clock import FixedClock
from app.kernel.paging import PageRequest
from app.organisation import services as organising
from app.oversight import queries, searches, services
from app.oversight.enums import AnomalyKind
from tests.integration.oversight.conftest import Waits
from tests.support.council import Council, missed_bin


def send(session: Session, clock: FixedClock) -> int:
    return services.send_digests(session, limits=queries.limits(session), now=clock.now())


def digests(session: Session) -> dict[str, str]:
    rows = session.execute(
        text("SELECT to_address, text FROM message WHERE template = 'oversight_digest' ORDER BY created_at")
    )
    return {row[0]: row[1] for row in rows}


def test_nobody_gets_a_digest_when_nothing_needs_them(session: Session, council: Council, clock: FixedClock) -> None:
    missed_bin(session, council.resident, now=clock.now())
    assert send(session, clock) == 0


def test_the_owner_of_the_queue_hears_of_it_once_a_day(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(3, 30)
    assert send(session, clock) == 1
    words = digests(session)["lee.der@example.com"]
    assert "Waste intake" in words
    assert "2 enquiries wait and nobody has touched them for days" in words
    assert "1 is past the promised date" in words
    clock.advance(timedelta(hours=6))
    assert send(session, clock) == 0
    clock.advance(timedelta(days=1))
    assert send(session, clock) == 1


def test_who_leads_a_unit_hears_of_all_that_the_unit_has(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    assert council.officer.account_id is not None
    organising.add_member(session, SYSTEM, council.officer.account_id, "waste", can_lead=True, now=clock.now())
    missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=6))
    services.keep_findings(
        session, searches.acknowledged_only(session, queries.limits(session), clock.now()), now=clock.now()
    )
    send(session, clock)
    words = digests(session)["wes.teofficer@example.com"]
    assert "Waste Services" in words
    assert "1 customer has waited too long for a word from us" in words
    assert "1 enquiry has no owner" in words
    assert "1 thing was found that is not as it should be" in words


def test_to_whom_an_anomaly_was_given_it_is_told_every_morning(
    session: Session, council: Council, clock: FixedClock
) -> None:
    missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=5))
    services.keep_findings(
        session, searches.acknowledged_only(session, queries.limits(session), clock.now()), now=clock.now()
    )
    from_list = queries.anomalies(session, page=PageRequest(), kind=AnomalyKind.ACKNOWLEDGED_ONLY).items[0]
    assert council.roads.account_id is not None
    services.assign_anomaly(
        session, council.monitor, from_list.id, to_account=council.roads.account_id, version=None, now=clock.now()
    )
    send(session, clock)
    assert "rhoda.smith@example.com" in digests(session)


def test_a_breach_of_custody_is_told_to_the_desk(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(0)
    session.execute(text("UPDATE queue SET ends_on = '2026-01-01' WHERE slug = 'waste-intake'"))
    send(session, clock)
    assert "1 enquiry is in nobody's custody" in digests(session)["moni.tor@example.com"]


def test_it_comes_on_working_days_from_seven_in_the_morning(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(3)
    for at in (
        datetime(2026, 3, 12, 6, 30, tzinfo=UTC),
        datetime(2026, 3, 14, 10, tzinfo=UTC),
        datetime(2026, 4, 3, 10, tzinfo=UTC),
    ):
        clock.move_to(at)
        assert send(session, clock) == 0, f"{at}: early, a Saturday, Good Friday"
    clock.move_to(datetime(2026, 4, 1, 6, 30, tzinfo=UTC))
    assert send(session, clock) == 1, "half past seven in British Summer Time"


def test_who_has_left_gets_none(session: Session, council: Council, clock: FixedClock, waits: Waits) -> None:
    waits(3)
    session.execute(text("UPDATE account SET status = 'suspended' WHERE name = 'Lee Der'"))
    assert "lee.der@example.com" not in digests(session)
    assert send(session, clock) == 0


def test_it_comes_when_the_unit_works_by_the_calendar_of_the_unit(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(3)
    wednesday, thursday = clock.now(), clock.now() + timedelta(days=1)
    organising.close_on(session, council.administrator, "waste", wednesday.date(), "Training day", now=clock.now())
    assert send(session, clock) == 0, "Waste Services are closed today, and the queue is theirs"
    clock.move_to(thursday)
    assert send(session, clock) == 1


def test_a_unit_that_works_on_saturdays_is_told_on_saturdays(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(3)
    session.execute(text('UPDATE unit SET hours = \'{"sat": ["08:00", "12:00"]}\' WHERE slug = \'waste\''))
    assert send(session, clock) == 0, "a Wednesday"
    clock.move_to(datetime(2026, 3, 14, 8, tzinfo=UTC))
    assert send(session, clock) == 1, "a Saturday"


def test_scots_are_told_on_an_english_bank_holiday(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(3)
    session.execute(text("UPDATE unit SET holiday_region = 'SCT' WHERE slug = 'waste'"))
    clock.move_to(datetime(2026, 4, 6, 9, tzinfo=UTC))
    assert send(session, clock) == 1, "Easter Monday is a bank holiday in England, not in Scotland"


def test_what_somebody_was_given_comes_when_one_of_their_own_units_works(
    session: Session, council: Council, clock: FixedClock
) -> None:
    missed_bin(session, council.resident, now=clock.now())
    clock.advance(timedelta(days=5))
    services.keep_findings(
        session, searches.acknowledged_only(session, queries.limits(session), clock.now()), now=clock.now()
    )
    (found,) = queries.anomalies(session, page=PageRequest(), kind=AnomalyKind.ACKNOWLEDGED_ONLY).items
    assert council.roads.account_id is not None
    services.assign_anomaly(
        session, council.monitor, found.id, to_account=council.roads.account_id, version=None, now=clock.now()
    )
    organising.close_on(session, council.administrator, "highways", clock.now().date(), "Moving house", now=clock.now())
    send(session, clock)
    assert "rhoda.smith@example.com" not in digests(session)
    clock.advance(timedelta(days=1))
    send(session, clock)
    assert "rhoda.smith@example.com" in digests(session)
