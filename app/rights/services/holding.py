"""Legal holds: placed by a person for a reason, until a day or until lifted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotFound, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.rights.models import LegalHold

KINDS = ("source_record", "account", "enquiry")


def place_hold(
    session: Session,
    actor: Actor,
    object_type: str,
    object_id: UUID,
    *,
    reason: str,
    until: datetime | None = None,
    now: datetime,
) -> UUID:
    """Nothing of this source record, account or enquiry is erased from now on, neither on request nor by age."""
    authorize(actor, Permission.RIGHTS_HANDLE)
    errors = {}
    if object_type not in KINDS:
        errors["object_type"] = N_("Choose what the hold is on")
    if not reason.strip():
        errors["reason"] = N_("Say why it must be kept: the claim, the inquiry, the court")
    if until is not None and until <= now:
        errors["until"] = N_("Choose a day to come")
    if errors:
        raise Invalid(errors)
    made = LegalHold(
        id=new_id(), object_type=object_type, object_id=object_id, reason=reason.strip(), placed_at=now, placed_by=actor.account_id,
        placed_by_name=actor.name, until_at=until,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, actor, "hold.placed", object_type, object_id, now=now, hold=made.id)
    return made.id


def lift_hold(session: Session, actor: Actor, hold_id: UUID, *, reason: str, now: datetime) -> None:
    """It no longer stands. Needs a reason; Stale if somebody has lifted it already."""
    authorize(actor, Permission.RIGHTS_HANDLE)
    found = session.get(LegalHold, hold_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    if found.lifted_at is not None:
        raise Stale(N_("This hold has been lifted already"))
    if not reason.strip():
        raise Invalid({"reason": N_("Say why it need not be kept any more")})
    found.lifted_at, found.lifted_by_name, found.lifted_reason = now, actor.name, reason.strip()
    session.flush()
    audit.record(session, actor, "hold.lifted", found.object_type, found.object_id, now=now, hold=found.id)
