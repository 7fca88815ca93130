"""One enquiry: as staff see it, and as the one who asked sees it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.accounts.policy import Permission, may
from app.customers import queries as customers
from app.enquiries import policy
from app.enquiries.enums import EntryKind, State, Visibility
from app.enquiries.models import Enquiry, EnquiryEntry, EnquiryPlace
from app.enquiries.rows import Answer, EnquiryRow, EntryRow, MineRow, PlaceRow, Raiser, TrackRow
from app.enquiries.texts import TEXTS
from app.kernel import references
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation import queries as organisation
from app.organisation.enums import QuestionType
from app.organisation.models import Queue, Service, Unit
from app.organisation.questions import Question

PREFIX = "FP"
MOMENTS = frozenset({"day", "old", "new", "due_at", "until"})
Original = aliased(Enquiry)


def enquiry(session: Session, actor: Actor, reference: str) -> EnquiryRow:
    """NotFound also when it is another's: whether it exists is not theirs to know."""
    return enquiry_row(session, _seen_by(session, actor, reference))


def enquiry_id_of(session: Session, actor: Actor, reference: str) -> UUID:
    """The id behind a reference, for what is kept about enquiries elsewhere (messages, audit)."""
    return _seen_by(session, actor, reference).id


def entries(session: Session, actor: Actor, reference: str) -> tuple[EntryRow, ...]:
    """The timeline, newest first; for residents only what is public."""
    found = _seen_by(session, actor, reference)
    return _entries(session, found, only_public=actor.kind is not ActorKind.STAFF)


def places(session: Session, actor: Actor, reference: str) -> tuple[PlaceRow, ...]:
    """Where it has been, first stay first. For staff."""
    found = _seen_by(session, actor, reference)
    if not may(actor, Permission.ENQUIRIES_VIEW):
        raise NotFound
    query = (
        select(EnquiryPlace, Queue.name, Unit.name, Account.name)
        .outerjoin(Queue, Queue.id == EnquiryPlace.queue_id)
        .join(Unit, Unit.id == EnquiryPlace.unit_id)
        .outerjoin(Account, Account.id == EnquiryPlace.owner_id)
        .where(EnquiryPlace.enquiry_id == found.id)
        .order_by(EnquiryPlace.since, EnquiryPlace.id)
    )
    rows = session.execute(query)
    return tuple(
        PlaceRow(place.since, place.until, queue or "", unit, owner or "", place.state)
        for place, queue, unit, owner in rows
    )


def my_enquiries(session: Session, account_id: UUID, *, page: PageRequest) -> Page[MineRow]:
    """What this account submitted, and what was filed against source records that it proved to be the person of."""
    query = _mine_columns().where(_theirs(session, account_id)).order_by(Enquiry.received_at.desc(), Enquiry.id.desc())
    found = fetch_page(session, query, page)
    return Page(tuple(_mine(row) for row in found.items), found.total, found.number, found.size)


def my_enquiry(session: Session, actor: Actor, reference: str) -> TrackRow:
    """One enquiry as its raiser sees it."""
    return _tracked(session, _seen_by(session, actor, reference))


def track(session: Session, reference: str, email: str) -> TrackRow:
    """Without an account: the reference and the e-mail address that goes with it. Both have to fit, or there is nothing."""
    return _tracked(session, _by_address(session, reference, email))


def tracked_id(session: Session, reference: str, email: str) -> UUID:
    """The id of what this address opens. NotFound if the two do not fit."""
    return _by_address(session, reference, email).id


def opens_survivor(session: Session, actor: Actor, reference: str, *, email: str | None = None) -> str | None:
    """The reference of the enquiry that this one was joined to, for those who may see that one too; else None."""
    found = _by_address(session, reference, email) if email else _seen_by(session, actor, reference)
    if found.state is not State.DUPLICATE or found.duplicate_of_id is None:
        return None
    survivor = session.get_one(Enquiry, found.duplicate_of_id)
    seen = _fits(survivor, email) if email else _may_see(session, actor, survivor)
    return survivor.reference if seen else None


def _by_address(session: Session, reference: str, email: str) -> Enquiry:
    found = session.scalar(select(Enquiry).where(Enquiry.reference == references.parse(reference, PREFIX)))
    if found is None or not _fits(found, email):
        raise NotFound
    return found


def _fits(found: Enquiry, email: str) -> bool:
    return bool(found.raiser_email) and found.raiser_email.lower() == email.strip().lower()


def enquiry_row(session: Session, found: Enquiry) -> EnquiryRow:
    """The row of an enquiry that is held already."""
    service = organisation.service(session, found.service_id)
    queue, unit, owner, original = session.execute(_names(found.id)).one()
    return EnquiryRow(
        id=found.id, reference=found.reference, service_id=service.id, service_slug=service.slug, service_name=service.name,
        state=found.state, version=found.version, channel=found.channel, received_at=found.received_at,
        received_by_id=found.received_by_id, received_by=found.received_by, contact_id=found.contact_id,
        account_id=found.account_id, source_record_id=found.source_record_id, raiser=_raiser(found),
        property_id=found.property_id, answers=_answers(session, found, service.questions), queue_id=found.queue_id,
        queue_name=queue or "", unit_id=found.unit_id, unit_name=unit, owner_id=found.owner_id, owner_name=owner or "",
        held_since=found.held_since, next_action_at=found.next_action_at, promised_at=found.promised_at,
        first_promised_at=found.first_promised_at, due_at=found.due_at, asked=found.asked, disposition=found.disposition,
        outcome=found.outcome, resolved_at=found.resolved_at, closed_at=found.closed_at, duplicate_of=original,
        reopened_count=found.reopened_count, last_human_action_at=found.last_human_action_at,
        last_customer_contact_at=found.last_customer_contact_at, allowed=policy.allowed(found.state),
        hear_by=found.hear_by, urgent_until=found.urgent_until,
    )  # fmt: skip


def _seen_by(session: Session, actor: Actor, reference: str) -> Enquiry:
    try:
        canonical = references.parse(reference, PREFIX)
    except references.BadReference as error:
        raise NotFound from error
    found = session.scalar(select(Enquiry).where(Enquiry.reference == canonical))
    if found is None or not _may_see(session, actor, found):
        raise NotFound
    return found


def _may_see(session: Session, actor: Actor, found: Enquiry) -> bool:
    if actor.kind in {ActorKind.STAFF, ActorKind.SYSTEM}:
        return may(actor, Permission.ENQUIRIES_VIEW)
    if actor.account_id is None:
        return False
    if actor.kind is ActorKind.SERVICE:
        units = {unit.id for unit in organisation.units_of(session, actor.account_id)}
        return found.unit_id in units or found.received_by_id == actor.account_id
    granted = customers.granted_source_records(session, actor.account_id)
    return found.account_id == actor.account_id or found.source_record_id in granted


def _theirs(session: Session, account_id: UUID) -> ColumnElement[bool]:
    granted = customers.granted_source_records(session, account_id)
    return or_(Enquiry.account_id == account_id, Enquiry.source_record_id.in_(granted))


def _tracked(session: Session, found: Enquiry) -> TrackRow:
    """As its raiser sees it. What was joined to another shows how that one stands, and nothing that its raiser said."""
    survivor = session.get(Enquiry, found.duplicate_of_id) if found.state is State.DUPLICATE else None
    mine = _mine(session.execute(_mine_columns().where(Enquiry.id == (survivor or found).id)).one())
    questions = organisation.service(session, found.service_id).questions
    asked, due_at = ("", None) if survivor else (found.asked, found.due_at)
    return TrackRow(
        reference=found.reference, service_name=mine.service_name, status=mine.status, with_whom=mine.with_whom,
        since=mine.since, promised_at=mine.promised_at, first_promised_at=(survivor or found).first_promised_at,
        received_at=found.received_at, channel=found.channel, outcome=mine.outcome, asked=asked, due_at=due_at,
        answers=_answers(session, found, questions), entries=_entries(session, found, only_public=True),
        version=found.version, joined=survivor is not None,
    )  # fmt: skip


def _mine_columns() -> Select[*tuple[Any, ...]]:
    return (
        select(Enquiry, Service.name, Unit.name)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
    )


def _mine(row: Any) -> MineRow:
    found, service, unit = row
    status = policy.CUSTOMER_STATUS[found.state]
    since = found.resolved_at or found.held_since
    return MineRow(
        found.reference,
        service,
        status,
        unit,
        since,
        found.promised_at,
        found.received_at,
        found.channel,
        found.outcome,
    )


def _names(enquiry_id: UUID) -> Select[*tuple[Any, ...]]:
    return (
        select(Queue.name, Unit.name, Account.name, Original.reference)
        .select_from(Enquiry)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .outerjoin(Queue, Queue.id == Enquiry.queue_id)
        .outerjoin(Account, Account.id == Enquiry.owner_id)
        .outerjoin(Original, Original.id == Enquiry.duplicate_of_id)
        .where(Enquiry.id == enquiry_id)
    )


def _raiser(found: Enquiry) -> Raiser:
    return Raiser(found.raiser_name, found.raiser_email, found.raiser_phone, found.locale)


def _answers(session: Session, found: Enquiry, questions: tuple[Question, ...]) -> tuple[Answer, ...]:
    """Answers with their questions, in the order of asking; the property by its address instead of its number."""
    address = ""
    if found.property_id is not None:
        address = customers.property_by_id(session, found.property_id).one_line
    return tuple(
        _answer(question, found.answers[question.id], address) for question in questions if question.id in found.answers
    )


def _answer(question: Question, given: str | list[str], address: str) -> Answer:
    if question.type is QuestionType.PROPERTY:
        return Answer(question.id, question.label, (address or str(given),), chosen=False)
    labels = {option.value: option.label for option in question.options}
    values = [given] if isinstance(given, str) else given
    if question.type is QuestionType.DATE:
        return Answer(question.id, question.label, tuple(values), chosen=False, day=date.fromisoformat(str(given)))
    return Answer(question.id, question.label, tuple(labels.get(value, value) for value in values), chosen=bool(labels))


def _entries(session: Session, found: Enquiry, *, only_public: bool) -> tuple[EntryRow, ...]:
    query = select(EnquiryEntry).where(EnquiryEntry.enquiry_id == found.id)
    if only_public:
        query = query.where(EnquiryEntry.visibility == Visibility.PUBLIC)
    lines = session.scalars(query.order_by(EnquiryEntry.at.desc(), EnquiryEntry.id.desc()))
    return tuple(_entry(line, found.reference, hide_staff=only_public) for line in lines)


def _entry(line: EnquiryEntry, reference: str, *, hide_staff: bool) -> EntryRow:
    """Customers read what was done and by which unit, not the names of members of staff."""
    who = "" if hide_staff and line.actor_kind is not ActorKind.RESIDENT else line.actor_name
    text = TEXTS[EntryKind(line.kind)]
    detail = {
        name: datetime.fromisoformat(value) if name in MOMENTS and isinstance(value, str) else value
        for name, value in line.detail.items()
    }
    return EntryRow(line.at, line.kind, line.visibility, who, text, _filled(text, detail), line.body, reference)


def _filled(text: str, detail: dict[str, Any]) -> dict[str, Any]:
    """Only what the text asks for, and something for everything it asks for."""
    wanted = [part.split(")")[0] for part in text.split("%(")[1:]]
    return {name: detail.get(name, "…") for name in wanted}
