"""Find a customer. What is typed travels in the body of the request: names and dates of birth are never in an address."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.customers import FindForm
from agent_console.wording_customers import FIELDS, PURPOSES, REASON_COLOURS, REASONS
from app.accounts.policy import Permission, may
from app.customers import queries
from app.customers.rows import FoundCustomer
from app.enquiries import queries as enquiries
from app.kernel.errors import Invalid, NotFound
from app.web.access import staff
from app.web.context import actor, reading
from app.web.i18n import gettext

bp = Blueprint("console_find", __name__, url_prefix="/console/customers")


@bp.get("")
@staff(Permission.CUSTOMERS_FIND)
def page() -> str:
    """The form, and whom I looked at lately."""
    form = FindForm(purpose=request.args.get("purpose"))
    return _show(form, None)


@bp.post("")
@staff(Permission.CUSTOMERS_FIND)
def find() -> str | Response | tuple[str, int]:
    """The likeliest customers with the reason for each; an enquiry's reference leads to the enquiry."""
    form = FindForm()
    if not form.validate():
        return _show(form, None), 422
    try:
        if _names_an_enquiry(form):
            return redirect(url_for("console_enquiry.page", reference=_enquiry(form)), 303)
        with reading() as session:
            return _show(form, queries.find(session, actor(), form.criteria()))
    except Invalid as refused:
        form.refuse(refused)
    except NotFound:
        form.problem("reference", gettext("There is no enquiry with this reference"))
    return _show(form, None), 422


def _names_an_enquiry(form: FindForm) -> bool:
    typed = (form.reference.data or "").upper().replace(" ", "")
    return typed.startswith("FP") and may(actor(), Permission.ENQUIRIES_VIEW)


def _enquiry(form: FindForm) -> str:
    with reading() as session:
        return enquiries.enquiry(session, actor(), form.reference.data or "").reference


def _show(form: FindForm, found: list[FoundCustomer] | None) -> str:
    with reading() as session:
        seen = queries.recently_seen(session, actor()) if found is None else []
    purpose = form.purpose.data if form.purpose.data in PURPOSES else "call"
    return render_template(
        "agent_console/find.html",
        form=form,
        found=found,
        seen=seen,
        purpose=purpose,
        fields=FIELDS,
        reasons=REASONS,
        colours=REASON_COLOURS,
    )
