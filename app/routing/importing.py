"""Bringing in a legacy queue list: its queues become drafts, and what is stuck in them comes to the monitoring desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind, AccountStatus
from app.accounts.models import Account
from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, EntryKind, State, Visibility
from app.enquiries.models import Enquiry
from app.enquiries.rows import PastEnquiry, PastEntry, Place, Raiser
from app.kernel import references
from app.kernel.actors import Actor
from app.kernel.errors import Conflict
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation import services as register
from app.organisation.enums import QuestionType, QueueStatus
from app.organisation.models import Queue, QueueImport, QueueReader, Unit
from app.organisation.naming import slug_of
from app.organisation.policy import MONITORING_QUEUE
from app.organisation.rows import ServiceRow
from app.routing.legacy_files import ListedEnquiry, ListedQueue, ReadList
from app.routing.models import LegacyEnquiry

USUAL_SERVICE = "complaint"
PREFIX = "FP"


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: drafts, enquiries in custody, and units that were new."""

    import_id: UUID
    queues: int
    enquiries: int
    units: int


def import_queue_list(
    session: Session,
    actor: Actor,
    listed: ReadList,
    stuck: Sequence[ListedEnquiry] = (),
    *,
    file_name: str,
    service: str = USUAL_SERVICE,
    now: datetime,
) -> Imported:
    """Enter every queue of the list as a draft and take its enquiries, which become ones for `service`, into custody.

    Conflict for a list that came before.
    """
    authorize(actor, Permission.ORGANISATION_MANAGE)
    if session.scalar(select(QueueImport.id).where(QueueImport.sha256 == listed.sha256)) is not None:
        raise Conflict(N_("This list was imported before"))
    batch = QueueImport(
        file_name=file_name[:200],
        sha256=listed.sha256,
        at=now,
        by=actor.name,
        queues=len(listed.queues),
        enquiries=len(stuck),
    )
    session.add(batch)
    session.flush()
    entry = _Entry(session, actor, batch.id, now)
    drafts = {queue.name: entry.draft(queue) for queue in listed.queues}
    session.flush()
    custody = _Custody(session, organisation.service_by_slug(session, service), batch.id, now)
    custody.take(actor, stuck, drafts)
    audit.record(
        session, actor, "queues.imported", "queue_import", batch.id, now=now, file=file_name, queues=len(drafts),
        enquiries=len(stuck),
    )  # fmt: skip
    return Imported(batch.id, len(listed.queues), len(stuck), entry.new_units)


class _Entry:
    """Knows the units, the staff and the slugs that are taken, and writes drafts."""

    def __init__(self, session: Session, actor: Actor, import_id: UUID, now: datetime) -> None:
        self.session, self.actor, self.import_id, self.now = session, actor, import_id, now
        self.new_units = 0
        self._units: dict[str, UUID] = {}
        for unit in session.scalars(select(Unit)):
            self._units.update({name.casefold(): unit.id for name in (*unit.aliases, unit.slug, unit.name)})
        here = select(Account).where(Account.kind == AccountKind.STAFF, Account.status == AccountStatus.ACTIVE)
        staff = session.scalars(here).all()
        self._staff = {account.name.casefold(): account.id for account in staff}
        self._staff |= {(account.email or "").casefold(): account.id for account in staff}
        self._slugs = set(session.scalars(select(Queue.slug)))

    def draft(self, listed: ListedQueue) -> Queue:
        queue = Queue(
            slug=self._slug(listed.name), name=listed.name, purpose=listed.purpose, kind=listed.kind,
            unit_id=self._unit(listed.sector), owner_id=self._person(listed.owner), deputy_id=self._person(listed.deputy),
            monitor_id=self._person(listed.monitor), ends_on=listed.ends_on, status=QueueStatus.DRAFT,
            import_id=self.import_id, listed=_as_listed(listed), created_at=self.now,
        )  # fmt: skip
        self.session.add(queue)
        self.session.flush()
        units = {self._units[reader.casefold()] for reader in listed.readers if reader.casefold() in self._units}
        people = {person for reader in listed.readers if (person := self._person(reader))}
        self.session.add_all(QueueReader(queue_id=queue.id, unit_id=unit) for unit in sorted(units))
        self.session.add_all(QueueReader(queue_id=queue.id, account_id=person) for person in sorted(people))
        return queue

    def _person(self, written: str) -> UUID | None:
        return self._staff.get(written.casefold()) if written else None

    def _unit(self, sector: str) -> UUID:
        """The unit of this name, made if there is none: a sector of the old house is a part of the new one until merged."""
        known = self._units.get(sector.casefold())
        if known is not None:
            return known
        slug = slug_of(sector)
        taken = set(self.session.scalars(select(Unit.slug)))
        made = register.create_unit(
            self.session, self.actor, slug=slug if slug not in taken else f"{slug}-listed", name=sector, now=self.now
        )
        self.new_units += 1
        self._units[sector.casefold()] = made.id
        return made.id

    def _slug(self, name: str) -> str:
        first = slug_of(name) or "queue"
        slug, number = first, 1
        while slug in self._slugs:
            number += 1
            slug = f"{first}-{number}"
        self._slugs.add(slug)
        return slug


def _as_listed(listed: ListedQueue) -> dict[str, object]:
    """What the list said, kept beside what was understood of it."""
    return {
        "line": listed.line, "sector": listed.sector, "owner": listed.owner, "deputy": listed.deputy, "monitor": listed.monitor,
        "readers": list(listed.readers), "last_used": listed.last_used.isoformat() if listed.last_used else "",
        "open": listed.waiting,
    }  # fmt: skip


class _Custody:
    """Puts stuck enquiries into the monitoring desk's queue, each one once, with where it was on its timeline."""

    def __init__(self, session: Session, service: ServiceRow, import_id: UUID, now: datetime) -> None:
        self.session, self.service, self.import_id, self.now = session, service, import_id, now
        self.soon = organisation.working_days_of(service, now, 1)
        written = [
            question.id for question in service.questions if question.type in {QuestionType.TEXT, QuestionType.TEXTAREA}
        ]
        self.question = next(iter(written), "subject")

    def take(self, actor: Actor, stuck: Sequence[ListedEnquiry], drafts: dict[str, Queue]) -> None:
        old = [enquiry.reference for enquiry in stuck]
        known = set(self.session.scalars(select(LegacyEnquiry.reference).where(LegacyEnquiry.reference.in_(old))))
        new = {references.new(PREFIX): enquiry for enquiry in stuck if enquiry.reference not in known}
        past = [self._past(enquiry, reference, drafts[enquiry.queue]) for reference, enquiry in new.items()]
        enquiries.import_history(self.session, actor, past, now=self.now)
        for reference, enquiry_id in self.session.execute(
            select(Enquiry.reference, Enquiry.id).where(Enquiry.reference.in_(new)).order_by(Enquiry.id)
        ):
            enquiry = new[reference]
            self.session.add(
                LegacyEnquiry(
                    reference=enquiry.reference, enquiry_id=enquiry_id, queue_id=drafts[enquiry.queue].id,
                    import_id=self.import_id,
                )
            )  # fmt: skip
        self.session.flush()

    def _past(self, listed: ListedEnquiry, reference: str, queue: Queue) -> PastEnquiry:
        came_from = {"unit": queue.listed["sector"], "queue": queue.name}
        note = f"Taken into custody from the queue “{queue.name}” of an imported list, where it had the reference {listed.reference}."
        return PastEnquiry(
            service=self.service.slug, channel=Channel.EMAIL, received_at=listed.received_at, state=State.TRIAGE,
            reference=reference, raiser=Raiser(listed.name, listed.email, listed.phone), next_action_at=self.soon,
            answers={self.question: listed.subject or listed.reference},
            places=(Place(self.now, State.TRIAGE, MONITORING_QUEUE),),
            entries=(
                PastEntry(listed.received_at, EntryKind.RECEIVED),
                PastEntry(listed.received_at, EntryKind.QUEUED, detail=came_from),
                PastEntry(self.now, EntryKind.NOTE, body=note, visibility=Visibility.INTERNAL),
            ),
        )  # fmt: skip


def stuck_counts(session: Session, import_id: UUID) -> dict[UUID, int]:
    """How many enquiries each queue of a list had when they were taken into custody."""
    query = select(LegacyEnquiry.queue_id, func.count()).where(LegacyEnquiry.import_id == import_id)
    return {row[0]: row[1] for row in session.execute(query.group_by(LegacyEnquiry.queue_id))}
