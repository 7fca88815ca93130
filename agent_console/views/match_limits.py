"""The size over which nothing merges by itself: seen by all stewards, set with a reason, in effect from the next run on."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.golden import LimitsForm
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.customers import queries, services
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_match_limits", __name__, url_prefix="/console/match-limits")


@bp.get("")
@staff(Permission.STEWARDSHIP_VIEW)
def page() -> str:
    """What is set, what is in effect, and who has set what."""
    return _show(None)


@bp.post("")
@staff(Permission.STEWARDSHIP_DECIDE)
def change() -> Response | tuple[str, int]:
    """Set other sizes."""
    form = LimitsForm()
    people, organisations = form.sizes()
    made = attempt(
        form,
        lambda session: services.set_limits(
            session, actor(), people=people, organisations=organisations, number=request.form.get("number", -1, int),
            reason=form.reason.data or "", now=now(),
        ),
    )  # fmt: skip
    if made is None:
        return _show(form), 422
    notices.success(gettext("Saved. The sizes hold from the next run over everything on"))
    return redirect(url_for("console_match_limits.page"), 303)


def _show(form: LimitsForm | None) -> str:
    with reading() as session:
        limits, history = queries.match_limits(session), queries.limits_history(session, paging.wanted())
    fresh = form or LimitsForm(formdata=None, people=str(limits.people), organisations=str(limits.organisations))
    return render_template(
        "agent_console/match_limits.html", limits=limits, page=history, form=fresh,
        may_change=may(actor(), Permission.STEWARDSHIP_DECIDE),
    )  # fmt: skip
