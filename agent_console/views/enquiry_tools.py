"""What hangs on an enquiry: tasks, files, links, the urgent flag, splitting, and who is looking."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import FileForm, SplitAnswersForm, SplitForm, TaskForm, WhyForm, end_of
from agent_console.views.enquiry_choices import people
from app.accounts.policy import Permission
from app.customers import queries as customers
from app.enquiries import queries, services
from app.enquiries.rows import EnquiryRow
from app.kernel.errors import Invalid
from app.organisation import queries as organisation
from app.organisation.rows import ServiceRow
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.files import send
from app.web.i18n import gettext
from app.web.questions import QuestionForm, question_form

bp = Blueprint("console_tools", __name__, url_prefix="/console/enquiries")
Answer = str | Response | tuple[str, int]


@bp.post("/<reference>/looking")
@staff(Permission.ENQUIRIES_VIEW)
def looking(reference: str) -> str:
    """A heartbeat, and who else is there; the page asks again by itself."""
    with transaction() as session:
        services.beat(session, actor(), reference, now=now())
        others = queries.looking_at(session, actor(), reference, now=now())
    return render_template("agent_console/_looking.html", looking=others, reference=reference)


@bp.post("/<reference>/tasks")
@staff(Permission.ENQUIRIES_WORK)
def add_task(reference: str) -> Response:
    form = TaskForm(prefix="task-")
    with reading() as session:
        form.assignee.choices = [("", ""), *people(session)[1:]]
    if not form.validate():
        return _refused(reference, form, "tasks")
    given = {
        "title": form.title.data,
        "due_at": end_of(form.due_at.data) if form.due_at.data else None,
        "assignee_id": UUID(form.assignee.data) if form.assignee.data else None,
    }
    return _do(reference, "tasks", gettext("The task is added"), partial(_with, services.add_task, **given))


@bp.post("/<reference>/tasks/<uuid:task_id>/done")
@staff(Permission.ENQUIRIES_WORK)
def finish_task(reference: str, task_id: UUID) -> Response:
    return _do(reference, "tasks", gettext("Done"), partial(_with, services.finish_task, task_id=task_id))


@bp.post("/<reference>/tasks/<uuid:task_id>/drop")
@staff(Permission.ENQUIRIES_WORK)
def drop_task(reference: str, task_id: UUID) -> Response:
    why = WhyForm(prefix="why-").reason.data or ""
    return _do(
        reference,
        "tasks",
        gettext("The task is dropped"),
        partial(_with, services.drop_task, task_id=task_id, reason=why),
    )


@bp.post("/<reference>/files")
@staff(Permission.ENQUIRIES_WORK)
def attach(reference: str) -> Response:
    form = FileForm(prefix="file-")
    if not form.validate():
        return _refused(reference, form, "files")
    given = form.files.given()
    if not given:
        notices.problem(gettext("Choose a file first"))
        return _back(reference, "files")
    internal = form.seen_by.data == "internal"
    return _do(
        reference,
        "files",
        gettext("The files are added"),
        partial(_with, services.attach, given=given, internal=internal),
    )


@bp.get("/<reference>/files/<uuid:file_id>")
@staff(Permission.ENQUIRIES_VIEW)
def file(reference: str, file_id: UUID) -> Response:
    with reading() as session:
        return send(queries.file_content(session, actor(), reference, file_id))


@bp.post("/<reference>/files/<uuid:file_id>/hide")
@staff(Permission.ENQUIRIES_WORK)
def hide_file(reference: str, file_id: UUID) -> Response:
    why = WhyForm(prefix="why-").reason.data or ""
    return _do(
        reference,
        "files",
        gettext("Nobody sees the file any more"),
        partial(_with, services.hide_file, file_id=file_id, reason=why),
    )


@bp.post("/<reference>/links/<uuid:link_id>/remove")
@staff(Permission.ENQUIRIES_WORK)
def unlink(reference: str, link_id: UUID) -> Response:
    return _do(
        reference, "links", gettext("They are not linked any more"), partial(_with, services.unlink, link_id=link_id)
    )


@bp.post("/<reference>/urgent/authorise")
@staff(Permission.ENQUIRIES_VIEW)
def authorise(reference: str) -> Response:
    return _do(reference, "urgent", gettext("It is urgent now"), partial(_with, services.authorise_urgent))


@bp.post("/<reference>/urgent/refuse")
@staff(Permission.ENQUIRIES_VIEW)
def refuse(reference: str) -> Response:
    why = WhyForm(prefix="why-").reason.data or ""
    return _do(
        reference, "urgent", gettext("It stays an ordinary enquiry"), partial(_with, services.refuse_urgent, reason=why)
    )


@bp.get("/<reference>/split")
@staff(Permission.ENQUIRIES_WORK)
def split_start(reference: str) -> Answer:
    """Which service the second want is about; then its questions."""
    form = SplitForm(
        prefix="split-", formdata=request.args if "split-service" in request.args else None, meta={"csrf": False}
    )
    with reading() as session:
        row = queries.enquiry(session, actor(), reference)
        form.service.choices = [("", gettext("Choose a service"))] + [
            (service.slug, gettext(service.name)) for service in organisation.catalogue(session)
        ]
    if "split-service" in request.args and form.validate():
        return redirect(url_for("console_tools.split", reference=row.reference, slug=form.service.data))
    return render_template("agent_console/split_start.html", row=row, form=form)


@bp.get("/<reference>/split/<slug>")
@staff(Permission.ENQUIRIES_WORK)
def split(reference: str, slug: str) -> str:
    row, service = _both(reference, slug)
    form = _split_form(service)()
    form.version.data = str(row.version)
    return _ask(row, service, form)


@bp.post("/<reference>/split/<slug>")
@staff(Permission.ENQUIRIES_WORK)
def split_it(reference: str, slug: str) -> Answer:
    """Find an address, or make the second enquiry."""
    row, service = _both(reference, slug)
    form = _split_form(service)()
    with reading() as session:
        form.find_properties(partial(customers.search_properties, session, limit=100))
    if request.form.get("step") == "find":
        return _ask(row, service, form)
    if not form.validate():
        return _ask(row, service, form), 422
    seen = str(form.version.data or "")
    try:
        with transaction() as session:
            second = services.split(
                session, actor(), reference, service=slug, answers=form.answers(), reason=form.reason.data,
                version=int(seen) if seen.isdigit() else None, now=now(),
            )  # fmt: skip
    except Invalid as refused:
        form.refuse_answers(refused, {"reason": "reason"})
        return _ask(row, service, form), 422
    notices.success(gettext("%(reference)s is an enquiry of its own", reference=second.reference))
    return redirect(url_for("console_enquiry.page", reference=second.reference), 303)


def _both(reference: str, slug: str) -> tuple[EnquiryRow, ServiceRow]:
    with reading() as session:
        return queries.enquiry(session, actor(), reference), organisation.service_by_slug(session, slug)


def _split_form(service: ServiceRow) -> type[QuestionForm]:
    return question_form(service.questions, SplitAnswersForm)


def _ask(row: EnquiryRow, service: ServiceRow, form: QuestionForm) -> str:
    return render_template("agent_console/split.html", row=row, service=service, form=form)


def _with(verb: Callable[..., object], session: Session, reference: str, **given: Any) -> object:
    return verb(session, actor(), reference, **given, now=now())


def _do(reference: str, part: str, done: str, work: Callable[..., object]) -> Response:
    """Do it and go back to its part of the page; what is refused is said there."""
    try:
        with transaction() as session:
            work(session, reference)
    except Invalid as refused:
        for message in refused.errors.values():
            notices.problem(gettext(message, **refused.params))
        return _back(reference, part)
    notices.success(done)
    return _back(reference, part)


def _refused(reference: str, form: Any, part: str) -> Response:
    for messages in form.errors.values():
        for message in messages:
            notices.problem(str(message))
    return _back(reference, part)


def _back(reference: str, part: str) -> Response:
    return redirect(url_for("console_enquiry.page", reference=reference, _anchor=part), 303)
