"""Reads of the organisation."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.organisation import policy
from app.organisation.enums import QueueStatus
from app.organisation.models import Membership, Queue, QueueReader, Service, Team, Unit
from app.organisation.policy import WorkingHours
from app.organisation.questions import Question, ScriptStep
from app.organisation.rows import MemberRow, QueueRow, ServiceRow, UnitRow

_handoff_unit = aliased(Unit)


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
    """Everybody who works anywhere, by unit and name: whom an enquiry can be given to."""
    return _members(session)


def units_of(session: Session, account_id: UUID) -> tuple[UnitRow, ...]:
    query = select(Unit).join(Membership).where(Membership.account_id == account_id).order_by(Unit.name, Unit.id)
    return tuple(unit_row(unit) for unit in session.scalars(query))


def queues(session: Session, *, only_active: bool = True) -> tuple[QueueRow, ...]:
    query = _queues().where(Queue.status == QueueStatus.ACTIVE) if only_active else _queues()
    return tuple(queue_row(row) for row in session.execute(query))


def queue_by_slug(session: Session, slug: str) -> QueueRow:
    row = session.execute(_queues().where(Queue.slug == slug)).first()
    if row is None:
        raise NotFound(N_("There is no queue called %(slug)s"), slug=slug)
    return queue_row(row)


def queues_readable_by(session: Session, account_id: UUID) -> tuple[QueueRow, ...]:
    """Active queues that this person may open and act on."""
    own_units = select(Membership.unit_id).where(Membership.account_id == account_id)
    readable = select(QueueReader.queue_id).where(
        or_(QueueReader.account_id == account_id, QueueReader.unit_id.in_(own_units))
    )
    named = or_(Queue.owner_id == account_id, Queue.deputy_id == account_id, Queue.monitor_id == account_id)
    query = _queues().where(Queue.status == QueueStatus.ACTIVE, or_(Queue.id.in_(readable), named))
    return tuple(queue_row(row) for row in session.execute(query))


def catalogue(session: Session, *, online_only: bool = False) -> tuple[ServiceRow, ...]:
    query = _services().where(Service.active)
    rows = session.execute(query.where(Service.online) if online_only else query)
    return tuple(service_row(row) for row in rows)


def service_by_slug(session: Session, slug: str) -> ServiceRow:
    return _one_service(session, Service.slug == slug)


def service(session: Session, service_id: UUID) -> ServiceRow:
    return _one_service(session, Service.id == service_id)


def promise_for(session: Session, service: str, *, now: datetime) -> datetime:
    """The date that somebody asking for this service now would be told."""
    return promise_of(service_by_slug(session, service), now)


def promise_of(service: ServiceRow, start: datetime) -> datetime:
    return working_days_of(service, start, service.standard_working_days)


def working_days_of(service: ServiceRow, start: datetime, days: int) -> datetime:
    """So many working days of the service's unit after `start`."""
    return policy.add_working_days(start, days, service.hours, policy.bank_holidays(service.holiday_region))


def working_hours_of(service: ServiceRow, start: datetime, hours: float) -> datetime:
    """So many working hours of the service's unit after `start`."""
    holidays = policy.bank_holidays(service.holiday_region)
    return policy.add_working_time(start, timedelta(hours=hours), service.hours, holidays)


def unit_row(unit: Unit) -> UnitRow:
    return UnitRow(unit.id, unit.slug, unit.name, unit.parent_id)


def queue_row(row: Row[*tuple[Any, ...]]) -> QueueRow:
    queue, unit_name = row
    return QueueRow(
        queue.id,
        queue.slug,
        queue.name,
        queue.purpose,
        queue.kind,
        queue.unit_id,
        unit_name,
        queue.owner_id,
        queue.deputy_id,
        queue.monitor_id,
        queue.ends_on,
        queue.review_on,
        queue.status,
    )


def service_row(row: Row[*tuple[Any, ...]]) -> ServiceRow:
    entry, unit, handoff = row
    return ServiceRow(
        id=entry.id, slug=entry.slug, name=entry.name, summary=entry.summary,
        unit_id=unit.id, unit_slug=unit.slug, unit_name=unit.name, tier=entry.tier, lgsl=entry.lgsl,
        standard_working_days=entry.standard_working_days, first_response_working_days=entry.first_response_working_days,
        silence_working_days=entry.silence_working_days, acceptance_working_hours=entry.acceptance_working_hours,
        questions=tuple(Question.from_json(question) for question in entry.questions),
        script=tuple(ScriptStep(**step) for step in entry.script),
        verification_needed=entry.verification_needed, duplicate_scope=entry.duplicate_scope,
        handoff_unit_id=handoff.id if handoff else None, handoff_unit_slug=handoff.slug if handoff else None,
        handoff_unit_name=handoff.name if handoff else None, intake_queue_id=entry.intake_queue_id,
        emergency_text=entry.emergency_text, online=entry.online, active=entry.active,
        hours=WorkingHours.parse(unit.hours), holiday_region=unit.holiday_region,
    )  # fmt: skip


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


def _queues() -> Select[*tuple[Any, ...]]:
    return select(Queue, Unit.name).join(Unit, Unit.id == Queue.unit_id).order_by(Queue.name, Queue.id)


def _services() -> Select[*tuple[Any, ...]]:
    return (
        select(Service, Unit, _handoff_unit)
        .join(Unit, Unit.id == Service.unit_id)
        .outerjoin(_handoff_unit, _handoff_unit.id == Service.handoff_unit_id)
        .order_by(Service.name, Service.id)
    )


def _one_service(session: Session, condition: Any) -> ServiceRow:
    row = session.execute(_services().where(condition)).first()
    if row is None:
        raise NotFound(N_("There is no such service"))
    return service_row(row)


def active_queue_ids(session: Session, slugs: Sequence[str]) -> dict[str, UUID]:
    """Ids of those of the named queues that are active."""
    query = select(Queue.slug, Queue.id).where(Queue.slug.in_(slugs), Queue.status == QueueStatus.ACTIVE)
    return {row[0]: row[1] for row in session.execute(query)}
