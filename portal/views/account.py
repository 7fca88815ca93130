"""Residents' own accounts: registering, confirming the address, details, password, signed-in browsers."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import queries, services
from app.accounts.enums import TokenPurpose
from app.accounts.queries import AccountRow
from app.kernel.errors import Invalid, SignInNeeded
from app.web import access, i18n, notices
from app.web.access import public, resident
from app.web.account_forms import ChangePasswordForm
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext
from portal.forms.account import DetailsForm, RegisterForm

bp = Blueprint("account", __name__)


@bp.get("/register")
@public
def register() -> str:
    return render_template("portal/register.html", form=RegisterForm())


@bp.post("/register")
@public
def create() -> str | Response | tuple[str, int]:
    """Make the account. The answer is the same for an address that has one already."""
    form = RegisterForm()
    if not form.validate():
        return render_template("portal/register.html", form=form), 422
    try:
        with transaction() as session:
            services.register_resident(
                session,
                form.email.data or "",
                form.name.data or "",
                form.password.data or "",
                i18n.current(),
                now=now(),
                address=request.remote_addr,
            )
    except Invalid as refused:
        form.refuse(refused)
        return render_template("portal/register.html", form=form), 422
    return redirect(url_for("account.registered"), 303)


@bp.get("/register/sent")
@public
def registered() -> str:
    return render_template("portal/registered.html")


@bp.get("/confirm/<token>")
@public
def confirm(token: str) -> str | tuple[str, int]:
    """A button. Mail scanners follow links; they must not confirm an address."""
    with reading() as session:
        works = queries.link_works(session, token, TokenPurpose.CONFIRM_EMAIL, now=now())
    return render_template("portal/confirm.html", works=works), 200 if works else 404


@bp.post("/confirm/<token>")
@public
def confirmed(token: str) -> Response:
    with transaction() as session:
        services.confirm_email(session, token, now=now())
    notices.success(gettext("Your e-mail address is confirmed. You can sign in now."))
    return redirect(url_for("sign_in.ask"), 303)


@bp.get("/account/details")
@resident
def details() -> str:
    account = _mine()
    form = DetailsForm(name=account.name, phone=account.phone, locale=account.locale)
    return render_template("portal/details.html", form=form, account=account)


@bp.post("/account/details")
@resident
def change_details() -> str | Response | tuple[str, int]:
    """Keep the details, and show the pages in the language chosen."""
    form = DetailsForm()
    if form.validate():
        try:
            with transaction() as session:
                services.change_details(
                    session,
                    actor(),
                    name=form.name.data or "",
                    phone=form.phone.data,
                    locale=form.locale.data,
                    now=now(),
                )
            notices.success(gettext("Your details are saved."))
            return i18n.remember(redirect(url_for("account.details"), 303), form.locale.data)
        except Invalid as refused:
            form.refuse(refused)
    return render_template("portal/details.html", form=form, account=_mine()), 422


@bp.get("/account/password")
@resident
def password() -> str:
    return render_template("portal/password.html", form=ChangePasswordForm())


@bp.post("/account/password")
@resident
def change_password() -> str | Response | tuple[str, int]:
    """A new password; every other browser is signed out."""
    form = ChangePasswordForm()
    if form.validate():
        try:
            with transaction() as session:
                changed = services.change_password(
                    session, actor(), form.old.data or "", form.new.data or "", now=now(), keep=access.token()
                )
            if changed:
                notices.success(gettext("Your password is changed. Your other browsers are signed out."))
                return redirect(url_for("account.details"), 303)
            form.problem("old", gettext("This is not your password"))
        except Invalid as refused:
            form.refuse(refused)
    return render_template("portal/password.html", form=form), 422


@bp.get("/account/sign-ins")
@resident
def sign_ins() -> str:
    """Where this account is signed in."""
    with reading() as session:
        rows = queries.sign_ins_of(session, _mine().id, now=now(), token=access.token())
    return render_template("portal/sign_ins.html", sign_ins=rows)


@bp.post("/account/sign-ins/<uuid:sign_in_id>/end")
@resident
def end_sign_in(sign_in_id: UUID) -> Response:
    with transaction() as session:
        services.revoke_sign_in(session, actor(), sign_in_id, now=now())
    notices.success(gettext("That browser is signed out."))
    return redirect(url_for("account.sign_ins"), 303)


@bp.post("/account/sign-ins/end-others")
@resident
def end_others() -> Response:
    with transaction() as session:
        services.revoke_all(session, actor(), _mine().id, now=now(), but=access.token())
    notices.success(gettext("Your other browsers are signed out."))
    return redirect(url_for("account.sign_ins"), 303)


def _mine() -> AccountRow:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    with reading() as session:
        return queries.account(session, account_id)
