"""Taking a call and wrapping it up."""

from flask_babel import lazy_gettext as _l

from app.enquiries.enums import Channel, WrapUp
from app.web.forms import Choice, Form, LongText, Pick, YesNo, needed

TAKEN = (Channel.PHONE, Channel.VISIT, Channel.EMAIL, Channel.POST)


class TakeForm(Form):
    """How somebody got in touch."""

    channel = Pick(_l("How are they in touch?"), choices=[(item.value, _l(item.label)) for item in TAKEN])


class WrapUpForm(Form):
    """How the contact ended."""

    code = Choice(
        _l("What was it?"),
        choices=[(item.value, _l(item.label)) for item in WrapUp],
        validators=[needed(_l("Choose what it was"))],
    )
    service = Pick(_l("What was it about?"))
    resolved_here = Choice(
        _l("Was it settled in this contact?"),
        choices=[("yes", _l("Yes, nothing is left to do")), ("no", _l("No"))],
        validators=[needed(_l("Say whether it was settled"))],
    )
    avoidable = YesNo(_l("They should not have needed to get in touch"))
    note = LongText(_l("Note (optional)"), rows=2, longest=1000)
