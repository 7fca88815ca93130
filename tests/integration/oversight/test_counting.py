"""What is counted each day: ageing by unit, queue, service and channel, its trend, days that were missed, and custody."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.enquiries import services as working
from app.enquiries.enums import Channel, Disposition
from app.kernel.clock import FixedClock
from app.kernel.paging import PageRequest
from app.oversight import queries, services
from app.oversight.enums import AgeingBy, AgeingMeasure, DayKind
from app.oversight.policy import BANDS
from app.oversight.rows import Filters
from tests.integration.oversight.conftest import Waits
from tests.support.council import Council, missed_bin

PAGE = PageRequest()


def totals(session: Session, clock: FixedClock, **filters: object) -> dict[date, int | None]:
    days = queries.trend(
        session,
        measure=AgeingMeasure.RECEIVED,
        now=clock.now(),
        days=5,
        filters=Filters(**filters) if filters else None,
    )
    return {day.day: day.total for day in days}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (AgeingBy.UNIT, {"waste": 2, "contact-centre": 1}),
        (AgeingBy.QUEUE, {"waste-intake": 2, "monitoring-desk": 1}),
        (AgeingBy.SERVICE, {"missed-bin": 2, "pothole": 1}),
        (AgeingBy.CHANNEL, {"phone": 2, "web": 1}),
    ],
)
def test_each_line_opens_exactly_what_it_counts(
    session: Session, clock: FixedClock, waits: Waits, by: AgeingBy, expected: dict[str, int]
) -> None:
    waits(1, 30)
    waits(50, service="pothole", queue="monitoring-desk", channel=Channel.WEB)
    measure = AgeingMeasure.RECEIVED
    groups = queries.ageing_by(session, by, measure=measure, now=clock.now())
    assert {group.key: group.total for group in groups} == expected
    assert groups[0].counts[-1] == 1, "the oldest work stands first"
    for group in groups:
        key = Channel(group.key) if by is AgeingBy.CHANNEL else group.key
        filters = Filters(**{by.value: key})
        for band, count in zip(BANDS, group.counts, strict=True):
            found = queries.in_band(
                session, measure=measure, band=band.code, now=clock.now(), page=PAGE, filters=filters
            )
            assert found.total == count


def test_a_day_that_was_counted_keeps_its_figures_and_a_missed_one_has_none(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(1, 30)
    services.measure_today(session, now=clock.now())
    clock.advance(timedelta(days=2))
    waits(0, channel=Channel.WEB)
    services.measure_today(session, now=clock.now())
    first, missed, second = (date(2026, 3, day) for day in (11, 12, 13))
    found = totals(session, clock)
    assert (found[first], found[missed], found[second]) == (2, None, 3)
    assert totals(session, clock, channel=Channel.WEB)[second] == 1
    assert totals(session, clock, unit="highways")[second] == 0
    custody = {day.day: day.breaches for day in queries.custody_days(session, now=clock.now(), page=PAGE).items}
    assert custody == {first: 0, missed: None, second: 0}, "a day that nobody measured is not nought"


def test_the_worst_that_was_seen_on_a_day_stays(
    session: Session, council: Council, clock: FixedClock, waits: Waits
) -> None:
    waits(1)
    session.execute(text("UPDATE queue SET ends_on = '2026-01-01' WHERE slug = 'waste-intake'"))
    services.measure_today(session, now=clock.now())
    session.execute(text("UPDATE queue SET ends_on = NULL WHERE slug = 'waste-intake'"))
    services.measure_today(session, now=clock.advance(timedelta(hours=3)))
    (today,) = queries.custody_days(session, now=clock.now(), page=PAGE).items
    assert today.breaches == 1
    assert totals(session, clock)[date(2026, 3, 11)] == 1


def test_a_missed_day_is_put_together_from_where_everything_was(
    session: Session, council: Council, clock: FixedClock
) -> None:
    """Of three days the middle one is put together afterwards, and says what it would have said on the day."""
    row = missed_bin(session, council.resident, now=clock.now())
    other = missed_bin(session, council.advisor, now=clock.advance(timedelta(hours=1)))
    clock.advance(timedelta(days=1))
    working.resolve(
        session,
        council.officer,
        other.reference,
        disposition=Disposition.DONE,
        text="Done.",
        version=None,
        now=clock.now(),
    )
    services.measure_today(session, now=clock.advance(timedelta(hours=8)))
    as_counted = _figures(session)
    session.execute(text("DELETE FROM oversight_ageing"))
    session.execute(text("DELETE FROM oversight_day"))
    clock.advance(timedelta(days=1))
    working.message_customer(session, council.officer, row.reference, body="It comes tomorrow.", now=clock.now())
    assert services.rebuild(session, date(2026, 3, 12), now=clock.now())
    assert _figures(session) == as_counted
    assert not services.rebuild(session, date(2026, 3, 12), now=clock.now()), "what is known stays as it is"
    assert not services.rebuild(session, date(2026, 3, 13), now=clock.now()), "today is counted, not put together"
    (day,) = session.execute(text("SELECT kind, open_count, custody_breaches FROM oversight_day"))
    assert tuple(day) == (DayKind.REBUILT, 1, None)


def test_the_database_has_no_custody_for_a_day_that_was_put_together(session: Session) -> None:
    with pytest.raises(IntegrityError, match="custody_is_measured_on_the_day"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO oversight_day (day, kind, taken_at, open_count, custody_breaches) VALUES ('2026-01-01', 'rebuilt', now(), 0, 0)"
            )
        )


def _figures(session: Session) -> list[tuple[object, ...]]:
    query = "SELECT measure, band, unit_id, queue_id, service_id, channel, count FROM oversight_ageing ORDER BY 1, 2, 3, 4, 5, 6"
    return [tuple(row) for row in session.execute(text(query))]
