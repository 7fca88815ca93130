"""Reads of what was found."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.enquiries.models import Enquiry
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Queue, Service, Unit
from app.oversight.enums import AnomalyKind, AnomalyStatus
from app.oversight.models import Anomaly
from app.oversight.rows import AnomalyRow

OPEN = frozenset({AnomalyStatus.FOUND, AnomalyStatus.ASSIGNED})
_closer = aliased(Account)


def anomalies(
    session: Session,
    *,
    page: PageRequest,
    kind: AnomalyKind | None = None,
    statuses: Collection[AnomalyStatus] = OPEN,
    unit: str | None = None,
    assignee_id: UUID | None = None,
) -> Page[AnomalyRow]:
    """What was found, the highest and then the oldest first."""
    query = _anomalies().where(Anomaly.status.in_(statuses))
    if kind:
        query = query.where(Anomaly.kind == kind)
    if unit:
        query = query.where(Unit.slug == unit)
    if assignee_id:
        query = query.where(Anomaly.assignee_id == assignee_id)
    found = fetch_page(session, query.order_by(Anomaly.level.desc(), Anomaly.found_at, Anomaly.id), page)
    return Page(tuple(_row(row) for row in found.items), found.total, found.number, found.size)


def anomaly(session: Session, anomaly_id: UUID) -> AnomalyRow:
    """Raises NotFound."""
    found = session.execute(_anomalies().where(Anomaly.id == anomaly_id)).first()
    if found is None:
        raise NotFound
    return _row(found)


def anomaly_counts(session: Session) -> dict[AnomalyKind, int]:
    """How many of each kind are open; kinds without any are there with nought."""
    query = select(Anomaly.kind, func.count()).where(Anomaly.status.in_(OPEN)).group_by(Anomaly.kind)
    found = {row[0]: row[1] for row in session.execute(query)}
    return {kind: found.get(kind, 0) for kind in AnomalyKind}


def _anomalies() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Anomaly, func.coalesce(Enquiry.reference, ""), func.coalesce(Queue.name, ""), func.coalesce(Queue.slug, ""),
            func.coalesce(Service.name, ""), func.coalesce(Unit.name, ""), func.coalesce(Account.name, ""),
            func.coalesce(_closer.name, ""),
        )
        .outerjoin(Enquiry, Enquiry.id == Anomaly.enquiry_id)
        .outerjoin(Queue, Queue.id == Anomaly.queue_id)
        .outerjoin(Service, Service.id == func.coalesce(Anomaly.service_id, Enquiry.service_id))
        .outerjoin(Unit, Unit.id == Anomaly.unit_id)
        .outerjoin(Account, Account.id == Anomaly.assignee_id)
        .outerjoin(_closer, _closer.id == Anomaly.closed_by_id)
    )  # fmt: skip


def _row(columns: Any) -> AnomalyRow:
    found, reference, queue, slug, service, unit, assignee, closer = columns
    return AnomalyRow(
        id=found.id, kind=found.kind, status=found.status, level=found.level, version=found.version, detail=found.detail,
        found_at=found.found_at, last_seen_at=found.last_seen_at, repeat_of_id=found.repeat_of_id, reference=reference,
        queue_name=queue, queue_slug=slug, service_name=service, channel=found.channel, unit_name=unit,
        assignee_id=found.assignee_id, assignee_name=assignee, explanation=found.explanation, closed_at=found.closed_at,
        closed_by=closer,
    )  # fmt: skip
