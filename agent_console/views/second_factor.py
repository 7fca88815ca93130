"""The second half of coming in, enrolling an authenticator app, and staff's own account page."""

from uuid import UUID

import segno
from flask import Blueprint, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.accounts import queries, services
from app.accounts.services import Pending, Refused, SignedIn
from app.kernel.errors import Invalid, SignInNeeded
from app.web import access, notices, signing_in
from app.web.access import public, staff
from app.web.account_forms import ChangePasswordForm, CodeForm
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("second_factor", __name__, url_prefix="/console")
HOME = "/console"


@bp.get("/second-factor")
@public
def ask() -> str | Response:
    """The code, please. Whoever has no authenticator yet sets one up first."""
    waiting = _waiting()
    if waiting is None:
        return redirect(url_for("console_sign_in.ask", next=_wanted()), 303)
    if not waiting.enrolled:
        return redirect(url_for("second_factor.enrol", next=_wanted()), 303)
    return render_template("agent_console/second_factor.html", form=CodeForm())


@bp.post("/second-factor")
@public
def check() -> str | Response | tuple[str, int]:
    """Check the code and open the door."""
    form = CodeForm()
    if form.validate():
        with transaction() as session:
            outcome = services.second_factor(session, access.token(), form.code.data or "", now=now())
        if isinstance(outcome, SignedIn):
            return signing_in.let_in(outcome, _wanted())
        _say_wrong(form)
    return render_template("agent_console/second_factor.html", form=form), 422


@bp.get("/enrol")
@public
def enrol() -> str | Response:
    """The picture to scan, and the same secret to type."""
    waiting = _waiting()
    if waiting is None or waiting.enrolled:
        return redirect(url_for("second_factor.ask", next=_wanted()), 303)
    return _enrolment(CodeForm())


@bp.post("/enrol")
@public
def confirm() -> str | Response | tuple[str, int]:
    """The first code proves that the app works; the recovery codes are shown now and never again."""
    form = CodeForm()
    if not form.validate():
        return _enrolment(form), 422
    with transaction() as session:
        outcome = services.confirm_enrolment(session, access.token(), form.code.data or "", now=now())
    if isinstance(outcome, Refused):
        _say_wrong(form)
        return _enrolment(form), 422
    page = render_template("agent_console/recovery_codes.html", codes=outcome.recovery_codes, go_on=_wanted())
    return access.remember(make_response(page), outcome.signed_in)


@bp.get("/my-account")
@staff()
def mine() -> str:
    return _mine(ChangePasswordForm())


@bp.post("/my-account/password")
@staff()
def change_password() -> str | Response | tuple[str, int]:
    """A new password; every other browser is signed out."""
    form = ChangePasswordForm()
    if not form.validate():
        return _mine(form), 422
    try:
        with transaction() as session:
            changed = services.change_password(
                session, actor(), form.old.data or "", form.new.data or "", now=now(), keep=access.token()
            )
    except Invalid as refused:
        form.refuse(refused)
        return _mine(form), 422
    if not changed:
        form.problem("old", gettext("This is not your password"))
        return _mine(form), 422
    notices.success(gettext("Your password is changed. Your other browsers are signed out."))
    return redirect(url_for("second_factor.mine"), 303)


@bp.post("/my-account/sign-ins/<uuid:sign_in_id>/end")
@staff()
def end(sign_in_id: UUID) -> Response:
    with transaction() as session:
        services.revoke_sign_in(session, actor(), sign_in_id, now=now())
    notices.success(gettext("That browser is signed out."))
    return redirect(url_for("second_factor.mine"), 303)


@bp.post("/my-account/recovery-codes")
@staff()
def renew_recovery_codes() -> str:
    """Ten fresh codes, shown once; the old ones stop working."""
    with transaction() as session:
        codes = services.new_recovery_codes(session, actor(), now=now())
    return render_template("agent_console/recovery_codes.html", codes=codes, go_on=url_for("second_factor.mine"))


def _waiting() -> Pending | None:
    with reading() as session:
        return services.pending(session, access.token(), now=now()) if access.token() else None


def _wanted() -> str:
    return access.safe_next(request.args.get("next"), HOME)


def _say_wrong(form: CodeForm) -> None:
    form.problem("code", gettext("This code is not right. Wait for the next one and enter that"))


def _enrolment(form: CodeForm) -> str:
    with transaction() as session:
        enrolment = services.begin_enrolment(session, access.token(), now=now())
    picture = segno.make(enrolment.uri, error="l", boost_error=False).svg_inline(scale=5, border=4, light="#fff")
    groups = " ".join(enrolment.secret[start : start + 4] for start in range(0, len(enrolment.secret), 4))
    return render_template("agent_console/enrol.html", form=form, picture=Markup(picture), secret=groups)  # noqa: S704 - segno draws it from our own address


def _mine(form: ChangePasswordForm) -> str:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    with reading() as session:
        return render_template(
            "agent_console/my_account.html",
            form=form,
            account=queries.account(session, account_id),
            sign_ins=queries.sign_ins_of(session, account_id, now=now(), token=access.token()),
            codes_left=queries.recovery_codes_left(session, account_id),
        )
