"""What an erasure would do, carrying it out, and its certificate; legal holds; how long things are kept."""

from datetime import datetime, time
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from agent_console.forms.rights import HoldForm, KeepForm, ReasonForm, RuleForm
from agent_console.views.trying import attempt
from agent_console.wording_rights import HELD_ON
from app.accounts import queries as accounts
from app.accounts.policy import Permission
from app.customers import queries as customers
from app.enquiries import queries as enquiries
from app.kernel.actors import SYSTEM
from app.kernel.clock import LONDON, as_utc
from app.kernel.errors import DomainError, Invalid, NotFound
from app.rights import queries, services
from app.rights.rows import RetentionLine
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, runtime
from app.web.downloads import send_parts
from app.web.i18n import gettext

bp = Blueprint("console_erasure", __name__, url_prefix="/console/rights")
Answer = str | AnyResponse | tuple[str, int]
HANDLE = Permission.RIGHTS_HANDLE


@bp.get("/<uuid:request_id>/erasure")
@staff(HANDLE)
def plan(request_id: UUID) -> Answer:
    """The dry run."""
    return _show_plan(request_id, KeepForm(formdata=None))


@bp.post("/<uuid:request_id>/erasure/keep")
@staff(HANDLE)
def keep(request_id: UUID) -> Answer:
    form = KeepForm()
    _fill(form, request_id)
    done = attempt(
        form,
        lambda session: (
            services.keep(
                session, actor(), request_id, form.holding.data or "", reason=form.reason.data or "", now=now()
            )
            or True
        ),
    )
    if done is None:
        return _show_plan(request_id, form, 422)
    notices.success(gettext("Saved"))
    return redirect(url_for("console_erasure.plan", request_id=request_id), 303)


@bp.post("/<uuid:request_id>/erasure")
@staff(HANDLE)
def carry_out(request_id: UUID) -> Answer:
    """There is no way back: the box must be ticked."""
    if request.form.get("sure") != "yes":
        form = KeepForm(formdata=None)
        return _show_plan(request_id, form, 422, unsure=True)
    services.carry_out(runtime().database, actor(), request_id, clock=runtime().clock)
    notices.success(gettext("Erased. The certificate is below"))
    return redirect(url_for("console_rights.one", request_id=request_id), 303)


@bp.get("/<uuid:request_id>/certificate")
@staff(HANDLE)
def certificate(request_id: UUID) -> Response:
    with reading() as session:
        number, paper = queries.certificate_of(session, request_id)
    return send_parts(iter([paper]), f"certificate-of-erasure-{number}.pdf", len(paper), "application/pdf")


@bp.get("/holds")
@staff(HANDLE)
def holds() -> Answer:
    return _show_holds(HoldForm(formdata=None))


@bp.post("/holds")
@staff(HANDLE)
def place() -> Answer:
    form = HoldForm()
    _fill_hold(form)
    until = as_utc(datetime.combine(form.until.data, time(23, 59), LONDON)) if form.until.data else None
    done = attempt(
        form,
        lambda session: services.place_hold(
            session, actor(), form.object_type.data or "", _held(form), reason=form.reason.data or "", until=until, now=now()
        ),
    )  # fmt: skip
    if done is None:
        return _show_holds(form, 422)
    notices.success(gettext("The hold stands"))
    return redirect(url_for("console_erasure.holds"), 303)


@bp.post("/holds/<uuid:hold_id>/lift")
@staff(HANDLE)
def lift(hold_id: UUID) -> Answer:
    form = ReasonForm()
    done = attempt(
        form,
        lambda session: services.lift_hold(session, actor(), hold_id, reason=form.reason.data or "", now=now()) or True,
    )
    if done is None:
        notices.problem(gettext("Say why it need not be kept any more"))
    else:
        notices.success(gettext("The hold is lifted"))
    return redirect(url_for("console_erasure.holds"), 303)


@bp.get("/retention")
@staff(HANDLE)
def schedule() -> str:
    """Each class of records and its time; what runs have found and done."""
    with reading() as session:
        lines, page = queries.schedule(session), queries.runs(session, paging.wanted())
    return render_template("agent_console/retention.html", lines=lines, page=page)


@bp.post("/retention/count")
@staff(HANDLE)
def count() -> Answer:
    """A dry run of the whole schedule."""
    services.run_schedule(runtime().database, actor(), clock=runtime().clock, rehearsal=True)
    notices.success(gettext("Counted. Nothing was erased"))
    return redirect(url_for("console_erasure.schedule"), 303)


@bp.get("/retention/<holding>")
@staff(HANDLE)
def rule(holding: str) -> Answer:
    line = _line(holding)
    form = RuleForm(formdata=None, data={"months": str(line.months), "enforced": line.enforced})
    return render_template("agent_console/retention_rule.html", line=line, form=form)


@bp.post("/retention/<holding>")
@staff(HANDLE)
def set_rule(holding: str) -> Answer:
    form = RuleForm()
    months = int(form.months.data) if (form.months.data or "").isdigit() else 0
    done = attempt(
        form,
        lambda session: services.set_rule(
            session, actor(), holding, months=months, enforced=bool(form.enforced.data), reason=form.reason.data or "", now=now()
        )
        or True,
    )  # fmt: skip
    if done is None:
        return render_template("agent_console/retention_rule.html", line=_line(holding), form=form), 422
    notices.success(gettext("Saved"))
    return redirect(url_for("console_erasure.schedule"), 303)


def _show_plan(request_id: UUID, form: KeepForm, status: int = 200, *, unsure: bool = False) -> Answer:
    _fill(form, request_id)
    with reading() as session:
        row = queries.request(session, request_id, now=now())
        lines = queries.plan(session, request_id, now=now())
    page = render_template("agent_console/right_erase.html", row=row, lines=lines, form=form, unsure=unsure)
    return page, status


def _fill(form: KeepForm, request_id: UUID) -> None:
    with reading() as session:
        lines = queries.plan(session, request_id, now=now())
    form.holding.choices = [("", gettext("Choose")), *((line.holding, gettext(line.title)) for line in lines)]


def _show_holds(form: HoldForm, status: int = 200) -> Answer:
    _fill_hold(form)
    everything = request.args.get("show") == "all"
    with reading() as session:
        page = queries.holds(session, paging.wanted(), standing_only=not everything, now=now())
    return render_template(
        "agent_console/holds.html",
        page=page,
        form=form,
        everything=everything,
        kinds=HELD_ON,
        lift=ReasonForm(formdata=None),
    ), status


def _fill_hold(form: HoldForm) -> None:
    with reading() as session:
        form.source.choices = [
            ("", gettext("None")),
            *((one.slug, one.name) for one in customers.sources(session, now=now())),
        ]


def _held(form: HoldForm) -> UUID:
    """What was meant, by what people know it by. Invalid if there is no such thing."""
    key, found = form.key.data or "", None
    with reading() as session:
        if form.object_type.data == "source_record":
            found = customers.record_by_key(session, form.source.data or "", key)
        elif form.object_type.data == "account":
            account = accounts.by_email(session, key)
            found = account.id if account else None
        else:
            try:
                found = enquiries.enquiry(session, SYSTEM, key).id
            except DomainError:
                found = None
    if found is None:
        raise Invalid({"key": gettext("There is none like this")})
    return found


def _line(holding: str) -> RetentionLine:
    with reading() as session:
        found = {line.holding: line for line in queries.schedule(session) if line.can_run}
    if holding not in found:
        raise NotFound
    return found[holding]
