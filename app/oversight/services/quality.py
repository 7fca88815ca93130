"""Quality: finished enquiries are drawn by lot, looked at with a form, and talked about with whoever handled them."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.enquiries.models import Enquiry
from app.enquiries.policy import RESOLVING
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import LONDON, as_utc
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.i18n import N_
from app.organisation.models import Membership, Team, Unit
from app.oversight.models import QualityMark, QualityQuestion, QualitySample
from app.oversight.policy import score
from app.oversight.queries.quality import form, sample
from app.oversight.rows import QualityRow

FIRST_FORM = (
    ("Did we understand what the customer wanted?", 3),
    ("Was the answer right, and whole?", 5),
    ("Could the customer follow it: plain words, no jargon?", 2),
    ("Did the customer hear from us in time, and without asking again?", 3),
    ("Is what was done written down so that a colleague could go on?", 2),
)
HEAVIEST, LONGEST = 10, 4000


def draw_sample(session: Session, week: date, *, per_team: int, now: datetime) -> int:
    """Draw from what each team finished in the week of this Monday. Says how many; nothing if the week was drawn before.

    The order is by a digest of week and enquiry: anybody can check that nobody chose, and drawing again gives the same.
    """
    if session.scalar(select(exists().where(QualitySample.week == week))):
        return 0
    _have_a_form(session)
    begin, end = (as_utc(datetime.combine(week + timedelta(days=days), time(), LONDON)) for days in (0, 7))
    lot = func.md5(func.concat(week.isoformat(), ":", Enquiry.id))
    home = _home_teams()
    ranked = (
        select(
            Enquiry.id, Enquiry.resolved_by_id, home.c.team,
            func.row_number().over(partition_by=home.c.team, order_by=(lot, Enquiry.id)).label("place"),
        )
        .join(home, home.c.account_id == Enquiry.resolved_by_id)
        .where(
            Enquiry.resolved_at >= begin, Enquiry.resolved_at < end, Enquiry.disposition.in_(RESOLVING),
        )
        .subquery()
    )  # fmt: skip
    drawn = session.execute(
        select(ranked).where(ranked.c.place <= per_team).order_by(ranked.c.team, ranked.c.place, ranked.c.id)
    ).all()
    session.add_all(
        QualitySample(week=week, enquiry_id=row.id, advisor_id=row.resolved_by_id, team=row.team, drawn_at=now) for row in drawn
    )  # fmt: skip
    session.flush()
    audit.record(session, SYSTEM, "quality.drawn", "quality", None, now=now, week=week, count=len(drawn))
    return len(drawn)


def score_sample(
    session: Session,
    actor: Actor,
    sample_id: UUID,
    *,
    points: Mapping[UUID, int | None],
    feedback: str,
    version: int | None,
    now: datetime,
) -> QualityRow:
    """Two points a question for yes, one for partly, none for no, None where it does not apply. The advisor sees it at once."""
    authorize(actor, Permission.QUALITY_SCORE)
    found = _held(session, sample_id, version)
    if found.advisor_id == actor.account_id:
        raise NotAllowed(N_("You handled this one yourself. Somebody else has to score it"))
    if found.scored_at is not None:
        raise Conflict(N_("This has been scored already"))
    questions = form(session)
    missing = {f"q-{question.id}": N_("Answer this question") for question in questions if question.id not in points}
    if missing:
        raise Invalid(missing)
    if not feedback.strip():
        raise Invalid({"feedback": N_("Write what the advisor should know")})
    marks = {str(question.id): (question.weight, points[question.id]) for question in questions}
    session.add_all(
        QualityMark(sample_id=found.id, question_id=question.id, weight=question.weight, points=points[question.id])
        for question in questions
    )
    found.score, found.feedback = score(marks), feedback.strip()[:LONGEST]
    found.scored_by_id, found.scored_at = actor.account_id, now
    found.version += 1
    session.flush()
    audit.record(session, actor, "quality.scored", "quality_sample", found.id, now=now, score=found.score)
    return sample(session, found.id)


def answer_feedback(
    session: Session, actor: Actor, sample_id: UUID, *, answer: str, version: int | None, now: datetime
) -> QualityRow:
    """The advisor's own word on it. Another's feedback is not there."""
    found = _held(session, sample_id, version)
    if found.advisor_id != actor.account_id or found.scored_at is None:
        raise NotFound
    if found.answered_at is not None:
        raise Conflict(N_("You have answered this already"))
    if not answer.strip():
        raise Invalid({"answer": N_("Write your answer")})
    found.answer, found.answered_at = answer.strip()[:LONGEST], now
    found.version += 1
    session.flush()
    audit.record(session, actor, "quality.answered", "quality_sample", found.id, now=now)
    return sample(session, found.id)


def add_question(session: Session, actor: Actor, *, text: str, weight: int, now: datetime) -> UUID:
    """One more question, from the next score on."""
    authorize(actor, Permission.OVERSIGHT_ACT)
    _check(text, weight)
    last = session.scalar(select(func.max(QualityQuestion.position))) or 0
    question = QualityQuestion(position=last + 1, text=text.strip(), weight=weight)
    session.add(question)
    session.flush()
    audit.record(session, actor, "quality.question_added", "quality_question", question.id, now=now)
    return question.id


def change_question(
    session: Session, actor: Actor, question_id: UUID, *, weight: int, active: bool, now: datetime
) -> None:
    """Another weight, or asked no more (or again). Scores that were given stay as they are."""
    authorize(actor, Permission.OVERSIGHT_ACT)
    question = session.get(QualityQuestion, question_id, with_for_update=True)
    if question is None:
        raise NotFound
    _check(question.text, weight)
    others = exists().where(QualityQuestion.active, QualityQuestion.id != question_id)
    if not active and not session.scalar(select(others)):
        raise Conflict(N_("The form needs at least one question"))
    was = {"weight": question.weight, "active": question.active}
    question.weight, question.active = weight, active
    session.flush()
    audit.record(session, actor, "quality.question_changed", "quality_question", question.id, now=now, was=was)


def _home_teams() -> Any:
    """The team of each member (their unit where they have none); of somebody in several units, the first by name."""
    name = func.coalesce(Team.name, Unit.name)
    return (
        select(Membership.account_id, name.label("team"))
        .ext(distinct_on(Membership.account_id))
        .join(Unit, Unit.id == Membership.unit_id)
        .outerjoin(Team, Team.id == Membership.team_id)
        .order_by(Membership.account_id, Unit.name, Unit.id)
        .subquery()
    )


def _check(text: str, weight: int) -> None:
    if not text.strip():
        raise Invalid({"text": N_("Write the question")})
    if not 1 <= weight <= HEAVIEST:
        raise Invalid({"weight": N_("Enter a weight from 1 to 10")})


def _have_a_form(session: Session) -> None:
    if session.scalar(select(exists().where(QualityQuestion.active))):
        return
    session.add_all(
        QualityQuestion(position=place, text=text, weight=weight) for place, (text, weight) in enumerate(FIRST_FORM, 1)
    )
    session.flush()


def _held(session: Session, sample_id: UUID, version: int | None) -> QualitySample:
    found = session.get(QualitySample, sample_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if version is not None and version != found.version:
        raise Stale
    return found
