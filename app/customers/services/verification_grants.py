"""Grants that turn out to be somebody else's."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.models import Verification
from app.kernel.actors import Actor


def revoke(
    session: Session, actor: Actor, account_id: UUID, records: Iterable[UUID], *, reason: str, now: datetime
) -> int:
    """The account no longer stands for these source records, whatever it has shown before. Returns how many grants that ended."""
    query = select(Verification).where(
        Verification.account_id == account_id,
        Verification.source_record_id.in_(list(records)),
        Verification.passed,
        Verification.revoked_at.is_(None),
    )
    held = session.scalars(query.with_for_update()).all()
    for one in held:
        one.revoked_at, one.revoked_by_name, one.revoked_reason = now, actor.name, reason
    if held:
        audit.record(session, actor, "customer.grants_revoked", "account", account_id, now=now, reason=reason)
    return len(held)
