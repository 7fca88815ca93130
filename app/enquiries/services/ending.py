"""How an enquiry ends, and how it comes back."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enquiries import policy
from app.enquiries.enums import Disposition, EntryKind, State
from app.enquiries.errors import OpenTasks
from app.enquiries.models import Enquiry
from app.enquiries.queries.reading import enquiry_row
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.core import enter, heard, locked, may_speak, may_work, move, required, tell
from app.enquiries.services.messages import reopen_from
from app.enquiries.services.moves import take
from app.enquiries.services.tasks import open_tasks
from app.kernel.actors import SYSTEM, Actor
from app.kernel.errors import Conflict, Invalid, NotAllowed
from app.kernel.i18n import N_
from app.notifications.enums import Template


def resolve(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    disposition: Disposition,
    text: str,
    despite_tasks: bool = False,
    version: int | None,
    now: datetime,
) -> EnquiryRow:
    """It is settled. The text is what the customer will read. From its second reopening on, another person has to resolve it.

    With tasks still open it raises OpenTasks, unless whoever resolves it says that they do not matter: they are then dropped.
    """
    enquiry = take(session, actor, reference, version, now)
    open_ones = open_tasks(session, enquiry)
    if open_ones and not despite_tasks:
        raise OpenTasks(tuple(task.title for task in open_ones))
    settle(session, actor, enquiry, disposition=disposition, text=text, kind=EntryKind.RESOLVED, now=now)
    return enquiry_row(session, enquiry)


def drop_open_tasks(session: Session, actor: Actor, enquiry: Enquiry, *, now: datetime) -> None:
    """What is still to be done for a finished enquiry is not to be done any more."""
    for task in open_tasks(session, enquiry):
        task.dropped_at, task.dropped_because, task.ended_by = (
            now,
            "The enquiry was finished",
            actor.name or "Firstpoint",
        )
    session.flush()


def settle(
    session: Session,
    actor: Actor,
    enquiry: Enquiry,
    *,
    disposition: Disposition,
    text: str,
    kind: EntryKind,
    now: datetime,
    **detail: Any,
) -> None:
    """Resolve what is held already; for the rooms above, which have asked who may do it."""
    outcome = required("text", text, N_("Write what the customer will read"))
    if disposition not in policy.RESOLVING:
        raise Invalid({"disposition": N_("Choose how it ended")})
    if policy.needs_another_reviewer(enquiry.reopened_count) and enquiry.resolved_by_id == actor.account_id:
        raise NotAllowed(N_("This enquiry was opened again more than once. Somebody else has to resolve it this time"))
    move(
        session, enquiry, actor, State.RESOLVED, now=now, disposition=disposition, outcome=outcome, resolved_at=now,
        resolved_by_id=actor.account_id, due_at=None, asked="",
    )  # fmt: skip
    enter(session, enquiry, actor, kind, now=now, body=outcome, **detail)
    tell(session, enquiry, Template.ENQUIRY_FINISHED, now=now, outcome=outcome)
    heard(session, enquiry, actor, now=now)
    drop_open_tasks(session, actor, enquiry, now=now)
    session.flush()


def close(session: Session, actor: Actor, reference: str, *, version: int | None, now: datetime) -> EnquiryRow:
    """Nobody came back to it. Normally the job does this some days after it was resolved."""
    enquiry = locked(session, reference, version=version)
    may_work(session, actor, enquiry, now=now)
    _close(session, actor, enquiry, now=now)
    return enquiry_row(session, enquiry)


def close_resolved(session: Session, *, after: timedelta, now: datetime, batch: int = 200) -> int:
    """Close a batch of what was resolved long enough ago; says how many. What another worker holds is left to it."""
    query = (
        select(Enquiry)
        .where(Enquiry.state == State.RESOLVED, Enquiry.resolved_at <= now - after)
        .order_by(Enquiry.resolved_at, Enquiry.id)
        .limit(batch)
        .with_for_update(skip_locked=True)
    )
    enquiries = session.scalars(query).all()
    for enquiry in enquiries:
        _close(session, SYSTEM, enquiry, now=now)
    return len(enquiries)


def reopen(
    session: Session, actor: Actor, reference: str, *, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """It was not settled after all: back into triage, with the promise as it was."""
    may_speak(actor)
    enquiry = locked(session, reference, version=version)
    text = required("reason", reason, N_("Say why it is opened again"))
    if enquiry.state not in policy.FINISHED:
        raise Conflict(N_("This enquiry is open"))
    reopen_from(session, actor, enquiry, now=now)
    enter(session, enquiry, actor, EntryKind.REOPENED, now=now, body=text)
    session.flush()
    return enquiry_row(session, enquiry)


def withdraw(
    session: Session, actor: Actor, reference: str, *, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """The customer no longer wants it."""
    may_speak(actor)
    enquiry = locked(session, reference, version=version)
    if enquiry.state is State.WITH_SERVICE:
        raise Conflict(N_("The enquiry is with a service. Take it back first"))
    return _end(session, actor, enquiry, State.WITHDRAWN, Disposition.WITHDRAWN, reason=reason, now=now)


def redirect(
    session: Session, actor: Actor, reference: str, *, to: str, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """It is not for us; the customer is told who can help."""
    enquiry = _workable(session, actor, reference, version, now)
    place = required("to", to, N_("Say where the customer should go"))
    return _end(session, actor, enquiry, State.REDIRECTED, Disposition.REDIRECTED, reason=reason, now=now, to=place)


def mark_spam(
    session: Session, actor: Actor, reference: str, *, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """Nobody wants anything here. They are told, in case they did."""
    enquiry = _workable(session, actor, reference, version, now)
    return _end(session, actor, enquiry, State.SPAM, Disposition.SPAM, reason=reason, now=now)


def _workable(session: Session, actor: Actor, reference: str, version: int | None, now: datetime) -> Enquiry:
    enquiry = locked(session, reference, version=version)
    may_work(session, actor, enquiry, now=now)
    return enquiry


def _end(
    session: Session,
    actor: Actor,
    enquiry: Enquiry,
    state: State,
    disposition: Disposition,
    *,
    reason: str,
    now: datetime,
    **detail: Any,
) -> EnquiryRow:
    text = required("reason", reason, N_("Give a reason: the customer will read it"))
    move(
        session, enquiry, actor, state, now=now, disposition=disposition, outcome=text, resolved_at=now,
        resolved_by_id=actor.account_id, due_at=None, asked="",
    )  # fmt: skip
    enter(session, enquiry, actor, EntryKind(state.value), now=now, body=text, **detail)
    tell(session, enquiry, Template.ENQUIRY_FINISHED, now=now, outcome=text)
    heard(session, enquiry, actor, now=now)
    drop_open_tasks(session, actor, enquiry, now=now)
    session.flush()
    return enquiry_row(session, enquiry)


def _close(session: Session, actor: Actor, enquiry: Enquiry, *, now: datetime) -> None:
    move(session, enquiry, actor, State.CLOSED, now=now, closed_at=now)
    enter(session, enquiry, actor, EntryKind.CLOSED, now=now)
    session.flush()
