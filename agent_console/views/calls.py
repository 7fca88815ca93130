"""A call from beginning to end: who it is, the script of what they ask about, and how it ended."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.acting import acting_in, choosing
from agent_console.forms.calls import TakeForm, WrapUpForm
from agent_console.forms.enquiries import CallerForm
from agent_console.forms.relationships import ActingForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.customers import queries as customers
from app.enquiries import queries, services
from app.enquiries.enums import Channel, WrapUp
from app.enquiries.rows import ContactRow, Raiser
from app.organisation import queries as organisation
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_calls", __name__, url_prefix="/console/calls")
advisor = staff(Permission.CONTACTS_TAKE)
Answer = str | Response | tuple[str, int]


@bp.post("")
@advisor
def take() -> Response:
    """Somebody is on the line."""
    form = TakeForm()
    channel = Channel(form.channel.data) if form.validate() else Channel.PHONE
    with transaction() as session:
        row = services.open_contact(session, actor(), channel=channel, now=now())
    return redirect(url_for("console_calls.page", contact_id=row.id), 303)


@bp.get("/<uuid:contact_id>")
@advisor
def page(contact_id: UUID) -> str:
    return _show(contact_id)


@bp.post("/<uuid:contact_id>/caller")
@advisor
def caller(contact_id: UUID) -> Answer:
    """Who it is, as they say it."""
    form = CallerForm()
    given = Raiser(form.name.data or "", form.email.data or "", form.phone.data or "")
    if (
        attempt(form, lambda session: services.identify_caller(session, actor(), contact_id, caller=given, now=now()))
        is None
    ):
        return _show(contact_id, caller_form=form), 422
    return redirect(url_for("console_calls.page", contact_id=contact_id, service=request.args.get("service")), 303)


@bp.post("/<uuid:contact_id>/wrap-up")
@advisor
def wrap_up(contact_id: UUID) -> Answer:
    """The call is over."""
    form = _wrap_up_form()
    done = attempt(
        form,
        lambda session: services.wrap_up(
            session,
            actor(),
            contact_id,
            code=WrapUp(form.code.data),
            resolved_here=form.resolved_here.data == "yes",
            service=form.service.data or None,
            avoidable=bool(form.avoidable.data),
            note=form.note.data or "",
            now=now(),
        ),
    )
    if done is None:
        return _show(contact_id, wrap_up_form=form), 422
    said = gettext("Wrapped up as resolved at first contact") if done.resolved_here else gettext("Wrapped up")
    notices.success(said)
    return redirect(url_for("console_home.home"), 303)


@bp.post("/<uuid:contact_id>/acting")
@advisor
def acting(contact_id: UUID) -> Answer:
    """For whom the caller speaks from here on."""
    with reading() as session:
        row = queries.contact(session, actor(), contact_id)
        offered = customers.acting_by_record(session, row.source_record_id, now=now()) if row.source_record_id else []
        form = choosing(offered, None, given=True)
    if not form.validate():
        return _show(contact_id, acting_form=form), 422
    chosen = UUID(form.relationship.data) if form.relationship.data else None
    with transaction() as session:
        services.act_for(session, actor(), contact_id, chosen, now=now())
    return redirect(url_for("console_calls.page", contact_id=contact_id), 303)


def _wrap_up_form() -> WrapUpForm:
    form = WrapUpForm()
    with reading() as session:
        services_offered = organisation.catalogue(session)
    form.service.choices = [("", gettext("Something else")), *((s.slug, gettext(s.name)) for s in services_offered)]
    return form


def _show(
    contact_id: UUID,
    caller_form: CallerForm | None = None,
    wrap_up_form: WrapUpForm | None = None,
    acting_form: ActingForm | None = None,
) -> str:
    slug = request.args.get("service", "")
    with reading() as session:
        row = queries.contact(session, actor(), contact_id)
        catalogue = organisation.catalogue(session)
        service = (
            organisation.service_by_slug(session, slug or row.service_slug or "") if slug or row.service_slug else None
        )
        wrap = wrap_up_form or _wrap_up_form()
        acting = acting_in(session, row, acting_form)
        if acting.row:
            catalogue = tuple(one for one in catalogue if acting.row.covers(one.slug))
        if wrap_up_form is None and service:
            wrap.service.data = service.slug
        return render_template(
            "agent_console/call.html",
            call=row,
            mine=row.advisor_id == actor().account_id,
            verified=customers.person(session, row.source_record_id) if row.source_record_id else None,
            catalogue=catalogue,
            service=service,
            caller_form=caller_form or _filled(row),
            wrap_up_form=wrap,
            form=caller_form or wrap_up_form or acting_form,
            acting=acting,
        )


def _filled(row: ContactRow) -> CallerForm:
    return CallerForm(name=row.caller_name, email=row.caller_email, phone=row.caller_phone)
