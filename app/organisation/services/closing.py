"""Closing a queue leaves a tombstone that says why and sends on what still arrives; a closing can be undone."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.organisation import queries
from app.organisation.enums import QueueStatus
from app.organisation.events import QueueClosed, QueueClosing, QueueReopened
from app.organisation.models import Queue, Service
from app.organisation.policy import MONITORING_QUEUE
from app.organisation.rows import QueueRow


def close_queue(
    session: Session,
    actor: Actor,
    slug: str,
    *,
    reason: str,
    redirect_to: str = "",
    pointed: dict[str, Any] | None = None,
    now: datetime,
) -> None:
    """Close an empty queue. Whoever keeps things in queues may object (Conflict) when told of the closing.

    With `redirect_to`, services that arrived here arrive there, and whoever still names this queue reaches that one.
    `pointed` is what rooms above have sent elsewhere already, kept for undoing it.
    """
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the queue is closed")})
    queue = session.scalar(select(Queue).where(Queue.slug == slug).with_for_update())
    if queue is None or queue.status is QueueStatus.CLOSED:
        raise Conflict(N_("There is no active queue called %(slug)s"), slug=slug)
    if slug == MONITORING_QUEUE:
        raise Conflict(N_("The monitoring desk takes whatever nobody else can: it cannot be closed"))
    target = _target(session, queue, redirect_to) if redirect_to else None
    moved = _repoint_services(session, queue, target)
    publish(session, QueueClosing(queue.id))
    queue.status, queue.closed_reason = QueueStatus.CLOSED, reason.strip()
    queue.closed_at, queue.closed_by = now, actor.name
    queue.redirect_to_id = target.id if target else None
    queue.redirected = {"services": moved, **(pointed or {})}
    session.flush()
    audit.record(session, actor, "queue.closed", "queue", queue.id, now=now, reason=reason, redirect_to=redirect_to)
    publish(session, QueueClosed(queue.id))


def reopen_queue(session: Session, actor: Actor, slug: str, *, now: datetime) -> QueueRow:
    """Undo a closing: the queue is active again, and what it took in arrives in it again unless it was sent elsewhere since."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    queue = session.scalar(select(Queue).where(Queue.slug == slug).with_for_update())
    if queue is None or queue.status is not QueueStatus.CLOSED:
        raise Conflict(N_("There is no closed queue called %(slug)s"), slug=slug)
    if queue.ends_on is not None and queue.ends_on < london_date(now):
        raise Conflict(N_("The last day of the queue has passed. Open a new queue instead"))
    if not all((queue.owner_id, queue.deputy_id, queue.monitor_id, queue.unit_id, queue.purpose.strip())):
        raise Conflict(N_("The queue was never complete. Open a new queue instead"))
    restored = _restore_services(session, queue)
    queue.status, queue.closed_reason, queue.closed_at, queue.closed_by = QueueStatus.ACTIVE, "", None, ""
    queue.redirect_to_id = None
    session.flush()
    audit.record(session, actor, "queue.reopened", "queue", queue.id, now=now, services=restored)
    publish(session, QueueReopened(queue.id))
    queue.redirected = {}
    session.flush()
    return queries.queue_by_slug(session, slug)


def _target(session: Session, queue: Queue, slug: str) -> Queue:
    """Where what still arrives goes: another queue, and an active one."""
    target = session.scalar(select(Queue).where(Queue.slug == slug).with_for_update(read=True))
    if target is None or target.status is not QueueStatus.ACTIVE or target.id == queue.id:
        raise Invalid({"redirect_to": N_("Choose an active queue, and another than this one")})
    return target


def _repoint_services(session: Session, queue: Queue, target: Queue | None) -> list[str]:
    """Let services that arrive here arrive at the target. Conflict if one does and there is no target."""
    if target is None:
        if session.scalar(select(exists().where(Service.intake_queue_id == queue.id, Service.active))):
            raise Conflict(N_("New enquiries still arrive in this queue. Send them elsewhere first"))
        return []
    services = session.scalars(select(Service).where(Service.intake_queue_id == queue.id).order_by(Service.slug)).all()
    for service in services:
        service.intake_queue_id, service.intake_queue_slug = target.id, target.slug
    session.flush()
    return [str(service.id) for service in services]


def _restore_services(session: Session, queue: Queue) -> int:
    ids = [UUID(written) for written in queue.redirected.get("services", ())]
    still = select(Service).where(Service.id.in_(ids), Service.intake_queue_id == queue.redirect_to_id)
    services = session.scalars(still).all()
    for service in services:
        service.intake_queue_id, service.intake_queue_slug = queue.id, queue.slug
    session.flush()
    return len(services)
