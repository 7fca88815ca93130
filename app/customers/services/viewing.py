"""Looking at a customer. Every look is written down with its purpose, in the transaction that shows the record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.customers.models import GoldenRecord
from app.customers.queries.golden import resolve
from app.customers.queries.golden_view import build_view
from app.customers.rows import SingleView
from app.customers.services.breaking_glass import note_opened
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import NotAllowed

GOLDEN = "golden_record"


def single_view(
    session: Session, actor: Actor, golden_id: UUID, *, purpose: str, now: datetime, break_glass: str | None = None
) -> SingleView:
    """All that we know of a customer, for staff. A restricted record stays hidden unless `break_glass` gives a reason.

    A retired id shows the record that took its place. Raises NotFound, Invalid without a purpose, and NotAllowed for a reason
    from somebody who may not open restricted records.
    """
    opened = (break_glass or "").strip()
    if actor.kind is not ActorKind.STAFF or (opened and not may(actor, Permission.CUSTOMERS_RESTRICTED)):
        raise NotAllowed
    current = resolve(session, golden_id)
    golden = session.get_one(GoldenRecord, current)
    hidden = golden.restricted and not opened
    audit.looked(session, actor, GOLDEN, current, purpose=purpose, now=now, restricted=golden.restricted, hidden=hidden)
    if golden.restricted and opened:
        note_opened(session, actor, GOLDEN, [current], purpose=purpose, reason=opened, now=now)
    view = build_view(session, golden, hidden=hidden)
    return view if current == golden_id else view.redirected(golden_id)
