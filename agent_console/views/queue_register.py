"""What is done to the register as a whole: opening a queue, reading in a legacy list, and what is found wrong."""

import base64
import binascii
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console import exports
from agent_console.forms.queues import NAME_DOUBTS, ImportForm, ListForm, QueueForm
from agent_console.views.queues import fill, organiser
from agent_console.views.trying import attempt
from app.kernel.errors import Invalid
from app.kernel.paging import Page, PageRequest
from app.organisation import queries, services
from app.organisation.enums import QueueKind
from app.organisation.naming import slug_of
from app.organisation.rows import QueueRow
from app.routing import findings as faults
from app.routing import legacy_files
from app.routing import services as routing
from app.routing.findings import Finding, FindingRow, FindingsReport
from app.web import notices, paging
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_register", __name__, url_prefix="/console/queue-register")
SHOWN = 50


@bp.get("/new")
@organiser
def new() -> str:
    form = QueueForm(kind=QueueKind.PERMANENT.value)
    with reading() as session:
        form.offer(queries.units(session), queries.staff_of_units(session))
    return render_template("agent_console/queue_form.html", form=form, queue=None, doubts=(), sentences=NAME_DOUBTS)


@bp.post("/new")
@organiser
def open_queue() -> ResponseReturnValue:
    """Open a queue: complete, or not at all."""

    def work(session: Session, form: QueueForm) -> QueueRow:
        card, slug = form.card(), slug_of(form.name.data or "") or "queue"
        return services.open_queue(
            session, actor(), slug=slug, name=card.name, purpose=card.purpose, unit=card.unit, owner_id=card.owner_id,
            deputy_id=card.deputy_id, monitor_id=card.monitor_id, reader_ids=card.reader_ids, reader_units=card.reader_units,
            kind=card.kind, ends_on=card.ends_on, review_on=card.review_on, name_reason=form.name_reason.data or "", now=now(),
        )  # fmt: skip

    form, doubts, done = fill(work)
    if done is None:
        page = render_template(
            "agent_console/queue_form.html", form=form, queue=None, doubts=doubts, sentences=NAME_DOUBTS
        )
        return page, 422
    notices.success(gettext("The queue is live."))
    return redirect(url_for("console_queues.one", slug=done.slug), 303)


@bp.get("/names")
@organiser
def names() -> str:
    """Every doubt about a name, weighed or not."""
    with reading() as session:
        warnings = queries.standing_warnings(session)
    return render_template("agent_console/queue_names.html", warnings=warnings, sentences=NAME_DOUBTS)


@bp.get("/import")
@organiser
def choose_list() -> str:
    return _list_page(_list_form(service=routing.USUAL_SERVICE))


@bp.post("/import")
@organiser
def look_at_list() -> ResponseReturnValue:
    """Show what is in the files and what is wrong with which line; nothing is kept yet."""
    form = _list_form()
    content, stuck = _uploaded("file"), _uploaded("stuck")
    if not content:
        form.validate()
        form.problem("file", gettext("Choose a file"))
        return _list_page(form), 422
    try:
        listed = legacy_files.read_queues(content)
        enquiries, wrong = legacy_files.read_enquiries(stuck, listed) if stuck else ((), ())
    except Invalid as refused:
        form.validate()
        form.refuse(refused)
        return _list_page(form), 422
    return render_template(
        "agent_console/queue_import_check.html",
        listed=listed,
        enquiries=enquiries,
        errors=(*listed.errors, *wrong),
        file_name=request.files["file"].filename or "queues.csv",
        content=base64.b64encode(content).decode(),
        stuck=base64.b64encode(stuck).decode(),
        service=form.service.data,
        shown=SHOWN,
    )


@bp.post("/import/now")
@organiser
def bring_in() -> ResponseReturnValue:
    """Bring in what was looked at."""
    form = ImportForm()

    def work(session: Session) -> routing.Imported:
        listed = legacy_files.read_queues(_decoded(form.file.data))
        content = _decoded(form.stuck.data)
        enquiries = legacy_files.read_enquiries(content, listed)[0] if content else ()
        return routing.import_queue_list(
            session, actor(), listed, enquiries, file_name=form.file_name.data or "", now=now(),
            service=form.service.data or routing.USUAL_SERVICE,
        )  # fmt: skip

    done = attempt(form, work)
    if done is None:
        return _list_page(_list_form(formdata=None, service=routing.USUAL_SERVICE)), 422
    notices.success(
        gettext(
            "%(queues)s queues are drafts now, and %(enquiries)s stuck enquiries are with the monitoring desk.",
            queues=done.queues, enquiries=done.enquiries,
        )
    )  # fmt: skip
    return redirect(url_for("console_register.findings", list=done.import_id), 303)


@bp.get("/findings")
@organiser
def findings() -> str:
    """What is wrong in the register, or in one list that was brought in."""
    finding = _finding()
    with reading() as session:
        report, batch = _report(session)
        return render_template(
            "agent_console/queue_findings.html",
            report=report,
            page=_page_of(report.of(finding), paging.wanted(50)) if finding else None,
            finding=finding,
            batch=batch,
            imports=faults.imports(session),
        )


@bp.get("/findings.<form>")
@organiser
def findings_file(form: str) -> Response:
    """The same to take away."""
    with reading() as session:
        report, _ = _report(session)
    headings = [gettext("Finding"), gettext("Queue"), gettext("Unit"), gettext("What was found"), gettext("Address")]
    rows = [
        (
            gettext(row.finding.label), row.queue_name, row.sector, gettext(row.detail, **row.params) if row.detail else "",
            url_for("console_queues.one", slug=row.queue_slug),
        )
        for row in report.of(_finding())
    ]  # fmt: skip
    return exports.table(form, "queue-findings", headings, rows)


def _list_form(**given: Any) -> ListForm:
    form = ListForm(**given)
    with reading() as session:
        form.service.choices = [(service.slug, gettext(service.name)) for service in queries.catalogue(session)]
    return form


def _list_page(form: ListForm) -> str:
    with reading() as session:
        return render_template("agent_console/queue_import.html", form=form, imports=faults.imports(session))


def _report(session: Session) -> tuple[FindingsReport, faults.ImportRow | None]:
    try:
        import_id = UUID(request.args.get("list", ""))
    except ValueError:
        return faults.findings(session, now=now()), None
    batch = faults.import_row(session, import_id)
    return faults.findings(session, import_id=import_id, now=now()), batch


def _page_of(rows: tuple[FindingRow, ...], wanted: PageRequest) -> Page[FindingRow]:
    first = (wanted.number - 1) * wanted.size
    return Page(rows[first : first + wanted.size], len(rows), wanted.number, wanted.size)


def _finding() -> Finding | None:
    asked = request.args.get("finding", "")
    return Finding(asked) if asked in set(Finding) else None


def _uploaded(name: str) -> bytes:
    file = request.files.get(name)
    return file.read(legacy_files.MOST_BYTES + 1) if file else b""


def _decoded(written: str | None) -> bytes:
    try:
        return base64.b64decode(written or "", validate=True)
    except binascii.Error as error:
        raise Invalid({"file": "Choose a file"}) from error
