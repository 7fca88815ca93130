"""The single view of a customer: who they are, what is open, what has happened; and the questions that show that it is them."""

from datetime import date
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.customers import OpenForm, VerifyForm
from agent_console.views.trying import attempt
from agent_console.wording_customers import METHODS, PURPOSES
from app.accounts.policy import Permission, may
from app.bookings import queries as bookings
from app.customers import queries, services
from app.customers.rows import CrosswalkRow, SingleView, VerificationQuestions, VerificationRow
from app.enquiries import queries as enquiries
from app.enquiries import services as contacts
from app.enquiries.rows import ContactRow
from app.kernel.errors import NotFound
from app.kernel.paging import Page
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, transaction
from app.web.dates import PLAIN, write_day
from app.web.i18n import current, gettext

bp = Blueprint("console_customer", __name__, url_prefix="/console/customers/<uuid:golden_id>")
Answer = Response | tuple[str, int]
RECORDS = 50
"""So many records of a customer are on one page."""


@bp.app_template_filter("iso_day")
def iso_day(text: str) -> str:
    """A day that is kept as ISO text, in words; what is no day of the calendar as it is."""
    try:
        return write_day(date.fromisoformat(text), current(), PLAIN)
    except ValueError:
        return text


@bp.get("")
@staff(Permission.CUSTOMERS_VIEW)
def page(golden_id: UUID) -> Answer:
    """The single view. Without a purpose it asks for one; an id that is no longer in use leads on."""
    if request.args.get("purpose") not in PURPOSES:
        return render_template("agent_console/customer_purpose.html", golden_id=golden_id, purposes=PURPOSES), 200
    return _show(golden_id)


@bp.post("/open")
@staff(Permission.CUSTOMERS_RESTRICTED)
def open_restricted(golden_id: UUID) -> Answer:
    """Show a restricted record, once, for a reason that is kept."""
    form = OpenForm()
    if not form.validate():
        return _show(golden_id, open_form=form, status=422)
    return _show(golden_id, open_form=form, reason=form.reason.data)


@bp.post("/verify/<uuid:source_record_id>")
@staff(Permission.CUSTOMERS_VERIFY)
def verify(golden_id: UUID, source_record_id: UUID) -> Answer:
    """Check what the caller says against one source record. Within a call, the call is then theirs."""
    with transaction() as session:
        asked = queries.questions_for(session, source_record_id=source_record_id)
    if not asked:
        raise NotFound
    form = VerifyForm.asking(asked[0].questions)
    made = attempt(form, lambda session: _verified(session, source_record_id, form))
    if made is None:
        return _show(golden_id, verify_form=form, against=source_record_id, status=422)
    if not made.passed:
        form.problem(form.boxes()[0].name, gettext("The answers do not agree with the record. You have few tries"))
        return _show(golden_id, verify_form=form, against=source_record_id, status=422)
    which = gettext("%(source)s, %(key)s", source=gettext(made.source_name), key=made.source_key)
    notices.success(gettext("Verified against this record: %(record)s", record=which))
    return redirect(url_for("console_customer.page", golden_id=golden_id, purpose=_purpose()), 303)


def _verified(session: Session, source_record_id: UUID, form: VerifyForm) -> VerificationRow:
    call = _call(session)
    made = services.verify(
        session, actor(), source_record_id, form.answers(), contact_ref=str(call.id) if call else None, now=now()
    )
    if made.passed and call:
        contacts.identify_caller(session, actor(), call.id, source_record_id=source_record_id, now=now())
    return made


def _show(
    golden_id: UUID,
    *,
    open_form: OpenForm | None = None,
    verify_form: VerifyForm | None = None,
    against: UUID | None = None,
    reason: str | None = None,
    status: int = 200,
) -> Answer:
    purpose = _purpose()
    with transaction() as session:
        why = str(PURPOSES[purpose])
        view = services.single_view(session, actor(), golden_id, purpose=why, now=now(), break_glass=reason)
        if view.redirected_from:
            return redirect(url_for("console_customer.page", golden_id=view.golden_id, purpose=purpose), 303)
        if view.hidden:
            may_open = may(actor(), Permission.CUSTOMERS_RESTRICTED)
            form = (open_form or OpenForm()) if may_open else None
            return render_template(
                "agent_console/customer_restricted.html", view=view, purpose=purpose, form=form
            ), status
        asked = _asked(session, view, against) if may(actor(), Permission.CUSTOMERS_VERIFY) else None
        content = render_template(
            "agent_console/customer.html",
            view=view,
            crosswalk=_crosswalk(view),
            purpose=purpose,
            methods=METHODS,
            asked=asked,
            verify_form=verify_form or (VerifyForm.asking(asked.questions) if asked else None),
            call=_call(session),
            form=verify_form,
            **_dealings(session, view),
        )
        return content, status


def _crosswalk(view: SingleView) -> Page[CrosswalkRow]:
    """The records of a customer, a page of them: a landlord has thousands. A record that was opened for a reason shows all at once."""
    whole = len(view.records)
    size = RECORDS if request.method == "GET" else max(whole, 1)
    number = min(paging.wanted().number, max(1, -(-whole // size)))
    return Page(view.records[(number - 1) * size : number * size], whole, number, size)


def _dealings(session: Session, view: SingleView) -> dict[str, object]:
    """What is open for the customer and at their property, and everything that has happened."""
    records = view.source_record_ids
    accounts = queries.accounts_of_source_records(session, records)
    mine = enquiries.open_for(session, source_record_ids=records, account_ids=accounts)
    here = enquiries.open_at_property(session, view.home.id) if view.home else ()
    known = {row.reference for row in mine}
    return {
        "open_for": mine,
        "open_here": [row for row in here if row.reference not in known],
        "booked": bookings.coming_for(session, source_record_ids=records, account_ids=accounts, now=now()),
        "timeline": enquiries.timeline_for(session, source_record_ids=records, account_ids=accounts),
        "old_models": queries.old_versions(session, records),
        "pins": {pin.attribute: pin for pin in queries.pins_of(session, records)},
    }


def _asked(session: Session, view: SingleView, against: UUID | None) -> VerificationQuestions | None:
    """The record to verify against: the one chosen, or the one that knows most."""
    offered = queries.questions_for(session, golden_id=view.golden_id)
    chosen = str(against or request.args.get("against", ""))
    return next((one for one in offered if str(one.source_record_id) == chosen), offered[0] if offered else None)


def _call(session: Session) -> ContactRow | None:
    """The call that I am in."""
    me = actor().account_id
    return enquiries.open_contact_of(session, me) if me and may(actor(), Permission.CONTACTS_TAKE) else None


def _purpose() -> str:
    asked = request.args.get("purpose", "")
    return asked if asked in PURPOSES else "call"
