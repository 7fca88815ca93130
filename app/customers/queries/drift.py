"""How each source's records come out at the desk, month by month: more doubt than before means that something has changed there."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Date, Interval, and_, case, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.customers.desk_rows import DriftMonth, SourceDrift
from app.customers.drifting import Counts, Kinds, Pair, by_source, change
from app.customers.enums import JudgementOrigin, LoadStatus, Verdict
from app.customers.models import (
    DeskJudgement,
    PossibleMatch,
    SourceLoad,
    SourceRecord,
    SourceRecordVersion,
    SourceSystem,
)
from app.kernel.clock import LONDON, london_date

MONTHS = 6
LATELY, BEFORE = timedelta(days=30), timedelta(days=180)
"""A rate of the last days is held against that of the months before them."""
_SOON = timedelta(days=7)
"""A record that arrived is matched within days, or not as something that arrived."""
_SURE = 0.1
_Buckets = Mapping[tuple[str, Any], int]


def drift(session: Session, *, now: datetime) -> list[SourceDrift]:
    """Every source: records that arrived and were left in doubt, and answers against the engine; in its last six months, and lately
    beside before. Pairs that were joined many at once are left out: nobody has looked at each."""
    months = _months(london_date(now))
    since = datetime.combine(months[0], time.min, LONDON).astimezone(UTC)
    arrived, doubted = _arrived(session, since, _month), _doubted(session, since, _month)
    judged = _by_month(session, since)
    against = by_source(_judged(session, now))
    noticed = _noticed(session, now)
    return [
        SourceDrift(
            slug,
            name,
            tuple(_shown(month, slug, arrived, doubted, judged) for month in months),
            change({"": noticed[slug]}),
            against.get(slug) or change({}),
        )
        for slug, name in session.execute(select(SourceSystem.slug, SourceSystem.name).order_by(SourceSystem.name))
    ]


def _shown(
    month: date, slug: str, arrived: _Buckets, doubted: _Buckets, judged: Mapping[tuple[str, date], tuple[int, int]]
) -> DriftMonth:
    came = arrived.get((slug, month), 0)
    return DriftMonth(month, came, min(came, doubted.get((slug, month), 0)), *judged.get((slug, month), (0, 0)))


def _months(today: date) -> list[date]:
    first = today.year * 12 + today.month - 1 - (MONTHS - 1)
    return [date((first + number) // 12, (first + number) % 12 + 1, 1) for number in range(MONTHS)]


def _month(column: Any) -> Any:
    return cast(func.date_trunc("month", func.timezone("Europe/London", column)), Date)


def _lately(now: datetime) -> Any:
    return lambda column: case((column > now - LATELY, literal(True)), else_=literal(False))


def _noticed(session: Session, now: datetime) -> defaultdict[str, Counts]:
    arrived = _arrived(session, now - BEFORE, _lately(now))
    doubted = _doubted(session, now - BEFORE, _lately(now))
    found: defaultdict[str, Counts] = defaultdict(Counts)
    for (slug, lately), came in arrived.items():
        left = min(came, doubted.get((slug, lately), 0))
        found[slug] += Counts(part=left, whole=came) if lately else Counts(part_before=left, whole_before=came)
    return found


def _arrived(session: Session, since: datetime, bucket: Any) -> _Buckets:
    """Records that were new or said something else."""
    when = bucket(SourceLoad.finished_at)
    query = (
        select(SourceSystem.slug, when, func.sum(SourceLoad.new + SourceLoad.changed))
        .join(SourceSystem, SourceSystem.id == SourceLoad.source_id)
        .where(SourceLoad.status == LoadStatus.DONE, SourceLoad.finished_at >= since)
        .group_by(SourceSystem.slug, when)
    )
    return {(row[0], row[1]): int(row[2] or 0) for row in session.execute(query)}


def _doubted(session: Session, since: datetime, bucket: Any) -> _Buckets:
    """Records that had just arrived when a possible match with them was noticed, whether it is open now or was judged."""
    noticed = cast(DeskJudgement.before["noticed_at"].astext, DeskJudgement.at.type)
    judged = (DeskJudgement.decision_id.is_not(None), DeskJudgement.undone_at.is_(None), DeskJudgement.at >= since)
    sides = union_all(
        *(
            select(side.label("record_id"), PossibleMatch.noticed_at.label("at")).where(PossibleMatch.noticed_at >= since)
            for side in (PossibleMatch.left_id, PossibleMatch.right_id)
        ),
        *(
            select(side.label("record_id"), noticed.label("at")).where(*judged)
            for side in (DeskJudgement.left_id, DeskJudgement.right_id)
        ),
    ).subquery()  # fmt: skip
    just_arrived = exists().where(
        SourceRecordVersion.record_id == sides.c.record_id,
        SourceRecordVersion.received_at <= sides.c.at,
        SourceRecordVersion.received_at > sides.c.at - literal(_SOON, Interval),
    )
    when = bucket(sides.c.at)
    query = (
        select(SourceSystem.slug, when, func.count(sides.c.record_id.distinct()))
        .join(SourceRecord, SourceRecord.id == sides.c.record_id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(just_arrived, sides.c.at >= since)
        .group_by(SourceSystem.slug, when)
    )
    return {(row[0], row[1]): int(row[2]) for row in session.execute(query)}


_AGAINST = or_(
    and_(DeskJudgement.verdict == Verdict.SAME, DeskJudgement.probability < 0.5),
    and_(DeskJudgement.verdict == Verdict.DIFFERENT, DeskJudgement.probability >= 0.5),
)


def _answers(since: datetime) -> tuple[Any, ...]:
    return (
        DeskJudgement.verdict.is_not(None), DeskJudgement.undone_at.is_(None), DeskJudgement.at >= since,
        DeskJudgement.origin != JudgementOrigin.BULK,
    )  # fmt: skip


def _by_month(session: Session, since: datetime) -> dict[tuple[str, date], tuple[int, int]]:
    month = _month(DeskJudgement.at)
    of_source = or_(
        SourceSystem.slug == DeskJudgement.left_source, SourceSystem.slug == DeskJudgement.right_source
    )  # fmt: skip
    query = (
        select(SourceSystem.slug, month, func.count(), func.sum(case((_AGAINST, 1), else_=0)))
        .select_from(DeskJudgement)
        .join(SourceSystem, of_source)
        .where(*_answers(since))
        .group_by(SourceSystem.slug, month)
    )
    return {(row[0], row[1]): (int(row[2]), int(row[3])) for row in session.execute(query)}


def _judged(session: Session, now: datetime) -> dict[Pair, Kinds]:
    """Answers by the two sources of the pair and by kind: of the random sample, what the engine was sure of, and what it was not.
    What several have said of one pair is one answer, the last."""
    lately = _lately(now)(DeskJudgement.at)
    doubtful = DeskJudgement.probability.between(_SURE, 1 - _SURE)
    kind = case(
        (DeskJudgement.origin == JudgementOrigin.AUDIT, "sample"), (doubtful, "doubtful"), else_="sure"
    )  # fmt: skip
    pair = (DeskJudgement.left_id, DeskJudgement.right_id, lately)
    last = (
        select(
            func.least(DeskJudgement.left_source, DeskJudgement.right_source).label("one"),
            func.greatest(DeskJudgement.left_source, DeskJudgement.right_source).label("other"),
            kind.label("kind"), lately.label("lately"), case((_AGAINST, 1), else_=0).label("against"),
        )
        .ext(distinct_on(*pair))
        .where(*_answers(now - BEFORE))
        .order_by(*pair, DeskJudgement.at.desc(), DeskJudgement.id)
        .subquery()
    )  # fmt: skip
    by = (last.c.one, last.c.other, last.c.kind, last.c.lately)
    found: dict[Pair, Kinds] = {}
    query = select(*by, func.count(), func.sum(last.c.against)).group_by(*by).order_by(*by)
    for one, other, name, now_or_before, count, against in session.execute(query):
        counts = found.setdefault((one, other), {}).setdefault(name, Counts())
        part, whole = int(against), int(count)
        counts += Counts(part, whole) if now_or_before else Counts(part_before=part, whole_before=whole)
    return found
