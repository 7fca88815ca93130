"""What stewards have said about a customer's records, and how it is lifted."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from agent_console.forms.golden import LiftForm
from agent_console.views.trying import attempt
from agent_console.wording_customers import PURPOSES
from app.accounts.policy import Permission
from app.customers import queries, services
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, transaction
from app.web.i18n import ngettext

bp = Blueprint("console_decisions", __name__, url_prefix="/console/customers/<uuid:golden_id>/decisions")


@bp.get("")
@staff(Permission.STEWARDSHIP_VIEW)
def listing(golden_id: UUID) -> str:
    return _show(golden_id)


@bp.post("/<uuid:decision_id>/lift")
@staff(Permission.STEWARDSHIP_DECIDE)
def lift(golden_id: UUID, decision_id: UUID) -> Response | tuple[str, int]:
    """Lift all that was said in one go: the engine decides about those records again."""
    form = LiftForm()
    lifted = attempt(
        form,
        lambda session: services.lift_said(
            session, actor(), golden_id, decision_id, reason=form.reason.data or "", now=now()
        ),
    )
    if lifted is None:
        return _show(golden_id, form, decision_id), 422
    notices.success(ngettext("%(num)s decision is lifted", "%(num)s decisions are lifted", lifted))
    return redirect(url_for("console_decisions.listing", golden_id=golden_id), 303)


def _show(golden_id: UUID, form: LiftForm | None = None, tried: UUID | None = None) -> str:
    with transaction() as session:
        current = queries.resolve(session, golden_id)
        restricted = services.note_look(session, actor(), current, purpose=str(PURPOSES["quality"]), now=now())
        return render_template(
            "agent_console/decisions.html",
            golden_id=current,
            restricted=restricted,
            whose=None if restricted else next(iter(queries.customer_line(session, actor(), current)), None),
            page=None if restricted else queries.said_about(session, current, paging.wanted()),
            form=form or LiftForm(formdata=None),
            tried=tried,
        )
