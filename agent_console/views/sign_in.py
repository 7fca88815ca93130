"""Staff come in: the password first, then `second_factor`; and the way back in for whoever forgot the password."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, services
from app.accounts.enums import AccountKind, TokenPurpose
from app.kernel.actors import ActorKind
from app.kernel.errors import Invalid
from app.web import access, notices, signing_in
from app.web.access import public
from app.web.account_forms import ForgottenForm, NewPasswordForm, SignInForm
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_sign_in", __name__, url_prefix="/console")
HOME = "/console"


@bp.get("/sign-in")
@public
def ask() -> str | Response:
    """The form; whoever is in already goes on."""
    if actor().kind is ActorKind.STAFF:
        return redirect(access.safe_next(request.args.get("next"), HOME), 303)
    return render_template("agent_console/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@public
def enter() -> str | Response | tuple[str, int]:
    """Check the password, and go on to the second factor."""
    form = SignInForm()
    signed_in = signing_in.attempt(form, AccountKind.STAFF) if form.validate() else None
    if signed_in is None:
        return render_template("agent_console/sign_in.html", form=form), 422
    wanted = access.safe_next(request.args.get("next"), HOME)
    return signing_in.let_in(signed_in, url_for("second_factor.ask", next=wanted))


@bp.post("/sign-out")
@public
def leave() -> Response:
    """End this browser's sign-in."""
    return signing_in.sign_out(url_for("console_sign_in.ask"))


@bp.get("/forgotten-password")
@public
def forgotten() -> str:
    return render_template("agent_console/forgotten.html", form=ForgottenForm())


@bp.post("/forgotten-password")
@public
def send_link() -> str | Response | tuple[str, int]:
    """The answer is the same whether or not there is such an account."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("agent_console/forgotten.html", form=form), 422
    with transaction() as session:
        services.request_reset(
            session, form.email.data or "", now=now(), address=request.remote_addr, kind=AccountKind.STAFF
        )
    notices.information(gettext("If there is an account with this address, a link is on its way to it."))
    return redirect(url_for("console_sign_in.ask"), 303)


@bp.get("/new-password/<token>")
@public
def new_password(token: str) -> str | tuple[str, int]:
    """Where a reset link or an invitation leads; looking uses nothing up."""
    with reading() as session:
        works = queries.link_works(session, token, TokenPurpose.RESET_PASSWORD, TokenPurpose.INVITATION, now=now())
    return render_template(
        "agent_console/new_password.html", form=NewPasswordForm(), works=works
    ), 200 if works else 404


@bp.post("/new-password/<token>")
@public
def set_password(token: str) -> str | Response | tuple[str, int]:
    """Set the password; the person then signs in with it."""
    form = NewPasswordForm()
    if not form.validate():
        return render_template("agent_console/new_password.html", form=form, works=True), 422
    try:
        with transaction() as session:
            services.reset_password(session, token, form.password.data or "", now=now())
    except Invalid as refused:
        form.refuse(refused)
        return render_template("agent_console/new_password.html", form=form, works=True), 422
    notices.success(gettext("Your new password is set. Sign in with it."))
    return redirect(url_for("console_sign_in.ask"), 303)
