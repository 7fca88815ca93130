"""Reads of how units are reached, of checklists and of status maps."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from app.handoffs.enums import Reach
from app.handoffs.models import Checklist, ServiceConnection, StatusRule
from app.handoffs.rows import ChecklistItem, ChecklistRow, ConnectionRow, StatusRuleRow
from app.organisation import queries as organisation
from app.organisation.models import Service, Unit

_suggested = aliased(Unit)


def checklist_for(session: Session, service_id: UUID, unit_id: UUID) -> ChecklistRow | None:
    """What an offer of this service to this unit has to hold: the unit's own list, else the service's."""
    query = _checklists().where(
        Checklist.service_id == service_id, Checklist.unit_id.is_(None) | (Checklist.unit_id == unit_id)
    )
    row = session.execute(query.order_by(None).order_by(Checklist.unit_id.is_(None)).limit(1)).first()
    return None if row is None else _checklist(row)


def items_for(session: Session, service: str, unit: str) -> ChecklistRow | None:
    """The same, by the names that people know."""
    entry = organisation.service_by_slug(session, service)
    return checklist_for(session, entry.id, organisation.unit_by_slug(session, unit).id)


def checklists(session: Session) -> tuple[ChecklistRow, ...]:
    """Every checklist, by service; there are not more of them than services and units."""
    return tuple(_checklist(row) for row in session.execute(_checklists()))


def connection(session: Session, unit: str) -> ConnectionRow:
    """How a unit is reached; in the console, where nothing else was said. NotFound if there is no such unit."""
    found = organisation.unit_by_slug(session, unit)
    return _connection(found.id, found.slug, found.name, session.get(ServiceConnection, found.id))


def connections(session: Session) -> tuple[ConnectionRow, ...]:
    """Every unit, by name, and how it is reached."""
    query = select(Unit.id, Unit.slug, Unit.name, ServiceConnection).outerjoin(
        ServiceConnection, ServiceConnection.unit_id == Unit.id
    )
    return tuple(_connection(*row) for row in session.execute(query.order_by(Unit.name, Unit.id)))


def status_rules(session: Session, unit: str) -> tuple[StatusRuleRow, ...]:
    """What the codes of a unit's system mean, by code."""
    query = (
        select(StatusRule, _suggested.slug, _suggested.name)
        .join(Unit, Unit.id == StatusRule.unit_id)
        .outerjoin(_suggested, _suggested.id == StatusRule.suggested_unit_id)
        .where(Unit.slug == unit)
        .order_by(StatusRule.code, StatusRule.id)
    )
    return tuple(
        StatusRuleRow(
            rule.id, rule.code, rule.becomes, rule.words, slug or "", name or "", rule.silent_days, rule.silent_becomes
        )
        for rule, slug, name in session.execute(query)
    )


def _checklists() -> Select[*tuple[Any, ...]]:
    return (
        select(Checklist, Service.slug, Service.name, Unit.slug, Unit.name)
        .join(Service, Service.id == Checklist.service_id)
        .outerjoin(Unit, Unit.id == Checklist.unit_id)
        .order_by(Service.name, Unit.name.nulls_first(), Checklist.id)
    )


def _checklist(row: Any) -> ChecklistRow:
    found, service, service_name, unit, unit_name = row
    items = tuple(ChecklistItem(item["id"], item["label"], item["required"]) for item in found.items)
    return ChecklistRow(
        found.id, service, service_name, unit or "", unit_name or "", found.enforcement, items, found.version
    )


def _connection(unit_id: UUID, slug: str, name: str, found: ServiceConnection | None) -> ConnectionRow:
    if found is None:
        return ConnectionRow(unit_id, slug, name, Reach.CONSOLE, None, "", "", False, "", {}, None, "", 0)
    return ConnectionRow(
        unit_id, slug, name, found.reach, found.account_id, found.email, found.open311_url, bool(found.open311_key),
        found.jurisdiction, dict(found.codes), found.polled_at, found.poll_error, found.version,
    )  # fmt: skip
