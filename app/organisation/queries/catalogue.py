"""Reads of the service catalogue, and of the dates that it promises."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, aliased

from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.organisation import policy
from app.organisation.models import Service, Unit, UnitClosure
from app.organisation.policy import WorkingHours
from app.organisation.questions import Question, ScriptStep
from app.organisation.rows import ServiceRow

_handoff_unit = aliased(Unit)
_closed_days = (
    select(func.array_agg(UnitClosure.day))
    .where(UnitClosure.unit_id == Service.unit_id)
    .correlate(Service)
    .scalar_subquery()
)


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
    return policy.add_working_days(start, days, service.hours, service.holidays)


def working_hours_of(service: ServiceRow, start: datetime, hours: float) -> datetime:
    """So many working hours of the service's unit after `start`."""
    return policy.add_working_time(start, timedelta(hours=hours), service.hours, service.holidays)


def service_row(row: Row[*tuple[Any, ...]]) -> ServiceRow:
    entry, unit, handoff, closed_days = row
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
        closed_days=frozenset(closed_days or ()), skills=frozenset(entry.skills),
    )  # fmt: skip


def _services() -> Select[*tuple[Any, ...]]:
    return (
        select(Service, Unit, _handoff_unit, _closed_days)
        .join(Unit, Unit.id == Service.unit_id)
        .outerjoin(_handoff_unit, _handoff_unit.id == Service.handoff_unit_id)
        .order_by(Service.name, Service.id)
    )


def _one_service(session: Session, condition: Any) -> ServiceRow:
    row = session.execute(_services().where(condition)).first()
    if row is None:
        raise NotFound(N_("There is no such service"))
    return service_row(row)
