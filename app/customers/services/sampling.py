"""A small random sample of what the machine has made of near pairs, for stewards to judge without seeing what it made of them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.desk_rows import JudgedRow
from app.customers.enums import CaseKind, CaseStatus, Judged, JudgementOrigin, Verdict
from app.customers.models import DeskAudit, DeskCase, DeskJudgement, Link, SourceRecord, SourceSystem
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, NotAllowed, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id

EVERY = timedelta(days=7)
OF_EACH = 12
"""Pairs drawn from each stratum; every third is judged by two stewards."""

_DRAW = text(
    """
    WITH met AS (
        SELECT left_id, right_id, weight FROM match_edge
        UNION SELECT p.left_id, p.right_id, p.weight FROM possible_match p
        JOIN source_record r ON r.id = p.left_id AND r.attributes ? 'organisation_name'
        UNION SELECT least(l.source_record_id, o.source_record_id), greatest(l.source_record_id, o.source_record_id), l.weight
        FROM link l JOIN golden_record g ON g.id = l.golden_id AND g.kind = 'organisation'
        JOIN link o ON o.golden_id = l.golden_id AND o.source_record_id::text = l.evidence->>'with'
        WHERE l.weight IS NOT NULL
    ), weighed AS (
        SELECT left_id, right_id, max(weight) AS weight FROM met GROUP BY left_id, right_id
    ), near AS (
        SELECT e.left_id, e.right_id, e.weight, g.kind = 'organisation' AS organisation,
            CASE WHEN one.golden_id = other.golden_id THEN 'together'
                WHEN EXISTS (SELECT 1 FROM possible_match p WHERE p.left_id = e.left_id AND p.right_id = e.right_id) THEN 'open'
                ELSE 'apart' END AS place,
            CASE WHEN e.weight < 0 THEN 0 WHEN e.weight < 2.2 THEN 1 WHEN e.weight < 4.6 THEN 2 ELSE 3 END AS band
        FROM weighed e
        JOIN link one ON one.source_record_id = e.left_id
        JOIN link other ON other.source_record_id = e.right_id
        JOIN golden_record g ON g.id = one.golden_id AND NOT g.restricted
        JOIN golden_record h ON h.id = other.golden_id AND NOT h.restricted
        WHERE NOT EXISTS (
            SELECT 1 FROM steward_decision d WHERE d.lifted_at IS NULL
            AND ((d.left_id = e.left_id AND d.right_id = e.right_id) OR (d.left_id = e.right_id AND d.right_id = e.left_id))
        )
    ), drawn AS (
        SELECT *, row_number() OVER (PARTITION BY organisation, place, band ORDER BY md5(:seed || left_id::text || right_id::text)) AS place_in,
            count(*) OVER (PARTITION BY organisation, place, band) AS population
        FROM near
    )
    SELECT left_id, right_id, weight, organisation, place, band, population, place_in FROM drawn WHERE place_in <= :most
    ORDER BY md5(:seed || right_id::text || left_id::text)
    """
)


def draw_sample(session: Session, *, now: datetime, seed: str = "", of_each: int = OF_EACH) -> int:
    """Draw from every stratum of near pairs that no steward has decided about; gives how many pairs.

    Strata: people and organisations; together, left open, kept apart; each by the odds of the pair (below 1, 9, 100 to one, and above).
    Of an organisation's records each is near the one by which it was joined. Pairs with a restricted customer are left out.
    """
    draw = new_id()
    rows = session.execute(_DRAW, {"seed": seed or str(draw), "most": of_each}).all()
    session.add_all(
        DeskAudit(
            id=new_id(), draw_id=draw, left_id=row.left_id, right_id=row.right_id, organisation=row.organisation,
            place=row.place, band=row.band,
            population=row.population, weight=row.weight, wanted=2 if row.place_in % 3 == 0 else 1, drawn_at=now,
        )
        for row in rows
    )  # fmt: skip
    session.flush()
    return len(rows)


def draw_when_due(session: Session, *, now: datetime) -> int:
    """A sample a week, unless nobody has judged half of the last one yet."""
    last = session.scalar(select(func.max(DeskAudit.drawn_at)))
    if last is not None:
        drawn = session.scalar(select(func.count()).where(DeskAudit.drawn_at == last)) or 0
        judged = session.scalar(
            select(func.count(DeskJudgement.audit_id.distinct()))
            .join(DeskAudit, DeskAudit.id == DeskJudgement.audit_id)
            .where(DeskAudit.drawn_at == last, DeskJudgement.undone_at.is_(None))
        )
        if now - last < EVERY or (judged or 0) * 2 < drawn:
            return 0
    return draw_sample(session, now=now)


def judge_sample(session: Session, actor: Actor, audit_id: UUID, verdict: Verdict, *, now: datetime) -> JudgedRow:
    """What a steward says of a pair of the sample. It is counted and changes nothing; that records which are together are two people
    becomes a case for the split desk. Conflict if this steward, or as many as are wanted, have judged it already."""
    if actor.account_id is None:
        raise NotAllowed
    drawn = session.get(DeskAudit, audit_id, with_for_update=True)
    if drawn is None:
        raise NotFound
    judges = session.scalars(
        select(DeskJudgement.account_id).where(DeskJudgement.audit_id == audit_id, DeskJudgement.undone_at.is_(None))
    ).all()
    if actor.account_id in judges or len(judges) >= drawn.wanted:
        raise Conflict(N_("This pair has been judged already"))
    slugs = {
        row[0]: row[1]
        for row in session.execute(
            select(SourceRecord.id, SourceSystem.slug)
            .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
            .where(SourceRecord.id.in_((drawn.left_id, drawn.right_id)))
        )
    }
    if len(slugs) < 2:
        raise NotFound
    case = _case(session, actor, drawn, now) if drawn.place == "together" and verdict is Verdict.DIFFERENT else None
    made = DeskJudgement(
        id=new_id(), account_id=actor.account_id, account_name=actor.name, at=now, origin=JudgementOrigin.AUDIT,
        verdict=verdict, left_id=drawn.left_id, right_id=drawn.right_id, left_source=slugs[drawn.left_id],
        right_source=slugs[drawn.right_id], probability=_chance(drawn.weight), audit_id=audit_id,
        before={"case": str(case.id)} if case else {},
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, actor, "steward.judged_sample", "desk_audit", audit_id, now=now, verdict=verdict)
    return JudgedRow(Judged.COUNTED, verdict)


def _case(session: Session, actor: Actor, drawn: DeskAudit, now: datetime) -> DeskCase | None:
    """One for each customer; the other records are beside it on the split desk."""
    golden = select(Link.golden_id).where(Link.source_record_id == drawn.left_id)
    mates = select(Link.source_record_id).where(Link.golden_id == golden.scalar_subquery())
    open_already = session.scalar(
        select(DeskCase.id)
        .where(DeskCase.kind == CaseKind.SAMPLE, DeskCase.status == CaseStatus.OPEN, DeskCase.source_record_id.in_(mates))
        .limit(1)
    )  # fmt: skip
    if open_already is not None:
        return None
    case = DeskCase(
        id=new_id(), kind=CaseKind.SAMPLE, status=CaseStatus.OPEN, source_record_id=drawn.right_id, account_id=None, what=[],
        said="", opened_by_name=actor.name, opened_at=now,
    )  # fmt: skip
    session.add(case)
    session.flush()
    return case


def _chance(weight: float) -> float:
    """The probability that a weight in nats stands for."""
    return float(1 / (1 + 2.718281828459045 ** -max(-700.0, min(700.0, weight))))
