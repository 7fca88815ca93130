"""Dates as people write them, in London time."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from app.web.dates import PLAIN, SHORT, write_ago, write_day, write_moment

WINTER = datetime(2026, 3, 11, 14, 15, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "locale", "written"),
    [
        (WINTER, "en", "Wednesday 11 March 2026, 2:15pm"),
        (SUMMER, "en", "Thursday 2 July 2026, 12:30am"),
        (datetime(2026, 3, 11, 12, 0, tzinfo=UTC), "en", "Wednesday 11 March 2026, midday"),
        (datetime(2026, 3, 11, 0, 0, tzinfo=UTC), "en", "Wednesday 11 March 2026, midnight"),
        (datetime(2026, 3, 11, 9, 0, tzinfo=UTC), "en", "Wednesday 11 March 2026, 9am"),
        (WINTER, "fr", "mercredi 11 mars 2026 à 14 h 15"),
        (datetime(2026, 5, 1, 8, 0, tzinfo=UTC), "fr", "vendredi 1er mai 2026 à 9 h"),
        (WINTER, "es", "miércoles 11 de marzo de 2026, 14:15"),
    ],
)
def test_moments(moment: datetime, locale: str, written: str) -> None:
    assert write_moment(moment, locale).replace("\u00a0", " ") == written


def test_days_long_and_short() -> None:
    assert write_day(date(2026, 3, 1), "en") == "Sunday 1 March 2026"
    assert write_day(WINTER, "en", PLAIN) == "11 March 2026"
    assert write_day(WINTER, "en", SHORT) == "11 Mar 2026"
    assert write_day(None, "en") == ""


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "yesterday"),
        (5, "5 days ago"),
        (20, "20 days ago"),
        (21, "3 weeks ago"),
        (80, "2 months ago"),
        (-3, "today"),
    ],
)
def test_how_long_ago(kit_app: Flask, days: int, said: str) -> None:
    today = date(2026, 3, 11)
    with kit_app.test_request_context():
        assert write_ago(date.fromordinal(today.toordinal() - days), today) == said
