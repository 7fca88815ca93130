"""How right the matching is, as far as stewards' answers can tell, and the sample from which that is estimated."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.stewards import JudgeForm
from agent_console.views.stewardship import told
from agent_console.views.trying import attempt
from agent_console.wording_stewards import BANDS, DRIFTS, PLACES, RATES
from app.accounts.policy import Permission
from app.customers import queries, services
from app.customers.enums import CustomerKind, Verdict
from app.kernel.errors import Conflict, NotFound
from app.web import notices
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.dates import write_day
from app.web.i18n import current, gettext

bp = Blueprint("console_accuracy", __name__, url_prefix="/console/accuracy")
Answer = str | Response | tuple[str, int]
MONTH = {"en": "LLL y"}
_PURPOSE = "Judging a sample of the matching"


@bp.get("")
@staff(Permission.STEWARDSHIP_VIEW)
def page() -> str:
    """Estimates with their intervals, and what they stand on."""
    with reading() as session:
        sources = queries.drift(session, now=now())
        months = sources[0].months if sources else ()
        return render_template(
            "agent_console/accuracy.html",
            seen=queries.accuracy(session, now=now()),
            bodies=queries.accuracy(session, CustomerKind.ORGANISATION, now=now()),
            mine=queries.next_in_sample(session, actor().account_id),
            sources=sources,
            months=[{"text": write_day(one.month, current(), MONTH)} for one in months],
            places=PLACES,
            bands=BANDS,
            rates=RATES,
            drifts=DRIFTS,
            named={one.slug: one.name for one in sources},
        )


@bp.post("/draw")
@staff(Permission.STEWARDSHIP_DECIDE)
def draw() -> Response:
    """A sample now, rather than when the week is over."""
    with transaction() as session:
        drawn = services.draw_sample(session, now=now())
    notices.success(gettext("%(count)s pairs are drawn", count=drawn))
    return redirect(url_for("console_accuracy.page"), 303)


@bp.get("/sample/<uuid:audit_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def pair(audit_id: UUID) -> Answer:
    return _show(audit_id, JudgeForm(formdata=None))


@bp.post("/sample/<uuid:audit_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def judge(audit_id: UUID) -> Answer:
    """Count the answer; then the next pair of the sample."""
    form, said = JudgeForm(), request.form.get("verdict")
    if said not in set(Verdict):
        return _show(audit_id, form, 422)
    try:
        done = attempt(
            form, lambda session: services.judge_sample(session, actor(), audit_id, Verdict(said), now=now())
        )
    except Conflict as refused:
        notices.information(gettext(refused.message))
        return _next()
    return _show(audit_id, form, 422) if done is None else _next()


def _next() -> Response:
    with reading() as session:
        following = queries.next_in_sample(session, actor().account_id)
    if following is None:
        notices.success(gettext("That was the last of the sample for you"))
        return redirect(url_for("console_accuracy.page"), 303)
    return redirect(url_for("console_accuracy.pair", audit_id=following), 303)


def _show(audit_id: UUID, form: JudgeForm, status: int = 200) -> Answer:
    with transaction() as session:
        found = queries.audit_pair(session, audit_id)
        for golden_id in sorted({side.golden_id for side in (found.left, found.right) if side.golden_id}):
            services.note_look(session, actor(), golden_id, purpose=_PURPOSE, now=now())
    if not found.left.values and not found.right.values:
        raise NotFound
    return render_template("agent_console/sample_pair.html", form=form, **told(found)), status
