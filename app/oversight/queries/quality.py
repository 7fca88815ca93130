"""Reads of the quality sample: what is to be scored, what was said, and how the teams do."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, cast, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.enquiries.models import Enquiry
from app.kernel.clock import london_date
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Service
from app.oversight.models import QualityMark, QualityQuestion, QualitySample
from app.oversight.rows import QualityMarkRow, QualityQuestionRow, QualityRow, TeamTrend

_scorer = aliased(Account)


def form(session: Session, *, retired: bool = False) -> tuple[QualityQuestionRow, ...]:
    """The questions in their order; with `retired`, also those that are asked no more."""
    query = select(QualityQuestion).order_by(
        QualityQuestion.active.desc(), QualityQuestion.position, QualityQuestion.id
    )
    found = session.scalars(query if retired else query.where(QualityQuestion.active))
    return tuple(QualityQuestionRow(row.id, row.text, row.weight, row.active) for row in found)


def samples(
    session: Session, *, page: PageRequest, team: str | None = None, scored: bool | None = None
) -> Page[QualityRow]:
    """What was drawn, the newest week first and within it by team."""
    query = _samples()
    if team:
        query = query.where(QualitySample.team == team)
    if scored is not None:
        query = query.where(QualitySample.scored_at.is_not(None) if scored else QualitySample.scored_at.is_(None))
    order = (QualitySample.week.desc(), QualitySample.team, QualitySample.id)
    found = fetch_page(session, query.order_by(*order), page)
    return Page(tuple(_row(row) for row in found.items), found.total, found.number, found.size)


def sample(session: Session, sample_id: UUID) -> QualityRow:
    """One of them with its marks. Raises NotFound."""
    found = session.execute(_samples().where(QualitySample.id == sample_id)).first()
    if found is None:
        raise NotFound
    marks = (
        select(QualityQuestion.text, QualityMark.weight, QualityMark.points)
        .join(QualityQuestion, QualityQuestion.id == QualityMark.question_id)
        .where(QualityMark.sample_id == sample_id)
        .order_by(QualityQuestion.position, QualityQuestion.id)
    )
    return _row(found, tuple(QualityMarkRow(*row) for row in session.execute(marks)))


def feedback_for(session: Session, account_id: UUID, *, page: PageRequest) -> Page[QualityRow]:
    """What was said about this advisor's work, the newest first."""
    query = _samples().where(QualitySample.advisor_id == account_id, QualitySample.scored_at.is_not(None))
    found = fetch_page(session, query.order_by(QualitySample.scored_at.desc(), QualitySample.id.desc()), page)
    return Page(tuple(_row(row) for row in found.items), found.total, found.number, found.size)


def waiting_feedback(session: Session, account_id: UUID) -> int:
    """How much feedback this advisor has not answered yet."""
    query = select(func.count()).where(
        QualitySample.advisor_id == account_id,
        QualitySample.scored_at.is_not(None),
        QualitySample.answered_at.is_(None),
    )
    return session.scalar(query) or 0


def team_trends(session: Session, *, now: datetime, weeks: int = 12) -> tuple[tuple[date, ...], tuple[TeamTrend, ...]]:
    """The last so many weeks (their Mondays, oldest first), and the mean score of each team in each of them. One query."""
    today = london_date(now)
    this = today - timedelta(days=today.weekday())
    shown = tuple(this - timedelta(weeks=back) for back in reversed(range(weeks)))
    query = (
        select(QualitySample.team, QualitySample.week, cast(func.round(func.avg(QualitySample.score)), Integer))
        .where(QualitySample.score.is_not(None), QualitySample.week >= shown[0])
        .group_by(QualitySample.team, QualitySample.week)
    )
    known = {(team, week): mean for team, week, mean in session.execute(query)}
    teams = sorted({team for team, _ in known})
    return shown, tuple(TeamTrend(team, tuple(known.get((team, week)) for week in shown)) for team in teams)


def _samples() -> Select[*tuple[Any, ...]]:
    return (
        select(QualitySample, Enquiry.reference, Service.name, Account.name, func.coalesce(_scorer.name, ""))
        .join(Enquiry, Enquiry.id == QualitySample.enquiry_id)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Account, Account.id == QualitySample.advisor_id)
        .outerjoin(_scorer, _scorer.id == QualitySample.scored_by_id)
    )


def _row(columns: Any, marks: tuple[QualityMarkRow, ...] = ()) -> QualityRow:
    found, reference, service, advisor, scorer = columns
    return QualityRow(
        found.id, found.week, reference, service, found.team, found.advisor_id, advisor, found.version, found.scored_at,
        scorer, found.score, found.feedback, found.answer, found.answered_at, marks,
    )  # fmt: skip
