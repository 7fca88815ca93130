"""What every sign-in page does, whichever front end it stands in."""

from flask import request, session
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.accounts import services
from app.accounts.enums import AccountKind, Refusal
from app.accounts.services import Refused, SignedIn
from app.kernel.i18n import N_
from app.web import access, i18n
from app.web.account_forms import SignInForm
from app.web.context import now, transaction

REFUSALS = {
    Refusal.WRONG: N_("The e-mail address or the password is not right"),
    Refusal.UNCONFIRMED: N_("Confirm your e-mail address first. We have sent you the link again"),
    Refusal.SUSPENDED: N_("Your account is suspended. Contact us to find out why"),
}


def attempt(form: SignInForm, kind: AccountKind) -> SignedIn | None:
    """Try what was typed; None after putting the refusal into the form. The count of tries is kept either way."""
    with transaction() as database:
        outcome = services.sign_in(
            database,
            form.email.data or "",
            form.password.data or "",
            request.remote_addr,
            request.headers.get("User-Agent"),
            now=now(),
            kind=kind,
        )
    if isinstance(outcome, Refused):
        form.problem("password", i18n.gettext(REFUSALS[outcome.reason]))
        return None
    return outcome


def let_in(signed_in: SignedIn, to: str) -> Response:
    """Send the browser on with its new token, in the account's own language; an earlier sign-in of this browser ends."""
    earlier = access.token()
    if earlier and earlier != signed_in.token:
        with transaction() as database:
            services.sign_out(database, earlier, now=now())
    session.clear()  # what was put there for somebody not signed in, the CSRF token too, must not live on
    return i18n.welcome(access.remember(redirect(to, 303), signed_in), signed_in.locale)


def sign_out(to: str) -> Response:
    """End this browser's sign-in on the server and take its token back."""
    with transaction() as database:
        services.sign_out(database, access.token(), now=now())
    session.clear()
    return access.forget(redirect(to, 303))
