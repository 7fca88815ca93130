"""Bringing over what an older system knows: in bulk, without telling anybody anything, under the same constraints."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.enquiries import policy
from app.enquiries.enums import Channel, Disposition, EntryKind, State, Visibility, WrapUp
from app.enquiries.events import EnquiriesImported
from app.enquiries.models import Contact, Enquiry, EnquiryEntry, EnquiryPlace
from app.enquiries.rows import PastContact, PastEnquiry, PastEntry, Place
from app.enquiries.services.core import PREFIX
from app.kernel import references
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.organisation import queries as organisation
from app.organisation.policy import MONITORING_QUEUE
from app.organisation.rows import QueueRow, ServiceRow

BATCH = 1000
ENDINGS = {
    State.DUPLICATE: Disposition.DUPLICATE,
    State.WITHDRAWN: Disposition.WITHDRAWN,
    State.SPAM: Disposition.SPAM,
    State.REDIRECTED: Disposition.REDIRECTED,
}
Rows = dict[str, Any]


def import_history(session: Session, actor: Actor, past: Iterable[PastEnquiry], *, now: datetime) -> int:
    """Write these enquiries as they are today, each with its first contact, its timeline and where it has been."""
    importer = _Importer(session, actor, now)
    count = 0
    for batch in _batches(past):
        importer.write(batch)
        count += len(batch)
    audit.record(session, actor, "enquiries.imported", "enquiry", None, now=now, count=count)
    return count


def import_contacts(session: Session, actor: Actor, past: Iterable[PastContact], *, now: datetime) -> int:
    """Write these contacts, which raised no enquiry."""
    services = {service.slug: service.id for service in organisation.catalogue(session)}
    names = _Names(session)
    count = 0
    for batch in _batches(past):
        rows = [
            _contact(contact, services.get(contact.service or ""), names.of(contact.advisor_id)) for contact in batch
        ]
        session.execute(insert(Contact), rows)
        count += len(rows)
    audit.record(session, actor, "contacts.imported", "contact", None, now=now, count=count)
    return count


class _Names:
    """Names of members of staff by account."""

    def __init__(self, session: Session) -> None:
        members = organisation.staff_of_units(session)
        self._names = {member.account_id: member.name for member in members}
        self.units = {member.account_id: member.unit_id for member in members}

    def of(self, account_id: UUID | None) -> str:
        return self._names.get(account_id, "") if account_id else ""


class _Importer:
    """Turns past enquiries into rows of the five tables, and writes them batch by batch."""

    def __init__(self, session: Session, actor: Actor, now: datetime) -> None:
        self.session, self.actor, self.now = session, actor, now
        self.services = {service.slug: service for service in organisation.catalogue(session)}
        self.queues = {queue.slug: queue for queue in organisation.queues(session)}
        self.names = _Names(session)
        self.ids: dict[str, UUID] = {}

    def write(self, batch: list[PastEnquiry]) -> None:
        contacts: list[Rows] = []
        enquiries: list[Rows] = []
        entries: list[Rows] = []
        places: list[Rows] = []
        for past in batch:
            contact = self._contact(past)
            enquiry = self._enquiry(past, contact["id"])
            contacts.append(contact)
            enquiries.append(enquiry)
            entries.extend(self._entries(past, enquiry))
            places.extend(self._places(past, enquiry))
        for table, rows in ((Contact, contacts), (Enquiry, enquiries), (EnquiryEntry, entries), (EnquiryPlace, places)):
            self.session.execute(insert(table), rows)
        publish(self.session, EnquiriesImported(tuple(row["id"] for row in enquiries), self.now))

    def _service(self, slug: str) -> ServiceRow:
        if slug not in self.services:
            raise Invalid({"service": N_("There is no such service")})
        return self.services[slug]

    def _contact(self, past: PastEnquiry) -> Rows:
        touch = PastContact(
            past.channel, past.received_at, past.raiser, WrapUp.ENQUIRY_RAISED, resolved_here=False, advisor_id=past.advisor_id,
            source_record_id=past.source_record_id, account_id=past.account_id, talk_seconds=past.talk_seconds or 0,
        )  # fmt: skip
        return _contact(touch, self._service(past.service).id, self.names.of(past.advisor_id))

    def _enquiry(self, past: PastEnquiry, contact_id: UUID) -> Rows:
        if past.state is State.WITH_SERVICE:
            raise Invalid(
                {"state": N_("A handoff cannot be imported: bring the enquiry over as assigned, then hand it off")}
            )
        service = self._service(past.service)
        queue = self._queue(past)
        promised = past.promised_at or organisation.promise_of(service, past.received_at)
        reference = past.reference or references.new(PREFIX)
        key = self.ids[reference] = new_id()
        advised = past.channel is not Channel.WEB and past.advisor_id is not None
        return {
            "id": key, "reference": reference, "service_id": service.id, "contact_id": contact_id, "channel": past.channel,
            "state": past.state, "version": 1, "imported": True, "received_at": past.received_at,
            "received_by_id": past.advisor_id if advised else None,
            "received_by": self.names.of(past.advisor_id) or past.raiser.name,
            "account_id": past.account_id, "source_record_id": past.source_record_id, "raiser_name": past.raiser.name,
            "raiser_email": past.raiser.email, "raiser_phone": past.raiser.phone, "locale": past.raiser.locale,
            "property_id": past.property_id, "answers": _plain(past.answers), "queue_id": queue.id if queue else None,
            "unit_id": self._unit(past, queue, service), "owner_id": past.owner_id,
            "held_since": past.places[-1].since if past.places else past.received_at, "promised_at": promised,
            "first_promised_at": past.first_promised_at or promised, "due_at": past.due_at,
            "asked": "", "duplicate_of_id": self._duplicate_of(past), **self._ending(past), **self._times(past, promised),
            "hear_by": self._hear_by(past, service),
        }  # fmt: skip

    def _queue(self, past: PastEnquiry) -> QueueRow | None:
        if past.queue is not None and past.queue not in self.queues:
            raise Invalid({"queue": N_("There is no queue called %(slug)s")}, slug=past.queue)
        return self.queues[past.queue or MONITORING_QUEUE] if past.queue or past.state in policy.IN_A_QUEUE else None

    def _unit(self, past: PastEnquiry, queue: QueueRow | None, service: ServiceRow) -> UUID:
        owned = self.names.units.get(past.owner_id) if past.owner_id else None
        return owned or (queue.unit_id if queue else service.unit_id)

    def _duplicate_of(self, past: PastEnquiry) -> UUID | None:
        if past.duplicate_of is None:
            return None
        known = self.ids.get(past.duplicate_of)
        return known or self.session.scalar(select(Enquiry.id).where(Enquiry.reference == past.duplicate_of))

    @staticmethod
    def _ending(past: PastEnquiry) -> Rows:
        finished = past.state in policy.FINISHED
        given = past.disposition or ENDINGS.get(past.state, Disposition.DONE)
        return {
            "disposition": given if finished else None, "outcome": past.outcome, "resolved_at": past.resolved_at,
            "resolved_by_id": past.owner_id if finished else None, "closed_at": past.closed_at,
        }  # fmt: skip

    def _times(self, past: PastEnquiry, promised: datetime) -> Rows:
        """When it was last touched, and when somebody has to look at it next."""
        soon = self.now + timedelta(days=1)
        due = past.next_action_at or past.due_at or (promised if promised > self.now else soon)
        return {
            "next_action_at": due if past.state in policy.OPEN else None,
            "first_response_at": past.last_customer_contact_at,
            "last_human_action_at": past.last_human_action_at or past.resolved_at,
            "last_customer_contact_at": past.last_customer_contact_at or past.resolved_at,
        }

    @staticmethod
    def _hear_by(past: PastEnquiry, service: ServiceRow) -> datetime:
        """When the customer had to hear from somebody, counted from when they last did."""
        spoke = past.last_customer_contact_at or past.resolved_at or past.received_at
        return organisation.working_days_of(service, spoke, service.silence_working_days)

    def _entries(self, past: PastEnquiry, enquiry: Rows) -> Iterator[Rows]:
        for entry in past.entries or _made_up(past):
            yield {
                "id": new_id(), "enquiry_id": enquiry["id"], "at": entry.at, "kind": entry.kind, "visibility": entry.visibility,
                "actor_kind": ActorKind.STAFF if entry.who else ActorKind.SYSTEM, "actor_id": None, "actor_name": entry.who,
                "body": entry.body, "detail": {"imported": True} | dict(entry.detail),
            }  # fmt: skip

    def _places(self, past: PastEnquiry, enquiry: Rows) -> Iterator[Rows]:
        stays = past.places or (Place(past.received_at, past.state, past.queue, past.owner_id),)
        ends = [stay.since for stay in stays[1:]] + [None]
        for stay, until in zip(stays, ends, strict=True):
            queue = self.queues.get(stay.queue) if stay.queue else None
            owned = self.names.units.get(stay.owner_id) if stay.owner_id else None
            yield {
                "id": new_id(), "enquiry_id": enquiry["id"], "since": stay.since, "until": until, "state": stay.state,
                "queue_id": queue.id if queue else None, "owner_id": stay.owner_id,
                "unit_id": owned or (queue.unit_id if queue else enquiry["unit_id"]),
            }  # fmt: skip


def _made_up(past: PastEnquiry) -> Iterator[PastEntry]:
    """The least that must have happened."""
    yield PastEntry(past.received_at, EntryKind.RECEIVED)
    if past.resolved_at is not None:
        ended = EntryKind(past.state.value) if past.state in policy.ENDED_EARLY else EntryKind.RESOLVED
        yield PastEntry(past.resolved_at, ended, body=past.outcome)
    if past.closed_at is not None:
        yield PastEntry(past.closed_at, EntryKind.CLOSED, visibility=Visibility.PUBLIC)


def _contact(past: PastContact, service_id: UUID | None, advisor_name: str) -> Rows:
    return {
        "id": new_id(), "channel": past.channel, "started_at": past.started_at,
        "ended_at": past.started_at + timedelta(seconds=past.talk_seconds), "advisor_id": past.advisor_id,
        "advisor_name": advisor_name, "service_id": service_id, "caller_name": past.caller.name,
        "caller_email": past.caller.email, "caller_phone": past.caller.phone, "account_id": past.account_id,
        "source_record_id": past.source_record_id, "wait_seconds": past.wait_seconds, "talk_seconds": past.talk_seconds,
        "wrap_up": past.wrap_up, "resolved_here": past.resolved_here, "avoidable": past.avoidable, "note": past.note,
        "imported": True,
    }  # fmt: skip


def _plain(answers: Any) -> Rows:
    return {key: value if isinstance(value, str) else list(value) for key, value in answers.items()}


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
