"""Closing a queue safely: see what is in it and what leads to it, move and send on all of that, leave a tombstone. And back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.enquiries import services as enquiries
from app.enquiries.enums import State
from app.enquiries.models import Enquiry
from app.enquiries.policy import IN_A_QUEUE, OPEN
from app.kernel.actors import Actor
from app.kernel.errors import Invalid
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation import services as queues
from app.organisation.enums import QueueStatus
from app.organisation.models import Queue, Service
from app.organisation.rows import RegisterRow
from app.routing import queries
from app.routing.models import RoutingRule
from app.routing.rows import RuleRow

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Pointer:
    """Something that leads to a queue, by slug and name."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class ClosingPreview:
    """What a queue holds and what leads to it. `references` are the first of what waits; `handed` may come back from a service."""

    queue: RegisterRow
    waiting: int
    references: tuple[str, ...]
    owned: int
    handed: int
    rules: tuple[RuleRow, ...]
    services: tuple[Pointer, ...]
    redirects: tuple[Pointer, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing has to be moved or sent elsewhere."""
        return not (self.waiting or self.rules or self.services)


@dataclass(frozen=True, slots=True)
class ClosingDone:
    """How much was moved and sent on."""

    moved: int
    rules: int
    services: int


def preview_closing(session: Session, slug: str) -> ClosingPreview:
    """Look before closing. NotFound."""
    queue = organisation.register_entry(session, slug)
    here = Enquiry.queue_id == queue.id
    counts = session.execute(
        select(
            func.count().filter(Enquiry.state.in_(IN_A_QUEUE)),
            func.count().filter(Enquiry.state.not_in(IN_A_QUEUE), Enquiry.state != State.WITH_SERVICE),
            func.count().filter(Enquiry.state == State.WITH_SERVICE),
        ).where(here, Enquiry.state.in_(OPEN))
    ).one()
    first = (
        select(Enquiry.reference).where(here, Enquiry.state.in_(IN_A_QUEUE)).order_by(Enquiry.promised_at, Enquiry.id)
    )
    arriving = select(Service.slug, Service.name).where(Service.intake_queue_id == queue.id).order_by(Service.name)
    sending = select(Queue.slug, Queue.name).where(Queue.redirect_to_id == queue.id).order_by(Queue.name, Queue.id)
    return ClosingPreview(
        queue, counts[0], tuple(session.scalars(first.limit(SHOWN))), counts[1], counts[2],
        queries.pointing_to(session, queue.id), tuple(Pointer(*row) for row in session.execute(arriving)),
        tuple(Pointer(*row) for row in session.execute(sending)),
    )  # fmt: skip


def close_safely(
    session: Session, actor: Actor, slug: str, *, reason: str, move_to: str = "", now: datetime
) -> ClosingDone:
    """Move what waits in the queue, send on what leads to it, and close it. All of it happens, or none.

    Invalid if something has to go elsewhere and no place is named for it.
    """
    authorize(actor, Permission.ORGANISATION_MANAGE)
    errors = {} if reason.strip() else {"reason": N_("Say why the queue is closed")}
    queue = session.scalar(select(Queue).where(Queue.slug == slug).with_for_update())
    preview = preview_closing(session, slug)
    if not preview.empty and not move_to:
        errors["move_to"] = N_("Choose the queue that takes over what is here and what still arrives")
    if move_to and not _can_take(session, move_to, slug):
        errors["move_to"] = N_("Choose an active queue, and another than this one")
    if errors or queue is None:
        raise Invalid(errors)
    moved = _move_waiting(session, actor, queue.id, move_to, now) if move_to else 0
    led, covered = _repoint(session, queue.id, move_to) if move_to else ([], [])
    pointed = {"rules": [str(rule) for rule in led], "covers": [str(rule) for rule in covered], "moved": moved}
    queues.close_queue(session, actor, slug, reason=reason, redirect_to=move_to, pointed=pointed, now=now)
    return ClosingDone(moved, len({*led, *covered}), len(preview.services))


def reopen_safely(session: Session, actor: Actor, slug: str, *, now: datetime) -> None:
    """Undo a closing. Services and rules lead here again unless they were sent elsewhere since; what was moved stays there."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    queue = session.scalar(select(Queue).where(Queue.slug == slug).with_for_update())
    pointed, target = (dict(queue.redirected), queue.redirect_to_id) if queue is not None else ({}, None)
    queues.reopen_queue(session, actor, slug, now=now)
    if queue is None or target is None:
        return
    for key, column in (("rules", "queue_id"), ("covers", "cover_queue_id")):
        for written in pointed.get(key, ()):
            rule = session.get(RoutingRule, UUID(written), with_for_update=True)
            if rule is not None and getattr(rule, column) == target:
                setattr(rule, column, queue.id)
    session.flush()


def _can_take(session: Session, slug: str, closing: str) -> bool:
    active = {queue.slug for queue in organisation.queues(session) if queue.status is QueueStatus.ACTIVE}
    return slug in active and slug != closing


def _move_waiting(session: Session, actor: Actor, queue_id: UUID, move_to: str, now: datetime) -> int:
    waiting = select(Enquiry.id).where(Enquiry.queue_id == queue_id, Enquiry.state.in_(IN_A_QUEUE)).order_by(Enquiry.id)
    ids = session.scalars(waiting).all()
    for enquiry_id in ids:
        enquiries.place_in_queue(session, actor, enquiry_id, queue=move_to, now=now)
    return len(ids)


def _repoint(session: Session, queue_id: UUID, move_to: str) -> tuple[list[UUID], list[UUID]]:
    """Let the lines of the table that lead here lead there. A line whose cover was there needs none any more."""
    target = organisation.queue_by_slug(session, move_to).id
    led = session.scalars(select(RoutingRule).where(RoutingRule.queue_id == queue_id).with_for_update()).all()
    covered = session.scalars(select(RoutingRule).where(RoutingRule.cover_queue_id == queue_id).with_for_update()).all()
    for rule in led:
        rule.queue_id = target
    for rule in covered:
        rule.cover_queue_id = target
    for rule in {*led, *covered}:
        if rule.cover_queue_id == rule.queue_id:
            rule.hours, rule.cover_queue_id = None, None
    session.flush()
    return [rule.id for rule in led], [rule.id for rule in covered]
