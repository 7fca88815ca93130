"""Reading the trail; newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.audit.services import VIEWED
from app.kernel.actors import ActorKind
from app.kernel.paging import Page, PageRequest, fetch_page


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One line of the trail."""

    id: UUID
    at: datetime
    actor_kind: ActorKind
    actor_id: UUID | None
    actor_name: str
    actor_address: str | None
    action: str
    object_type: str
    object_id: UUID | None
    purpose: str | None
    detail: dict[str, Any]


def trail(session: Session, object_type: str, object_id: UUID, page: PageRequest | None = None) -> Page[AuditRow]:
    """Everything that was done to one thing, looks included."""
    return _page(session, _about(object_type, object_id), page)


def lookups_of(session: Session, object_type: str, object_id: UUID) -> tuple[AuditRow, ...]:
    """Who looked at one record, when and why."""
    query = _about(object_type, object_id).where(AuditEntry.action == VIEWED)
    return tuple(_row(entry) for entry in session.scalars(_newest_first(query)))


def search(
    session: Session,
    page: PageRequest | None = None,
    *,
    actor_id: UUID | None = None,
    actor_name: str | None = None,
    action: str | None = None,
    about: tuple[str, UUID] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Page[AuditRow]:
    """The trail by who (or a part of the name), what, about what and when; `until` is not included."""
    query = select(AuditEntry) if about is None else _about(*about)
    if actor_id is not None:
        query = query.where(AuditEntry.actor_id == actor_id)
    if actor_name is not None:
        query = query.where(AuditEntry.actor_name.icontains(actor_name, autoescape=True))
    if action is not None:
        query = query.where(AuditEntry.action == action)
    if since is not None:
        query = query.where(AuditEntry.at >= since)
    if until is not None:
        query = query.where(AuditEntry.at < until)
    return _page(session, query, page)


def actions(session: Session) -> tuple[str, ...]:
    """Every kind of thing that was ever done, by name."""
    return tuple(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))


def _about(object_type: str, object_id: UUID) -> Select[AuditEntry]:
    return select(AuditEntry).where(AuditEntry.object_type == object_type, AuditEntry.object_id == object_id)


def _newest_first(query: Select[AuditEntry]) -> Select[AuditEntry]:
    return query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc())


def _page(session: Session, query: Select[AuditEntry], page: PageRequest | None) -> Page[AuditRow]:
    found = fetch_page(session, _newest_first(query), page or PageRequest())
    return Page(tuple(_row(entry) for entry in found.items), found.total, found.number, found.size)


def _row(entry: AuditEntry) -> AuditRow:
    return AuditRow(
        entry.id,
        entry.at,
        entry.actor_kind,
        entry.actor_id,
        entry.actor_name,
        entry.actor_address,
        entry.action,
        entry.object_type,
        entry.object_id,
        entry.purpose,
        entry.detail,
    )
