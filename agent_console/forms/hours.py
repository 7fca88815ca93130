"""Times of a week, one line for each day: "09:00-17:00", or "09:00-12:30, 13:00-17:00", or nothing."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.kernel.errors import Invalid
from app.organisation.policy import WEEKDAYS, WorkingHours
from app.organisation.rows import ShiftRow
from app.web.forms import Form, Text
from app.web.i18n import gettext

_RANGE = re.compile(r"^(\d{1,2})[:.](\d{2})\s*(?:-|–|to)\s*(\d{1,2})[:.](\d{2})$")
DAY_NAMES = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"),
)  # fmt: skip
LAST_MINUTE = 24 * 60


class Hours(Text):
    """A line of times."""

    def ranges(self) -> list[tuple[int, int]]:
        """From and until in minutes after midnight. Raises ValidationError."""
        return [_range(part.strip()) for part in (self.data or "").split(",") if part.strip()]

    def pre_validate(self, form: Any) -> None:
        """Say what cannot be read."""
        self.ranges()


def _hours(day: Any) -> Hours:
    return Hours(day, render_kw={"params": {"classes": "govuk-input--width-20"}, "autocomplete": "off"})


class WeekForm(Form):
    """Seven lines."""

    mon, tue, wed, thu, fri, sat, sun = (_hours(day) for day in DAY_NAMES)

    def shifts(self) -> list[ShiftRow]:
        """Every line of the week."""
        days = enumerate(self[day].ranges() for day in WEEKDAYS)
        return [ShiftRow(weekday, *times) for weekday, ranges in days for times in ranges]

    def working_hours(self) -> WorkingHours | None:
        """Opening hours, one range a day; None when nothing is entered. Invalid for two ranges."""
        days = {day: self[day].ranges() for day in WEEKDAYS}
        for day, ranges in days.items():
            if len(ranges) > 1:
                raise Invalid({day: "Give one opening and one closing time for a day"})
        found = {WEEKDAYS.index(day): ranges[0] for day, ranges in days.items() if ranges}
        return WorkingHours(found) if found else None


def written(hours: WorkingHours | None) -> dict[str, str]:
    """Opening hours as the form's data."""
    return {WEEKDAYS[day]: _in_words(*times) for day, times in hours.days.items()} if hours else {}


def written_shifts(shifts: tuple[ShiftRow, ...]) -> dict[str, str]:
    """A weekly pattern as the form's data."""
    days: dict[str, list[str]] = {}
    for shift in shifts:
        days.setdefault(WEEKDAYS[shift.weekday], []).append(_in_words(shift.starts, shift.ends))
    return {day: ", ".join(ranges) for day, ranges in days.items()}


def minutes(text: str) -> int:
    """A time of day like 13:30 in minutes after midnight. Raises ValidationError."""
    found = re.match(r"^(\d{1,2})[:.](\d{2})$", text.strip())
    if found is None:
        raise ValidationError(gettext("Write the time like 13:30"))
    return _minutes(*found.groups())


def _range(text: str) -> tuple[int, int]:
    found = _RANGE.match(text)
    if found is None:
        raise ValidationError(gettext("Write times like 09:00-17:00"))
    starts, ends = _minutes(*found.groups()[:2]), _minutes(*found.groups()[2:])
    if ends <= starts:
        raise ValidationError(gettext("The end must be after the start"))
    return starts, ends


def _minutes(hour: str, minute: str) -> int:
    total = int(hour) * 60 + int(minute)
    if int(minute) > 59 or total > LAST_MINUTE:
        raise ValidationError(gettext("Write the time like 13:30"))
    return total


def _in_words(starts: int, ends: int) -> str:
    return f"{starts // 60:02}:{starts % 60:02}-{ends // 60:02}:{ends % 60:02}"
