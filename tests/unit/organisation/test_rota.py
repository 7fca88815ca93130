"""Who is there when: patterns, absences, extra shifts, bank holidays, and the nights when the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.organisation.policy import STANDARD_HOURS, ClosedDays
from app.organisation.rota import Attendance, Calendar, pattern_of

CALENDAR = Calendar(STANDARD_HOURS, ClosedDays("ENG", frozenset({date(2026, 3, 16)})))
MORNINGS = pattern_of([(2, 9 * 60, 13 * 60), (2, 14 * 60, 17 * 60), (3, 9 * 60, 13 * 60)])


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


WITHOUT = Attendance((CALENDAR,))
WITH = Attendance((CALENDAR,), MORNINGS)


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (at(11, 9), True), (at(11, 16, 59), True), (at(11, 17), False), (at(14, 10), False),
        (at(16, 10), False), (at(3, 10, month=4), False), (at(30, 8, 0), True), (at(30, 7, 59), False),
    ],
)  # fmt: skip
def test_without_a_pattern_it_is_whenever_the_unit_is_open(moment: datetime, there: bool) -> None:
    """16 March is a day of the unit's own, 3 April is Good Friday, and on 30 March summer time has begun."""
    assert WITHOUT.there_at(moment) is there


def test_a_pattern_says_when_with_a_break_between() -> None:
    assert [WITH.there_at(at(11, hour)) for hour in (8, 10, 13, 15, 17)] == [False, True, False, True, False]
    assert WITH.next_from(at(11, 13, 30)) == at(11, 14)
    assert WITH.next_from(at(12, 13)) == at(18, 9)


def test_an_absence_outweighs_everything_and_an_extra_shift_a_closed_day() -> None:
    saturday = Attendance((CALENDAR,), MORNINGS, extras=((at(14, 10), at(14, 12)),))
    assert saturday.there_at(at(14, 11))
    assert WITH.next_from(at(13, 9)) == at(18, 9)
    assert saturday.next_from(at(13, 9)) == at(14, 10)
    ill = Attendance((CALENDAR,), MORNINGS, ((at(14, 10), at(14, 12)),), ((at(14, 0), at(14, 11)),))
    assert not ill.there_at(at(14, 10, 30))
    assert ill.next_from(at(14, 10)) == at(14, 11)


def test_leave_ends_and_a_sickness_of_unknown_length_does_not() -> None:
    leave = Attendance((CALENDAR,), absences=((at(11, 0), at(13, 12)),))
    assert leave.next_from(at(11, 10)) == at(13, 12)
    ill = Attendance((CALENDAR,), absences=((at(11, 0), None),))
    assert ill.next_from(at(11, 10)) is None
    assert ill.next_from(at(10, 10)) == at(10, 10)
    assert ill.next_from(at(10, 18)) is None


def test_who_works_in_two_units_is_there_when_either_is_open() -> None:
    scottish = Calendar(STANDARD_HOURS, ClosedDays("SCT"))
    easter_monday = at(6, 10, month=4)
    assert not WITHOUT.there_at(easter_monday)
    assert Attendance((CALENDAR, scottish)).there_at(easter_monday)


@given(st.integers(0, 60 * 24 * 400), st.sampled_from([WITHOUT, WITH]))
def test_the_next_shift_is_one_and_nothing_lies_before_it(minutes: int, attendance: Attendance) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = attendance.next_from(start)
    assert found is not None
    assert attendance.there_at(found)
    assert (found == start) is attendance.there_at(start)
    between = (start + (found - start) * share / 20 for share in range(20))
    assert found == start or not any(attendance.there_at(moment) for moment in between)
