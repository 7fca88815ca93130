"""What staff fill in to move an enquiry. Each form carries the version of the screen that it stands on."""

from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.enquiries.enums import Disposition
from app.enquiries.policy import RESOLVING
from app.kernel.clock import LONDON
from app.web.forms import Choice, Day, Email, Form, LongText, Phone, Pick, Text, at_most, needed

CLOSING_TIME = time(17)


def end_of(day: date) -> datetime:
    """The close of a working day, as an instant."""
    return datetime.combine(day, CLOSING_TIME, LONDON)


class OnVersion(Form):
    """Something done to what was on the screen."""

    version = HiddenField()

    def seen(self) -> int | None:
        """The version that the person saw; None if the page did not say."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isdigit() else None


class NoteForm(OnVersion):
    """For colleagues only."""

    body = LongText(_l("Note for colleagues"), validators=[needed(_l("Write the note"))], rows=3, longest=4000)


class MessageForm(OnVersion):
    """For the customer."""

    body = LongText(
        _l("Message to the customer"),
        description=_l("It is sent by e-mail and shows in My Account"),
        validators=[needed(_l("Write the message"))],
        rows=4,
        longest=4000,
    )


class AskForm(OnVersion):
    """We need something from the customer."""

    message = LongText(
        _l("What do you need from the customer?"), validators=[needed(_l("Write what you need"))], rows=4, longest=4000
    )
    due_at = Day(_l("By when?"), validators=[needed(_l("Enter a date"))])


class WaitForm(OnVersion):
    """Somebody else has to act first."""

    reason = LongText(_l("Whom are we waiting for?"), validators=[needed(_l("Say whom we are waiting for"))], rows=2)
    next_action_at = Day(_l("When will you look again?"), validators=[needed(_l("Enter a date"))])


class ScheduleForm(OnVersion):
    """A day for the work."""

    at = Day(_l("Which day is it booked for?"), validators=[needed(_l("Enter a date"))])


class PromiseForm(OnVersion):
    """Another date, with a reason."""

    promised_at = Day(_l("New date"), validators=[needed(_l("Enter the new date"))])
    reason = LongText(
        _l("Why does it change?"),
        description=_l("The customer reads this"),
        validators=[needed(_l("Say why it changes"))],
        rows=3,
    )


class ResolveForm(OnVersion):
    """It is settled."""

    disposition = Choice(
        _l("How did it end?"),
        choices=[(item.value, _l(item.label)) for item in Disposition if item in RESOLVING],
        validators=[needed(_l("Choose how it ended"))],
    )
    text = LongText(
        _l("What will the customer read?"),
        validators=[needed(_l("Write what the customer will read"))],
        rows=4,
        longest=4000,
    )


class HandOffForm(OnVersion):
    """Give it to a service."""

    unit = Pick(_l("Hand it to"), validators=[needed(_l("Choose the service"))])
    brief = LongText(_l("What do they need to know? (optional)"), rows=3)


class QueueForm(OnVersion):
    """Put it into a queue."""

    queue = Pick(_l("Queue"), validators=[needed(_l("Choose a queue"))])
    reason = LongText(_l("Why? (optional)"), description=_l("Only colleagues read this"), rows=2)


class AssignForm(OnVersion):
    """Give it to a person."""

    to_account = Pick(_l("Give it to"), validators=[needed(_l("Choose a person"))])


class DeskForm(AssignForm):
    """Give it to a person, and say why; the customer is told who has it."""

    reason = LongText(
        _l("Why?"),
        description=_l("Only colleagues read this"),
        validators=[needed(_l("Say why it is given to somebody else"))],
        rows=2,
    )


class ReasonForm(OnVersion):
    """A reason that the customer reads."""

    reason = LongText(
        _l("Reason"), description=_l("The customer reads this"), validators=[needed(_l("Give a reason"))], rows=3
    )


class DuplicateForm(ReasonForm):
    """The same thing as another one."""

    of = Text(
        _l("Reference of the enquiry that stays"),
        validators=[needed(_l("Enter a reference")), at_most(40)],
        render_kw={"params": {"classes": "govuk-input--width-20"}},
    )


class RedirectForm(ReasonForm):
    """Not for us."""

    to = Text(_l("Who can help the customer?"), validators=[needed(_l("Say who can help"))])


class CallerForm(Form):
    """Who is on the line, as they say it."""

    name = Text(_l("Caller's name"), validators=[needed(_l("Enter the caller's name")), at_most(120)])
    email = Email(_l("E-mail address (optional)"), render_kw={"autocomplete": "off"})
    phone = Phone(_l("Telephone number (optional)"), render_kw={"autocomplete": "off"})


class RaiseForm(CallerForm):
    """What goes with an enquiry that is raised for somebody."""

    locale = Choice(
        _l("Language of our messages"), choices=[("en", "English"), ("fr", "Français"), ("es", "Español")], default="en"
    )
    client_token = HiddenField()
