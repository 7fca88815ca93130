"""Looking at what a customer was, or at what would become of one. Written down like every other look."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.models import GoldenRecord
from app.customers.queries.golden_history import golden_as_at, golden_history
from app.customers.rows import GoldenChange, GoldenThen
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import NotAllowed, NotFound


def look_back(
    session: Session, actor: Actor, golden_id: UUID, *, purpose: str, at: datetime, now: datetime
) -> tuple[GoldenThen | None, list[GoldenChange]]:
    """A golden record as it was at a moment (None if it was not there yet), and all that has changed it; for staff.

    Of a restricted one neither values nor changes are told.
    """
    note_look(session, actor, golden_id, purpose=purpose, now=now)
    story = golden_history(session, golden_id)
    try:
        then = golden_as_at(session, golden_id, at)
    except NotFound:
        return None, story
    return then, [] if then.hidden else story


def note_property_look(session: Session, actor: Actor, property_id: UUID, *, purpose: str, now: datetime) -> None:
    """Write down that staff look at who lives at a property."""
    if actor.kind is not ActorKind.STAFF:
        raise NotAllowed
    audit.looked(session, actor, "property", property_id, purpose=purpose, now=now)


def note_look(session: Session, actor: Actor, golden_id: UUID, *, purpose: str, now: datetime) -> bool:
    """Write down that staff look at a customer, whose id may be a retired one; True if it is restricted."""
    if actor.kind is not ActorKind.STAFF:
        raise NotAllowed
    golden = session.get(GoldenRecord, golden_id)
    if golden is None:
        raise NotFound
    audit.looked(
        session, actor, "golden_record", golden_id, purpose=purpose, now=now, restricted=golden.restricted,
        hidden=golden.restricted,
    )  # fmt: skip
    return golden.restricted
