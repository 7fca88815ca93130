"""Adding to the trail, in the transaction of the change that it tells of."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.kernel.actors import Actor
from app.kernel.errors import Invalid
from app.kernel.i18n import N_

VIEWED = "record.viewed"


def record(
    session: Session,
    actor: Actor,
    action: str,
    object_type: str,
    object_id: UUID | None,
    *,
    now: datetime,
    purpose: str | None = None,
    **detail: object,
) -> UUID:
    """Write down that the actor did this. Detail holds what changed, never passwords, tokens or whole records."""
    entry = AuditEntry(
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.account_id,
        actor_name=actor.name,
        actor_address=actor.address,
        action=action,
        object_type=object_type,
        object_id=object_id,
        purpose=purpose,
        detail=_plain(detail),
    )
    session.add(entry)
    session.flush()
    return entry.id


def looked(
    session: Session, actor: Actor, object_type: str, object_id: UUID, *, purpose: str, now: datetime, **detail: object
) -> UUID:
    """Write down that the actor looked at somebody's record, and why. A look without a purpose is refused."""
    if not purpose.strip():
        raise Invalid({"purpose": N_("Say why you need to see this record")})
    return record(session, actor, VIEWED, object_type, object_id, now=now, purpose=purpose.strip(), **detail)


def _plain(value: Any) -> Any:
    """The value in types that JSON has."""
    match value:
        case Enum():
            return value.value
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted((_plain(item) for item in value), key=str)
        case list() | tuple():
            return [_plain(item) for item in value]
        case datetime() | date():
            return value.isoformat()
        case _:
            return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
