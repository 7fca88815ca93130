"""Moving an open enquiry on: to a queue, to a person, into work, and into the states that wait for something."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.enquiries.enums import EntryKind, State
from app.enquiries.models import Enquiry
from app.enquiries.queries.addressees import addressee
from app.enquiries.queries.reading import enquiry_row
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.core import enter, heard, is_read, locked, may_work, move, required, tell, tomorrow, work_by
from app.enquiries.services.messages import write_message
from app.kernel.actors import Actor, ActorKind, Role
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid
from app.kernel.i18n import N_
from app.notifications.enums import Template
from app.organisation import queries as organisation
from app.organisation.enums import QueueStatus
from app.organisation.policy import MONITORING_QUEUE


def triage(
    session: Session, actor: Actor, reference: str, *, queue: str, reason: str = "", version: int | None, now: datetime
) -> EnquiryRow:
    """Put the enquiry into an active queue, where anybody who reads it can take it."""
    enquiry = locked(session, reference, version=version)
    may_work(session, actor, enquiry, now=now)
    put_into_queue(session, actor, enquiry, queue=queue, reason=reason, now=now)
    return enquiry_row(session, enquiry)


def put_into_queue(session: Session, actor: Actor, enquiry: Enquiry, *, queue: str, reason: str, now: datetime) -> None:
    """Into this queue, with nobody as owner; for the rooms above, which have asked who may do it."""
    found = organisation.queue_by_slug(session, queue)
    if found.status is not QueueStatus.ACTIVE:
        raise Invalid({"queue": N_("Choose an active queue")})
    if not is_read(session, found.id):
        if actor.kind is not ActorKind.SYSTEM:
            raise Invalid({"queue": N_("Nobody who works here can read this queue. Choose another")})
        found = organisation.queue_by_slug(session, MONITORING_QUEUE)
    when = enquiry.next_action_at if enquiry.state is State.NEW else tomorrow(session, enquiry, now)
    move(
        session, enquiry, actor, State.TRIAGE, now=now, queue_id=found.id, unit_id=found.unit_id, owner_id=None,
        due_at=None, next_action_at=when,
    )  # fmt: skip
    enter(session, enquiry, actor, EntryKind.QUEUED, now=now, unit=found.unit_name, queue=found.name)
    if reason.strip():
        enter(session, enquiry, actor, EntryKind.NOTE, now=now, public=False, body=reason.strip())


def assign(
    session: Session, actor: Actor, reference: str, *, to_account: UUID, version: int | None, now: datetime
) -> EnquiryRow:
    """Give the enquiry to one person, who then answers for it."""
    enquiry = locked(session, reference, version=version)
    may_work(session, actor, enquiry, now=now)
    give_to(session, actor, enquiry, to_account=to_account, now=now)
    return enquiry_row(session, enquiry)


def give_to(session: Session, actor: Actor, enquiry: Enquiry, *, to_account: UUID, now: datetime) -> None:
    """To this person, in one of their own units; for the rooms above, which have asked who may do it."""
    taker = accounts.account(session, to_account)
    if not taker.active or Role.RESIDENT in taker.roles or not taker.roles:
        raise Invalid({"to_account": N_("Choose somebody who works here")})
    units = organisation.units_of(session, to_account)
    here = next((unit for unit in units if unit.id == enquiry.unit_id), units[0] if units else None)
    if here is None:
        raise Invalid({"to_account": N_("Choose somebody who belongs to a unit")})
    if enquiry.state is State.WITH_SERVICE:
        raise Conflict(N_("The enquiry is with a service. Take it back first"))
    move(
        session, enquiry, actor, State.ASSIGNED, now=now, owner_id=to_account, unit_id=here.id, due_at=None,
        next_action_at=tomorrow(session, enquiry, now),
    )  # fmt: skip
    enter(session, enquiry, actor, EntryKind.ASSIGNED, now=now, unit=here.name, to=str(to_account))


def start(session: Session, actor: Actor, reference: str, *, version: int | None, now: datetime) -> EnquiryRow:
    """Work begins, or goes on after waiting."""
    enquiry = take(session, actor, reference, version, now)
    move(
        session, enquiry, actor, State.IN_PROGRESS, now=now, due_at=None, asked="",
        next_action_at=work_by(session, enquiry, now),
    )  # fmt: skip
    enter(session, enquiry, actor, EntryKind.STARTED, now=now)
    return enquiry_row(session, enquiry)


def await_customer(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    message: str,
    due_at: datetime,
    spoken: bool = False,
    version: int | None,
    now: datetime,
) -> EnquiryRow:
    """Ask the customer for something, by a day. The question is sent with this very change, or was `spoken`."""
    enquiry = take(session, actor, reference, version, now)
    text = required("message", message, N_("Write what you need from the customer"))
    _must_be_later("due_at", due_at, now)
    reached = bool(addressee(session, enquiry, now=now).email)
    if not reached and not spoken:
        raise Invalid(
            {"message": N_("The customer gave no e-mail address: ask them by telephone, and say that you did")}
        )
    asked = write_message(session, actor, enquiry, text, spoken=spoken, now=now)
    move(
        session, enquiry, actor, State.AWAITING_CUSTOMER, now=now, because=text, evidence=asked, due_at=due_at, asked=text,
        next_action_at=due_at,
    )  # fmt: skip
    enter(session, enquiry, actor, EntryKind.AWAITING_CUSTOMER, now=now, body=text, due_at=due_at)
    if reached:
        tell(session, enquiry, Template.ENQUIRY_NEEDS_YOU, now=now, question=text, reply_by=due_at)
    heard(session, enquiry, actor, now=now, spoken=spoken)
    return enquiry_row(session, enquiry)


def await_third_party(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    reason: str,
    next_action_at: datetime,
    version: int | None,
    now: datetime,
) -> EnquiryRow:
    """Somebody outside has to do something first; look again on this day at the latest."""
    enquiry = take(session, actor, reference, version, now)
    text = required("reason", reason, N_("Say whom we are waiting for"))
    _must_be_later("next_action_at", next_action_at, now)
    shown = enter(session, enquiry, actor, EntryKind.AWAITING_THIRD_PARTY, now=now, public=False, body=text)
    move(
        session, enquiry, actor, State.AWAITING_THIRD_PARTY, now=now, because=text, evidence=shown,
        next_action_at=next_action_at,
    )  # fmt: skip
    return enquiry_row(session, enquiry)


def schedule(
    session: Session, actor: Actor, reference: str, *, at: datetime, version: int | None, now: datetime
) -> EnquiryRow:
    """The work is booked for a day."""
    enquiry = take(session, actor, reference, version, now)
    _must_be_later("at", at, now)
    move(session, enquiry, actor, State.SCHEDULED, now=now, next_action_at=at + timedelta(hours=1))
    enter(session, enquiry, actor, EntryKind.SCHEDULED, now=now, day=at)
    return enquiry_row(session, enquiry)


def take(session: Session, actor: Actor, reference: str, version: int | None, now: datetime) -> Enquiry:
    """Locked, and allowed; whoever starts on what nobody has takes it first."""
    enquiry = locked(session, reference, version=version)
    may_work(session, actor, enquiry, now=now)
    if enquiry.state is State.WITH_SERVICE:
        raise Conflict(N_("The enquiry is with a service. Take it back first"))
    if enquiry.owner_id is None and actor.kind is ActorKind.STAFF and actor.account_id is not None:
        give_to(session, actor, enquiry, to_account=actor.account_id, now=now)
    return enquiry


def _must_be_later(field: str, at: datetime, now: datetime) -> None:
    if london_date(at) <= london_date(now):
        raise Invalid({field: N_("Choose a day after today")})
