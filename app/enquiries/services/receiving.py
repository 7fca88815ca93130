"""Taking in an enquiry: check what was answered, promise a date, give it a reference, and tell the one who asked."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers import queries as customers
from app.enquiries.answers import examine, is_email, is_phone
from app.enquiries.enums import Channel, EntryKind, State, WrapUp
from app.enquiries.errors import PossibleDuplicate
from app.enquiries.events import EnquiryReceived
from app.enquiries.models import Contact, Enquiry
from app.enquiries.queries.reading import enquiry_row
from app.enquiries.queries.timelines import open_duplicates
from app.enquiries.rows import EnquiryRow, Raiser
from app.enquiries.services.acting import acts_in
from app.enquiries.services.checklists import begin_checklist
from app.enquiries.services.contacts import must_be_verified, own_contact
from app.enquiries.services.core import PREFIX, enter, is_human, lock_token, note_place, tell
from app.kernel import references
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed, NotFound, Unavailable
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.notifications.enums import Template
from app.organisation import queries as organisation
from app.organisation.enums import QuestionType, QueueStatus
from app.organisation.policy import MONITORING_QUEUE
from app.organisation.questions import Answers
from app.organisation.rows import QueueRow, ServiceRow


def receive(
    session: Session,
    actor: Actor,
    *,
    service: str,
    answers: Answers,
    raiser: Raiser,
    channel: Channel,
    account_id: UUID | None = None,
    source_record_id: UUID | None = None,
    contact_id: UUID | None = None,
    acting: UUID | None = None,
    client_token: str | None = None,
    accept_duplicate: bool = False,
    now: datetime,
) -> EnquiryRow:
    """Take in an enquiry. The same `client_token` of the same person again gives the same enquiry and does nothing.

    `acting`: the relationship by which a resident raises it for another; staff choose it in the contact before.
    Invalid names each answer that will not do; staff get PossibleDuplicate unless they accept it.
    """
    token = f"{actor.account_id or actor.kind}:{client_token}" if client_token else None
    if token:
        lock_token(session, token)
        before = session.scalar(select(Enquiry).where(Enquiry.client_token == token))
        if before is not None:
            return enquiry_row(session, before)
    entry, kept, property_id = prepared(session, service, answers, raiser, channel)
    filed = _filed(session, actor, account_id, source_record_id, contact_id)
    acts = acts_in(session, actor, entry.slug, relationship_id=acting, contact_id=contact_id, now=now)
    if actor.kind is ActorKind.STAFF and not accept_duplicate:
        concerns = {"account_id": None, "source_record_id": acts["concerns_record_id"]}
        _warn_of_duplicates(session, entry, property_id, concerns if acts["relationship_id"] else filed)
    contact = _contact(session, actor, entry, raiser, channel=channel, contact_id=contact_id, filed=filed, now=now)
    desk = _monitoring_desk(session)
    promised = organisation.promise_of(entry, now)
    enquiry = Enquiry(
        reference=fresh_reference(session), service_id=entry.id, contact_id=contact.id, channel=channel, state=State.NEW,
        client_token=token, received_at=now, received_by_id=actor.account_id if is_human(actor) else None,
        received_by=actor.name, raiser_name=raiser.name.strip(), raiser_email=raiser.email.strip(),
        raiser_phone=raiser.phone.strip(), locale=raiser.locale, property_id=property_id, answers=dict(kept),
        queue_id=desk.id, unit_id=desk.unit_id, held_since=now, promised_at=promised, first_promised_at=promised,
        next_action_at=organisation.working_days_of(entry, now, entry.first_response_working_days),
        hear_by=organisation.working_days_of(entry, now, entry.silence_working_days),
        last_human_action_at=now if is_human(actor) else None, **filed, **acts,
    )  # fmt: skip
    session.add(enquiry)
    session.flush()
    note_place(session, enquiry, now=now)
    enter(session, enquiry, actor, EntryKind.RECEIVED, now=now, channel=channel.value, service=entry.name)
    begin_checklist(session, enquiry, now=now)
    publish(session, EnquiryReceived(enquiry.id, entry.id, channel, now))
    tell(session, enquiry, Template.ENQUIRY_RECEIVED, now=now)
    session.flush()
    return enquiry_row(session, enquiry)


def prepared(
    session: Session, service: str, answers: Answers, raiser: Raiser, channel: Channel
) -> tuple[ServiceRow, Mapping[str, str | list[str]], UUID | None]:
    """The service, the answers that count, and the property they name. Invalid says of each answer what is wrong."""
    entry = organisation.service_by_slug(session, service)
    return entry, *_checked(session, entry, answers, raiser, channel)


def _checked(
    session: Session, service: ServiceRow, answers: Answers, raiser: Raiser, channel: Channel
) -> tuple[Mapping[str, str | list[str]], UUID | None]:
    """The answers that count and the property they name. Invalid for everything that is wrong, at once."""
    if not service.active:
        raise NotFound(N_("There is no such service"))
    examined = examine(service.questions, answers)
    errors = dict(examined.errors) | _problems_with(raiser, channel)
    property_id = None
    for question in service.questions:
        uprn = examined.answers.get(question.id)
        if question.type is QuestionType.PROPERTY and isinstance(uprn, str):
            found = customers.property_by_uprn(session, uprn)
            if found is None:
                errors[question.id] = N_("Choose an address from the list")
            else:
                property_id = found.id
    if errors:
        raise Invalid(errors)
    return examined.answers, property_id


def _problems_with(raiser: Raiser, channel: Channel) -> dict[str, str]:
    errors = {}
    if not raiser.name.strip():
        errors["raiser_name"] = N_("Enter a name")
    if raiser.email.strip() and not is_email(raiser.email.strip()):
        errors["raiser_email"] = N_("Enter an e-mail address in the correct format, like name@example.com")
    if channel is Channel.WEB and not raiser.email.strip():
        errors["raiser_email"] = N_("Enter an e-mail address")
    if raiser.phone.strip() and not is_phone(raiser.phone.strip()):
        errors["raiser_phone"] = N_("Enter a phone number, like 01632 960001")
    return errors


def _filed(
    session: Session, actor: Actor, account_id: UUID | None, source_record_id: UUID | None, contact_id: UUID | None
) -> dict[str, UUID | None]:
    """Against what the enquiry is filed: only what its raiser was verified for, and never against both."""
    if actor.kind is ActorKind.RESIDENT:
        account_id, source_record_id = actor.account_id, None
    elif actor.kind is not ActorKind.SYSTEM and account_id is not None:
        raise NotAllowed(N_("Only the holder of an account can file an enquiry under it"))
    elif actor.kind is ActorKind.STAFF and source_record_id is not None:
        if contact_id is None:
            raise NotAllowed(N_("The caller has not been verified for this record"))
        must_be_verified(session, contact_id, source_record_id)
    elif actor.kind is not ActorKind.SYSTEM and source_record_id is not None:
        raise NotAllowed(N_("The caller has not been verified for this record"))
    return {"account_id": account_id, "source_record_id": source_record_id}


def _warn_of_duplicates(
    session: Session, service: ServiceRow, property_id: UUID | None, filed: dict[str, UUID | None]
) -> None:
    open_ones = open_duplicates(session, service=service.slug, property_id=property_id, **filed)
    if open_ones:
        raise PossibleDuplicate(tuple(row.reference for row in open_ones))


def _contact(
    session: Session,
    actor: Actor,
    service: ServiceRow,
    raiser: Raiser,
    *,
    channel: Channel,
    contact_id: UUID | None,
    filed: dict[str, UUID | None],
    now: datetime,
) -> Contact:
    """The contact in which the enquiry was raised; one that came by itself is a contact that ended as it began."""
    if contact_id is not None:
        contact = own_contact(session, actor, contact_id)
        contact.service_id = contact.service_id or service.id
        contact.source_record_id = contact.source_record_id or filed["source_record_id"]
        return contact
    contact = Contact(
        channel=channel, started_at=now, ended_at=now, service_id=service.id, caller_name=raiser.name.strip(),
        caller_email=raiser.email.strip(), caller_phone=raiser.phone.strip(), talk_seconds=0,
        wrap_up=WrapUp.ENQUIRY_RAISED, resolved_here=False, avoidable=False,
        advisor_id=actor.account_id if actor.kind is ActorKind.STAFF else None,
        advisor_name=actor.name if actor.kind is ActorKind.STAFF else "", **filed,
    )  # fmt: skip
    session.add(contact)
    session.flush()
    return contact


def _monitoring_desk(session: Session) -> QueueRow:
    """Where everything waits that nobody else has: it must be there before the first enquiry."""
    try:
        desk = organisation.queue_by_slug(session, MONITORING_QUEUE)
    except NotFound as error:
        raise Unavailable(N_("We cannot take enquiries yet: the monitoring desk has no queue")) from error
    if desk.status is not QueueStatus.ACTIVE:
        raise Unavailable(N_("We cannot take enquiries yet: the monitoring desk has no queue"))
    return desk


def fresh_reference(session: Session) -> str:
    """A reference that nobody has. With 27 billion of them a second try is rare."""
    while True:
        reference = references.new(PREFIX)
        if session.scalar(select(Enquiry.id).where(Enquiry.reference == reference)) is None:
            return reference
