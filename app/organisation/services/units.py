"""Units, teams and the people in them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.organisation import queries
from app.organisation.enums import QueueStatus
from app.organisation.events import MemberLeft
from app.organisation.models import Membership, Queue, QueueReader, Team, Unit, UnitClosure
from app.organisation.policy import REGIONS, STANDARD_HOURS, WorkingHours
from app.organisation.rows import TeamRow, UnitRow


def create_unit(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    name: str,
    parent: str | None = None,
    aliases: Sequence[str] = (),
    now: datetime,
) -> UnitRow:
    """A new part of the body, with standard working hours."""
    if session.scalar(select(exists().where(Unit.slug == slug))):
        raise Conflict(N_("There is already a unit called %(slug)s"), slug=slug)
    parent_id = queries.unit_by_slug(session, parent).id if parent else None
    unit = Unit(slug=slug, name=name, parent_id=parent_id, hours=STANDARD_HOURS.to_json(), created_at=now)
    unit.aliases = sorted(aliases)
    session.add(unit)
    session.flush()
    audit.record(session, actor, "unit.created", "unit", unit.id, now=now, slug=slug)
    return queries.unit_row(unit)


def create_team(session: Session, actor: Actor, *, unit: str, slug: str, name: str, now: datetime) -> TeamRow:
    """A family group within a unit."""
    unit_id = queries.unit_by_slug(session, unit).id
    if session.scalar(select(exists().where(Team.unit_id == unit_id, Team.slug == slug))):
        raise Conflict(N_("There is already a team called %(slug)s"), slug=slug)
    team = Team(unit_id=unit_id, slug=slug, name=name)
    session.add(team)
    session.flush()
    audit.record(session, actor, "team.created", "team", team.id, now=now, slug=slug, unit=unit)
    return TeamRow(team.id, unit_id, slug, name)


def add_member(
    session: Session,
    actor: Actor,
    account_id: UUID,
    unit: str,
    *,
    team: str | None = None,
    can_lead: bool = False,
    now: datetime,
) -> None:
    """Put a person into a unit; again with another team or lead changes that."""
    unit_id = queries.unit_by_slug(session, unit).id
    team_id = _team_id(session, unit_id, team) if team else None
    membership = _membership(session, account_id, unit_id)
    if membership is None:
        membership = Membership(account_id=account_id, unit_id=unit_id)
        session.add(membership)
    membership.team_id = team_id
    membership.can_lead = can_lead
    session.flush()
    audit.record(session, actor, "unit.member_added", "unit", unit_id, now=now, account=str(account_id))


def remove_member(session: Session, actor: Actor, account_id: UUID, unit: str, *, now: datetime) -> None:
    """Take a person out of a unit. Conflict if that would leave one of its queues with nobody who reads it."""
    unit_id = queries.unit_by_slug(session, unit).id
    membership = _membership(session, account_id, unit_id)
    if membership is None:
        return
    last = session.scalar(select(~exists().where(Membership.unit_id == unit_id, Membership.account_id != account_id)))
    if last and _is_only_reader(session, unit_id):
        raise Conflict(N_("This is the last person who can read a queue of the unit. Add another reader first"))
    session.delete(membership)
    session.flush()
    audit.record(session, actor, "unit.member_removed", "unit", unit_id, now=now, account=str(account_id))
    publish(session, MemberLeft(account_id, unit_id, now))


def set_hours(session: Session, actor: Actor, unit: str, hours: WorkingHours, *, now: datetime) -> None:
    """Change when a unit works; promises already made stay as they are."""
    found = session.get_one(Unit, queries.unit_by_slug(session, unit).id)
    found.hours = hours.to_json()
    session.flush()
    audit.record(session, actor, "unit.hours_changed", "unit", found.id, now=now, hours=found.hours)


def set_region(session: Session, actor: Actor, unit: str, region: str, *, now: datetime) -> None:
    """The part of the United Kingdom whose bank holidays the unit keeps."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    if region not in REGIONS:
        raise Invalid({"region": N_("Choose a part of the United Kingdom")})
    found = session.get_one(Unit, queries.unit_by_slug(session, unit).id)
    found.holiday_region = region
    session.flush()
    audit.record(session, actor, "unit.region_changed", "unit", found.id, now=now, region=region)


def close_on(session: Session, actor: Actor, unit: str, day: date, reason: str, *, now: datetime) -> None:
    """The unit is closed on this day; promises and clocks that are reckoned from now on leave it out."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the unit is closed")})
    if day < london_date(now):
        raise Invalid({"day": N_("The day must not be in the past")})
    unit_id = queries.unit_by_slug(session, unit).id
    if session.scalar(select(exists().where(UnitClosure.unit_id == unit_id, UnitClosure.day == day))):
        raise Invalid({"day": N_("The unit is closed on this day already")})
    session.add(UnitClosure(unit_id=unit_id, day=day, reason=reason.strip()))
    session.flush()
    audit.record(session, actor, "unit.closed_on", "unit", unit_id, now=now, day=day.isoformat())


def open_again_on(session: Session, actor: Actor, unit: str, day: date, *, now: datetime) -> None:
    """The unit works on this day after all."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    unit_id = queries.unit_by_slug(session, unit).id
    session.execute(delete(UnitClosure).where(UnitClosure.unit_id == unit_id, UnitClosure.day == day))
    audit.record(session, actor, "unit.opens_again_on", "unit", unit_id, now=now, day=day.isoformat())


def set_aliases(session: Session, actor: Actor, unit: str, aliases: Sequence[str], *, now: datetime) -> None:
    """Other names of a unit, by which the names of queues may speak of it."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    found = session.get_one(Unit, queries.unit_by_slug(session, unit).id)
    found.aliases = sorted({alias.strip() for alias in aliases if alias.strip()})
    session.flush()
    audit.record(session, actor, "unit.aliases_set", "unit", found.id, now=now, aliases=found.aliases)


def _membership(session: Session, account_id: UUID, unit_id: UUID) -> Membership | None:
    return session.scalar(select(Membership).where(Membership.account_id == account_id, Membership.unit_id == unit_id))


def _team_id(session: Session, unit_id: UUID, slug: str) -> UUID:
    found = session.scalar(select(Team.id).where(Team.unit_id == unit_id, Team.slug == slug))
    if found is None:
        raise NotFound(N_("There is no team called %(slug)s"), slug=slug)
    return found


def _is_only_reader(session: Session, unit_id: UUID) -> bool:
    """Whether an active queue is read by this unit and by nobody else."""
    others = exists().where(QueueReader.queue_id == Queue.id, QueueReader.unit_id.is_distinct_from(unit_id))
    reads = exists().where(QueueReader.queue_id == Queue.id, QueueReader.unit_id == unit_id)
    return bool(session.scalar(select(exists().where(Queue.status == QueueStatus.ACTIVE, reads, ~others))))
