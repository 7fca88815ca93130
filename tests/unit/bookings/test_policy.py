"""When something can be booked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.bookings.policy import Plan, Window, split
from app.kernel.ids import new_id

MORNING = Window(new_id(), 2, 9 * 60, 10 * 60, 2)
NOW = datetime(2026, 3, 11, 10, 0, tzinfo=UTC)
"""A Wednesday."""


def plan(**changes: object) -> Plan:
    given: dict[str, object] = {
        "windows": (MORNING,), "closed": frozenset(), "notice_hours": 24, "days_ahead": 21, "ends_on": None,
    }  # fmt: skip
    return Plan(**(given | changes))  # type: ignore[arg-type]  # - whatever a test changes


def test_days_are_those_of_the_windows_as_far_ahead_as_one_may_look() -> None:
    assert list(plan().days(NOW)) == [date(2026, 3, 11), date(2026, 3, 18), date(2026, 3, 25), date(2026, 4, 1)]


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"closed": {date(2026, 3, 18)}}, [date(2026, 3, 11), date(2026, 3, 25), date(2026, 4, 1)]),
        ({"ends_on": date(2026, 3, 18)}, [date(2026, 3, 11), date(2026, 3, 18)]),
        ({"days_ahead": 7}, [date(2026, 3, 11), date(2026, 3, 18)]),
        ({"windows": ()}, []),
    ],
    ids=["closed", "ended", "near", "no times"],
)
def test_days_are_left_out(changes: dict[str, object], left: list[date]) -> None:
    assert list(plan(**changes).days(NOW)) == left


def test_a_time_can_be_booked_until_the_notice_begins_and_not_a_minute_later() -> None:
    starts_at, _ = MORNING.on(date(2026, 3, 18))
    last = starts_at - timedelta(hours=24)
    assert plan().window_at(starts_at, last) == MORNING
    assert plan().window_at(starts_at, last + timedelta(minutes=1)) is None
    assert plan().window_at(starts_at + timedelta(minutes=1), NOW) is None


def test_nine_in_the_morning_stays_nine_when_the_clocks_change() -> None:
    assert MORNING.on(date(2026, 3, 25))[0].hour == 9
    assert MORNING.on(date(2026, 4, 1))[0].hour == 8


def test_a_time_that_ends_at_midnight_ends_on_the_next_day() -> None:
    late = Window(new_id(), 2, 23 * 60, 24 * 60, 1)
    assert late.on(date(2026, 3, 11))[1] == datetime(2026, 3, 12, tzinfo=UTC)


def test_a_stretch_is_split_into_whole_times() -> None:
    assert list(split(540, 650, 30)) == [(540, 570), (570, 600), (600, 630)]
    assert list(split(540, 550, 30)) == []
