"""The steward's desk: pairs of records that only a person can tell the same or different."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.customers import DecideForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.customers import queries, services
from app.customers.enums import Verdict
from app.customers.queries import LABELS
from app.kernel.errors import NotFound
from app.kernel.paging import PageRequest
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_stewardship", __name__, url_prefix="/console/possible-matches")


@bp.get("")
@staff(Permission.STEWARDSHIP_VIEW)
def listing() -> str:
    """The likeliest pairs first."""
    with reading() as session:
        return render_template(
            "agent_console/possible_matches.html", page=queries.possible_matches(session, paging.wanted())
        )


@bp.get("/<uuid:match_id>")
@staff(Permission.STEWARDSHIP_VIEW)
def pair(match_id: UUID) -> str:
    return _show(match_id, DecideForm())


@bp.post("/<uuid:match_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def decide(match_id: UUID) -> str | Response | tuple[str, int]:
    """Same or different; then the next pair. A pair that somebody else has decided meanwhile is said to be gone."""
    form, verdict = DecideForm(), request.form.get("verdict")
    if verdict not in set(Verdict):
        return _show(match_id, form), 422
    with reading() as session:
        try:
            found = queries.possible_match(session, match_id)
        except NotFound:
            notices.information(gettext("Somebody else has decided about this pair"))
            return _next()
    left, right = found.left.source_record_id, found.right.source_record_id
    said = attempt(
        form,
        lambda session: services.decide(
            session, actor(), left, right, Verdict(verdict), reason=form.reason.data or "", now=now()
        ),
    )
    if said is None:
        return _show(match_id, form), 422
    same = said.verdict is Verdict.SAME
    notices.success(
        gettext("Kept as the same. They are joined by the next match run")
        if same
        else gettext("Kept as different. No match run will join them")
    )
    return _next()


def _next() -> Response:
    """The next pair, or the list when there is none."""
    with reading() as session:
        waiting = queries.possible_matches(session, PageRequest(1, 1)).items
    if waiting:
        return redirect(url_for("console_stewardship.pair", match_id=waiting[0].id), 303)
    return redirect(url_for("console_stewardship.listing"), 303)


def _show(match_id: UUID, form: DecideForm) -> str:
    with reading() as session:
        found = queries.possible_match(session, match_id)
    return render_template(
        "agent_console/possible_match.html",
        pair=found,
        form=form,
        labels=LABELS,
        may_decide=may(actor(), Permission.STEWARDSHIP_DECIDE),
    )
