"""What staff fill in to move an enquiry. Each form carries the version of the screen that it stands on."""

from datetime import date, datetime, time

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.enquiries.enums import Disposition, LinkKind
from app.enquiries.policy import RESOLVING
from app.kernel.clock import LONDON
from app.web.forms import Choice, Day, Email, Form, LongText, Phone, Pick, Text, Uploads, YesNo, at_most, needed

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
    audience = YesNo(
        _l("The customer reads this"),
        validators=[needed(_l("Confirm that the customer is to read this, or write a note"))],
    )


class TellForm(OnVersion):
    """What the customer was told by voice."""

    body = LongText(
        _l("What did you tell the customer?"),
        description=_l("They see this in My Account. It counts as their having heard from us."),
        validators=[needed(_l("Write what you told the customer"))],
        rows=3,
        longest=4000,
    )


class AskForm(OnVersion):
    """We need something from the customer."""

    message = LongText(
        _l("What do you need from the customer?"), validators=[needed(_l("Write what you need"))], rows=4, longest=4000
    )
    due_at = Day(_l("By when?"), validators=[needed(_l("Enter a date"))])
    spoken = YesNo(_l("I asked them by telephone or in person"))


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
    despite_tasks = YesNo(_l("Resolve it although tasks are still open: they need not be done"))


class UrgentForm(OnVersion):
    """In front of everything else, by a day."""

    reason = LongText(
        _l("Why is it urgent?"),
        description=_l("Only colleagues read this"),
        validators=[needed(_l("Say why it is urgent"))],
        rows=2,
    )
    deadline = Day(_l("By when must it be dealt with?"), validators=[needed(_l("Enter a date"))])


class WhyForm(OnVersion):
    """A reason that colleagues read."""

    reason = LongText(
        _l("Why?"), description=_l("Only colleagues read this"), validators=[needed(_l("Say why"))], rows=2
    )


class LinkForm(OnVersion):
    """What it has to do with another."""

    kind = Pick(
        _l("This enquiry"),
        choices=[(kind.value, _l(kind.label)) for kind in LinkKind if kind is not LinkKind.SPLIT_FROM],
        validators=[needed(_l("Choose what they have to do with each other"))],
    )
    to = Text(
        _l("Reference of the other enquiry"),
        validators=[needed(_l("Enter a reference")), at_most(40)],
        render_kw={"params": {"classes": "govuk-input--width-20"}},
    )


class SplitForm(OnVersion):
    """Which service the second want is about."""

    service = Pick(_l("What is the second enquiry about?"), validators=[needed(_l("Choose a service"))])


class SplitAnswersForm(Form):
    """What goes with the second enquiry."""

    reason = LongText(
        _l("What is this part about?"),
        description=_l("The customer reads this on both enquiries"),
        validators=[needed(_l("Say what the second enquiry is about"))],
        rows=2,
    )
    version = HiddenField()


class TaskForm(OnVersion):
    """Another thing to be done."""

    title = Text(_l("What has to be done?"), validators=[needed(_l("Say what has to be done")), at_most(200)])
    due_at = Day(_l("By when? (optional)"))
    assignee = Pick(_l("Who does it? (optional)"))


class FileForm(OnVersion):
    """Files for the enquiry."""

    files = Uploads(
        _l("Files"),
        description=_l(
            "Pictures, PDF or plain text; up to 5 at once, each up to 10 MB. What a camera wrote into a picture is taken out."
        ),
    )
    seen_by = Choice(
        _l("Who sees them?"),
        choices=[("public", _l("The customer too")), ("internal", _l("Colleagues only"))],
        validators=[needed(_l("Choose who sees them"))],
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
