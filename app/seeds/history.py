"""Replays the city's story: what is finished is brought over in bulk, what is open goes its way through the services."""

from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from sqlalchemy.orm import Session

from app.customers import queries as customers
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel, Disposition, EntryKind, State, WrapUp
from app.enquiries.rows import PastContact, PastEnquiry, PastEntry, Place, Raiser
from app.handoffs import services as handoffs
from app.kernel import references
from app.kernel.actors import Actor, ActorKind
from app.kernel.clock import london_date
from app.organisation import queries as organisation
from app.runtime import Runtime
from app.seeds import staff
from app.seeds.city import City, PlannedEnquiry, Source, story
from app.seeds.city.model import person_index
from app.seeds.city.records import source_records

ENDED = {
    "resolved": State.RESOLVED, "closed": State.CLOSED, "duplicate": State.DUPLICATE, "withdrawn": State.WITHDRAWN,
}  # fmt: skip
ADVISORS = ("advisor", "advisor2", "advisor3", "advisor4")
OFFICERS = {person.unit: person.login for person in reversed(staff.COLLEAGUES) if person.unit != "contact-centre"}
SLUGS: dict[Source, str] = {"council_tax": "council-tax", "housing": "housing", "crm": "legacy-crm"}
WELL_KNOWN = {"josephine@resident.example", "gwen.abernathy@resident.example", "marjorie.threlfall@resident.example"}


def replay(runtime: Runtime, city: City, people: dict[str, UUID], resident: UUID, *, now: datetime) -> None:
    """Bring over the past, then walk every open enquiry to where it stands today."""
    planned = story(city, london_date(now))
    with runtime.database.transaction() as session:
        teller = Teller(session, city, people, resident, planned)
        steward = teller.staff("admin")
        answered = [plan for plan in planned if plan.resolved_first_contact]
        enquiries.import_contacts(session, steward, [teller.contact(plan) for plan in answered], now=now)
        rest = [plan for plan in planned if not plan.resolved_first_contact]
        enquiries.import_history(session, steward, [teller.enquiry(plan) for plan in rest], now=now)
        for plan in rest:
            if plan.is_open and plan.queue is None:
                teller.walk(plan, now)


class Teller:
    """Knows who is who: persons of the city and their records, logins and their accounts, plans and their references."""

    def __init__(
        self, session: Session, city: City, people: dict[str, UUID], resident: UUID, planned: list[PlannedEnquiry]
    ) -> None:
        self.session, self.city, self.people, self.resident = session, city, people, resident
        self._persons = city.people.rows(named=True)
        self._references = {plan.key: references.new("FP") for plan in planned}
        self._names = {person.login: person for person in staff.COLLEAGUES}
        self._services = {service.slug: service for service in organisation.catalogue(session)}
        cards = source_records(city, "crm").select("person", "key").unique("person", keep="last", maintain_order=True)
        self._cards: dict[str, str] = dict(cards.rows())
        self._record = cache(lambda source, key: customers.record_by_key(session, SLUGS[source], key))
        self._property = cache(lambda uprn: customers.property_by_uprn(session, uprn))

    def staff(self, login: str) -> Actor:
        person = self._names[login]
        return Actor(ActorKind.STAFF, self.people[login], person.name, person.roles)

    def contact(self, plan: PlannedEnquiry) -> PastContact:
        """A call or visit that was answered on the spot."""
        return PastContact(
            Channel(plan.channel), plan.received, self._raiser(plan), WrapUp.ANSWERED, resolved_here=True, service=plan.service,
            advisor_id=self.people[self._advisor(plan)], source_record_id=self._source_record(plan),
            wait_seconds=20 + len(plan.key) * int(plan.key[1:]) % 160, talk_seconds=_seconds(plan.received, plan.first_response),
        )  # fmt: skip

    def enquiry(self, plan: PlannedEnquiry) -> PastEnquiry:
        """What is over as it ended; what is open as it arrived."""
        found = self._property(plan.uprn) if plan.uprn else None
        advised = plan.channel != "web" and plan.handled_by != "nobody"
        own = plan.person == self.city.cast.demo_resident and plan.channel == "web"
        service = self._services[plan.service]
        promised = organisation.promise_of(service, plan.received)
        return PastEnquiry(
            service=plan.service, channel=Channel(plan.channel), received_at=plan.received, raiser=self._raiser(plan),
            state=ENDED.get(plan.status, State.TRIAGE), answers=self._answers(plan), property_id=found.id if found else None,
            source_record_id=None if own else self._source_record(plan), account_id=self.resident if own else None,
            queue=None if plan.status in ENDED else plan.queue or self._intake(plan),
            resolved_at=plan.resolved, closed_at=plan.closed, promised_at=promised, reference=self._references[plan.key],
            disposition=Disposition(plan.disposition) if plan.disposition else None, outcome=plan.outcome_text or "",
            last_human_action_at=plan.resolved or plan.first_response or plan.moved_to_queue, last_customer_contact_at=plan.resolved or plan.received,
            duplicate_of=self._references[plan.duplicate_of] if plan.duplicate_of else None,
            advisor_id=self.people[self._advisor(plan)] if advised else None, places=self._places(plan), entries=self._entries(plan),
        )  # fmt: skip

    def walk(self, plan: PlannedEnquiry, now: datetime) -> None:
        """An advisor takes it; it goes to the service, or waits for the customer, each step at its own time."""
        if plan.first_response is None:
            return
        reference, advisor = self._references[plan.key], self.staff(self._advisor(plan))
        at = plan.first_response
        enquiries.assign(
            self.session, advisor, reference, to_account=self.people[self._advisor(plan)], version=None, now=at
        )
        if plan.handoff is None:
            self._ask_customer(reference, advisor, at, now)
            return
        moment = plan.handoff.offered_again or plan.handoff.offered
        offer = handoffs.offer(self.session, advisor, reference, unit=plan.handoff.unit, now=max(at, moment))
        if plan.handoff.accepted is not None:
            officer = self.staff(OFFICERS[plan.handoff.unit])
            accepted = handoffs.accept(self.session, officer, offer.id, now=plan.handoff.accepted)
            if plan.handoff.accepted < now - timedelta(days=2):
                handoffs.start(self.session, officer, accepted.id, now=plan.handoff.accepted + timedelta(hours=1))

    def _ask_customer(self, reference: str, advisor: Actor, at: datetime, now: datetime) -> None:
        enquiries.start(self.session, advisor, reference, version=None, now=at)
        enquiries.await_customer(
            self.session, advisor, reference, message="Please tell us which days suit you, so that we can book this in.",
            due_at=now + timedelta(days=7), version=None, now=at + timedelta(minutes=1),
        )  # fmt: skip

    def _raiser(self, plan: PlannedEnquiry) -> Raiser:
        if plan.person is None:
            return Raiser("Someone passing by")
        row = self._persons[person_index(plan.person)]
        name = f"{row['given']} {row['family']}"
        email = row["email"] if row["email"] in WELL_KNOWN or not plan.is_open else ""
        return Raiser(name, email=email or "", phone=row["mobile"] or row["landline"] or "")

    def _source_record(self, plan: PlannedEnquiry) -> UUID | None:
        """The record that the caller was verified for; for the rest, the old CRM's card on which the enquiry was kept."""
        if plan.verified_against is not None:
            return self._record(*plan.verified_against)
        card = self._cards.get(plan.person) if plan.person else None
        return self._record("crm", card) if card else None

    def _answers(self, plan: PlannedEnquiry) -> dict[str, str | list[str]]:
        answers: dict[str, str | list[str]] = {
            name: list(answer) if isinstance(answer, tuple) else answer for name, answer in plan.answers.items()
        }
        asked = {question.id for question in self._services[plan.service].questions}
        return {"property": plan.uprn, **answers} if plan.uprn and "property" in asked else answers

    def _advisor(self, plan: PlannedEnquiry) -> str:
        return ADVISORS[int(plan.key[1:]) % len(ADVISORS)]

    def _intake(self, plan: PlannedEnquiry) -> str:
        return next(
            queue.slug
            for queue in organisation.queues(self.session)
            if queue.id == self._services[plan.service].intake_queue_id
        )

    def _places(self, plan: PlannedEnquiry) -> tuple[Place, ...]:
        if plan.queue is None or plan.moved_to_queue is None:
            return ()
        first = Place(plan.received, State.NEW, queue=self._intake(plan))
        return (first, Place(plan.moved_to_queue, State.TRIAGE, queue=plan.queue))

    def _entries(self, plan: PlannedEnquiry) -> tuple[PastEntry, ...]:
        if not plan.chased:
            return ()
        moved = plan.moved_to_queue or plan.received
        return (
            PastEntry(plan.received, EntryKind.RECEIVED, self._raiser(plan).name),
            PastEntry(moved, EntryKind.QUEUED, "Firstpoint"),
            *(
                PastEntry(
                    at, EntryKind.MESSAGE_IN, self._raiser(plan).name, body="I have heard nothing. What is happening?"
                )
                for at in plan.chased
            ),
        )


def _seconds(start: datetime, end: datetime | None) -> int:
    return int((end - start).total_seconds()) if end else 180
