"""Letting a record in again that an erasure keeps out: found by its number, confirmed, and kept with the reason."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from agent_console.forms.rights import ReturnForm, SureForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.customers import queries as customers
from app.rights import services
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_return", __name__, url_prefix="/console/rights/erased")
Answer = str | AnyResponse | tuple[str, int]
HANDLE = Permission.RIGHTS_HANDLE


@bp.get("")
@staff(HANDLE)
def listing() -> Answer:
    """How many are kept out, what was let in again, and the form for one more."""
    return _show(ReturnForm(formdata=None))


@bp.post("")
@staff(HANDLE)
def check() -> Answer:
    """What would be let in again. Nothing is changed: the number goes along in the form, never in an address."""
    form = _filled(ReturnForm())
    found = attempt(
        form,
        lambda session: services.check_return(
            session, actor(), form.source.data or "", form.key.data or "", reason=form.reason.data or ""
        ),
    )
    if found is None:
        return _show(form, 422)
    return render_template("agent_console/right_return.html", form=form, sure=SureForm(formdata=None), found=found)


@bp.post("/let-in")
@staff(HANDLE)
def let_in() -> Answer:
    """It is confirmed."""
    form, sure = _filled(ReturnForm()), SureForm()
    if not form.validate():
        return _show(form, 422)
    done = attempt(
        sure,
        lambda session: services.let_return(
            session, actor(), form.source.data or "", form.key.data or "", reason=form.reason.data or "",
            sure=bool(sure.sure.data), now=now(),
        )
        or True,
    )  # fmt: skip
    if done is None:
        with reading() as session:
            found = customers.kept_out(session, form.source.data or "", form.key.data or "")
        if found is None:
            return _show(form, 422)
        return render_template("agent_console/right_return.html", form=form, sure=sure, found=found), 422
    notices.success(gettext("The record is taken in when it comes again"))
    return redirect(url_for("console_return.listing"), 303)


def _filled(form: ReturnForm) -> ReturnForm:
    with reading() as session:
        form.source.choices = [
            ("", gettext("Choose")),
            *((one.slug, one.name) for one in customers.sources(session, now=now())),
        ]
    return form


def _show(form: ReturnForm, status: int = 200) -> Answer:
    _filled(form)
    with reading() as session:
        page, counts = customers.readmitted(session, paging.wanted()), customers.kept_out_counts(session)
    return render_template("agent_console/rights_erased.html", form=form, page=page, counts=counts), status
