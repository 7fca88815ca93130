"""Ageing: how long open enquiries have waited, by whom and where; its course over the days; and what is behind each figure."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from agent_console import charts, exports
from agent_console.views.oversight_places import choices, filters
from app.accounts.policy import Permission, may
from app.kernel.sheets import Cell
from app.oversight import queries
from app.oversight.enums import AgeingBy, AgeingMeasure
from app.oversight.policy import BANDS
from app.oversight.queries.ageing import stuck_row
from app.oversight.rows import StuckRow
from app.web import paging
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_ageing", __name__, url_prefix="/console/oversight")
monitor = staff(Permission.OVERSIGHT_VIEW)
MOST = 50_000


@bp.get("/ageing")
@monitor
def page() -> str:
    """The table for one measure, by unit, queue, service or channel, and the last sixty days of it."""
    measure, by = _measure(), _by()
    with reading() as session:
        groups = queries.ageing_by(session, by, measure=measure, now=now(), filters=filters())
        days = queries.trend(session, measure=measure, now=now(), filters=filters())
        return render_template(
            "agent_console/ageing.html", measure=measure, measures=list(AgeingMeasure), by=by, every_by=list(AgeingBy),
            bands=BANDS, groups=groups, totals=[sum(group.counts[place] for group in groups) for place in range(len(BANDS))],
            days=days, chart=charts.stacked([day.counts for day in days]), colours=charts.COLOURS, choices=choices(session),
            chosen=filters(), narrowed=_narrowed(),
        )  # fmt: skip


@bp.get("/ageing.<form>")
@monitor
def export(form: str) -> Response:
    """The table as a file."""
    with reading() as session:
        groups = queries.ageing_by(session, _by(), measure=_measure(), now=now(), filters=filters())
    headings = [gettext(_by().label), *(gettext(band.label) for band in BANDS), gettext("Total")]
    rows: list[list[Cell]] = [
        [gettext(group.name) or gettext("In no queue"), *group.counts, group.total] for group in groups
    ]
    return exports.table(form, f"ageing-{_by().value}-{_measure().value}", headings, rows)


@bp.get("/trend.<form>")
@monitor
def export_trend(form: str) -> Response:
    """The course of the days as a file; a day that was not measured has empty cells."""
    with reading() as session:
        days = queries.trend(session, measure=_measure(), now=now(), filters=filters())
    headings = [gettext("Day"), *(gettext(band.label) for band in BANDS), gettext("Total")]
    rows: list[list[Cell]] = [[day.day.isoformat(), *(day.counts or [None] * len(BANDS)), day.total] for day in days]
    return exports.table(form, f"ageing-trend-{_measure().value}", headings, rows)


@bp.get("/waiting")
@monitor
def drill() -> str:
    """The enquiries behind one figure of the table."""
    band = next((known for known in BANDS if known.code == request.args.get("band")), None)
    with reading() as session:
        page = queries.in_band(
            session,
            measure=_measure(),
            band=band.code if band else None,
            now=now(),
            page=paging.wanted(),
            filters=filters(),
        )
        return render_template(
            "agent_console/band.html", page=page, measure=_measure(), band=band, chosen=filters(), choices=choices(session),
            sees=may(actor(), Permission.OVERSIGHT_ACT, Permission.ENQUIRIES_ASSIGN), asked=request.args,
        )  # fmt: skip


@bp.get("/waiting.<form>")
@monitor
def export_drill(form: str) -> Response:
    """What is behind a figure, as a file: where each is and how long it has waited, and nobody's name who asked."""
    with reading() as session:
        rows = _behind(session)
    headings = [
        gettext("Reference"), gettext("Service"), gettext("State"), gettext("Queue"), gettext("Unit"), gettext("Owner"),
        gettext("Received"), gettext("Promised"), gettext("Days since received"), gettext("Days since worked on"),
        gettext("Days since the customer heard"),
    ]  # fmt: skip
    return exports.table(form, "waiting", headings, [_cells(row) for row in rows])


def _behind(session: Session) -> list[StuckRow]:
    band = next((known.code for known in BANDS if known.code == request.args.get("band")), None)
    query = queries.drill(measure=_measure(), band=band, now=now(), filters=filters()).limit(MOST)
    return [stuck_row(row, now()) for row in session.execute(query)]


def _cells(row: StuckRow) -> list[Cell]:
    return [
        row.reference, gettext(row.service_name), gettext(row.state.label), row.queue_name, gettext(row.unit_name),
        row.owner_name, row.received_at.date().isoformat(), row.promised_at.date().isoformat(), row.days_since_received,
        row.days_since_human_action, row.days_since_customer_contact,
    ]  # fmt: skip


def _measure() -> AgeingMeasure:
    asked = request.args.get("measure", "")
    return AgeingMeasure(asked) if asked in set(AgeingMeasure) else AgeingMeasure.RECEIVED


def _by() -> AgeingBy:
    asked = request.args.get("by", "")
    return AgeingBy(asked) if asked in set(AgeingBy) else AgeingBy.UNIT


def _narrowed() -> dict[str, Any]:
    """The filters in force, for addresses of what is behind a figure."""
    wanted = filters()
    chosen = {"unit": wanted.unit, "queue": wanted.queue, "service": wanted.service, "channel": wanted.channel}
    return {name: value for name, value in chosen.items() if value}
