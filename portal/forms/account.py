"""What residents fill in about their own account."""

from flask_babel import lazy_gettext as _l

from app.accounts.passwords import SHORTEST
from app.web.forms import Choice, Email, Form, Password, Phone, Text, needed
from app.web.i18n import NAMES, offered


def languages() -> list[tuple[str, str]]:
    """The languages offered here, each named in itself."""
    return [(code, NAMES.get(code, code)) for code in offered()]


class RegisterForm(Form):
    """A new account."""

    name = Text(_l("Full name"), validators=[needed(_l("Enter your full name"))], render_kw={"autocomplete": "name"})
    email = Email(
        _l("E-mail address"),
        description=_l("We send you a link to confirm it"),
        validators=[needed(_l("Enter your e-mail address"))],
    )
    password = Password(
        _l("Choose a password"),
        description=_l("At least %(shortest)s characters. Three random words make a good one.", shortest=SHORTEST),
        validators=[needed(_l("Enter a password"))],
        render_kw={"autocomplete": "new-password"},
    )


class DetailsForm(Form):
    """What may be changed at any time."""

    name = Text(_l("Full name"), validators=[needed(_l("Enter your full name"))], render_kw={"autocomplete": "name"})
    phone = Phone(_l("Phone number (optional)"))
    locale = Choice(
        _l("Language of our messages to you"), validators=[needed(_l("Choose a language"))], choices=languages
    )
