"""Choosing a day and a time, alike in both front ends: days by month, times as radio buttons, and both in addresses."""

from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from babel.dates import format_date
from flask_babel import lazy_gettext as _l
from wtforms.validators import StopValidation

from app.bookings.rows import FreeDay, SlotRow
from app.kernel.clock import LONDON, as_utc
from app.kernel.errors import NotFound
from app.web.dates import write_time
from app.web.forms import Choice, Form, needed
from app.web.i18n import current, gettext, ngettext


class TimeChoice(Choice):
    """One of the times that are free; one that was free when the page was opened has gone meanwhile."""

    def pre_validate(self, form: Any) -> None:
        if self.data and self.data not in {str(value) for value, *_ in self.iter_choices()}:
            raise StopValidation(gettext("The last place at that time has just been taken. Choose another time"))


class TimeForm(Form):
    """One time of a day."""

    time = TimeChoice(_l("Time"), validators=[needed(_l("Choose a time"))])


def by_month(days: Sequence[FreeDay]) -> list[tuple[str, list[FreeDay]]]:
    """The days under the name of their month, in the page's language."""
    months = groupby(days, key=lambda one: (one.day.year, one.day.month))
    found = [list(group) for _, group in months]
    return [(format_date(group[0].day, "LLLL y", locale=current()), group) for group in found]


def day_given(text: str) -> date:
    """The day that an address names. NotFound for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound from error


def moment_given(day: date, text: str) -> datetime:
    """The moment that an address names by its day and a time like 0930. NotFound for what is none."""
    if len(text) != 4 or not (text.isascii() and text.isdigit()):
        raise NotFound
    try:
        return as_utc(datetime.combine(day, time(int(text[:2]), int(text[2:])), LONDON))
    except ValueError as error:
        raise NotFound from error


def time_key(moment: datetime) -> str:
    """A moment's time of day in London as it stands in addresses."""
    return as_utc(moment).astimezone(LONDON).strftime("%H%M")


def offer(form: TimeForm, times: Sequence[SlotRow]) -> TimeForm:
    """Give the form the times that can be chosen."""
    form.time.choices = [(time_key(one.starts_at), written(one)) for one in times]
    return form


def written(slot: SlotRow) -> str:
    """From when to when, and how many places are left."""
    left = ngettext("%(num)d place left", "%(num)d places left", slot.free)
    return f"{span(slot.starts_at, slot.ends_at)} ({left})"


def span(starts_at: datetime, ends_at: datetime) -> str:
    """From when to when, in the page's language."""
    said = {"start": write_time(starts_at, current()), "end": write_time(ends_at, current())}
    return gettext("%(start)s to %(end)s", **said)
