"""How each source's records come out at the desk, month by month: more doubt than before means that something has changed there."""

from collections import defaultdict
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Date, and_, case, cast, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.customers.desk_rows import DriftMonth, SourceDrift
from app.customers.enums import LoadStatus, Verdict
from app.customers.estimating import has_risen
from app.customers.models import DeskJudgement, PossibleMatch, SourceLoad, SourceRecord, SourceSystem
from app.kernel.clock import LONDON, london_date

MONTHS = 6


def drift(session: Session, *, now: datetime) -> list[SourceDrift]:
    """Every source, its last six months: records that arrived, possible matches with them, and answers against the engine."""
    months = _months(london_date(now))
    since = datetime.combine(months[0], time.min, LONDON).astimezone(UTC)
    arrived, noticed, judged = _arrived(session, since), _noticed(session, since), _judgements(session, since)
    found = []
    for slug, name in session.execute(select(SourceSystem.slug, SourceSystem.name).order_by(SourceSystem.name)):
        rows = tuple(
            DriftMonth(month, arrived[slug, month], noticed[slug, month], *judged.get((slug, month), (0, 0)))
            for month in months
        )
        found.append(SourceDrift(slug, name, rows, _rising(rows)))
    return found


def _months(today: date) -> list[date]:
    first = today.year * 12 + today.month - 1 - (MONTHS - 1)
    return [date((first + number) // 12, (first + number) % 12 + 1, 1) for number in range(MONTHS)]


def _month(column: Any) -> Any:
    return cast(func.date_trunc("month", func.timezone("Europe/London", column)), Date)


def _arrived(session: Session, since: datetime) -> dict[tuple[str, date], int]:
    month = _month(SourceLoad.finished_at)
    query = (
        select(SourceSystem.slug, month, func.sum(SourceLoad.new + SourceLoad.changed))
        .join(SourceSystem, SourceSystem.id == SourceLoad.source_id)
        .where(SourceLoad.status == LoadStatus.DONE, SourceLoad.finished_at >= since)
        .group_by(SourceSystem.slug, month)
    )
    return _counted(session, query)


def _noticed(session: Session, since: datetime) -> dict[tuple[str, date], int]:
    """Possible matches that are open now or were judged, by each of their sources."""
    left, right = aliased(SourceRecord), aliased(SourceRecord)
    month = _month(PossibleMatch.noticed_at)
    still = (
        select(SourceSystem.slug, month.label("month"))
        .select_from(PossibleMatch)
        .join(left, left.id == PossibleMatch.left_id)
        .join(right, right.id == PossibleMatch.right_id)
        .join(SourceSystem, or_(SourceSystem.id == left.source_id, SourceSystem.id == right.source_id))
        .where(PossibleMatch.noticed_at >= since)
    )
    seen = _month(cast(DeskJudgement.before["noticed_at"].astext, DeskJudgement.at.type))
    past = (
        select(SourceSystem.slug, seen.label("month"))
        .select_from(DeskJudgement)
        .join(
            SourceSystem,
            or_(SourceSystem.slug == DeskJudgement.left_source, SourceSystem.slug == DeskJudgement.right_source),
        )
        .where(DeskJudgement.decision_id.is_not(None), DeskJudgement.undone_at.is_(None), DeskJudgement.at >= since)
    )
    both = union_all(still, past).subquery()
    return _counted(session, select(both.c.slug, both.c.month, func.count()).group_by(both.c.slug, both.c.month))


def _judgements(session: Session, since: datetime) -> dict[tuple[str, date], tuple[int, int]]:
    month = _month(DeskJudgement.at)
    against = or_(
        and_(DeskJudgement.verdict == Verdict.SAME, DeskJudgement.probability < 0.5),
        and_(DeskJudgement.verdict == Verdict.DIFFERENT, DeskJudgement.probability >= 0.5),
    )
    query = (
        select(SourceSystem.slug, month, func.count(), func.sum(case((against, 1), else_=0)))
        .select_from(DeskJudgement)
        .join(
            SourceSystem,
            or_(SourceSystem.slug == DeskJudgement.left_source, SourceSystem.slug == DeskJudgement.right_source),
        )
        .where(DeskJudgement.verdict.is_not(None), DeskJudgement.undone_at.is_(None), DeskJudgement.at >= since)
        .group_by(SourceSystem.slug, month)
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in session.execute(query)}


def _counted(session: Session, query: Any) -> dict[tuple[str, date], int]:
    found: defaultdict[tuple[str, date], int] = defaultdict(int)
    found.update({(row[0], row[1]): int(row[2] or 0) for row in session.execute(query)})
    return found


def _rising(rows: tuple[DriftMonth, ...]) -> tuple[str, ...]:
    """Rates of the last month, against all months before it."""
    last, before = rows[-1], rows[:-1]
    found = []
    if has_risen(
        min(last.noticed, last.arrived), last.arrived,
        sum(min(one.noticed, one.arrived) for one in before), sum(one.arrived for one in before),
    ):  # fmt: skip
        found.append("noticed")
    if has_risen(last.against, last.judged, sum(one.against for one in before), sum(one.judged for one in before)):
        found.append("against")
    return tuple(found)
