"""Who is asking, and how we reach them."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.web.forms import Email, Form, Phone, Text, at_most, needed


class SendingForm(Form):
    """What travels with every report: a token, so that sending twice makes one enquiry."""

    client_token = HiddenField()


class ContactForm(SendingForm):
    """For somebody without an account."""

    name = Text(
        _l("Your name"),
        validators=[needed(_l("Enter your name")), at_most(120)],
        render_kw={"autocomplete": "name", "spellcheck": "false"},
    )
    email = Email(
        _l("E-mail address"),
        description=_l("We write to it at each step. With it and your reference you can see how things stand."),
        validators=[needed(_l("Enter your e-mail address")), at_most(254)],
    )
    phone = Phone(
        _l("Telephone number (optional)"),
        description=_l("Only in case we have a question"),
        validators=[at_most(30)],
    )


class KnownForm(SendingForm):
    """For somebody who is signed in: name and address are their account's."""

    phone = Phone(
        _l("Telephone number (optional)"),
        description=_l("Only in case we have a question"),
        validators=[at_most(30)],
    )
