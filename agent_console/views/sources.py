"""Where records come from: the sources, their loads, and every row that was not taken."""

from uuid import UUID

from flask import Blueprint, Response, render_template

from agent_console.wording_customers import LOAD_COLOURS, LOADS
from app.accounts.policy import Permission
from app.customers import queries
from app.kernel.paging import PageRequest
from app.web import paging
from app.web.access import staff
from app.web.context import reading

bp = Blueprint("console_sources", __name__, url_prefix="/console/sources")
steward = staff(Permission.STEWARDSHIP_VIEW, Permission.SOURCES_LOAD)


@bp.get("")
@steward
def listing() -> str:
    """Every source, with how many records it has and when they came; and the last match runs."""
    with reading() as session:
        return render_template(
            "agent_console/sources.html",
            sources=queries.sources(session),
            runs=queries.runs(session, PageRequest(1, 5)),
        )


@bp.get("/<slug>")
@steward
def one(slug: str) -> str:
    with reading() as session:
        return render_template(
            "agent_console/source.html",
            source=queries.source(session, slug),
            page=queries.loads(session, slug, paging.wanted()),
            loads=LOADS,
            colours=LOAD_COLOURS,
        )


@bp.get("/loads/<uuid:load_id>")
@steward
def load(load_id: UUID) -> str:
    """One load, with the rows that it rejected."""
    with reading() as session:
        return render_template(
            "agent_console/load.html",
            load=queries.load(session, load_id),
            page=queries.rejects(session, load_id, paging.wanted()),
            loads=LOADS,
            colours=LOAD_COLOURS,
        )


@bp.get("/loads/<uuid:load_id>/rejects.csv")
@steward
def rejects(load_id: UUID) -> Response:
    """The rejected rows as a file, to be put right in the source."""
    with reading() as session:
        name = f"rejects-{queries.load(session, load_id).source_slug}.csv"
        content = "\ufeff" + "".join(queries.rejects_csv(session, load_id))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="text/csv", headers=headers)
