"""What every verb on an enquiry does: lock it, check what the person saw, change it, and leave its traces."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.enquiries import policy
from app.enquiries.enums import EntryKind, State, Visibility
from app.enquiries.errors import NotFromHere
from app.enquiries.events import CustomerHeard, EnquiryStateChanged
from app.enquiries.models import Contact, Enquiry, EnquiryEntry, EnquiryPlace, EnquiryUrgency, SilenceAlarm
from app.enquiries.queries.addressees import addressee
from app.kernel import references
from app.kernel.actors import SYSTEM, Actor, ActorKind, Role
from app.kernel.errors import Invalid, NotAllowed, NotFound, Stale
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.notifications import services as notifications
from app.notifications.enums import Template
from app.organisation import queries as organisation
from app.organisation.enums import Authority
from app.organisation.rows import ServiceRow

PREFIX = "FP"
HUMAN = frozenset({ActorKind.STAFF, ActorKind.SERVICE})
FOR_ALL_JOINED = frozenset({Template.ENQUIRY_FINISHED, Template.PROMISE_CHANGED})
OVERSEERS = (Role.TEAM_LEADER, Role.MONITOR, Role.ADMINISTRATOR)


def locked(session: Session, reference: str, *, version: int | None) -> Enquiry:
    """The enquiry, held until this transaction ends. NotFound, or Stale if it changed since the person saw it."""
    try:
        canonical = references.parse(reference, PREFIX)
    except references.BadReference as error:
        raise NotFound from error
    query = select(Enquiry).where(Enquiry.reference == canonical)
    return _held(session, query, version)


def locked_by_id(session: Session, enquiry_id: UUID) -> Enquiry:
    return _held(session, select(Enquiry).where(Enquiry.id == enquiry_id), None)


def _held(session: Session, query: Any, version: int | None) -> Enquiry:
    enquiry: Enquiry | None = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if enquiry is None:
        raise NotFound
    if version is not None and version != enquiry.version:
        raise Stale
    return enquiry


def is_human(actor: Actor) -> bool:
    """Whether a person of ours stands behind the action."""
    return actor.kind in HUMAN


def may_work(session: Session, actor: Actor, enquiry: Enquiry, *, now: datetime) -> None:
    """Who has an enquiry may move it; what nobody has, who reads its queue, runs its service or raised it. Else NotAllowed.

    Who sits with a team for a session reads its queues for as long as the session lasts.
    """
    if actor.kind is ActorKind.SYSTEM or actor.has(*OVERSEERS):
        return
    if not may(actor, Permission.ENQUIRIES_WORK) or actor.account_id is None:
        raise NotAllowed
    if enquiry.owner_id is not None:
        mine = enquiry.owner_id == actor.account_id
    else:
        readable = {queue.id for queue in organisation.queues_readable_by(session, actor.account_id, at=now)}
        units = {unit.id for unit in organisation.units_of(session, actor.account_id)}
        runs_service = service_of(session, enquiry).unit_id in units
        mine = enquiry.queue_id in readable or runs_service or enquiry.received_by_id == actor.account_id
    if not mine:
        raise NotAllowed(N_("Somebody else has this enquiry. Ask them, or a team leader, to hand it over"))


def decides(session: Session, actor: Actor, authority: Authority) -> bool:
    """Whether this was given to the person to decide."""
    if actor.account_id is None:
        return False
    given = organisation.authorities_of(session, [actor.account_id])[actor.account_id]
    return any(row.authority is authority for row in given)


def may_speak(actor: Actor) -> None:
    """Any member of staff who works on enquiries may write to the customer or leave a note."""
    if actor.kind is not ActorKind.SYSTEM and not may(actor, Permission.ENQUIRIES_WORK, Permission.OVERSIGHT_ACT):
        raise NotAllowed


def required(field: str, text: str, message: str) -> str:
    """The text without surrounding space; Invalid if nothing is left."""
    if not text.strip():
        raise Invalid({field: message})
    return text.strip()


def service_of(session: Session, enquiry: Enquiry) -> ServiceRow:
    return organisation.service(session, enquiry.service_id)


def tomorrow(session: Session, enquiry: Enquiry, now: datetime) -> datetime:
    """The end of the next working day: when somebody has to look again if nothing else is said."""
    return organisation.working_days_of(service_of(session, enquiry), now, 1)


def work_by(session: Session, enquiry: Enquiry, now: datetime) -> datetime:
    """When an enquiry that is worked on needs somebody next: by its promise, or tomorrow when that has passed."""
    return enquiry.promised_at if enquiry.promised_at > now else tomorrow(session, enquiry, now)


def move(
    session: Session,
    enquiry: Enquiry,
    actor: Actor,
    state: State,
    *,
    now: datetime,
    because: str = "",
    evidence: UUID | None = None,
    **changes: Any,
) -> None:
    """Go to another state (or stay, with another queue or owner). Raises NotFromHere for a move that is not in the policy.

    `because` and `evidence` (the id of a message, say) are for whoever keeps a ledger of pauses.
    """
    old = enquiry.state
    if state is not old and state not in policy.allowed(old):
        raise NotFromHere(old, state)
    before = (enquiry.queue_id, enquiry.unit_id, enquiry.owner_id)
    if old not in policy.OPEN and state in policy.OPEN:
        changes["hear_by"] = silence_limit(session, enquiry, now)
    enquiry.state = state
    for name, value in changes.items():
        setattr(enquiry, name, value)
    if state not in policy.OPEN:
        enquiry.next_action_at = None
        end_urgency(session, enquiry, now=now)
        silence_alarms(session, enquiry, now=now)
    if (enquiry.queue_id, enquiry.unit_id, enquiry.owner_id) != before:
        enquiry.held_since = now
    touch(enquiry, actor, now=now)
    session.flush()
    note_place(session, enquiry, now=now)
    if state is not old:
        publish(session, EnquiryStateChanged(enquiry.id, old, state, actor, now, because, evidence))


def end_urgency(session: Session, enquiry: Enquiry, *, now: datetime) -> bool:
    """Whatever was urgent, or was asked to be, is not any more; says whether there was anything."""
    enquiry.urgent_until = None
    session.flush()
    current = (
        EnquiryUrgency.enquiry_id == enquiry.id,
        EnquiryUrgency.refused_at.is_(None),
        EnquiryUrgency.ended_at.is_(None),
    )
    flags = session.scalars(select(EnquiryUrgency).where(*current)).all()
    for flag in flags:
        flag.ended_at = now
    session.flush()
    return bool(flags)


def touch(enquiry: Enquiry, actor: Actor, *, now: datetime) -> None:
    """Every change makes what others have on their screens stale."""
    enquiry.version += 1
    if is_human(actor):
        enquiry.last_human_action_at = now


def note_place(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    """Keep the ledger of where the enquiry has been. A stay that took no time is overwritten."""
    here = {
        "state": enquiry.state,
        "queue_id": enquiry.queue_id,
        "unit_id": enquiry.unit_id,
        "owner_id": enquiry.owner_id,
    }
    query = select(EnquiryPlace).where(EnquiryPlace.enquiry_id == enquiry.id, EnquiryPlace.until.is_(None))
    current = session.scalar(query)
    if current is not None and all(getattr(current, name) == value for name, value in here.items()):
        return
    if current is not None and current.since == now:
        for name, value in here.items():
            setattr(current, name, value)
    else:
        if current is not None:
            current.until = max(now, current.since)
            session.flush()
        session.add(EnquiryPlace(enquiry_id=enquiry.id, since=now, **here))
    session.flush()


def enter(
    session: Session,
    enquiry: Enquiry,
    actor: Actor,
    kind: EntryKind,
    *,
    now: datetime,
    public: bool = True,
    body: str = "",
    **detail: Any,
) -> UUID:
    """Write a line of the timeline, and one of the audit trail (which keeps no free text). Returns the line's id."""
    line = new_id()
    session.add(
        EnquiryEntry(
            id=line, enquiry_id=enquiry.id, at=now, kind=kind, visibility=Visibility.PUBLIC if public else Visibility.INTERNAL,
            actor_kind=actor.kind, actor_id=actor.account_id, actor_name=actor.name, body=body,
            detail={name: value.isoformat() if isinstance(value, datetime) else value for name, value in detail.items()},
        )
    )  # fmt: skip
    audit.record(session, actor, f"enquiry.{kind.value}", "enquiry", enquiry.id, now=now, state=enquiry.state.value)
    return line


def tell(session: Session, enquiry: Enquiry, template: Template, *, now: datetime, **context: Any) -> bool:
    """Put a message to the customer into the outbox; without an address, say so where staff will see it. Says whether it could."""
    _tell_joined(session, enquiry, template, now=now, **context)
    to = addressee(session, enquiry, now=now)
    if not to.email:
        enter(session, enquiry, SYSTEM, EntryKind.NOT_TOLD, now=now, public=False)
        return False
    service = service_of(session, enquiry)
    unit = next(unit for unit in organisation.units(session) if unit.id == enquiry.unit_id)
    basics = {
        "name": to.name, "reference": enquiry.reference, "service": service.name, "with_whom": unit.name,
        "promised_on": enquiry.promised_at, "path": f"/track/{enquiry.reference}",
    }  # fmt: skip
    notifications.queue_message(
        session, template, to=to.email, locale=to.locale, context=basics | context,
        about=("enquiry", enquiry.id), account_id=to.account_id, now=now,
    )  # fmt: skip
    enter(session, enquiry, SYSTEM, EntryKind.TOLD, now=now, public=False, template=template.value)
    return True


def _tell_joined(session: Session, enquiry: Enquiry, template: Template, *, now: datetime, **context: Any) -> None:
    """What everybody may know of the matter goes to those too whose own enquiry was joined to this one."""
    if template not in FOR_ALL_JOINED:
        return
    joined = select(Enquiry).where(Enquiry.duplicate_of_id == enquiry.id, Enquiry.state == State.DUPLICATE)
    for other in session.scalars(joined.order_by(Enquiry.received_at, Enquiry.id)):
        tell(session, other, template, now=now, promised_on=enquiry.promised_at, **context)


def silence_limit(session: Session, enquiry: Enquiry, now: datetime) -> datetime:
    """By when the customer must hear from a person again, if they heard now."""
    service = service_of(session, enquiry)
    return organisation.working_days_of(service, now, service.silence_working_days)


def heard(session: Session, enquiry: Enquiry, actor: Actor, *, now: datetime, spoken: bool = False) -> None:
    """The customer heard from a person: silence is broken, and a first response given if this is the first.

    Nobody hears a message for which there is no address, unless it was `spoken`, or is said while they are on the line.
    """
    if not is_human(actor):
        return
    if not (addressee(session, enquiry, now=now).email or spoken or _on_the_line(session, enquiry, actor)):
        return
    limit = silence_limit(session, enquiry, now)
    enquiry.last_customer_contact_at, enquiry.hear_by = now, limit
    if enquiry.first_response_at is None:
        enquiry.first_response_at = now
    silence_alarms(session, enquiry, now=now)
    session.flush()
    publish(session, CustomerHeard(enquiry.id, now))


def silence_alarms(session: Session, enquiry: Enquiry, *, now: datetime) -> None:
    """Whoever was about to be left waiting is not any more: they heard from a person, or it is finished."""
    ringing = (SilenceAlarm.enquiry_id == enquiry.id, SilenceAlarm.closed_at.is_(None))
    session.execute(update(SilenceAlarm).where(*ringing).values(closed_at=now))


def _on_the_line(session: Session, enquiry: Enquiry, actor: Actor) -> bool:
    """Whether the one who acts is in the very contact in which it was raised."""
    here = (Contact.id == enquiry.contact_id, Contact.advisor_id == actor.account_id, Contact.ended_at.is_(None))
    return session.scalar(select(Contact.id).where(*here)) is not None


def is_read(session: Session, queue_id: UUID) -> bool:
    """Whether somebody who works here can open this queue and act on what is in it."""
    return bool(session.scalar(select(func.somebody_reads_queue(queue_id))))


def lock_token(session: Session, token: str) -> None:
    """Let one request with this token go at a time, until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(token, 0))))
