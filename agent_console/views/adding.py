"""Add a customer: whoever is like them already is shown first, and that it is none of these is a choice that is kept."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.customers import AddForm
from agent_console.views.trying import attempt
from agent_console.wording_customers import GRADE_COLOURS, GRADES, PURPOSES, REASON_COLOURS, reason_told
from app.accounts.policy import Permission
from app.customers import queries, services
from app.customers.errors import LikelyAlready
from app.customers.rows import Likely
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now
from app.web.i18n import gettext

bp = Blueprint("console_adding", __name__, url_prefix="/console/customers/new")
Answer = str | Response | tuple[str, int]


@bp.get("")
@staff(Permission.CUSTOMERS_ADD)
def page() -> str:
    """An empty form."""
    return _show(AddForm(formdata=None))


@bp.post("/from-search")
@staff(Permission.CUSTOMERS_ADD)
def from_search() -> str:
    """The form with what has just been searched for in vain."""
    criteria = queries.read_box(request.form.get("text", "")).criteria
    return _show(AddForm.begun(criteria))


@bp.post("")
@staff(Permission.CUSTOMERS_ADD)
def add() -> Answer:
    """Make the record, if nobody is like them, or after it was said that they are none of those who are."""
    form = AddForm()
    shown = _shown()
    try:
        made = attempt(
            form,
            lambda session: services.add_customer(
                session, actor(), form.said(), address=form.lines(), shown=shown, now=now()
            ),
        )
    except LikelyAlready:
        return _show(form, _like(form))
    if made is None:
        return _show(form), 422
    if made.golden_id is None:
        notices.success(gettext("Added. They can be found after the first match run"))
        return redirect(url_for("console_find.page", purpose=_purpose()), 303)
    notices.success(gettext("The customer is added"))
    return redirect(url_for("console_customer.page", golden_id=made.golden_id, purpose=_purpose()), 303)


def _like(form: AddForm) -> list[Likely]:
    """Who is like the person; looking is written down."""
    found = attempt(
        form,
        lambda session: services.match_person(session, actor(), form.said(), address=form.lines(), now=now()),
    )
    return found or []


def _shown() -> set[UUID]:
    """Golden records that stood on the page when “none of these” was pressed."""
    found = set()
    for one in request.form.getlist("shown")[:50]:
        try:
            found.add(UUID(one))
        except ValueError:
            continue
    return found


def _show(form: AddForm, likely: list[Likely] | None = None) -> str:
    return render_template(
        "agent_console/customer_new.html",
        form=form,
        likely=likely or [],
        purpose=_purpose(),
        told=reason_told,
        colours=REASON_COLOURS,
        grades=GRADES,
        grade_colours=GRADE_COLOURS,
    )


def _purpose() -> str:
    asked = request.form.get("purpose") or request.args.get("purpose", "")
    return asked if asked in PURPOSES else "call"
