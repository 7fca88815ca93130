"""Data quality of a source: the figures, their trend, the records behind each, and all of it as a spreadsheet."""

from flask import Blueprint, Response, render_template, request

from agent_console.wording_sources import KINDS, MEASURES
from app.accounts.policy import Permission
from app.customers import queries, services
from app.kernel.sheets import MIME, xlsx
from app.web import paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_source_quality", __name__, url_prefix="/console/sources")
steward = staff(Permission.STEWARDSHIP_VIEW)


@bp.get("/<slug>/quality")
@steward
def figures(slug: str) -> str:
    """Completeness, validity, duplicates, freshness, and how they were before."""
    with reading() as session:
        return render_template(
            "agent_console/source_quality.html",
            source=queries.source(session, slug, now=now()),
            snapshots=queries.quality(session, slug),
            labels=KINDS,
        )


@bp.get("/<slug>/quality.xlsx")
@steward
def export(slug: str) -> Response:
    """Figures and trend."""
    labels = {name: str(text) for name, text in KINDS.items()}
    with reading() as session:
        name = queries.source(session, slug).slug
        content = xlsx(queries.quality_sheets(session, slug, labels))
    return _file(content, f"quality-{name}.xlsx")


@bp.get("/<slug>/quality/<measure>")
@steward
def records(slug: str, measure: str) -> str:
    """The records behind a figure. The look is written down."""
    attribute = request.args.get("attribute", "")
    with transaction() as session:
        page = services.look_at_quality(session, actor(), slug, measure, attribute, wanted=paging.wanted(), now=now())
        source = queries.source(session, slug)
    what = gettext(MEASURES[measure], what=gettext(KINDS.get(attribute, "")))
    return render_template(
        "agent_console/source_quality_records.html",
        source=source,
        page=page,
        measure=measure,
        attribute=attribute,
        what=what,
    )


@bp.get("/<slug>/quality/<measure>.xlsx")
@steward
def export_records(slug: str, measure: str) -> Response:
    """The same as a spreadsheet, without restricted records."""
    with transaction() as session:
        sheet = services.export_quality(session, actor(), slug, measure, request.args.get("attribute", ""), now=now())
        content = xlsx([sheet])
    return _file(content, f"{measure}-{slug}.xlsx")


def _file(content: bytes, name: str) -> Response:
    return Response(content, mimetype=MIME, headers={"Content-Disposition": f'attachment; filename="{name}"'})
