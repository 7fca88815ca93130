"""What a service's officers fill in about work that was offered to them."""

from flask_babel import lazy_gettext as _l

from agent_console.forms.enquiries import OnVersion
from app.enquiries.enums import Disposition
from app.enquiries.policy import RESOLVING
from app.web.forms import Choice, LongText, Pick, needed


class DeclineForm(OnVersion):
    """Not ours, and whose it may be."""

    reason = LongText(
        _l("Why do you decline?"),
        description=_l("The sender reads this"),
        validators=[needed(_l("Say why you decline"))],
        rows=3,
    )
    suggested_unit = Pick(_l("Who should have it? (optional)"))


class CompleteForm(OnVersion):
    """Done."""

    disposition = Choice(
        _l("How did it end?"),
        choices=[(item.value, _l(item.label)) for item in Disposition if item in RESOLVING],
        default=Disposition.DONE.value,
        validators=[needed(_l("Choose how it ended"))],
    )
    text = LongText(
        _l("What will the customer read?"),
        validators=[needed(_l("Write what the customer will read"))],
        rows=4,
        longest=4000,
    )


class ReturnForm(OnVersion):
    """Something is missing."""

    missing = LongText(
        _l("What is missing?"),
        description=_l("The sender reads this"),
        validators=[needed(_l("Say what is missing"))],
        rows=3,
    )


class RecallForm(OnVersion):
    """The sender takes it back."""

    reason = LongText(_l("Why do you take it back?"), validators=[needed(_l("Say why you take it back"))], rows=2)
