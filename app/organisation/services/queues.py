"""The queue register: a queue goes live complete or not at all, under a name that says who looks into it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind, AccountStatus
from app.accounts.models import Account
from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.i18n import N_
from app.organisation import queries
from app.organisation.enums import QueueKind, QueueStatus
from app.organisation.errors import DoubtfulName
from app.organisation.models import Membership, Queue, QueueNameOverride, QueueReader, Service
from app.organisation.naming import NameWarning
from app.organisation.rows import QueueRow, RegisterRow


@dataclass(frozen=True, slots=True)
class QueueCard:
    """Everything that is entered about a queue. A unit is given by its slug."""

    name: str
    purpose: str = ""
    unit: str = ""
    owner_id: UUID | None = None
    deputy_id: UUID | None = None
    monitor_id: UUID | None = None
    reader_ids: tuple[UUID, ...] = ()
    reader_units: tuple[str, ...] = ()
    kind: QueueKind = QueueKind.PERMANENT
    ends_on: date | None = None
    review_on: date | None = None

    @property
    def people(self) -> dict[str, UUID | None]:
        """Who looks after it, by post."""
        return {"owner": self.owner_id, "deputy": self.deputy_id, "monitor": self.monitor_id}


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
    name_reason: str = "",
    now: datetime,
) -> QueueRow:
    """Enter a queue in the register and make it active. Invalid says of each missing part what is missing.

    DoubtfulName if the name misleads and no reason is given to let it stand.
    """
    card = QueueCard(
        name, purpose, unit, owner_id, deputy_id, monitor_id, tuple(reader_ids), tuple(reader_units), kind, ends_on, review_on
    )  # fmt: skip
    if session.scalar(select(exists().where(Queue.slug == slug))):
        raise Conflict(N_("There is already a queue called %(slug)s"), slug=slug)
    if errors := _problems(session, card, now):
        raise Invalid(errors)
    doubts = _doubts(session, actor, card, None, name_reason)
    queue = Queue(slug=slug, status=QueueStatus.ACTIVE, created_at=now)
    _write(session, queue, card)
    session.add(queue)
    session.flush()
    _set_readers(session, queue, card)
    _let_stand(session, actor, queue, doubts, reason=name_reason, now=now)
    _take_waiting_services(session, queue)
    audit.record(session, actor, "queue.opened", "queue", queue.id, now=now, slug=slug)
    return queries.queue_by_slug(session, slug)


def edit_queue(
    session: Session, actor: Actor, slug: str, card: QueueCard, *, name_reason: str = "", now: datetime
) -> RegisterRow:
    """Change what the register says of a queue. A draft may be saved with parts missing; an active queue stays complete."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    queue = _locked(session, slug)
    if queue.status is QueueStatus.CLOSED:
        raise Conflict(N_("The queue %(name)s is closed"), name=queue.name)
    errors = _bare(card) if queue.status is QueueStatus.DRAFT else _problems(session, card, now, was=queue)
    if errors:
        raise Invalid(errors)
    doubts = _doubts(session, actor, card, queue, name_reason)
    before = queue.name
    _write(session, queue, card)
    _set_readers(session, queue, card)
    _let_stand(session, actor, queue, doubts, reason=name_reason, now=now)
    session.flush()
    audit.record(session, actor, "queue.edited", "queue", queue.id, now=now, before=before, name=queue.name)
    return queries.register_entry(session, slug)


def go_live(session: Session, actor: Actor, slug: str, *, name_reason: str = "", now: datetime) -> QueueRow:
    """Make a draft active. Invalid says of each missing part what is missing."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    queue = _locked(session, slug)
    if queue.status is not QueueStatus.DRAFT:
        raise Conflict(N_("The queue %(name)s is not a draft"), name=queue.name)
    card = card_of(session, slug)
    if errors := _problems(session, card, now):
        raise Invalid(errors)
    doubts = _doubts(session, actor, card, queue, name_reason)
    queue.status = QueueStatus.ACTIVE
    _let_stand(session, actor, queue, doubts, reason=name_reason, now=now)
    session.flush()
    _take_waiting_services(session, queue)
    audit.record(session, actor, "queue.opened", "queue", queue.id, now=now, slug=slug)
    return queries.queue_by_slug(session, slug)


def card_of(session: Session, slug: str) -> QueueCard:
    """What the register says of a queue, as it can be entered again."""
    row = queries.register_entry(session, slug)
    units, persons = queries.readers_of(session, row.id)
    return QueueCard(
        row.name, row.purpose, row.unit_slug or "", row.owner_id, row.deputy_id, row.monitor_id,
        tuple(person.account_id for person in persons), tuple(unit.slug for unit in units), row.kind, row.ends_on, row.review_on,
    )  # fmt: skip


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


def _locked(session: Session, slug: str) -> Queue:
    queue = session.scalar(select(Queue).where(Queue.slug == slug).with_for_update())
    if queue is None:
        raise NotFound(N_("There is no queue called %(slug)s"), slug=slug)
    return queue


def _write(session: Session, queue: Queue, card: QueueCard) -> None:
    queue.name, queue.purpose, queue.kind = card.name.strip(), card.purpose.strip(), card.kind
    queue.unit_id = queries.unit_by_slug(session, card.unit).id if card.unit else None
    queue.owner_id, queue.deputy_id, queue.monitor_id = card.owner_id, card.deputy_id, card.monitor_id
    queue.ends_on, queue.review_on = card.ends_on, card.review_on


def _set_readers(session: Session, queue: Queue, card: QueueCard) -> None:
    unit_ids = {queries.unit_by_slug(session, reader).id for reader in card.reader_units}
    session.execute(delete(QueueReader).where(QueueReader.queue_id == queue.id))
    session.add_all(QueueReader(queue_id=queue.id, account_id=reader) for reader in sorted(set(card.reader_ids)))
    session.add_all(QueueReader(queue_id=queue.id, unit_id=reader) for reader in sorted(unit_ids))
    session.flush()


def _take_waiting_services(session: Session, queue: Queue) -> None:
    """Services of the catalogue that named this queue before it was there arrive in it from now on."""
    waiting = (Service.intake_queue_slug == queue.slug, Service.intake_queue_id.is_(None))
    session.execute(update(Service).where(*waiting).values(intake_queue_id=queue.id))
    session.flush()


def _doubts(
    session: Session, actor: Actor, card: QueueCard, queue: Queue | None, reason: str
) -> tuple[NameWarning, ...]:
    """What is doubtful about the name and was not weighed before. DoubtfulName for a person who gives no reason."""
    warnings = queries.name_warnings(
        session, card.name, unit_slugs=card.reader_units, account_ids=[*card.reader_ids, *filter(None, card.people.values())],
        queue_id=queue.id if queue else None,
    )  # fmt: skip
    weighed = queries.weighed_warnings(session, queue.id, card.name) if queue else frozenset()
    new = tuple(warning for warning in warnings if (warning.finding, warning.about) not in weighed)
    if new and not reason.strip() and actor.kind is not ActorKind.SYSTEM:
        raise DoubtfulName(new)
    return new


def _let_stand(
    session: Session, actor: Actor, queue: Queue, doubts: Sequence[NameWarning], *, reason: str, now: datetime
) -> None:
    """Keep who let a doubtful name stand, and why."""
    if not reason.strip():
        return
    for doubt in doubts:
        session.add(QueueNameOverride(
            queue_id=queue.id, finding=doubt.finding, about=doubt.about, name=queue.name, reason=reason.strip(), by=actor.name,
            at=now,
        ))  # fmt: skip
        audit.record(
            session, actor, "queue.name_let_stand", "queue", queue.id, now=now, finding=doubt.finding, about=doubt.about,
            reason=reason.strip(),
        )  # fmt: skip


def _bare(card: QueueCard) -> dict[str, str]:
    return {} if card.name.strip() else {"name": N_("Give the queue a name")}


def _problems(session: Session, card: QueueCard, now: datetime, was: Queue | None = None) -> dict[str, str]:
    """What an active queue lacks. A last day that has passed already is a problem only when it is entered anew."""
    errors = _gone(session, card.people) | _missing(card.name, card.purpose, card.people)
    if was is None or was.ends_on != card.ends_on or was.kind is not card.kind:
        errors |= _bad_end(card.kind, card.ends_on, now)
    if not card.unit:
        errors["unit"] = N_("Choose the unit that owns the queue")
    unit_ids = [queries.unit_by_slug(session, reader).id for reader in card.reader_units]
    if not card.reader_ids and not _has_members(session, unit_ids):
        errors["readers"] = N_("Name at least one person, or a unit with people in it, who can read the queue")
    return errors


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
