"""The split desk: customers that look like several people, and parting one after seeing what that does."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.customers import OpenForm
from agent_console.forms.stewards import SplitForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.customers import queries, services
from app.customers.desk_rows import SplitDesk
from app.customers.queries import LABELS
from app.kernel.errors import Invalid, NotAllowed
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_split", __name__, url_prefix="/console/split-desk")
Answer = str | Response | tuple[str, int]


@bp.get("")
@staff(Permission.STEWARDSHIP_VIEW)
def listing() -> str:
    """The most doubtful first."""
    with reading() as session:
        page = queries.suspects(session, actor().account_id, paging.wanted(), now=now())
    return render_template("agent_console/split_desk.html", page=page, labels=LABELS)


@bp.get("/<uuid:golden_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def customer(golden_id: UUID) -> Answer:
    return _show(golden_id)


@bp.post("/<uuid:golden_id>/open")
@staff(Permission.CUSTOMERS_RESTRICTED)
def open_restricted(golden_id: UUID) -> Answer:
    """Show a restricted customer's records, for a reason that is kept."""
    form = OpenForm()
    if not form.validate():
        return _restricted(golden_id, form), 422
    with transaction() as session:
        services.open_restricted_split(session, actor(), golden_id, reason=form.reason.data or "", now=now())
    return redirect(_address(golden_id), 303)


@bp.get("/<uuid:golden_id>/preview")
@staff(Permission.STEWARDSHIP_DECIDE)
def preview(golden_id: UUID) -> Answer:
    """Both customers as they would be."""
    return _preview(golden_id, request.args.getlist("record", type=UUID), SplitForm(formdata=None))


@bp.post("/<uuid:golden_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def split(golden_id: UUID) -> Answer:
    """Part what was previewed."""
    form, going = SplitForm(), request.form.getlist("record", type=UUID)
    revision = request.form.get("revision", -1, int)
    done = attempt(
        form,
        lambda session: services.split(
            session, actor(), golden_id, going, revision=revision, reason=form.reason.data or "", now=now()
        ),
    )
    if done is None:
        return _preview(golden_id, going, form)
    notices.success(gettext("Split. They are two customers within seconds, and nothing joins them again"))
    return redirect(url_for("console_split.listing"), 303)


@bp.post("/<uuid:golden_id>/fine")
@staff(Permission.STEWARDSHIP_DECIDE)
def fine(golden_id: UUID) -> Response:
    """It is one person as it stands."""
    with transaction() as session:
        services.call_it_fine(session, actor(), golden_id, revision=request.form.get("revision", -1, int), now=now())
    notices.success(gettext("Noted: one person. It comes back only if it changes"))
    return redirect(url_for("console_split.listing"), 303)


def _show(golden_id: UUID, problem: str = "") -> Answer:
    try:
        with transaction() as session:
            desk = services.open_split(session, actor(), golden_id, now=now())
    except NotAllowed:
        if may(actor(), Permission.CUSTOMERS_RESTRICTED):
            return _restricted(golden_id, OpenForm(formdata=None))
        raise
    page = render_template(
        "agent_console/split_customer.html", desk=desk, labels=_said(desk), problem=problem,
        columns=[{"text": gettext(label)} for label in _said(desk).values()],
    )  # fmt: skip
    return page, 422 if problem else 200


def _preview(golden_id: UUID, going: list[UUID], form: SplitForm) -> Answer:
    try:
        with transaction() as session:
            seen = services.preview_split(session, actor(), golden_id, going, now=now())
    except NotAllowed:
        return _show(golden_id)
    except Invalid as refused:
        return _show(golden_id, gettext(refused.errors["records"]))
    page = render_template("agent_console/split_preview.html", seen=seen, form=form, going=going)
    return page, 422 if form.errors else 200


def _restricted(golden_id: UUID, form: OpenForm) -> str:
    return render_template("agent_console/split_restricted.html", golden_id=golden_id, form=form)


def _said(desk: SplitDesk) -> dict[str, str]:
    """The attributes that any of the records has."""
    return {name: label for name, label in LABELS.items() if any(one.values.get(name) for one in desk.members)}


def _address(golden_id: UUID) -> str:
    return url_for("console_split.customer", golden_id=golden_id)
