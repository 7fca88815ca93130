"""Reads of units and of who works in them."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.enums import AccountStatus
from app.accounts.models import Account
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.organisation.models import Membership, Team, Unit, UnitClosure
from app.organisation.policy import ClosedDays, WorkingHours
from app.organisation.rota import Calendar
from app.organisation.rows import ClosureRow, MemberRow, TeamRow, UnitCard, UnitRow


def units(session: Session) -> tuple[UnitRow, ...]:
    return tuple(unit_row(unit) for unit in session.scalars(select(Unit).order_by(Unit.name, Unit.id)))


def unit_by_slug(session: Session, slug: str) -> UnitRow:
    unit = session.scalar(select(Unit).where(Unit.slug == slug))
    if unit is None:
        raise NotFound(N_("There is no unit called %(slug)s"), slug=slug)
    return unit_row(unit)


def unit_members(session: Session, unit: str) -> tuple[MemberRow, ...]:
    return _members(session, Unit.slug == unit)


def staff_of_units(session: Session) -> tuple[MemberRow, ...]:
    """Everybody who works anywhere, by unit and name: whom an enquiry can be given to. Who is suspended is left out."""
    return _members(session, Account.status == AccountStatus.ACTIVE)


def units_of(session: Session, account_id: UUID) -> tuple[UnitRow, ...]:
    query = select(Unit).join(Membership).where(Membership.account_id == account_id).order_by(Unit.name, Unit.id)
    return tuple(unit_row(unit) for unit in session.scalars(query))


def teams(session: Session, unit: str) -> tuple[TeamRow, ...]:
    """The family groups of a unit, by name."""
    query = select(Team).join(Unit, Unit.id == Team.unit_id).where(Unit.slug == unit).order_by(Team.name, Team.id)
    return tuple(TeamRow(team.id, team.unit_id, team.slug, team.name) for team in session.scalars(query))


def unit_card(session: Session, slug: str) -> UnitCard:
    """A unit with its calendar. NotFound."""
    parent = aliased(Unit)
    query = select(Unit, func.coalesce(parent.name, "")).outerjoin(parent, parent.id == Unit.parent_id)
    row = session.execute(query.where(Unit.slug == slug)).first()
    if row is None:
        raise NotFound(N_("There is no unit called %(slug)s"), slug=slug)
    unit, above = row
    days = select(UnitClosure).where(UnitClosure.unit_id == unit.id).order_by(UnitClosure.day, UnitClosure.id)
    closures = tuple(ClosureRow(day.id, day.day, day.reason) for day in session.scalars(days))
    hours = WorkingHours.parse(unit.hours)
    return UnitCard(unit.id, unit.slug, unit.name, above, hours, unit.holiday_region, tuple(unit.aliases), closures)


def calendars(session: Session) -> dict[UUID, Calendar]:
    """When each unit works: its opening hours, the bank holidays of its part of the country, and days of its own."""
    days = select(func.array_agg(UnitClosure.day)).where(UnitClosure.unit_id == Unit.id).scalar_subquery()
    return {
        unit_id: Calendar(WorkingHours.parse(hours), ClosedDays(region, frozenset(closed or ())))
        for unit_id, hours, region, closed in session.execute(select(Unit.id, Unit.hours, Unit.holiday_region, days))
    }


def unit_row(unit: Unit) -> UnitRow:
    return UnitRow(unit.id, unit.slug, unit.name, unit.parent_id)


def _members(session: Session, *conditions: Any) -> tuple[MemberRow, ...]:
    query = (
        select(
            Account.id,
            Account.name,
            func.coalesce(Account.email, ""),
            Unit.id,
            Unit.slug,
            Unit.name,
            Team.name,
            Membership.can_lead,
        )
        .select_from(Membership)
        .join(Account, Account.id == Membership.account_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .outerjoin(Team, Team.id == Membership.team_id)
        .where(*conditions)
        .order_by(Unit.name, Account.name, Account.id)
    )
    return tuple(MemberRow(*row) for row in session.execute(query))
