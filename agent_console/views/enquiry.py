"""One enquiry: who asked for what, who has it, what happened, and what can be done now."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.customers import OpenForm
from agent_console.forms.enquiries import FileForm, OnVersion, TaskForm, WhyForm
from agent_console.views.enquiry_choices import Choices
from agent_console.views.moves import BY_NAME, Move, offered
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.customers import queries as customers
from app.enquiries import queries, services
from app.enquiries.rows import EnquiryRow
from app.handoffs import queries as handoffs
from app.kernel.errors import NotFound
from app.notifications import queries as notifications
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
        shown = _show(session, row)
    with transaction() as session:
        services.beat(session, actor(), row, now=now())
    return shown


@bp.post("/<reference>/take")
@staff(Permission.ENQUIRIES_WORK)
def take(reference: str) -> Response:
    """It is mine from here."""
    with transaction() as session:
        routing.assign_to_me(session, actor(), reference, version=OnVersion(prefix="take-").seen(), now=now())
    notices.success(gettext("You have %(reference)s now", reference=reference))
    return redirect(url_for("console_enquiry.page", reference=reference), 303)


@bp.post("/<reference>/open")
@staff(Permission.CUSTOMERS_RESTRICTED)
def open_restricted(reference: str) -> str | tuple[str, int]:
    """Show who asks and what they said, once, for a reason that is kept: their record is restricted."""
    form = OpenForm()
    if attempt(form, lambda session: _opened(session, reference, form)) is None:
        with reading() as session:
            return _show(session, queries.enquiry(session, actor(), reference), form=None, refused=form), 422
    with reading() as session:
        return _show(session, queries.enquiry(session, actor(), reference, opened=True))


def _opened(session: Session, reference: str, form: OpenForm) -> bool:
    services.open_restricted(session, actor(), reference, reason=form.reason.data or "", now=now())
    return True


@bp.post("/<reference>/<name>")
@staff(Permission.ENQUIRIES_WORK)
def move(reference: str, name: str) -> str | Response | tuple[str, int]:
    """Do one of the moves; with something wrong, show the page with its form open."""
    chosen = BY_NAME.get(name)
    if chosen is None:
        raise NotFound
    with reading() as session:
        row = queries.enquiry(session, actor(), reference)
        form = _form(chosen, row, Choices(session, row))
    if attempt(form, lambda session: chosen.run(session, reference, form)) is None:
        with reading() as session:
            return _show(session, row, tried=chosen, form=form), 422
    notices.success(gettext(chosen.done))
    return redirect(url_for("console_enquiry.page", reference=row.reference), 303)


def _show(
    session: Session,
    row: EnquiryRow,
    tried: Move | None = None,
    form: OnVersion | None = None,
    refused: OpenForm | None = None,
) -> str:
    who, choices = actor(), Choices(session, row)
    moves = [
        (each, form if form is not None and tried is each else _form(each, row, choices, fresh=True))
        for each in offered(row, who, promiser=services.is_promiser(session, who))
    ]
    return render_template(
        "agent_console/enquiry.html",
        row=row,
        moves=moves,
        tried=tried,
        form=form or refused,
        refused=refused,
        entries=queries.entries(session, who, row),
        places=queries.places(session, who, row),
        clocks=sla.clocks(session, row.reference),
        handoffs=handoffs.handoffs_of(session, who, row),
        messages=notifications.messages_about(session, "enquiry", row.id),
        person=customers.person(session, row.source_record_id) if row.source_record_id and not row.hidden else None,
        open_form=OpenForm(formdata=None) if row.hidden and may(who, Permission.CUSTOMERS_RESTRICTED) else None,
        call=queries.open_contact_of(session, who.account_id) if who.account_id else None,
        take=OnVersion(prefix="take-", formdata=None, version=row.version),
        can_take=row.open
        and row.owner_id != who.account_id
        and row.owner_id is None
        and may(who, Permission.ENQUIRIES_WORK),
        now=now(),
        **_acting(session, row),
        **tools(session, row, choices),
    )


def _acting(session: Session, row: EnquiryRow) -> dict[str, Any]:
    """By what right it was raised for another, and to whom messages go now."""
    if row.relationship_id is None or row.hidden:
        return {"acting": None, "writes_to": ""}
    return {
        "acting": customers.relationship(session, row.relationship_id, now=now()),
        "writes_to": queries.writes_to(session, row.id, now=now()),
    }


def tools(session: Session, row: EnquiryRow, choices: Choices) -> dict[str, Any]:
    """What hangs on the enquiry: both clocks with their ledger, tasks, files, links, the urgent flag, and who is looking."""
    who = actor()
    ledger = sla.pauses(session, row.reference)
    task = TaskForm(prefix="task-", formdata=None)
    task.assignee.choices = [("", gettext("Nobody in particular")), *choices.people[1:]]
    flag = queries.urgency(session, who, row)
    decides = flag is not None and flag.authorised_at is None and services.is_authority(session, who)
    return {
        "times": sla.two_clocks_of(row, choices.service, ledger, now=now()),
        "pauses": ledger,
        "tasks": choices.tasks,
        "task_form": task,
        "files": queries.files(session, who, row),
        "file_form": FileForm(prefix="file-", formdata=None),
        "why_form": WhyForm(prefix="why-", formdata=None),
        "links": queries.links(session, who, row),
        "joined": queries.joined_to(session, who, row),
        "urgency": flag,
        "decides": decides,
        "looking": queries.looking_at(session, who, row, now=now()),
        "works": may(who, Permission.ENQUIRIES_WORK),
    }


def _form(chosen: Move, row: EnquiryRow, choices: Choices, *, fresh: bool = False) -> OnVersion:
    """The form of a move with its choices; each has a prefix, for they stand on one page."""
    options = {"formdata": None, "version": row.version} if fresh else {}
    form = chosen.form(prefix=f"{chosen.name}-", **options)
    if chosen.name == "hand-off":
        form.unit.choices = choices.units
        if fresh:
            form.unit.data = choices.service.handoff_unit_slug or ""
    elif chosen.name == "queue":
        form.queue.choices = choices.queues
    elif chosen.name == "resolve" and not any(task.open for task in choices.tasks):
        del form.despite_tasks
    elif chosen.name == "message":
        form.audience.personal = True
        form.audience.label.text = gettext(
            "%(name)s reads this, at %(email)s", name=row.raiser.name, email=row.raiser.email
        )
    elif chosen.name == "assign":
        form.to_account.choices = choices.people
    return form
