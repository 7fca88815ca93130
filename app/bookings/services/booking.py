"""Booking a place."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.bookings.enums import BookingState
from app.bookings.errors import BookedAlready
from app.bookings.models import Booking
from app.bookings.queries.reading import PREFIX, booking_by_id
from app.bookings.rows import BookingRow, TimetableRow
from app.bookings.services.core import locked_slots, make_room, note, open_timetable, wanted_slot
from app.bookings.services.telling import tell
from app.customers import queries as customers
from app.enquiries.answers import is_email, is_phone
from app.enquiries.enums import Channel
from app.enquiries.rows import Raiser
from app.enquiries.services.contacts import must_be_verified, own_contact
from app.enquiries.services.core import is_human, lock_token
from app.kernel import references
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.i18n import N_
from app.notifications.enums import Template

LONGEST_NOTE = 500


def book(
    session: Session,
    actor: Actor,
    *,
    timetable: str,
    starts_at: datetime,
    person: Raiser,
    channel: Channel,
    note_given: str = "",
    uprn: str = "",
    account_id: UUID | None = None,
    source_record_id: UUID | None = None,
    contact_id: UUID | None = None,
    client_token: str | None = None,
    now: datetime,
) -> BookingRow:
    """Book a place at once. The same `client_token` of the same person again gives the same booking and does nothing.

    NoPlace if the time has gone; BookedAlready if this customer has a booking then; Invalid names what is missing.
    """
    if not may(actor, Permission.OWN_BOOKINGS, Permission.BOOKINGS_MAKE):
        raise NotAllowed
    token = f"{actor.account_id or actor.kind}:{client_token}" if client_token else None
    if token:
        lock_token(session, f"booking:{token}")
        before = session.scalar(select(Booking.id).where(Booking.client_token == token))
        if before is not None:
            return booking_by_id(session, before)
    row = open_timetable(session, timetable)
    place = _checked(session, row, person, note_given=note_given, uprn=uprn, channel=channel)
    filed = _filed(session, actor, account_id, source_record_id, contact_id)
    slot_id, window = wanted_slot(session, row, starts_at, now=now)
    slot = locked_slots(session, [slot_id])[slot_id]
    must_be_first(session, slot_id, filed["account_id"], filed["source_record_id"])
    make_room(slot, window)
    booking = Booking(
        reference=_fresh_reference(session), slot_id=slot_id, channel=channel, client_token=token, contact_id=contact_id,
        person_name=person.name.strip(), email=person.email.strip(), phone=person.phone.strip(), locale=person.locale,
        property_id=place, note=note_given.strip(), booked_at=now, chosen_at=now, booked_by=actor.name,
        booked_by_id=actor.account_id if is_human(actor) else None, **filed,
    )  # fmt: skip
    session.add(booking)
    session.flush()
    session.refresh(slot)
    note(session, actor, "booked", booking.id, now=now, timetable=row.slug, at=starts_at, channel=channel)
    made = booking_by_id(session, booking.id)
    tell(session, made, Template.BOOKING_MADE, now=now)
    return made


def must_be_first(
    session: Session, slot_id: UUID, account_id: UUID | None, record_id: UUID | None, *, but: UUID | None = None
) -> None:
    """BookedAlready if this account or record has a live booking in the slot (which is held)."""
    mine = [Booking.account_id == account_id] if account_id else []
    mine += [Booking.source_record_id == record_id] if record_id else []
    if not mine:
        return
    live = select(Booking.reference).where(Booking.slot_id == slot_id, Booking.state == BookingState.BOOKED, or_(*mine))
    there = session.scalar(live if but is None else live.where(Booking.id != but))
    if there is not None:
        raise BookedAlready(there)


def _checked(
    session: Session, row: TimetableRow, person: Raiser, *, note_given: str, uprn: str, channel: Channel
) -> UUID | None:
    """The property of a visit at home; Invalid for everything that is wrong, at once."""
    errors = {}
    if not person.name.strip():
        errors["name"] = N_("Enter a name")
    if person.email.strip() and not is_email(person.email.strip()):
        errors["email"] = N_("Enter an e-mail address in the correct format, like name@example.com")
    if channel is Channel.WEB and not person.email.strip():
        errors["email"] = N_("Enter an e-mail address")
    if person.phone.strip() and not is_phone(person.phone.strip()):
        errors["phone"] = N_("Enter a phone number, like 01632 960001")
    if len(note_given.strip()) > LONGEST_NOTE:
        errors["note"] = N_("Enter 500 characters or fewer")
    place = customers.property_by_uprn(session, uprn) if row.at_home and uprn else None
    if row.at_home and place is None:
        errors["property"] = N_("Choose an address from the list")
    if errors:
        raise Invalid(errors)
    return place.id if place else None


def _filed(
    session: Session, actor: Actor, account_id: UUID | None, source_record_id: UUID | None, contact_id: UUID | None
) -> dict[str, UUID | None]:
    """Against what the booking is filed: only what whoever books was verified for, and never against both."""
    if actor.kind is ActorKind.RESIDENT:
        return {"account_id": actor.account_id, "source_record_id": None}
    if actor.kind is ActorKind.SYSTEM:
        return {"account_id": account_id, "source_record_id": source_record_id}
    if account_id is not None:
        raise NotAllowed(N_("Only the holder of an account can book under it"))
    if contact_id is not None:
        own_contact(session, actor, contact_id)
    if source_record_id is not None:
        if contact_id is None:
            raise NotAllowed(N_("The caller has not been verified for this record"))
        must_be_verified(session, contact_id, source_record_id)
    return {"account_id": None, "source_record_id": source_record_id}


def _fresh_reference(session: Session) -> str:
    """One that nobody has."""
    while True:
        reference = references.new(PREFIX)
        if session.scalar(select(Booking.id).where(Booking.reference == reference)) is None:
            return reference
