"""Letting somebody in again who was erased: a customer anew, by their own wish."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.customers import queries as customers
from app.customers import services as customer_services
from app.customers.rows.erased import KeptOut
from app.kernel.actors import Actor
from app.kernel.errors import Invalid
from app.kernel.i18n import N_

LONGEST = 500


def check_return(session: Session, actor: Actor, source_slug: str, key: str, *, reason: str) -> KeptOut:
    """What would be let in again, before it is. Invalid names the field: no reason, or nothing keeps such a key out."""
    authorize(actor, Permission.RIGHTS_HANDLE)
    errors = {}
    if not reason.strip():
        errors["reason"] = N_("Say why the record may come again")
    if len(reason) > LONGEST:
        errors["reason"] = N_("Write 500 characters or fewer")
    found = customers.kept_out(session, source_slug, key) if key.strip() else None
    if found is None:
        errors["key"] = N_("Nothing keeps a record with this number out. Check the source and the number")
    if errors or found is None:
        raise Invalid(errors)
    return found


def let_return(
    session: Session, actor: Actor, source_slug: str, key: str, *, reason: str, sure: bool, now: datetime
) -> None:
    """Turn the key away no longer. Invalid unless it was confirmed; what check_return refuses is refused here too."""
    check_return(session, actor, source_slug, key, reason=reason)
    if not sure:
        raise Invalid({"sure": N_("Tick that the person wants to be our customer again")})
    customer_services.readmit(session, actor, source_slug, key.strip(), reason=reason.strip(), now=now)
