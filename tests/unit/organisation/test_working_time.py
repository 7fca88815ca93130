"""Working time: pure sums, checked against simple truths on any day, also the nights when the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.clock import LONDON
from app.kernel.errors import Invalid
from app.organisation.policy import (
    STANDARD_HOURS,
    WorkingHours,
    add_working_days,
    add_working_time,
    bank_holidays,
    working_time_between,
)

ENGLAND = bank_holidays("ENG")
ALWAYS = WorkingHours(dict.fromkeys(range(7), (0, 24 * 60)))
NIGHTS = WorkingHours(dict.fromkeys(range(7), (30, 3 * 60)))
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)

moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
hours = st.builds(
    lambda days: WorkingHours({day: (min(pair), max(pair)) for day, pair in days.items()}),
    st.dictionaries(
        st.integers(0, 6),
        st.tuples(st.integers(0, 1440), st.integers(0, 1440)).filter(lambda pair: abs(pair[0] - pair[1]) >= 30),
        min_size=1,
    ),
)
amounts = st.timedeltas(timedelta(0), timedelta(hours=60))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@given(start=moments, amount=amounts, worked=hours)
def test_working_time_that_is_added_is_the_working_time_that_then_lies_between(
    start: datetime, amount: timedelta, worked: WorkingHours
) -> None:
    end = add_working_time(start, amount, worked, ENGLAND)
    assert working_time_between(start, end, worked, ENGLAND) == amount


@given(start=moments, first=amounts, second=amounts, worked=hours)
def test_two_spans_one_after_the_other_are_their_sum(
    start: datetime, first: timedelta, second: timedelta, worked: WorkingHours
) -> None:
    whole = add_working_time(start, first + second, worked, ENGLAND)
    stepwise = add_working_time(add_working_time(start, first, worked, ENGLAND), second, worked, ENGLAND)
    assert working_time_between(start, whole, worked, ENGLAND) == working_time_between(start, stepwise, worked, ENGLAND)


@given(start=moments, days=st.integers(0, 40))
def test_a_promise_falls_on_the_close_of_a_working_day_that_is_no_holiday(start: datetime, days: int) -> None:
    promised = add_working_days(start, days, STANDARD_HOURS, ENGLAND).astimezone(LONDON)
    assert (promised.hour, promised.minute) == (17, 0)
    assert promised.weekday() < 5
    assert promised.date() not in ENGLAND
    assert promised > start


@given(start=moments, days=st.integers(0, 40), later=st.timedeltas(timedelta(0), timedelta(days=9)))
def test_who_asks_later_is_never_promised_an_earlier_day(start: datetime, days: int, later: timedelta) -> None:
    first = add_working_days(start, days, STANDARD_HOURS, ENGLAND)
    assert add_working_days(start + later, days, STANDARD_HOURS, ENGLAND) >= first


@given(start=moments, span=st.timedeltas(timedelta(0), timedelta(days=400)))
def test_where_nobody_ever_closes_working_time_is_elapsed_time(start: datetime, span: timedelta) -> None:
    assert working_time_between(start, start + span, ALWAYS, ()) == span


@pytest.mark.parametrize(
    ("day", "length"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 6, 1), 24)], ids=["spring", "autumn", "summer"]
)
def test_a_whole_day_is_as_long_as_the_clocks_make_it(day: date, length: int) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=LONDON)
    end = start + timedelta(days=1)
    assert working_time_between(start, end, ALWAYS, ()) == timedelta(hours=length)


@pytest.mark.parametrize(("day", "worked"), [(SPRING, 1.5), (AUTUMN, 3.5), (date(2026, 6, 1), 2.5)])
def test_a_night_shift_loses_or_gains_the_hour_of_the_change(day: date, worked: float) -> None:
    start = datetime(day.year, day.month, day.day, tzinfo=LONDON)
    assert working_time_between(start, start + timedelta(hours=12), NIGHTS, ()) == timedelta(hours=worked)


def test_two_working_days_over_easter_skip_the_bank_holidays_and_the_change_to_summer_time() -> None:
    assert add_working_days(at("2026-04-02 10:00"), 2, STANDARD_HOURS, ENGLAND) == at("2026-04-08 17:00")


def test_what_comes_after_closing_counts_as_come_the_next_working_morning() -> None:
    friday_night, monday_morning = at("2026-03-13 17:01"), at("2026-03-16 09:00")
    assert add_working_days(friday_night, 2, STANDARD_HOURS, ENGLAND) == add_working_days(
        monday_morning, 2, STANDARD_HOURS, ENGLAND
    )


def test_four_working_hours_from_three_on_friday_are_eleven_on_monday() -> None:
    assert add_working_time(at("2026-03-13 15:00"), timedelta(hours=4), STANDARD_HOURS, ENGLAND) == at(
        "2026-03-16 11:00"
    )


def test_hours_are_written_as_they_were_read() -> None:
    written = {"mon": ["08:30", "17:00"], "sat": ["00:00", "24:00"]}
    assert WorkingHours.parse(written).to_json() == written


@pytest.mark.parametrize(
    "wrong",
    [{}, {"mon": ["17:00", "09:00"]}, {"monday": ["09:00", "17:00"]}, {"mon": ["nine", "five"]}, {"mon": ["09:00"]}],
)
def test_hours_that_make_no_sense_are_refused(wrong: dict[str, list[str]]) -> None:
    with pytest.raises(Invalid) as refused:
        WorkingHours.parse(wrong)
    assert "hours" in refused.value.errors
