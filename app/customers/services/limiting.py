"""How many records one customer may come to by itself, set by stewards. It holds from the next run over everything on."""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.models import MatchLimits
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id

PEOPLE, ORGANISATIONS = range(2, 1_001), range(2, 100_001)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('firstpoint.customers.limits', 0))")


def set_limits(
    session: Session, actor: Actor, *, people: int, organisations: int, number: int, reason: str, now: datetime
) -> int:
    """Set the limits, and give their version. `number` is the version that was changed: Stale if somebody else has set another since.

    Raises Invalid for a number that makes no sense.
    """
    errors: dict[str, str] = {}
    if people not in PEOPLE:
        errors["people"] = N_("Enter a number of records from 2 to 1,000")
    if organisations not in ORGANISATIONS:
        errors["organisations"] = N_("Enter a number of records from 2 to 100,000")
    if not reason.strip():
        errors["reason"] = N_("Say why the size changes")
    if errors:
        raise Invalid(errors)
    session.execute(_LOCK)
    if (session.scalar(select(func.max(MatchLimits.number))) or 0) != number:
        raise Stale
    made = MatchLimits(
        id=new_id(), number=number + 1, people=people, organisations=organisations, reason=reason.strip(), made_at=now,
        made_by=actor.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(
        session, actor, "matching.limits_set", "match_limits", made.id, now=now, number=made.number, people=people,
        organisations=organisations,
    )  # fmt: skip
    return made.number
