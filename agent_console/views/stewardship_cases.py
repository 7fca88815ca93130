"""What residents and stewards have reported as wrong, and the answers."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from agent_console.forms.stewards import AnswerForm
from agent_console.views.trying import attempt
from agent_console.wording_stewards import OUTCOMES, WRONG
from app.accounts.policy import Permission, may
from app.customers import queries, services
from app.customers.enums import CaseKind, CaseOutcome
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading, transaction
from app.web.i18n import gettext

bp = Blueprint("console_cases", __name__, url_prefix="/console/reported-as-wrong")
Answer = str | Response | tuple[str, int]


@bp.get("")
@staff(Permission.STEWARDSHIP_VIEW)
def listing() -> str:
    """Who has waited longest comes first."""
    answered = request.args.get("show") == "answered"
    with reading() as session:
        page = queries.cases(session, actor().account_id, paging.wanted(), answered=answered, now=now())
    return render_template("agent_console/cases.html", page=page, answered=answered, wrong=WRONG, outcomes=OUTCOMES)


@bp.get("/<uuid:case_id>")
@staff(Permission.STEWARDSHIP_VIEW)
def one(case_id: UUID) -> Answer:
    return _show(case_id, AnswerForm(formdata=None))


@bp.post("/<uuid:case_id>")
@staff(Permission.STEWARDSHIP_DECIDE)
def answer(case_id: UUID) -> Answer:
    """Answer; a resident is told."""
    form = AnswerForm()
    done = attempt(
        form,
        lambda session: services.answer_case(
            session, actor(), case_id, CaseOutcome(form.outcome.data), form.answer.data or "", now=now()
        ),
    )
    if done is None:
        return _show(case_id, form, 422)
    notices.success(gettext("Answered"))
    return redirect(url_for("console_cases.listing"), 303)


def _show(case_id: UUID, form: AnswerForm, status: int = 200) -> Answer:
    decides = may(actor(), Permission.STEWARDSHIP_DECIDE)
    with transaction() as session:
        found = queries.case(session, actor().account_id, case_id, now=now())
        if decides and not found.answered_at:
            services.claim(session, actor(), case_id, now=now())
    page = render_template(
        "agent_console/case.html",
        case=found,
        form=form,
        wrong=WRONG,
        outcomes=OUTCOMES,
        resident=found.kind is CaseKind.RESIDENT,
        may_decide=decides,
    )
    return page, status
