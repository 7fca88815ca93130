"""The queue register: a queue goes live complete or not at all."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind, AccountStatus
from app.accounts.models import Account
from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.organisation import queries
from app.organisation.enums import QueueKind, QueueStatus
from app.organisation.events import QueueClosed, QueueClosing
from app.organisation.models import Membership, Queue, QueueReader, Service
from app.organisation.rows import QueueRow


def open_queue(
    session: Session,
    actor: Actor,
    *,
    slug: str,
    name: str,
    purpose: str,
    unit: str,
    owner_id: UUID | None,
    deputy_id: UUID | None,
    monitor_id: UUID | None,
    reader_ids: Sequence[UUID] = (),
    reader_units: Sequence[str] = (),
    kind: QueueKind = QueueKind.PERMANENT,
    ends_on: date | None = None,
    review_on: date | None = None,
    now: datetime,
) -> QueueRow:
    """Enter a queue in the register and make it active. Invalid says of each missing part what is missing."""
    if session.scalar(select(exists().where(Queue.slug == slug))):
        raise Conflict(N_("There is already a queue called %(slug)s"), slug=slug)
    people = {"owner": owner_id, "deputy": deputy_id, "monitor": monitor_id}
    errors = _missing(name, purpose, people) | _bad_end(kind, ends_on, now)
    unit_ids = [queries.unit_by_slug(session, reader).id for reader in reader_units]
    if not reader_ids and not _has_members(session, unit_ids):
        errors["readers"] = N_("Name at least one person, or a unit with people in it, who can read the queue")
    if errors:
        raise Invalid(errors)
    queue = Queue(
        slug=slug, name=name.strip(), purpose=purpose.strip(), kind=kind, unit_id=queries.unit_by_slug(session, unit).id,
        owner_id=owner_id, deputy_id=deputy_id, monitor_id=monitor_id, ends_on=ends_on, review_on=review_on,
        status=QueueStatus.ACTIVE, created_at=now,
    )  # fmt: skip
    session.add(queue)
    session.flush()
    session.add_all(QueueReader(queue_id=queue.id, account_id=reader) for reader in sorted(set(reader_ids)))
    session.add_all(QueueReader(queue_id=queue.id, unit_id=reader) for reader in sorted(set(unit_ids)))
    waiting = (Service.intake_queue_slug == slug, Service.intake_queue_id.is_(None))
    session.execute(update(Service).where(*waiting).values(intake_queue_id=queue.id))
    session.flush()
    audit.record(session, actor, "queue.opened", "queue", queue.id, now=now, slug=slug)
    return queries.queue_by_slug(session, slug)


def name_people(
    session: Session,
    actor: Actor,
    slug: str,
    *,
    owner_id: UUID | None,
    deputy_id: UUID | None,
    monitor_id: UUID | None,
    now: datetime,
) -> QueueRow:
    """Say who looks after an active queue from now on. Invalid says of each person what is wrong."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    queue = session.scalar(select(Queue).where(Queue.slug == slug).with_for_update())
    if queue is None:
        raise NotFound(N_("There is no queue called %(slug)s"), slug=slug)
    if queue.status is not QueueStatus.ACTIVE:
        raise Conflict(N_("There is no active queue called %(slug)s"), slug=slug)
    people = {"owner": owner_id, "deputy": deputy_id, "monitor": monitor_id}
    errors = _gone(session, people) | _missing(queue.name, queue.purpose, people)
    if errors:
        raise Invalid(errors)
    before = {post: getattr(queue, f"{post}_id") for post in people}
    queue.owner_id, queue.deputy_id, queue.monitor_id = owner_id, deputy_id, monitor_id
    session.flush()
    audit.record(session, actor, "queue.people_named", "queue", queue.id, now=now, before=before, after=people)
    return queries.queue_by_slug(session, slug)


def close_queue(session: Session, actor: Actor, slug: str, *, reason: str, now: datetime) -> None:
    """Close an empty queue. Whoever keeps things in queues may object (Conflict) when told of the closing."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the queue is closed")})
    queue = session.scalar(select(Queue).where(Queue.slug == slug).with_for_update())
    if queue is None or queue.status is not QueueStatus.ACTIVE:
        raise Conflict(N_("There is no active queue called %(slug)s"), slug=slug)
    if session.scalar(select(exists().where(Service.intake_queue_id == queue.id, Service.active))):
        raise Conflict(N_("New enquiries still arrive in this queue. Send them elsewhere first"))
    publish(session, QueueClosing(queue.id))
    queue.status = QueueStatus.CLOSED
    queue.closed_reason = reason.strip()
    session.flush()
    audit.record(session, actor, "queue.closed", "queue", queue.id, now=now, reason=reason)
    publish(session, QueueClosed(queue.id))


def _missing(name: str, purpose: str, people: dict[str, UUID | None]) -> dict[str, str]:
    words = {
        "owner": N_("Name the owner of the queue"),
        "deputy": N_("Name a deputy for the owner"),
        "monitor": N_("Name the person who monitors the queue"),
    }
    errors = {field: words[field] for field, person in people.items() if person is None}
    if not name.strip():
        errors["name"] = N_("Give the queue a name")
    if not purpose.strip():
        errors["purpose"] = N_("Say what the queue is for")
    if people["owner"] and people["owner"] == people["deputy"]:
        errors["deputy"] = N_("The deputy must be somebody other than the owner")
    return errors


def _gone(session: Session, people: dict[str, UUID | None]) -> dict[str, str]:
    here = select(Account.id).where(Account.kind == AccountKind.STAFF, Account.status == AccountStatus.ACTIVE)
    known = set(session.scalars(here.where(Account.id.in_([person for person in people.values() if person]))))
    return {post: N_("Choose somebody who works here") for post, person in people.items() if person not in known}


def _bad_end(kind: QueueKind, ends_on: date | None, now: datetime) -> dict[str, str]:
    if kind is QueueKind.PROJECT and ends_on is None:
        return {"ends_on": N_("A project queue needs its last day")}
    if ends_on and ends_on < london_date(now):
        return {"ends_on": N_("The last day must be in the future")}
    return {}


def _has_members(session: Session, unit_ids: Sequence[UUID]) -> bool:
    return bool(unit_ids) and bool(session.scalar(select(exists().where(Membership.unit_id.in_(unit_ids)))))
