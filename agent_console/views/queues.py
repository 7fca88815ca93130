"""The queue register: every queue, live or not, who looks after it, and what is doubtful about it."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.queues import (
    KIND_NAMES,
    NAME_DOUBTS,
    STATUS_COLOURS,
    STATUS_NAMES,
    ClosingForm,
    KeepersForm,
    LiveForm,
    QueueForm,
)
from agent_console.views.trying import attempt
from app.accounts.policy import Permission
from app.kernel.clock import london_date
from app.kernel.errors import NotFound
from app.kernel.paging import PageRequest
from app.organisation import queries, services
from app.organisation.enums import QueueKind, QueueStatus
from app.organisation.errors import DoubtfulName
from app.organisation.naming import NameWarning
from app.organisation.queries import RegisterFilter
from app.routing import closing as closings
from app.routing import services as routing
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_queues", __name__, url_prefix="/console/queues")
organiser = staff(Permission.ORGANISATION_MANAGE)


@bp.get("")
@organiser
def listing() -> str:
    """The register by name, with what needs somebody's eye above it."""
    today = london_date(now())
    wanted = _asked(today)
    with reading() as session:
        warnings = queries.standing_warnings(session)
        return render_template(
            "agent_console/queues.html",
            page=queries.register(session, wanted, paging.wanted()),
            wanted=wanted,
            counts=queries.register_counts(session),
            doubted={warning.queue_id for warning in warnings if not warning.reason},
            overdue=queries.register(session, RegisterFilter(overdue=today), PageRequest(1, 1)).total,
            units=queries.units(session),
            kinds=KIND_NAMES,
            statuses=STATUS_NAMES,
            colours=STATUS_COLOURS,
            today=today,
        )


@bp.get("/<slug>")
@organiser
def one(slug: str) -> str:
    return _page(slug)


@bp.post("/<slug>")
@organiser
def name_people(slug: str) -> Response | tuple[str, int]:
    """These three from now on."""
    form = KeepersForm()
    with reading() as session:
        _live(session, slug)
        form.offer(queries.staff_of_units(session))
    if not attempt(form, lambda session: services.name_people(session, actor(), slug, **form.named(), now=now())):
        return _page(slug, keepers=form), 422
    notices.success(gettext("These people look after the queue now."))
    return redirect(url_for("console_queues.listing"), 303)


@bp.get("/<slug>/edit")
@organiser
def edit(slug: str) -> str:
    with reading() as session:
        row = queries.register_entry(session, slug)
        if row.status is QueueStatus.CLOSED:
            raise NotFound
        form = QueueForm()
        form.offer(queries.units(session), queries.staff_of_units(session))
        form.show(services.card_of(session, slug))
    return render_template("agent_console/queue_form.html", form=form, queue=row, doubts=(), sentences=NAME_DOUBTS)


@bp.post("/<slug>/edit")
@organiser
def save(slug: str) -> Response | tuple[str, int]:
    """Keep what was entered. A doubtful name comes back once, with what is doubtful about it."""
    with reading() as session:
        row = queries.register_entry(session, slug)

    def work(session: Session, form: QueueForm) -> Any:
        reason = form.name_reason.data or ""
        return services.edit_queue(session, actor(), slug, form.card(), name_reason=reason, now=now())

    form, doubts, done = fill(work)
    if done is None:
        page = render_template(
            "agent_console/queue_form.html", form=form, queue=row, doubts=doubts, sentences=NAME_DOUBTS
        )
        return page, 422
    notices.success(gettext("The register says so now."))
    return redirect(url_for("console_queues.one", slug=slug), 303)


@bp.post("/<slug>/live")
@organiser
def go_live(slug: str) -> Response | tuple[str, int]:
    """Make a draft live, if it is complete."""
    form = LiveForm()

    def work(session: Session) -> Any:
        return services.go_live(session, actor(), slug, name_reason=form.name_reason.data or "", now=now())

    if attempt(form, work) is None:
        return _page(slug, live=form), 422
    notices.success(gettext("The queue is live."))
    return redirect(url_for("console_queues.one", slug=slug), 303)


@bp.get("/<slug>/close")
@organiser
def closing(slug: str) -> str:
    """What is in it and what leads to it, before it is closed."""
    return _closing_page(slug, ClosingForm())


@bp.post("/<slug>/close")
@organiser
def close(slug: str) -> Response | tuple[str, int]:
    """Move, send on, and leave a tombstone."""
    form = ClosingForm()
    with reading() as session:
        form.offer(queries.queues(session), slug)
    done = attempt(
        form,
        lambda session: routing.close_safely(
            session, actor(), slug, reason=form.reason.data or "", move_to=form.move_to.data or "", now=now()
        ),
    )
    if done is None:
        return _closing_page(slug, form), 422
    notices.success(gettext("The queue is closed. %(moved)s enquiries were moved.", moved=done.moved))
    return redirect(url_for("console_queues.one", slug=slug), 303)


@bp.post("/<slug>/reopen")
@organiser
def reopen(slug: str) -> Response:
    """Undo the closing."""
    with transaction() as session:
        routing.reopen_safely(session, actor(), slug, now=now())
    notices.success(gettext("The queue is live again."))
    return redirect(url_for("console_queues.one", slug=slug), 303)


def fill(
    work: Callable[[Session, QueueForm], Any],
) -> tuple[QueueForm, tuple[NameWarning, ...], Any]:
    """The form, what is doubtful about the name in it, and the result of the work; None if it has to be shown again."""
    form = QueueForm()
    doubts: list[NameWarning] = []
    with reading() as session:
        form.offer(queries.units(session), queries.staff_of_units(session))

    def tried(session: Session) -> Any:
        try:
            return work(session, form)
        except DoubtfulName as refused:
            doubts.extend(refused.warnings)
            raise

    done = attempt(form, tried)
    return form, tuple(doubts), done


def _page(slug: str, *, keepers: KeepersForm | None = None, live: LiveForm | None = None) -> str:
    with reading() as session:
        row = queries.register_entry(session, slug)
        units, people = queries.readers_of(session, row.id)
        form = keepers
        if form is None and row.status is QueueStatus.ACTIVE:
            form = KeepersForm(owner=row.owner_id, deputy=row.deputy_id, monitor=row.monitor_id)
            form.offer(queries.staff_of_units(session))
        return render_template(
            "agent_console/queue.html",
            queue=row,
            form=form,
            live=live or (LiveForm() if row.status is QueueStatus.DRAFT else None),
            wrong=live or keepers,
            reader_units=units,
            reader_people=people,
            warnings=queries.warnings_of(session, row.id),
            preview=closings.preview_closing(session, slug),
            sentences=NAME_DOUBTS,
            kinds=KIND_NAMES,
            statuses=STATUS_NAMES,
            colours=STATUS_COLOURS,
            today=london_date(now()),
        )


def _closing_page(slug: str, form: ClosingForm) -> str:
    with reading() as session:
        preview = closings.preview_closing(session, slug)
        if preview.queue.status is QueueStatus.CLOSED:
            raise NotFound
        form.offer(queries.queues(session), slug)
    return render_template("agent_console/queue_close.html", form=form, preview=preview, queue=preview.queue)


def _asked(today: date) -> RegisterFilter:
    """The filters of the address. What cannot be understood filters nothing."""
    given = {
        name: request.args.get(name, "").replace("\x00", "") for name in ("search", "status", "kind", "unit", "overdue")
    }
    return RegisterFilter(
        given["search"],
        QueueStatus(given["status"]) if given["status"] in set(QueueStatus) else None,
        QueueKind(given["kind"]) if given["kind"] in set(QueueKind) else None,
        given["unit"],
        today if given["overdue"] else None,
    )


def _live(session: Session, slug: str) -> None:
    if queries.register_entry(session, slug).status is not QueueStatus.ACTIVE:
        raise NotFound
