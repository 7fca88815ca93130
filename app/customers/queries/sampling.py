"""The random sample: what is left to judge, and what the judgements say of the machine."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from app.customers.desk_rows import Accuracy, Agreement, Interval, Stratum
from app.customers.enums import CustomerKind, OpinionStatus, Verdict
from app.customers.estimating import Seen, kappa, recall, stratified, wilson
from app.customers.models import DeskAudit, DeskJudgement, DeskOpinion, GoldenRecord, Link, SourceRecord

COUNTS_FOR = timedelta(days=365)
ENOUGH = 30
"""Judged pairs below which nothing is claimed."""


def next_in_sample(session: Session, me: UUID | None) -> UUID | None:
    """The next pair of the sample that this steward may judge: not seen by them, and not judged often enough."""
    query = _to_judge(select(DeskAudit.id), me).order_by(DeskAudit.drawn_at.desc(), DeskAudit.id)
    found: UUID | None = session.scalar(query.limit(1))
    return found


def how_many_to_judge(session: Session, me: UUID | None) -> int:
    return session.scalar(_to_judge(select(func.count()).select_from(DeskAudit), me)) or 0


def accuracy(session: Session, kind: CustomerKind = CustomerKind.PERSON, *, now: datetime) -> Accuracy:
    """Precision and recall among near pairs of people or of organisations, from the samples of the last year that are judged; with the
    strata they stand on. What is left to judge is of both kinds."""
    judged = _judged(session, kind, now)
    strata = _strata(session, kind, judged)
    together = [_seen(one) for one in strata if one.place == "together"]
    elsewhere = [_seen(one) for one in strata if one.place != "together"]
    return Accuracy(
        _interval(stratified(together), together),
        _interval(recall(together, elsewhere), [*together, *elsewhere], needs=(together, elsewhere)),
        strata,
        session.scalar(select(func.max(DeskAudit.drawn_at))),
        how_many_to_judge(session, None),
        _agreement(session, judged),
    )


def _to_judge(query: Select[*tuple[Any, ...]], me: UUID | None) -> Select[*tuple[Any, ...]]:
    judges = (
        select(func.count())
        .where(DeskJudgement.audit_id == DeskAudit.id, DeskJudgement.undone_at.is_(None))
        .scalar_subquery()
    )
    here = (
        select(func.count())
        .select_from(SourceRecord)
        .join(Link, Link.source_record_id == SourceRecord.id)
        .join(GoldenRecord, GoldenRecord.id == Link.golden_id)
        .where(SourceRecord.id.in_((DeskAudit.left_id, DeskAudit.right_id)), ~GoldenRecord.restricted)
        .scalar_subquery()
    )
    query = query.where(judges < DeskAudit.wanted, here == 2)
    if me is None:
        return query
    mine = select(DeskJudgement.id).where(
        DeskJudgement.audit_id == DeskAudit.id, DeskJudgement.account_id == me, DeskJudgement.undone_at.is_(None)
    )
    return query.where(~mine.exists())


_Judged = dict[UUID, tuple[DeskAudit, list[tuple[UUID, Verdict]]]]


def _judged(session: Session, kind: CustomerKind, now: datetime) -> _Judged:
    query = (
        select(DeskAudit, DeskJudgement.account_id, DeskJudgement.verdict)
        .join(DeskJudgement, DeskJudgement.audit_id == DeskAudit.id)
        .where(DeskJudgement.undone_at.is_(None), DeskJudgement.at > now - COUNTS_FOR, _of(kind))
        .order_by(DeskJudgement.at, DeskJudgement.id)
    )
    found: _Judged = {}
    for drawn, who, verdict in session.execute(query):
        if verdict is not None:
            found.setdefault(drawn.id, (drawn, []))[1].append((who, verdict))
    return found


def _of(kind: CustomerKind) -> ColumnElement[bool]:
    return DeskAudit.organisation == (kind is CustomerKind.ORGANISATION)


def _strata(session: Session, kind: CustomerKind, judged: _Judged) -> tuple[Stratum, ...]:
    """Each stratum, of the size that it had when it was drawn last. Pairs on which two stewards disagree count as disputed."""
    latest = session.scalar(select(func.max(DeskAudit.drawn_at)))
    sizes: dict[tuple[str, int], int] = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            select(DeskAudit.place, DeskAudit.band, func.max(DeskAudit.population))
            .where(DeskAudit.drawn_at == latest, _of(kind))
            .group_by(DeskAudit.place, DeskAudit.band)
        )
    }
    counted: defaultdict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    for drawn, said in judged.values():
        verdicts = {verdict for _, verdict in said}
        tally = counted[(drawn.place, drawn.band)]
        if len(verdicts) > 1:
            tally[2] += 1
        else:
            tally[0] += 1
            tally[1] += Verdict.SAME in verdicts
    order = {"together": 0, "open": 1, "apart": 2}
    return tuple(
        _stratum(place, band, size, counted[(place, band)])
        for (place, band), size in sorted(sizes.items(), key=lambda one: (order[one[0][0]], -one[0][1]))
    )


def _stratum(place: str, band: int, size: int, tally: list[int]) -> Stratum:
    judged, same, disputed = tally
    return Stratum(place, band, size, judged, same, disputed, _plain(same, judged))


def _seen(one: Stratum) -> Seen:
    return Seen(one.population, one.judged, one.same)


def _plain(part: int, whole: int) -> Interval:
    low, high = wilson(part, whole)
    return Interval(part / whole if whole else None, low, high, whole)


def _interval(
    told: tuple[float, float, float] | None, strata: Sequence[Seen], needs: Sequence[Sequence[Seen]] | None = None
) -> Interval:
    """The estimate, or that there is not enough to claim one: `needs` are parts of which each must have been judged often enough."""
    parts = needs or (strata,)
    judged = sum(one.judged for one in strata)
    missing = sum(max(0, ENOUGH - sum(one.judged for one in part)) for part in parts)
    if told is None or missing:
        return Interval(None, 0.0, 1.0, judged, missing or ENOUGH)
    return Interval(told[0], min(told[1], told[0]), max(told[2], told[0]), judged)


def _agreement(session: Session, judged: _Judged) -> Agreement:
    """Two stewards on one pair, in the order of their accounts so that the same two are always first and second."""
    pairs = [
        [verdict for _, verdict in sorted(said, key=lambda one: one[0])][:2]
        for _, said in judged.values()
        if len(said) > 1
    ]
    same = sum(one == [Verdict.SAME, Verdict.SAME] for one in pairs)
    different = sum(one == [Verdict.DIFFERENT, Verdict.DIFFERENT] for one in pairs)
    first = sum(one == [Verdict.SAME, Verdict.DIFFERENT] for one in pairs)
    looks: dict[OpinionStatus, int] = {
        row[0]: row[1]
        for row in session.execute(
            select(DeskOpinion.status, func.count())
            .where(DeskOpinion.status.in_((OpinionStatus.CONFIRMED, OpinionStatus.REFUSED)))
            .group_by(DeskOpinion.status)
        )
    }
    agreed = same + different
    low, high = wilson(agreed, len(pairs))
    enough = len(pairs) >= ENOUGH
    return Agreement(
        len(pairs), agreed,
        Interval(agreed / len(pairs) if enough else None, low, high, len(pairs), 0 if enough else ENOUGH - len(pairs)),
        kappa(same, different, (first, len(pairs) - agreed - first)) if enough else None,
        sum(looks.values()), looks.get(OpinionStatus.CONFIRMED, 0),
    )  # fmt: skip
