"""Quality: what was drawn, scoring it, the form, how the teams do; and for advisors what was said about their own work."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from agent_console.forms.oversight import AnswerForm, ChangeForm, QuestionForm, points_in, score_form
from agent_console.views.trying import attempt
from app.accounts.policy import Permission, may
from app.enquiries import queries as enquiries
from app.kernel.errors import NotFound, SignInNeeded
from app.oversight import queries, services
from app.oversight.rows import QualityRow
from app.web import notices, paging
from app.web.access import staff
from app.web.context import actor, now, reading
from app.web.i18n import gettext

bp = Blueprint("console_quality", __name__, url_prefix="/console")
scorer = staff(Permission.QUALITY_SCORE)
own = staff(Permission.OWN_ACCOUNT)
Answer = str | Response | tuple[str, int]


@bp.get("/oversight/quality")
@staff(Permission.OVERSIGHT_VIEW)
def listing() -> str:
    """The sample, and the weeks of each team."""
    asked = request.args.get("scored", "")
    with reading() as session:
        weeks, trends = queries.team_trends(session, now=now())
        page = queries.samples(
            session,
            page=paging.wanted(),
            team=request.args.get("team") or None,
            scored={"yes": True, "no": False}.get(asked),
        )
        return render_template(
            "agent_console/quality.html", page=page, weeks=weeks, trends=trends, asked=request.args,
            scores=may(actor(), Permission.QUALITY_SCORE), acts=may(actor(), Permission.OVERSIGHT_ACT),
        )  # fmt: skip


@bp.get("/oversight/quality/<uuid:sample_id>")
@scorer
def one(sample_id: UUID) -> str:
    """The enquiry as it went, and the form; or what was said."""
    with reading() as session:
        row = queries.sample(session, sample_id)
        form = score_form(queries.form(session))(formdata=None, version=row.version)
        return _show(session, row, form)


@bp.post("/oversight/quality/<uuid:sample_id>")
@scorer
def score(sample_id: UUID) -> Answer:
    """The marks, and the feedback."""
    with reading() as session:
        row = queries.sample(session, sample_id)
        form = score_form(queries.form(session))()

    def work(session: Session) -> QualityRow:
        return services.score_sample(
            session,
            actor(),
            sample_id,
            points=points_in(form),
            feedback=form["feedback"].data,
            version=form.seen(),
            now=now(),
        )

    if attempt(form, work) is None:
        with reading() as session:
            return _show(session, row, form), 422
    notices.success(gettext("The score is kept, and the advisor sees it."))
    return redirect(url_for("console_quality.listing"), 303)


@bp.get("/oversight/quality/form")
@staff(Permission.OVERSIGHT_ACT)
def questions() -> str:
    """The questions and their weights."""
    return _questions(QuestionForm(formdata=None))


@bp.post("/oversight/quality/form")
@staff(Permission.OVERSIGHT_ACT)
def add_question() -> Answer:
    """One more."""
    form = QuestionForm()

    def work(session: Session) -> UUID:
        return services.add_question(session, actor(), text=form.text.data, weight=form.weighs(), now=now())

    if attempt(form, work) is None:
        return _questions(form), 422
    notices.success(gettext("The question is asked from now on."))
    return redirect(url_for("console_quality.questions"), 303)


@bp.post("/oversight/quality/form/<uuid:question_id>")
@staff(Permission.OVERSIGHT_ACT)
def change_question(question_id: UUID) -> Answer:
    """Another weight, or asked no more."""
    form = ChangeForm(prefix=f"{question_id}-")

    def work(session: Session) -> bool:
        services.change_question(
            session, actor(), question_id, weight=form.weighs(), active=bool(form.active.data), now=now()
        )
        return True

    if attempt(form, work) is None:
        return _questions(QuestionForm(formdata=None), form), 422
    notices.success(gettext("The question is changed."))
    return redirect(url_for("console_quality.questions"), 303)


@bp.get("/feedback")
@own
def feedback() -> str:
    """What was said about my work."""
    with reading() as session:
        return render_template(
            "agent_console/feedback.html", page=queries.feedback_for(session, _me(), page=paging.wanted())
        )


@bp.get("/feedback/<uuid:sample_id>")
@own
def my_feedback(sample_id: UUID) -> str:
    """One of them, with the marks. Another's is not there."""
    with reading() as session:
        row = _mine(session, sample_id)
    return render_template(
        "agent_console/feedback_one.html", row=row, form=AnswerForm(formdata=None, version=row.version)
    )


@bp.post("/feedback/<uuid:sample_id>")
@own
def answer(sample_id: UUID) -> Answer:
    """My own word on it."""
    form = AnswerForm()
    with reading() as session:
        row = _mine(session, sample_id)

    def work(session: Session) -> QualityRow:
        return services.answer_feedback(
            session, actor(), sample_id, answer=form.answer.data, version=form.seen(), now=now()
        )

    if attempt(form, work) is None:
        return render_template("agent_console/feedback_one.html", row=row, form=form), 422
    notices.success(gettext("Your answer is kept."))
    return redirect(url_for("console_quality.my_feedback", sample_id=sample_id), 303)


def _mine(session: Session, sample_id: UUID) -> QualityRow:
    row = queries.sample(session, sample_id)
    if row.advisor_id != _me() or row.scored_at is None:
        raise NotFound
    return row


def _me() -> UUID:
    account_id = actor().account_id
    if account_id is None:
        raise SignInNeeded
    return account_id


def _show(session: Session, row: QualityRow, form: Any) -> str:
    return render_template(
        "agent_console/quality_one.html",
        row=row,
        form=form,
        own=row.advisor_id == actor().account_id,
        entries=enquiries.entries(session, actor(), row.reference),
    )


def _questions(form: QuestionForm, tried: ChangeForm | None = None) -> str:
    with reading() as session:
        known = queries.form(session, retired=True)
    changes = [
        (
            row,
            tried
            if tried is not None and tried.weight.name == f"{row.id}-weight"
            else _change(row.id, row.weight, active=row.active),
        )
        for row in known
    ]
    return render_template("agent_console/quality_form.html", form=form, changes=changes, tried=tried)


def _change(question_id: UUID, weight: int, *, active: bool) -> ChangeForm:
    return ChangeForm(formdata=None, prefix=f"{question_id}-", weight=str(weight), active=active)
