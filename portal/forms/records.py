"""What a resident fills in when something that we hold is wrong."""

from flask_babel import lazy_gettext as _l

from app.customers.enums import Wrong
from app.web.forms import Choices, Form, LongText, needed

WRONG = {
    Wrong.DETAILS: _l("Something in this record is wrong or out of date"),
    Wrong.NOT_MINE: _l("This record is not about me"),
    Wrong.NOT_TOGETHER: _l("You take me and somebody else for one person"),
    Wrong.BELONG_TOGETHER: _l("You take me for two people"),
    Wrong.ANOTHERS_POST: _l("I get messages that are meant for somebody else"),
    Wrong.SOMETHING_ELSE: _l("Something else"),
}


class WrongForm(Form):
    """What is wrong, and how it should be."""

    what = Choices(
        _l("What is wrong?"),
        description=_l("Choose all that apply"),
        choices=[(code.value, label) for code, label in WRONG.items()],
        validators=[needed(_l("Choose what is wrong"))],
    )
    said = LongText(
        _l("Tell us what is wrong, in your own words"),
        description=_l("And how it should be, if you know"),
        longest=2000,
        rows=5,
        validators=[needed(_l("Tell us what is wrong, in your own words"))],
    )
