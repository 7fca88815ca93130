"""Forms that residents and staff fill in alike: coming in, and choosing a new password."""

from flask_babel import lazy_gettext as _l

from app.accounts.passwords import SHORTEST
from app.web.forms import Email, Form, Password, Text, needed

NEW_PASSWORD = {"autocomplete": "new-password"}


class SignInForm(Form):
    """Address and password."""

    email = Email(_l("E-mail address"), validators=[needed(_l("Enter your e-mail address"))])
    password = Password(
        _l("Password"),
        validators=[needed(_l("Enter your password"))],
        render_kw={"autocomplete": "current-password"},
    )


class ForgottenForm(Form):
    """The address to send a link to."""

    email = Email(_l("E-mail address"), validators=[needed(_l("Enter your e-mail address"))])


class NewPasswordForm(Form):
    """A password, typed once: it can be shown."""

    password = Password(
        _l("New password"),
        description=_l("At least %(shortest)s characters. Three random words make a good one.", shortest=SHORTEST),
        validators=[needed(_l("Enter a new password"))],
        render_kw=NEW_PASSWORD,
    )


class ChangePasswordForm(Form):
    """The password as it is, and as it shall be."""

    old = Password(
        _l("Your password now"),
        validators=[needed(_l("Enter your password"))],
        render_kw={"autocomplete": "current-password"},
    )
    new = Password(
        _l("New password"),
        description=_l("At least %(shortest)s characters. Three random words make a good one.", shortest=SHORTEST),
        validators=[needed(_l("Enter a new password"))],
        render_kw=NEW_PASSWORD,
    )


class CodeForm(Form):
    """Six digits from an authenticator, or a recovery code."""

    code = Text(
        _l("Code"),
        validators=[needed(_l("Enter the code from your authenticator app"))],
        render_kw={
            "autocomplete": "one-time-code",
            "spellcheck": "false",
            "autocapitalize": "none",
            "params": {"classes": "govuk-input--width-10 govuk-input--extra-letter-spacing"},
        },
    )
