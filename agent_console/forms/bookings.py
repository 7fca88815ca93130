"""What staff fill in to book for a customer, to keep what can be booked, and to close a day."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField
from wtforms.validators import StopValidation

from agent_console.forms.enquiries import OnVersion, RaiseForm
from agent_console.forms.hours import DAY_NAMES, minutes
from app.bookings.rows import TimetableRow
from app.bookings.services import TimetableTerms
from app.web import widgets
from app.web.bookings import TimeForm
from app.web.forms import Choices, Day, Form, LongText, Pick, Text, at_most, needed
from app.web.i18n import gettext
from app.web.properties import PropertyChoice


class Number(IntegerField):
    """A whole number; says in our words when it is none."""

    widget = widgets.TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = (valuelist or [""])[0].strip()
        self.data = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else None

    def pre_validate(self, form: Any) -> None:
        if self.data is None:
            raise StopValidation(gettext("Enter a whole number"))


def number(label: Any, hint: Any, default: int, **options: Any) -> Number:
    """A short box for a number."""
    look = {"params": {"classes": "govuk-input--width-4"}, "inputmode": "numeric", "autocomplete": "off"}
    return Number(label, description=hint, default=default, render_kw=look, **options)


class BookForm(TimeForm, RaiseForm):
    """A time, and who it is for."""

    note = LongText(_l("Is there anything that we should know? (optional)"), longest=500, rows=2)


class HomeBookForm(BookForm):
    """The same for a visit at home."""

    property = PropertyChoice(_l("Where do we come to?"), validators=[needed(_l("Choose an address from the list"))])


class TimetableForm(OnVersion):
    """What its people say of something that can be booked."""

    name = Text(
        _l("Name"),
        description=_l("As customers read it: “A visit to the tip”"),
        validators=[needed(_l("Enter a name, as customers will read it")), at_most(80)],
    )
    place = Text(
        _l("Place"), description=_l("Leave it empty if we go to the customer’s home"), validators=[at_most(200)]
    )
    places = number(_l("Places in each time"), _l("How many customers can come at once; new times begin with it"), 1)
    notice_hours = number(
        _l("Notice in hours"), _l("So long before, customers can book, move and cancel themselves"), 24
    )
    days_ahead = number(_l("Days ahead"), _l("How far ahead one can book"), 42)
    bring = LongText(_l("What to bring or prepare (optional)"), longest=1000, rows=3)
    phone = Text(
        _l("Telephone number"),
        description=_l("Whom customers call once it is too late to change online"),
        validators=[needed(_l("Enter a telephone number")), at_most(40)],
    )

    @classmethod
    def of(cls, row: TimetableRow) -> "TimetableForm":
        """Filled with how it stands."""
        names = ("name", "place", "places", "notice_hours", "days_ahead", "bring", "phone", "version")
        return cls(formdata=None, data={name: getattr(row, name) for name in names})

    def terms(self) -> TimetableTerms:
        """As the services take it."""
        return TimetableTerms(
            self.name.data or "", self.place.data or "", self.places.data or 0, self.notice_hours.data or 0,
            self.days_ahead.data or 0, self.bring.data or "", self.phone.data or "",
        )  # fmt: skip


class NewTimetableForm(TimetableForm):
    """With what stays: the service that it is of, and the unit that keeps it."""

    service = Pick(_l("Service"))
    unit = Pick(_l("Who keeps it"))


class TimesForm(Form):
    """Times on some days of the week, one after the other."""

    weekdays = Choices(
        _l("Days of the week"),
        choices=list(enumerate(DAY_NAMES)),
        validators=[needed(_l("Choose the days of the week"))],
    )
    starts = Text(_l("From"), description=_l("Like 09:00"), validators=[needed(_l("Enter a time like 09:00"))])
    ends = Text(_l("Until"), description=_l("Like 12:30"), validators=[needed(_l("Enter a time like 12:30"))])
    minutes = number(_l("Minutes for each"), _l("The stretch is cut into times of this length"), 30)
    places = number(_l("Places in each time"), "", 1, id="times-places")

    def validate_starts(self, field: Text) -> None:
        minutes(field.data)

    def validate_ends(self, field: Text) -> None:
        minutes(field.data)

    def given(self) -> dict[str, Any]:
        """As the services take it."""
        return {
            "weekdays": [int(day) for day in self.weekdays.data], "starts": minutes(self.starts.data), "ends": minutes(self.ends.data),
            "minutes": self.minutes.data, "places": self.places.data,
        }  # fmt: skip


class RemoveForm(Form):
    """Times that are taken away."""

    windows = Choices(_l("Times to take away"))


class EndForm(OnVersion):
    """The last day."""

    ends_on = Day(_l("Last day that can be booked"), description=_l("Leave it empty for no end"))


class CloseForm(Form):
    """Why a time or a day is closed; `seen` is how many bookings whoever closes it was shown."""

    reason = LongText(
        _l("Why?"),
        description=_l("Every customer who is booked there reads it"),
        validators=[needed(_l("Say why, in words that the customers will read"))],
        longest=500,
        rows=3,
    )
    seen = HiddenField()

    def counted(self) -> int | None:
        typed = str(self.seen.data or "")
        return int(typed) if typed.isdigit() else None
