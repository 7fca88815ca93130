"""How a unit is reached: in the console, by its own system, by e-mail, or by an Open311 back office."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts import services as accounts
from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.config import Settings
from app.enquiries.answers import is_email
from app.handoffs.enums import Becomes, Reach
from app.handoffs.models import ServiceConnection, StatusRule
from app.handoffs.services import statuses
from app.kernel.actors import SYSTEM, Actor
from app.kernel.crypto import Sealer
from app.kernel.errors import Invalid, Stale
from app.kernel.events import provided
from app.kernel.i18n import N_
from app.kernel.outbound import OutboundError, check_url
from app.organisation import queries as organisation
from app.organisation import services as units
from app.organisation.rows import UnitRow

FINISHED = "The work is finished."


def connect(
    session: Session,
    actor: Actor,
    *,
    unit: str,
    reach: Reach,
    email: str = "",
    open311_url: str = "",
    open311_key: str = "",
    jurisdiction: str = "",
    codes: Mapping[str, str] | None = None,
    settings: Settings,
    version: int | None = None,
    now: datetime,
) -> None:
    """Say how offers travel to a unit. What has no people here gets an account that acts for it. An empty key keeps the old one."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    reached = organisation.unit_by_slug(session, unit)
    found = session.get(ServiceConnection, reached.id, with_for_update=True, populate_existing=True)
    if found is not None and version is not None and found.version != version:
        raise Stale
    errors = _wrong(reach, email.strip(), open311_url.strip(), settings)
    if errors:
        raise Invalid(errors)
    kept = found or ServiceConnection(unit_id=reached.id, codes={}, version=0)
    kept.reach, kept.email = reach, email.strip() if reach is Reach.EMAIL else ""
    kept.open311_url = open311_url.strip().rstrip("/") if reach is Reach.OPEN311 else ""
    kept.jurisdiction, kept.codes = jurisdiction.strip(), dict(codes or {})
    if open311_key:
        kept.open311_key = provided(session, Sealer).seal(open311_key)
    if reach in {Reach.EMAIL, Reach.OPEN311} and kept.account_id is None:
        kept.account_id = _account_for(session, reached, now)
    kept.version += 1
    session.add(kept)
    session.flush()
    if reach is Reach.OPEN311:
        _usual_words(session, actor, reached, now)
    audit.record(session, actor, "unit.connected", "unit", reached.id, now=now, reach=reach.value)


def _usual_words(session: Session, actor: Actor, unit: UnitRow, now: datetime) -> None:
    """Open311 knows two words. What they mean here can be changed; a unit with rules of its own keeps them."""
    if session.scalar(select(exists().where(StatusRule.unit_id == unit.id))):
        return
    statuses.save_rule(session, actor, unit=unit.slug, code="open", becomes=Becomes.ACCEPTED, now=now)
    statuses.save_rule(
        session, actor, unit=unit.slug, code="closed", becomes=Becomes.COMPLETED, words=FINISHED, now=now
    )


def _account_for(session: Session, unit: UnitRow, now: datetime) -> UUID:
    """It has no key and no password: only the link in the e-mail, or our own polling, acts by it."""
    account = accounts.create_service_account(session, SYSTEM, unit.name, now=now)
    units.add_member(session, SYSTEM, account.id, unit.slug, now=now)
    return account.id


def _wrong(reach: Reach, email: str, url: str, settings: Settings) -> dict[str, str]:
    errors = {}
    if reach is Reach.EMAIL and not is_email(email):
        errors["email"] = N_("Enter an e-mail address in the correct format, like name@example.com")
    if reach is Reach.OPEN311:
        try:
            check_url(url, settings.outbound_allowed)
        except OutboundError:
            errors["open311_url"] = N_("Enter a full address that we may reach, like https://city.example/open311/v2")
    return errors
