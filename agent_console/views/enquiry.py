"""One enquiry: who asked for what, who has it, what happened, and what can be done now."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.enquiries import FileForm, OnVersion, TaskForm, WhyForm
from agent_console.views.moves import BY_NAME, Move, offered
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.customers import queries as customers
from app.enquiries import queries, services
from app.enquiries.rows import EnquiryRow
from app.handoffs import queries as handoffs
from app.kernel.errors import NotFound
from app.notifications import queries as notifications
from app.organisation import queries as organisation
from app.routing import services as routing
from app.sla import queries as sla
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_enquiry", __name__, url_prefix="/console/enquiries")


@bp.get("/<reference>")
@staff(Permission.ENQUIRIES_VIEW)
def page(reference: str) -> str | Response:
    """The enquiry; of one that was joined to another, that other one, unless its own history is asked for."""
    with reading() as session:
        row = queries.enquiry(session, actor(), reference)
        if row.duplicate_of and "own" not in request.args:
            notices.information(gettext("%(reference)s was joined to this enquiry", reference=row.reference))
            return redirect(url_for("console_enquiry.page", reference=row.duplicate_of))
        if row.reference != reference:
            return redirect(url_for("console_enquiry.page", reference=row.reference))
    with transaction() as session:
        services.beat(session, actor(), reference, now=now())
    with reading() as session:
        return _show(session, row)


@bp.post("/<reference>/take")
@staff(Permission.ENQUIRIES_WORK)
def take(reference: str) -> Response:
    """It is mine from here."""
    with transaction() as session:
        routing.assign_to_me(session, actor(), reference, version=OnVersion(prefix="take-").seen(), now=now())
    notices.success(gettext("You have %(reference)s now", reference=reference))
    return redirect(url_for("console_enquiry.page", reference=reference), 303)


@bp.post("/<reference>/<name>")
@staff(Permission.ENQUIRIES_WORK)
def move(reference: str, name: str) -> str | Response | tuple[str, int]:
    """Do one of the moves; with something wrong, show the page with its form open."""
    chosen = BY_NAME.get(name)
    if chosen is None:
        raise NotFound
    with reading() as session:
        row = queries.enquiry(session, actor(), reference)
        form = _form(session, chosen, row)
    if attempt(form, lambda session: chosen.run(session, reference, form)) is None:
        with reading() as session:
            return _show(session, row, tried=chosen, form=form), 422
    notices.success(gettext(chosen.done))
    return redirect(url_for("console_enquiry.page", reference=row.reference), 303)


def _show(session: Session, row: EnquiryRow, tried: Move | None = None, form: OnVersion | None = None) -> str:
    who = actor()
    moves = [
        (each, form if form is not None and tried is each else _form(session, each, row, fresh=True))
        for each in offered(row, who, promiser=services.is_promiser(session, who))
    ]
    return render_template(
        "agent_console/enquiry.html",
        row=row,
        moves=moves,
        tried=tried,
        form=form,
        entries=queries.entries(session, who, row.reference),
        places=queries.places(session, who, row.reference),
        clocks=sla.clocks(session, row.reference),
        handoffs=handoffs.handoffs_of(session, who, row.reference),
        messages=notifications.messages_about(session, "enquiry", row.id),
        person=customers.person(session, row.source_record_id) if row.source_record_id else None,
        call=queries.open_contact_of(session, who.account_id) if who.account_id else None,
        take=OnVersion(prefix="take-", formdata=None, version=row.version),
        can_take=row.open
        and row.owner_id != who.account_id
        and row.owner_id is None
        and may(who, Permission.ENQUIRIES_WORK),
        now=now(),
        **tools(session, row),
    )


def tools(session: Session, row: EnquiryRow) -> dict[str, Any]:
    """What hangs on the enquiry: both clocks with their ledger, tasks, files, links, the urgent flag, and who is looking."""
    who, reference = actor(), row.reference
    ledger = sla.pauses(session, reference)
    task = TaskForm(prefix="task-", formdata=None)
    task.assignee.choices = [("", gettext("Nobody in particular")), *people(session)[1:]]
    flag = queries.urgency(session, who, reference)
    decides = flag is not None and flag.authorised_at is None and services.is_authority(session, who)
    return {
        "times": sla.two_clocks(session, row, ledger, now=now()),
        "pauses": ledger,
        "tasks": queries.tasks(session, who, reference),
        "task_form": task,
        "files": queries.files(session, who, reference),
        "file_form": FileForm(prefix="file-", formdata=None),
        "why_form": WhyForm(prefix="why-", formdata=None),
        "links": queries.links(session, who, reference),
        "joined": queries.joined_to(session, who, reference),
        "urgency": flag,
        "decides": decides,
        "looking": queries.looking_at(session, who, reference, now=now()),
        "works": may(who, Permission.ENQUIRIES_WORK),
    }


def _form(session: Session, chosen: Move, row: EnquiryRow, *, fresh: bool = False) -> OnVersion:
    """The form of a move with its choices; each has a prefix, for they stand on one page."""
    options = {"formdata": None, "version": row.version} if fresh else {}
    form = chosen.form(prefix=f"{chosen.name}-", **options)
    if chosen.name == "hand-off":
        form.unit.choices = _units(session)
        if fresh:
            form.unit.data = organisation.service(session, row.service_id).handoff_unit_slug or ""
    elif chosen.name == "queue":
        form.queue.choices = [("", gettext("Choose a queue"))] + [
            (q.slug, q.name) for q in organisation.queues(session)
        ]
    elif chosen.name == "resolve" and not any(task.open for task in queries.tasks(session, actor(), row.reference)):
        del form.despite_tasks
    elif chosen.name == "message":
        form.audience.label.text = gettext(
            "%(name)s reads this, at %(email)s", name=row.raiser.name, email=row.raiser.email
        )
    elif chosen.name == "assign":
        form.to_account.choices = people(session)
    return form


def people(session: Session) -> list[tuple[str | UUID, str]]:
    """Everybody who can be given an enquiry, with their unit."""
    members = organisation.staff_of_units(session)
    return [("", gettext("Choose a person")), *((m.account_id, f"{m.name} ({gettext(m.unit_name)})") for m in members)]


def _units(session: Session) -> list[tuple[str, str]]:
    units = organisation.units(session)
    return [("", gettext("Choose a service")), *((unit.slug, gettext(unit.name)) for unit in units)]
