"""Urgent: asked for with a reason and a deadline, authorised by somebody who may, in front of everything else until then."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.enquiries.enums import EntryKind
from app.enquiries.models import Enquiry, EnquiryUrgency
from app.enquiries.policy import OPEN
from app.enquiries.queries.reading import enquiry_row
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.core import decides, end_urgency, enter, locked, locked_by_id, may_speak, required, touch
from app.kernel.actors import SYSTEM, Actor
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.i18n import N_
from app.organisation.enums import Authority


def ask_urgent(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    reason: str,
    deadline: datetime,
    version: int | None,
    now: datetime,
) -> EnquiryRow:
    """Ask to treat it as urgent. Who has the authority authorises it with the asking; for anybody else it waits for one who has."""
    may_speak(actor)
    enquiry = locked(session, reference, version=version)
    why = required("reason", reason, N_("Say why it is urgent"))
    if deadline <= now:
        raise Invalid({"deadline": N_("Choose a time that is to come")})
    if enquiry.state not in OPEN:
        raise Conflict(N_("This enquiry is finished"))
    if actor.account_id is None:
        raise NotAllowed
    if _current(session, enquiry) is not None:
        raise Conflict(N_("It is urgent already, or somebody has asked for it"))
    flag = EnquiryUrgency(
        enquiry_id=enquiry.id,
        asked_at=now,
        asked_by_id=actor.account_id,
        asked_by=actor.name,
        reason=why,
        deadline=deadline,
    )
    session.add(flag)
    session.flush()
    if is_authority(session, actor):
        _authorise(session, actor, enquiry, flag, now)
    else:
        touch(enquiry, actor, now=now)
        enter(session, enquiry, actor, EntryKind.URGENT_ASKED, now=now, public=False, body=why, by=actor.name)
    session.flush()
    return enquiry_row(session, enquiry)


def authorise_urgent(session: Session, actor: Actor, reference: str, *, now: datetime) -> EnquiryRow:
    """Somebody with the authority agrees."""
    _must_decide(session, actor)
    enquiry, flag = _asked(session, reference)
    if flag.deadline <= now:
        raise Conflict(N_("The deadline has passed: ask again with another one"))
    _authorise(session, actor, enquiry, flag, now)
    session.flush()
    return enquiry_row(session, enquiry)


def refuse_urgent(session: Session, actor: Actor, reference: str, *, reason: str, now: datetime) -> EnquiryRow:
    """Somebody with the authority does not agree, and says why."""
    _must_decide(session, actor)
    enquiry, flag = _asked(session, reference)
    flag.refusal = required("reason", reason, N_("Say why it is not urgent"))
    flag.refused_at = now
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.URGENT_REFUSED, now=now, public=False, body=flag.refusal, by=actor.name)
    session.flush()
    return enquiry_row(session, enquiry)


def end_urgent(session: Session, actor: Actor, reference: str, *, reason: str, now: datetime) -> EnquiryRow:
    """It is an ordinary enquiry again."""
    may_speak(actor)
    enquiry = locked(session, reference, version=None)
    why = required("reason", reason, N_("Say why it is not urgent any more"))
    if not end_urgency(session, enquiry, now=now):
        raise Conflict(N_("It is not urgent"))
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.URGENT_ENDED, now=now, public=False, body=why)
    session.flush()
    return enquiry_row(session, enquiry)


def lapse_requests(session: Session, *, now: datetime, batch: int = 200) -> int:
    """What was asked for and nobody answered by the deadline is refused by itself, and the timeline says so."""
    stale = (
        EnquiryUrgency.authorised_at.is_(None), EnquiryUrgency.refused_at.is_(None), EnquiryUrgency.ended_at.is_(None),
        EnquiryUrgency.deadline <= now,
    )  # fmt: skip
    flags = session.scalars(select(EnquiryUrgency).where(*stale).order_by(EnquiryUrgency.deadline).limit(batch)).all()
    for flag in flags:
        enquiry = locked_by_id(session, flag.enquiry_id)
        flag.refused_at, flag.refusal = now, "Nobody answered by the deadline"
        touch(enquiry, SYSTEM, now=now)
        enter(
            session,
            enquiry,
            SYSTEM,
            EntryKind.URGENT_REFUSED,
            now=now,
            public=False,
            body=flag.refusal,
            by="Firstpoint",
        )
    session.flush()
    return len(flags)


def _authorise(session: Session, actor: Actor, enquiry: Enquiry, flag: EnquiryUrgency, now: datetime) -> None:
    flag.authorised_at, flag.authorised_by_id, flag.authorised_by = now, actor.account_id, actor.name
    session.flush()
    enquiry.urgent_until = flag.deadline
    enquiry.next_action_at = min(enquiry.next_action_at or flag.deadline, flag.deadline)
    touch(enquiry, actor, now=now)
    enter(
        session,
        enquiry,
        actor,
        EntryKind.URGENT,
        now=now,
        public=False,
        body=flag.reason,
        by=actor.name,
        until=flag.deadline,
    )


def _asked(session: Session, reference: str) -> tuple[Enquiry, EnquiryUrgency]:
    enquiry = locked(session, reference, version=None)
    flag = _current(session, enquiry)
    if flag is None or flag.authorised_at is not None:
        raise NotFound(N_("Nobody has asked for this to be urgent"))
    return enquiry, flag


def _current(session: Session, enquiry: Enquiry) -> EnquiryUrgency | None:
    current = (EnquiryUrgency.refused_at.is_(None), EnquiryUrgency.ended_at.is_(None))
    query = select(EnquiryUrgency).where(EnquiryUrgency.enquiry_id == enquiry.id, *current)
    return session.scalar(query.with_for_update())


def is_authority(session: Session, actor: Actor) -> bool:
    """Whether this person may authorise urgent work: by their role, or because it was given to them in person."""
    if may(actor, Permission.ENQUIRIES_URGENT):
        return True
    return may(actor, Permission.ENQUIRIES_VIEW) and decides(session, actor, Authority.APPROVE_URGENT)


def _must_decide(session: Session, actor: Actor) -> None:
    if not is_authority(session, actor):
        raise NotAllowed(N_("Only somebody with the authority can say that it is urgent"))
