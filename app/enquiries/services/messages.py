"""Words between the customer and us, notes among ourselves, and the date that was promised."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.customers import queries as customers
from app.customers.relationship_enums import Use
from app.enquiries.enums import Direction, EntryKind, State
from app.enquiries.events import EnquiryPromiseChanged
from app.enquiries.models import Enquiry, EnquiryMessage
from app.enquiries.policy import FINISHED, OPEN
from app.enquiries.queries.acting import is_within
from app.enquiries.queries.addressees import addressee, fits
from app.enquiries.queries.reading import enquiry_row, is_theirs
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.core import (
    decides,
    enter,
    heard,
    is_read,
    locked,
    locked_by_id,
    may_speak,
    may_work,
    move,
    required,
    tell,
    tomorrow,
    touch,
    work_by,
)  # fmt: skip
from app.kernel.actors import SYSTEM, Actor, ActorKind
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.notifications.enums import Template
from app.organisation import queries as organisation
from app.organisation.enums import Authority
from app.organisation.policy import MONITORING_QUEUE

LONGEST = 5000
SPOKEN = "spoken"


def add_note(session: Session, actor: Actor, reference: str, *, body: str, now: datetime) -> EnquiryRow:
    """A note that staff read and the customer does not."""
    may_speak(actor)
    enquiry = locked(session, reference, version=None)
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.NOTE, now=now, public=False, body=_words(body, N_("Write the note")))
    session.flush()
    return enquiry_row(session, enquiry)


def message_customer(
    session: Session, actor: Actor, reference: str, *, body: str, version: int | None = None, now: datetime
) -> EnquiryRow:
    """Write to the customer. Without an e-mail address there is nowhere to write to."""
    may_speak(actor)
    enquiry = locked(session, reference, version=version)
    text = _words(body, N_("Write the message"))
    if not addressee(session, enquiry, now=now).email:
        raise Invalid({"body": N_("The customer gave no e-mail address: ring them, and note what you told them")})
    touch(enquiry, actor, now=now)
    write_message(session, actor, enquiry, text, now=now)
    enter(session, enquiry, actor, EntryKind.MESSAGE_OUT, now=now, body=text)
    sender = organisation.units_of(session, actor.account_id) if actor.account_id else ()
    tell(
        session, enquiry, Template.CUSTOMER_MESSAGE, now=now, text=text, sender=sender[0].name if sender else actor.name
    )
    heard(session, enquiry, actor, now=now)
    session.flush()
    return enquiry_row(session, enquiry)


def customer_replied(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    body: str,
    email: str | None = None,
    acting: UUID | None = None,
    now: datetime,
) -> EnquiryRow:
    """The customer, or whoever is `acting` for them by a relationship, wrote to us. What waited goes on; what was finished opens again."""
    enquiry = locked(session, reference, version=None)
    if acting is not None:
        may_reply_for(session, actor, enquiry, acting, now=now)
    else:
        may_reply(session, actor, enquiry, email, now=now)
    text = _words(body, N_("Write your message"))
    session.add(EnquiryMessage(
        enquiry_id=enquiry.id, at=now, direction=Direction.IN, author_id=actor.account_id,
        author_name=actor.name if enquiry.acting_kind or acting else enquiry.raiser_name, body=text,
    ))  # fmt: skip
    if enquiry.state is State.DUPLICATE:
        _pass_on(session, actor, enquiry, text, now=now)
    elif enquiry.state in FINISHED:
        reopen_from(session, actor, enquiry, now=now)
        enter(session, enquiry, actor, EntryKind.REOPENED, now=now, body=text)
    elif enquiry.state is State.AWAITING_CUSTOMER:
        soon = tomorrow(session, enquiry, now)
        move(session, enquiry, actor, State.IN_PROGRESS, now=now, due_at=None, asked="", next_action_at=soon)
        enter(session, enquiry, actor, EntryKind.CUSTOMER_REPLIED, now=now, body=text)
    else:
        touch(enquiry, actor, now=now)
        enquiry.next_action_at = min(enquiry.next_action_at or now, tomorrow(session, enquiry, now))
        enter(session, enquiry, actor, EntryKind.MESSAGE_IN, now=now, body=text)
    session.flush()
    return enquiry_row(session, enquiry)


def _pass_on(session: Session, actor: Actor, joined: Enquiry, text: str, *, now: datetime) -> None:
    """Who was joined to another enquiry still speaks to whoever has it; a finished one opens again."""
    touch(joined, actor, now=now)
    enter(session, joined, actor, EntryKind.MESSAGE_IN, now=now, body=text)
    if joined.duplicate_of_id is None:
        return
    enquiry = locked_by_id(session, joined.duplicate_of_id)
    if enquiry.state in FINISHED:
        reopen_from(session, actor, enquiry, now=now)
        enter(session, enquiry, actor, EntryKind.REOPENED, now=now, public=False, body=f"{joined.reference}: {text}")
        return
    touch(enquiry, actor, now=now)
    enquiry.next_action_at = min(enquiry.next_action_at or now, tomorrow(session, enquiry, now))
    enter(session, enquiry, actor, EntryKind.MESSAGE_IN, now=now, public=False, body=f"{joined.reference}: {text}")


def change_promise(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    promised_at: datetime,
    reason: str,
    version: int | None,
    now: datetime,
) -> EnquiryRow:
    """Promise another date: only with a reason, and the customer is told both."""
    enquiry = locked(session, reference, version=version)
    if not is_promiser(session, actor):
        may_work(session, actor, enquiry, now=now)
    text = required("reason", reason, N_("Say why the date changes: the customer will read it"))
    if enquiry.state not in OPEN:
        raise Conflict(N_("This enquiry is finished"))
    if london_date(promised_at) < london_date(now):
        raise Invalid({"promised_at": N_("The new date must be today or later")})
    if london_date(promised_at) == london_date(enquiry.promised_at):
        raise Invalid({"promised_at": N_("This is the date that was promised already")})
    old, enquiry.promised_at = enquiry.promised_at, promised_at
    if enquiry.state is State.IN_PROGRESS:
        enquiry.next_action_at = work_by(session, enquiry, now)
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.PROMISE_CHANGED, now=now, body=text, old=old, new=promised_at)
    tell(session, enquiry, Template.PROMISE_CHANGED, now=now, previously=old, reason=text)
    publish(session, EnquiryPromiseChanged(enquiry.id, old, promised_at, now))
    heard(session, enquiry, actor, now=now)
    session.flush()
    return enquiry_row(session, enquiry)


def is_promiser(session: Session, actor: Actor) -> bool:
    """Whether this person may also change the date of what somebody else has: it was given to them to decide."""
    return may(actor, Permission.ENQUIRIES_WORK) and decides(session, actor, Authority.CHANGE_PROMISE)


def told_by_voice(session: Session, actor: Actor, reference: str, *, body: str, now: datetime) -> EnquiryRow:
    """Somebody told the customer by telephone or in person: it counts as their having heard, and says what they were told."""
    may_speak(actor)
    enquiry = locked(session, reference, version=None)
    text = _words(body, N_("Write what you told the customer"))
    touch(enquiry, actor, now=now)
    write_message(session, actor, enquiry, text, spoken=True, now=now)
    enter(session, enquiry, actor, EntryKind.CALLED, now=now, body=text)
    heard(session, enquiry, actor, now=now, spoken=True)
    session.flush()
    return enquiry_row(session, enquiry)


def write_message(
    session: Session, actor: Actor, enquiry: Enquiry, text: str, *, spoken: bool = False, now: datetime
) -> UUID:
    """Keep what we wrote or said to the customer; returns the message's id."""
    message = EnquiryMessage(
        id=new_id(), enquiry_id=enquiry.id, at=now, direction=Direction.OUT, author_id=actor.account_id,
        author_name=actor.name, body=text, sent_to=SPOKEN if spoken else addressee(session, enquiry, now=now).email,
    )  # fmt: skip
    session.add(message)
    session.flush()
    return message.id


def reopen_from(session: Session, actor: Actor, enquiry: Enquiry, *, now: datetime) -> None:
    """Back into triage: in the queue where new ones of its service arrive, or on the monitoring desk. The promise stays."""
    service = organisation.service(session, enquiry.service_id)
    queues = {queue.id: queue for queue in organisation.queues(session)}
    desk = organisation.queue_by_slug(session, MONITORING_QUEUE)
    queue = queues.get(service.intake_queue_id, desk) if service.intake_queue_id else desk
    queue = queue if is_read(session, queue.id) else desk
    move(
        session, enquiry, actor, State.TRIAGE, now=now, queue_id=queue.id, unit_id=queue.unit_id, owner_id=None,
        disposition=None, outcome="", resolved_at=None, closed_at=None, duplicate_of_id=None, due_at=None, asked="",
        reopened_count=enquiry.reopened_count + 1, next_action_at=tomorrow(session, enquiry, now),
    )  # fmt: skip
    enter(session, enquiry, SYSTEM, EntryKind.QUEUED, now=now, unit=queue.unit_name, queue=queue.name)


def may_reply_for(session: Session, actor: Actor, enquiry: Enquiry, relationship_id: UUID, *, now: datetime) -> None:
    """Somebody acts for the one whom it concerns: they must see it, and be allowed to ask. Else NotFound or NotAllowed."""
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotFound
    row = customers.accepted_relationship(session, actor.account_id, relationship_id, now=now)
    if not is_within(session, row, enquiry):
        raise NotFound
    service = organisation.service(session, enquiry.service_id).slug
    customers.usable_relationship(session, relationship_id, Use.ASK, service=service, now=now)


def may_reply(
    session: Session, actor: Actor, enquiry: Enquiry, email: str | None, *, now: datetime | None = None
) -> None:
    """Staff for the customer; the account that raised it, or was granted it; or whoever knows the e-mail address. Else NotFound."""
    if actor.kind in {ActorKind.STAFF, ActorKind.SYSTEM}:
        may_speak(actor)
        return
    if (
        actor.kind is ActorKind.RESIDENT
        and actor.account_id is not None
        and _is_theirs(session, actor.account_id, enquiry)
    ):
        return
    if email and fits(session, enquiry, email, now=now):
        return
    raise NotFound


def _is_theirs(session: Session, account_id: UUID, enquiry: Enquiry) -> bool:
    return is_theirs(session, account_id, enquiry)


def _words(text: str, message: str) -> str:
    words = required("body", text.replace("\x00", ""), message)
    if len(words) > LONGEST:
        raise Invalid({"body": N_("Your text is too long")})
    return words
