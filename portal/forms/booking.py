"""What a resident says when they book."""

from flask_babel import lazy_gettext as _l

from app.web.forms import LongText, Phone, Text, at_most, needed
from app.web.properties import PropertyChoice
from portal.forms.contact import SendingForm


class BookingForm(SendingForm):
    """For whom it is, and what we should know."""

    name = Text(
        _l("Who is it for?"),
        description=_l("The name of the person who comes, or whom we visit"),
        validators=[needed(_l("Enter a name")), at_most(120)],
        render_kw={"spellcheck": "false"},
    )
    phone = Phone(
        _l("Telephone number (optional)"),
        description=_l("Only in case we have a question"),
        validators=[at_most(30)],
    )
    note = LongText(_l("Is there anything that we should know? (optional)"), longest=500, rows=3)


class HomeBookingForm(BookingForm):
    """The same for a visit at home."""

    property = PropertyChoice(_l("Where shall we come to?"), validators=[needed(_l("Choose an address from the list"))])
