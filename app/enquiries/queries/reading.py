"""One enquiry: as staff see it, and as the one who asked sees it."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.accounts.policy import Permission, may
from app.customers import queries as customers
from app.enquiries import policy
from app.enquiries.enums import EntryKind, State, Visibility
from app.enquiries.models import Enquiry, EnquiryEntry, EnquiryPlace
from app.enquiries.queries.addressees import fits
from app.enquiries.queries.restricted import is_restricted
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
Opened = str | EnquiryRow
"""Which enquiry is meant: its reference, or the row of it that was read for the same person just now."""


def enquiry(session: Session, actor: Actor, reference: str, *, opened: bool = False) -> EnquiryRow:
    """NotFound also when it is another's: whether it exists is not theirs to know.

    Of somebody whose record is restricted, those who work here see what it is about and how it stands, and no more unless `opened`.
    """
    found = _seen_by(session, actor, reference)
    row = enquiry_row(session, found)
    works_here = actor.kind in {ActorKind.STAFF, ActorKind.SERVICE}
    return _without_person(row) if works_here and not opened and is_restricted(session, found) else row


def _without_person(row: EnquiryRow) -> EnquiryRow:
    nobody = Raiser("", "", "", row.raiser.locale)
    return replace(row, raiser=nobody, answers=(), asked="", outcome="", property_id=None, hidden=True)


def enquiry_id_of(session: Session, actor: Actor, enquiry: Opened) -> UUID:
    """The id of an enquiry that the actor may see, for what is kept about it elsewhere (messages, audit). NotFound."""
    return _found_by(session, actor, enquiry).id


def entries(session: Session, actor: Actor, enquiry: Opened) -> tuple[EntryRow, ...]:
    """The timeline, newest first; for residents only what is public."""
    found = _found_by(session, actor, enquiry)
    lines = _entries(session, found, only_public=actor.kind is not ActorKind.STAFF)
    if isinstance(found, EnquiryRow):
        hidden = found.hidden
    else:
        hidden = actor.kind in {ActorKind.STAFF, ActorKind.SERVICE} and is_restricted(session, found)
    return tuple(replace(line, body="", params=_filled(line.text, {})) for line in lines) if hidden else lines


def places(session: Session, actor: Actor, enquiry: Opened) -> tuple[PlaceRow, ...]:
    """Where it has been, first stay first. For staff."""
    found = _found_by(session, actor, enquiry)
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
    query = mine_columns().where(_theirs(session, account_id)).order_by(Enquiry.received_at.desc(), Enquiry.id.desc())
    found = fetch_page(session, query, page)
    return Page(tuple(mine_row(row) for row in found.items), found.total, found.number, found.size)


def my_enquiry(session: Session, actor: Actor, reference: str) -> TrackRow:
    """One enquiry as its raiser sees it."""
    return tracked(session, _seen_by(session, actor, reference))


def track(session: Session, reference: str, email: str, *, now: datetime | None = None) -> TrackRow:
    """Without an account: the reference and the e-mail address that goes with it. Both have to fit, or there is nothing."""
    return tracked(session, _by_address(session, reference, email, now))


def tracked_id(session: Session, reference: str, email: str) -> UUID:
    """The id of what this address opens. NotFound if the two do not fit."""
    return _by_address(session, reference, email, None).id


def opens_survivor(
    session: Session, actor: Actor, reference: str, *, email: str | None = None, now: datetime | None = None
) -> str | None:
    """The reference of the enquiry that this one was joined to, for those who may see that one too; else None."""
    found = _by_address(session, reference, email, now) if email else _seen_by(session, actor, reference)
    if found.state is not State.DUPLICATE or found.duplicate_of_id is None:
        return None
    survivor = session.get_one(Enquiry, found.duplicate_of_id)
    seen = fits(session, survivor, email, now=now) if email else _may_see(session, actor, survivor)
    return survivor.reference if seen else None


def _by_address(session: Session, reference: str, email: str, now: datetime | None) -> Enquiry:
    found = session.scalar(select(Enquiry).where(Enquiry.reference == references.parse(reference, PREFIX)))
    if found is None or not fits(session, found, email, now=now):
        raise NotFound
    return found


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
        hear_by=found.hear_by, urgent_until=found.urgent_until, acting_kind=found.acting_kind,
        relationship_id=found.relationship_id, concerns_record_id=found.concerns_record_id,
    )  # fmt: skip


def _found_by(session: Session, actor: Actor, enquiry: Opened) -> Enquiry | EnquiryRow:
    """Staff see an enquiry by what they may do, not by whose it is: with its row in hand there is nothing to look up again."""
    if isinstance(enquiry, str):
        return _seen_by(session, actor, enquiry)
    works_here = actor.kind in {ActorKind.STAFF, ActorKind.SYSTEM} and may(actor, Permission.ENQUIRIES_VIEW)
    return enquiry if works_here else _seen_by(session, actor, enquiry.reference)


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
    return is_theirs(session, actor.account_id, found)


def is_theirs(session: Session, account_id: UUID, found: Enquiry) -> bool:
    """Whether it is the resident's own: they raised it for themselves, or it concerns a record that they have shown to be theirs.

    What they raised for another they see by the relationship, as long as it stands, and not as their own.
    """
    granted = customers.granted_source_records(session, account_id)
    for_themselves = found.acting_kind is None
    own = for_themselves and (found.account_id == account_id or found.source_record_id in granted)
    return own or (found.concerns_record_id is not None and found.concerns_record_id in granted)


def _theirs(session: Session, account_id: UUID) -> ColumnElement[bool]:
    granted = customers.granted_source_records(session, account_id)
    own = or_(Enquiry.account_id == account_id, Enquiry.source_record_id.in_(granted))
    return or_(and_(Enquiry.acting_kind.is_(None), own), Enquiry.concerns_record_id.in_(granted))


def tracked(session: Session, found: Enquiry) -> TrackRow:
    """As its raiser sees it. What was joined to another shows how that one stands, and nothing that its raiser said."""
    survivor = session.get(Enquiry, found.duplicate_of_id) if found.state is State.DUPLICATE else None
    mine = mine_row(session.execute(mine_columns().where(Enquiry.id == (survivor or found).id)).one())
    questions = organisation.service(session, found.service_id).questions
    asked, due_at = ("", None) if survivor else (found.asked, found.due_at)
    return TrackRow(
        reference=found.reference, service_name=mine.service_name, status=mine.status, with_whom=mine.with_whom,
        since=mine.since, promised_at=mine.promised_at, first_promised_at=(survivor or found).first_promised_at,
        received_at=found.received_at, channel=found.channel, outcome=mine.outcome, asked=asked, due_at=due_at,
        answers=_answers(session, found, questions), entries=_entries(session, found, only_public=True),
        version=found.version, joined=survivor is not None, acting_kind=found.acting_kind,
    )  # fmt: skip


def mine_columns() -> Select[*tuple[Any, ...]]:
    return (
        select(Enquiry, Service.name, Unit.name)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
    )


def mine_row(row: Any) -> MineRow:
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
        found.acting_kind,
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


def _entries(session: Session, found: Enquiry | EnquiryRow, *, only_public: bool) -> tuple[EntryRow, ...]:
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
