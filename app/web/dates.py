"""Dates and times as people write them, in London time: "Tuesday 11 March 2026, 2:15pm", "mardi 11 mars 2026 à 14 h 15"."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date
from flask import Flask

from app.kernel.clock import LONDON, as_utc
from app.web.context import now
from app.web.i18n import current, gettext, ngettext

LONG = {"en": "EEEE d MMMM y", "fr": "EEEE d MMMM y", "es": "EEEE d 'de' MMMM 'de' y"}
PLAIN = {"en": "d MMMM y", "fr": "d MMMM y", "es": "d 'de' MMMM 'de' y"}
SHORT = {"en": "d MMM y", "fr": "d MMM y", "es": "d MMM y"}
BETWEEN = {"en": ", ", "fr": " à ", "es": ", "}


def local(value: date | datetime) -> date:
    """The calendar day in London; a plain date is already one."""
    return as_utc(value).astimezone(LONDON).date() if isinstance(value, datetime) else value


def write_day(value: date | datetime | None, locale: str, patterns: dict[str, str] = LONG) -> str:
    """A day in words; nothing for nothing."""
    if value is None:
        return ""
    text = format_date(local(value), patterns.get(locale, patterns["en"]), locale=locale)
    return text.replace(" 1 ", " 1er ") if locale == "fr" and local(value).day == 1 else text


def write_time(value: datetime, locale: str) -> str:
    """A time of day: 2pm, 2:15pm, midday; 14 h 15; 14:15."""
    at = as_utc(value).astimezone(LONDON)
    if locale == "fr":
        return f"{at.hour}\u00a0h\u00a0{at.minute:02}" if at.minute else f"{at.hour}\u00a0h"
    if locale != "en":
        return f"{at.hour}:{at.minute:02}"
    if at.minute == 0 and at.hour in {0, 12}:
        return "midday" if at.hour else "midnight"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"


def write_moment(value: datetime | None, locale: str, patterns: dict[str, str] = LONG) -> str:
    """A day in words and the time of day."""
    if value is None:
        return ""
    return f"{write_day(value, locale, patterns)}{BETWEEN.get(locale, ', ')}{write_time(value, locale)}"


def write_ago(value: datetime | date | None, today: date) -> str:
    """How long ago a day was, as one would say it: today, yesterday, 5 days ago, 3 weeks ago."""
    if value is None:
        return ""
    days = (today - local(value)).days
    if days <= 1:
        return gettext("yesterday") if days == 1 else gettext("today")
    if days < 21:
        return ngettext("%(num)d day ago", "%(num)d days ago", days)
    if days < 70:
        return ngettext("%(num)d week ago", "%(num)d weeks ago", days // 7)
    return ngettext("%(num)d month ago", "%(num)d months ago", days // 30)


def write_length(value: timedelta) -> str:
    """How long something took, in the one or two units that matter: 3 days 2 hours, 5 hours, 20 minutes."""
    minutes = max(0, int(value.total_seconds() // 60))
    days, hours = divmod(minutes // 60, 24)
    if days:
        parts = [ngettext("%(num)d day", "%(num)d days", days)]
        return " ".join([*parts, ngettext("%(num)d hour", "%(num)d hours", hours)] if hours else parts)
    if hours:
        return ngettext("%(num)d hour", "%(num)d hours", hours)
    return ngettext("%(num)d minute", "%(num)d minutes", minutes)


def init_app(app: Flask) -> None:
    """Filters: day, plain_day, short_day, moment, short_moment, clock_time, ago; each in the page's language."""

    def in_page_language(write: Callable[..., str], **options: object) -> Callable[[Any], str]:
        return lambda value: write(value, current(), **options) if value is not None else ""

    app.jinja_env.filters.update(
        day=in_page_language(write_day),
        plain_day=in_page_language(write_day, patterns=PLAIN),
        short_day=in_page_language(write_day, patterns=SHORT),
        moment=in_page_language(write_moment),
        short_moment=in_page_language(write_moment, patterns=SHORT),
        clock_time=in_page_language(write_time),
        ago=lambda value: write_ago(value, local(now())),
    )
