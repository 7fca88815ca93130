"""Taking back what stewards have said, as they said it: in one go."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.customers.models import GoldenRecord, StewardDecision
from app.customers.queries.golden import resolve
from app.customers.queries.said import keys_of, touching
from app.customers.services.stewardship import lift
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from app.kernel.i18n import N_


def lift_said(session: Session, actor: Actor, golden_id: UUID, decision_id: UUID, *, reason: str, now: datetime) -> int:
    """Lift this decision and all others that were said with it about this customer's records; how many they were.

    The engine decides about those records again. NotFound for a decision about others, Stale if somebody has lifted it already.
    """
    if not may(actor, Permission.STEWARDSHIP_DECIDE):
        raise NotAllowed
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the decision is lifted")})
    current = resolve(session, golden_id)
    golden = session.get_one(GoldenRecord, current)
    if golden.restricted and not may(actor, Permission.CUSTOMERS_RESTRICTED):
        raise NotAllowed
    about = touching(keys_of(session, current))
    one = session.scalar(select(StewardDecision).where(StewardDecision.id == decision_id, about))
    if one is None:
        raise NotFound
    if one.lifted_at is not None:
        raise Stale(N_("This decision has been lifted already"))
    said = session.scalars(
        select(StewardDecision.id)
        .where(
            about,
            StewardDecision.lifted_at.is_(None),
            StewardDecision.verdict == one.verdict,
            StewardDecision.decided_at == one.decided_at,
            StewardDecision.decided_by_name == one.decided_by_name,
            StewardDecision.reason == one.reason,
        )
        .order_by(StewardDecision.id)
    ).all()
    for decision in said:
        lift(session, actor, decision, reason=reason, now=now)
    session.flush()
    return len(said)
