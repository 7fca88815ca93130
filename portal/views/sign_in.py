"""Residents come in and go out, and find a way back in when the password is forgotten."""

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

bp = Blueprint("sign_in", __name__)
HOME = "/account"


@bp.get("/sign-in")
@public
def ask() -> str | Response:
    """The form; whoever is in already goes on."""
    if actor().kind is ActorKind.RESIDENT:
        return redirect(access.safe_next(request.args.get("next"), HOME), 303)
    return render_template("portal/sign_in.html", form=SignInForm())


@bp.post("/sign-in")
@public
def enter() -> str | Response | tuple[str, int]:
    form = SignInForm()
    signed_in = signing_in.attempt(form, AccountKind.RESIDENT) if form.validate() else None
    if signed_in is None:
        return render_template("portal/sign_in.html", form=form), 422
    return signing_in.let_in(signed_in, access.safe_next(request.args.get("next"), HOME))


@bp.post("/sign-out")
@public
def leave() -> Response:
    return signing_in.sign_out("/")


@bp.get("/forgotten-password")
@public
def forgotten() -> str:
    return render_template("portal/forgotten.html", form=ForgottenForm())


@bp.post("/forgotten-password")
@public
def send_link() -> str | Response | tuple[str, int]:
    """The answer is the same whether or not there is such an account."""
    form = ForgottenForm()
    if not form.validate():
        return render_template("portal/forgotten.html", form=form), 422
    with transaction() as session:
        services.request_reset(
            session, form.email.data or "", now=now(), address=request.remote_addr, kind=AccountKind.RESIDENT
        )
    return redirect(url_for("sign_in.link_sent"), 303)


@bp.get("/forgotten-password/sent")
@public
def link_sent() -> str:
    return render_template("portal/link_sent.html")


@bp.get("/new-password/<token>")
@public
def new_password(token: str) -> str | tuple[str, int]:
    """Where the link in the e-mail leads; looking uses nothing up."""
    with reading() as session:
        works = queries.link_works(session, token, TokenPurpose.RESET_PASSWORD, now=now())
    return render_template("portal/new_password.html", form=NewPasswordForm(), works=works), 200 if works else 404


@bp.post("/new-password/<token>")
@public
def set_password(token: str) -> str | Response | tuple[str, int]:
    form = NewPasswordForm()
    if not form.validate():
        return render_template("portal/new_password.html", form=form, works=True), 422
    try:
        with transaction() as session:
            services.reset_password(session, token, form.password.data or "", now=now())
    except Invalid as refused:
        form.refuse(refused)
        return render_template("portal/new_password.html", form=form, works=True), 422
    notices.success(gettext("Your new password is set. Sign in with it."))
    return redirect(url_for("sign_in.ask"), 303)
