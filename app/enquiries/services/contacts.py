"""Contacts: the call an advisor takes, who it turned out to be, and how it ended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers import queries as customers
from app.enquiries.enums import Channel, WrapUp
from app.enquiries.models import Contact
from app.enquiries.queries.contacts import contact_row
from app.enquiries.rows import ContactRow, Raiser
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Conflict, NotAllowed, NotFound
from app.kernel.i18n import N_
from app.organisation import queries as organisation


def open_contact(
    session: Session,
    actor: Actor,
    *,
    channel: Channel,
    caller: Raiser | None = None,
    service: str | None = None,
    wait_seconds: int = 0,
    account_id: UUID | None = None,
    now: datetime,
) -> ContactRow:
    """Somebody is on the line or at the desk. An advisor has one contact at a time."""
    if actor.kind is ActorKind.STAFF and session.scalar(
        select(Contact.id).where(Contact.advisor_id == actor.account_id, Contact.ended_at.is_(None))
    ):
        raise Conflict(N_("You are in another call. Wrap it up first"))
    contact = Contact(
        channel=channel, started_at=now, wait_seconds=wait_seconds, account_id=account_id,
        advisor_id=actor.account_id if actor.kind is ActorKind.STAFF else None,
        advisor_name=actor.name if actor.kind is ActorKind.STAFF else "",
        service_id=organisation.service_by_slug(session, service).id if service else None,
    )  # fmt: skip
    _name_caller(contact, caller)
    session.add(contact)
    session.flush()
    audit.record(session, actor, "contact.opened", "contact", contact.id, now=now, channel=channel)
    return contact_row(session, contact)


def identify_caller(
    session: Session,
    actor: Actor,
    contact_id: UUID,
    *,
    caller: Raiser | None = None,
    source_record_id: UUID | None = None,
    now: datetime,
) -> ContactRow:
    """Say who is calling. Against a source record only if the caller passed its questions in this contact."""
    contact = own_contact(session, actor, contact_id)
    if source_record_id is not None:
        must_be_verified(session, contact_id, source_record_id)
        if contact.source_record_id != source_record_id:
            contact.relationship_id = contact.concerns_record_id = None
        contact.source_record_id = source_record_id
    _name_caller(contact, caller)
    session.flush()
    audit.record(session, actor, "contact.identified", "contact", contact.id, now=now, source_record=source_record_id)
    return contact_row(session, contact)


def wrap_up(
    session: Session,
    actor: Actor,
    contact_id: UUID,
    *,
    code: WrapUp,
    resolved_here: bool,
    service: str | None = None,
    avoidable: bool = False,
    talk_seconds: int | None = None,
    note: str = "",
    now: datetime,
) -> ContactRow:
    """End the contact and say what it was. `resolved_here` counts as first-contact resolution if nobody comes back."""
    contact = own_contact(session, actor, contact_id)
    if contact.ended_at is not None:
        raise Conflict(N_("This contact has been wrapped up already"))
    contact.ended_at = now
    contact.wrap_up, contact.resolved_here, contact.avoidable = code, resolved_here, avoidable
    contact.talk_seconds = (
        max(0, round((now - contact.started_at).total_seconds())) if talk_seconds is None else talk_seconds
    )
    contact.note = note.strip()
    if service:
        contact.service_id = organisation.service_by_slug(session, service).id
    session.flush()
    audit.record(
        session, actor, "contact.wrapped_up", "contact", contact.id, now=now, code=code, resolved_here=resolved_here
    )
    return contact_row(session, contact)


def own_contact(session: Session, actor: Actor, contact_id: UUID) -> Contact:
    """The contact, held; only whoever took it may go on with it."""
    contact = session.get(Contact, contact_id, with_for_update=True, populate_existing=True)
    if contact is None:
        raise NotFound
    if actor.kind is not ActorKind.SYSTEM and contact.advisor_id != actor.account_id:
        raise NotAllowed(N_("Another advisor took this call"))
    return contact


def must_be_verified(session: Session, contact_id: UUID, source_record_id: UUID) -> None:
    """Raises NotAllowed unless this contact's caller answered for this very source record."""
    proofs = customers.verifications_of(session, contact_ref=str(contact_id))
    if not any(proof.passed and proof.source_record_id == source_record_id for proof in proofs):
        raise NotAllowed(N_("The caller has not been verified for this record"))


def _name_caller(contact: Contact, caller: Raiser | None) -> None:
    if caller is not None:
        contact.caller_name, contact.caller_email, contact.caller_phone = caller.name, caller.email, caller.phone
