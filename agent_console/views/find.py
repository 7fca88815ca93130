"""Find a customer. What is typed travels in the body of the request: names and dates of birth are never in an address."""

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.customers import BoxForm, FindForm
from agent_console.referring import page_of
from agent_console.wording_customers import FIELDS, PURPOSES, REASON_COLOURS, reason_told
from app.accounts.policy import Permission, may
from app.customers import queries
from app.customers.rows import FoundCustomer
from app.enquiries import queries as enquiries
from app.enquiries.rows import EnquiryRow
from app.kernel.errors import Invalid, NotFound
from app.web.access import staff
from app.web.context import actor, reading
from app.web.dates import PLAIN, write_day
from app.web.i18n import current, gettext, ngettext

bp = Blueprint("console_find", __name__, url_prefix="/console/customers")
Answer = str | Response | tuple[str, int]


@bp.get("")
@staff(Permission.CUSTOMERS_FIND)
def page() -> str:
    """The box, and whom I looked at lately."""
    return _show(BoxForm(purpose=request.args.get("purpose")))


@bp.post("")
@staff(Permission.CUSTOMERS_FIND)
def find() -> Answer:
    """The likeliest customers with the reason for each; an enquiry's reference brings the enquiry and whose it is.

    A booking's or a rights request's reference leads there.
    """
    form = BoxForm()
    if not form.validate():
        return _show(form), 422
    try:
        if leads_to := page_of(form.text.data or ""):
            return redirect(leads_to, 303)
    except NotFound:
        form.problem("text", gettext("Nothing that you may see has this reference. Check it letter by letter"))
        return _show(form), 422
    typed = queries.read_box(form.text.data or "")
    try:
        enquiry = _enquiry(typed.enquiry) if typed.enquiry else None
        with reading() as session:
            found = _of_enquiry(enquiry) if enquiry else queries.search(session, actor(), form.text.data or "")
        return _show(form, found, enquiry)
    except Invalid as refused:
        form.refuse(refused)
    except NotFound:
        form.problem("text", gettext("There is no enquiry with this reference"))
    return _show(form), 422


@bp.post("/suggest")
@staff(Permission.CUSTOMERS_FIND)
def suggest() -> tuple[Response, int]:
    """Whom somebody may mean who is still typing, for the list under the box."""
    form = BoxForm()
    if not form.validate():
        return jsonify(options=[], said=""), 422
    try:
        with reading() as session:
            found = queries.suggest(session, actor(), form.text.data or "")
    except Invalid:
        found = []
    said = ngettext("%(num)s suggestion", "%(num)s suggestions", len(found)) if found else gettext("No suggestions")
    return jsonify(options=[_option(row) for row in found], said=said), 200


@bp.get("/by-field")
@staff(Permission.CUSTOMERS_FIND)
def fields() -> str:
    """The form with a field for each thing."""
    return _show_fields(FindForm(purpose=request.args.get("purpose")), None)


@bp.post("/by-field")
@staff(Permission.CUSTOMERS_FIND)
def find_by_field() -> Answer:
    """The likeliest customers, field by field."""
    form = FindForm()
    if not form.validate():
        return _show_fields(form, None), 422
    try:
        if leads_to := page_of(form.reference.data or ""):
            return redirect(leads_to, 303)
        if (form.reference.data or "").upper().replace(" ", "").startswith("FP"):
            reference = _enquiry(form.reference.data or "").reference
            return redirect(url_for("console_enquiry.page", reference=reference), 303)
        with reading() as session:
            return _show_fields(form, queries.find(session, actor(), form.criteria()))
    except Invalid as refused:
        form.refuse(refused)
    except NotFound:
        form.problem("reference", gettext("Nothing that you may see has this reference. Check it letter by letter"))
    return _show_fields(form, None), 422


def _enquiry(reference: str) -> EnquiryRow:
    """The enquiry of a reference; NotFound also for those who may see no enquiries."""
    if not may(actor(), Permission.ENQUIRIES_VIEW):
        raise NotFound
    try:
        with reading() as session:
            return enquiries.enquiry(session, actor(), reference)
    except Invalid as unreadable:
        raise NotFound from unreadable


def _of_enquiry(enquiry: EnquiryRow) -> list[FoundCustomer]:
    """Whose enquiry it is, where it is filed against a record of theirs."""
    if enquiry.source_record_id is None:
        return []
    with reading() as session:
        golden = queries.golden_of_source_record(session, enquiry.source_record_id)
        return queries.customer_line(session, actor(), golden) if golden else []


def _option(row: FoundCustomer) -> dict[str, str]:
    born = row.date_of_birth
    lines = [
        gettext("Organisation") if row.organisation else "",
        gettext("born %(date)s", date=write_day(born, current(), PLAIN)) if born else "",
        row.address,
        row.postcode,
    ]
    why = [reason_told(reason) for reason in row.reasons]
    return {
        "href": url_for("console_customer.page", golden_id=row.golden_id),
        "name": row.name,
        "detail": ", ".join(line for line in lines if line),
        "why": " · ".join(why),
    }


def _show(form: BoxForm, found: list[FoundCustomer] | None = None, enquiry: EnquiryRow | None = None) -> str:
    with reading() as session:
        seen = queries.recently_seen(session, actor()) if found is None else []
    return render_template("agent_console/find.html", form=form, seen=seen, **_found(form, found, enquiry))


def _show_fields(form: FindForm, found: list[FoundCustomer] | None) -> str:
    return render_template("agent_console/find_fields.html", form=form, **_found(form, found, None))


def _found(
    form: BoxForm | FindForm, found: list[FoundCustomer] | None, enquiry: EnquiryRow | None
) -> dict[str, object]:
    return {
        "found": found,
        "enquiry": enquiry,
        "purpose": form.purpose.data if form.purpose.data in PURPOSES else "call",
        "fields": FIELDS,
        "told": reason_told,
        "colours": REASON_COLOURS,
    }
