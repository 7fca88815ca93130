"""What stewards decide of two source records. A decision stands until it is lifted, and outranks every match run."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import Verdict
from app.customers.models import Link, PossibleMatch, SourceRecord, StewardDecision
from app.customers.rows import DecisionRow
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.i18n import N_
from app.kernel.ids import new_id


def decide(
    session: Session, actor: Actor, left_id: UUID, right_id: UUID, verdict: Verdict, *, reason: str = "", now: datetime
) -> DecisionRow:
    """Say that two source records are the same person, or not. Saying again what stands already changes nothing.

    Raises Conflict if somebody has decided otherwise; that decision must be lifted first.
    """
    left, right = sorted((left_id, right_id))
    if left == right:
        raise Invalid({"right": N_("Choose two different records")})
    if len(session.scalars(select(SourceRecord.id).where(SourceRecord.id.in_((left, right)))).all()) < 2:
        raise NotFound
    made = session.scalar(
        insert(StewardDecision)
        .values(
            id=new_id(),
            left_id=left,
            right_id=right,
            verdict=verdict,
            reason=reason.strip(),
            decided_by=actor.account_id,
            decided_by_name=actor.name,
            decided_at=now,
        )
        .on_conflict_do_nothing()
        .returning(StewardDecision.id)
    )
    standing = session.scalars(
        select(StewardDecision).where(
            StewardDecision.left_id == left, StewardDecision.right_id == right, StewardDecision.lifted_at.is_(None)
        )
    ).one()
    if standing.verdict is not verdict:
        raise Conflict(N_("%(name)s has already decided otherwise about these records"), name=standing.decided_by_name)
    if made:
        for match in session.scalars(
            select(PossibleMatch).where(PossibleMatch.left_id == left, PossibleMatch.right_id == right)
        ):
            session.delete(match)
        audit.record(
            session,
            actor,
            "steward.decided",
            "steward_decision",
            made,
            now=now,
            verdict=verdict,
            left=left,
            right=right,
        )
    return _row(standing)


def lift(session: Session, actor: Actor, decision_id: UUID, *, reason: str, now: datetime) -> None:
    """Take a decision back; the next match run is free again. Needs a reason."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the decision is lifted")})
    decision = session.get(StewardDecision, decision_id, with_for_update=True)
    if decision is None:
        raise NotFound
    if decision.lifted_at is not None:
        raise Conflict(N_("This decision has been lifted already"))
    decision.lifted_at, decision.lifted_by_name, decision.lifted_reason = now, actor.name, reason.strip()
    audit.record(session, actor, "steward.lifted", "steward_decision", decision_id, now=now, reason=reason.strip())


def unlink(session: Session, actor: Actor, source_record_id: UUID, *, reason: str, now: datetime) -> None:
    """Part a source record from all others of its golden record. Holds from the next match run on."""
    golden_id = session.scalar(select(Link.golden_id).where(Link.source_record_id == source_record_id))
    if golden_id is None:
        raise NotFound
    others = select(Link.source_record_id).where(Link.golden_id == golden_id, Link.source_record_id != source_record_id)
    for other in session.scalars(others.order_by(Link.source_record_id)).all():
        decide(session, actor, source_record_id, other, Verdict.DIFFERENT, reason=reason, now=now)


def _row(decision: StewardDecision) -> DecisionRow:
    return DecisionRow(
        decision.id,
        decision.left_id,
        decision.right_id,
        decision.verdict,
        decision.reason,
        decision.decided_by_name,
        decision.decided_at,
    )
