"""Where records come from: the register, each source with its loads, and what happens to a file that somebody brings."""

import json
from uuid import UUID

from flask import Blueprint, Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from agent_console.forms.sources import LoadForm, ReasonForm
from agent_console.views.trying import attempt
from agent_console.wording_customers import LOAD_COLOURS, LOADS
from agent_console.wording_sources import BASES, CONNECTORS, FRESHNESS, FRESHNESS_COLOURS, PHASES
from app.accounts.policy import Permission
from app.customers import queries, services
from app.kernel.paging import PageRequest
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_sources", __name__, url_prefix="/console/sources")
steward = staff(Permission.STEWARDSHIP_VIEW, Permission.SOURCES_LOAD)
loader = staff(Permission.SOURCES_LOAD)


@bp.get("")
@steward
def listing() -> str:
    """Every source, with how many records it has, when they came and whether that is as promised; and the last match runs."""
    with reading() as session:
        return render_template(
            "agent_console/sources.html",
            sources=queries.sources(session, now=now()),
            runs=queries.runs(session, PageRequest(1, 5)),
            connectors=CONNECTORS,
            freshness=FRESHNESS,
            freshness_colours=FRESHNESS_COLOURS,
        )


@bp.get("/<slug>")
@steward
def one(slug: str) -> str:
    with reading() as session:
        return render_template(
            "agent_console/source.html",
            entry=queries.register_entry(session, slug, now=now()),
            page=queries.loads(session, slug, paging.wanted()),
            loads=LOADS,
            colours=LOAD_COLOURS,
            bases=BASES,
            connectors=CONNECTORS,
            freshness=FRESHNESS,
            freshness_colours=FRESHNESS_COLOURS,
        )


@bp.get("/<slug>/load")
@loader
def bring(slug: str) -> str:
    with reading() as session:
        return render_template("agent_console/source_load.html", source=queries.source(session, slug), form=LoadForm())


@bp.post("/<slug>/load")
@loader
def take(slug: str) -> AnyResponse | tuple[str, int]:
    """Take a file in; a worker does the rest, and the load's page tells how far it is."""
    form, brought = LoadForm(), request.files.get("file")
    load_id = attempt(
        form,
        lambda session: services.queue_file(
            session, actor(), slug, brought.filename or "" if brought else "", brought.stream if brought else form.file.data.stream,
            full=form.full.data == "yes", rehearsal=form.how.data == "rehearse", now=now(),
        ),
    )  # fmt: skip
    if load_id is None:
        with reading() as session:
            source = queries.source(session, slug)
        return render_template("agent_console/source_load.html", source=source, form=form), 422
    return redirect(url_for("console_sources.load", load_id=load_id), 303)


@bp.post("/<slug>/sample")
@loader
def rehearse_sample(slug: str) -> AnyResponse:
    """Rehearse the file from which the source was made."""
    with transaction() as session:
        load_id = services.queue_sample(session, actor(), slug, rehearsal=True, now=now())
    return redirect(url_for("console_sources.load", load_id=load_id), 303)


@bp.post("/<slug>/refresh")
@loader
def refresh(slug: str) -> AnyResponse:
    """Fetch the source now, or see what fetching it would do."""
    with transaction() as session:
        services.queue_refresh(session, actor(), slug, rehearsal=request.form.get("how") == "rehearse", now=now())
    notices.success(gettext("The source is fetched as soon as a worker is free"))
    return redirect(url_for("console_sources.one", slug=slug), 303)


@bp.get("/loads/<uuid:load_id>")
@steward
def load(load_id: UUID) -> str:
    """One load: how far it is, what it did or would do, and the rows that it rejected."""
    return _show(load_id, ReasonForm())


@bp.post("/loads/<uuid:load_id>/let-in")
@loader
def let_in(load_id: UUID) -> AnyResponse:
    with transaction() as session:
        services.let_in(session, actor(), load_id, now=now())
    return _back_to(load_id)


@bp.post("/loads/<uuid:load_id>/discard")
@loader
def discard(load_id: UUID) -> AnyResponse:
    with transaction() as session:
        services.discard(session, actor(), load_id, now=now())
    notices.success(gettext("The load is discarded. Nothing of it was taken"))
    return _back_to(load_id)


@bp.post("/loads/<uuid:load_id>/confirm")
@loader
def confirm(load_id: UUID) -> AnyResponse | tuple[str, int]:
    """So many records are meant to be gone."""
    form = ReasonForm()

    def work(session: Session) -> bool:
        services.confirm_gone(session, actor(), load_id, reason=form.reason.data, now=now())
        return True

    if not attempt(form, work):
        return _show(load_id, form), 422
    return _back_to(load_id)


@bp.post("/loads/<uuid:load_id>/take-back")
@loader
def take_back(load_id: UUID) -> AnyResponse | tuple[str, int]:
    """Every record says again what it said before this load."""
    form = ReasonForm()
    made = attempt(
        form, lambda session: services.take_back(session, actor(), load_id, reason=form.reason.data, now=now())
    )
    if made is None:
        return _show(load_id, form), 422
    return _back_to(made)


@bp.get("/loads/<uuid:load_id>/rejects.csv")
@steward
def rejects(load_id: UUID) -> Response:
    """The rejected rows as a file, to be put right in the source."""
    with reading() as session:
        name = f"rejects-{queries.load(session, load_id).source_slug}.csv"
        content = "\ufeff" + "".join(queries.rejects_csv(session, load_id))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="text/csv", headers=headers)


@bp.app_template_filter("as_row")
def as_row(content: str) -> str:
    """A rejected row as people read it, 'Surname: Vane · Born: 31/02/1950', without empty cells; what is no table of columns as it came."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        return content
    return _cells(told) or content if isinstance(told, dict) else content


def _cells(told: dict[str, object]) -> str:
    return " · ".join(f"{name}: {value}" for name, value in told.items() if value is not None and value != "")


def _back_to(load_id: UUID) -> AnyResponse:
    return redirect(url_for("console_sources.load", load_id=load_id), 303)


def _show(load_id: UUID, form: ReasonForm) -> str:
    with reading() as session:
        return render_template(
            "agent_console/load.html",
            load=queries.load(session, load_id),
            page=queries.rejects(session, load_id, paging.wanted()),
            loads=LOADS,
            colours=LOAD_COLOURS,
            phases=PHASES,
            form=form,
        )
