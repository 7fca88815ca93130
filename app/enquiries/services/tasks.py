"""What has to be done for an enquiry, step by step. Any member of staff who works on enquiries may add a task or tick one off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.enquiries.enums import EntryKind
from app.enquiries.models import Enquiry, EnquiryTask
from app.enquiries.policy import OPEN
from app.enquiries.services.core import enter, locked, locked_by_id, may_speak, required, touch
from app.kernel.actors import SYSTEM, Actor
from app.kernel.errors import Conflict, Invalid, NotFound
from app.kernel.i18n import N_

LONGEST = 200


def add_task(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    title: str,
    due_at: datetime | None = None,
    assignee_id: UUID | None = None,
    now: datetime,
) -> UUID:
    """Another thing to be done, by this person if one is named."""
    may_speak(actor)
    enquiry = locked(session, reference, version=None)
    words = required("title", title, N_("Say what has to be done"))
    if len(words) > LONGEST:
        raise Invalid({"title": N_("Your text is too long")})
    if enquiry.state not in OPEN:
        raise Conflict(N_("This enquiry is finished"))
    if due_at is not None and due_at <= now:
        raise Invalid({"due_at": N_("Choose a day that is to come")})
    if assignee_id is not None and not accounts.account(session, assignee_id).active:
        raise Invalid({"assignee_id": N_("Choose somebody who works here")})
    last = select(func.coalesce(func.max(EnquiryTask.position), 0)).where(EnquiryTask.enquiry_id == enquiry.id)
    task = EnquiryTask(
        enquiry_id=enquiry.id, position=(session.scalar(last) or 0) + 1, title=words, due_at=due_at, assignee_id=assignee_id,
        created_at=now, created_by=actor.name,
    )  # fmt: skip
    session.add(task)
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.TASK_ADDED, now=now, public=False, body=words)
    session.flush()
    return task.id


def finish_task(session: Session, actor: Actor, reference: str, task_id: UUID, *, now: datetime) -> None:
    """It is done. Ticking it off twice is once."""
    enquiry, task = _open_task(session, actor, reference, task_id)
    if task is None:
        return
    task.done_at, task.ended_by = now, actor.name
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.TASK_DONE, now=now, public=False, body=task.title)
    session.flush()


def drop_task(session: Session, actor: Actor, reference: str, task_id: UUID, *, reason: str, now: datetime) -> None:
    """It need not be done, and here is why."""
    why = required("reason", reason, N_("Say why it need not be done"))
    enquiry, task = _open_task(session, actor, reference, task_id)
    if task is None:
        return
    task.dropped_at, task.dropped_because, task.ended_by = now, why, actor.name
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.TASK_DROPPED, now=now, public=False, body=f"{task.title}: {why}")
    session.flush()


def open_tasks(session: Session, enquiry: Enquiry) -> list[EnquiryTask]:
    """What is still to be done, in order."""
    mine = (EnquiryTask.enquiry_id == enquiry.id, EnquiryTask.done_at.is_(None), EnquiryTask.dropped_at.is_(None))
    return list(session.scalars(select(EnquiryTask).where(*mine).order_by(EnquiryTask.position, EnquiryTask.id)))


def tasks_of_the_absent(session: Session, account_id: UUID, *, now: datetime) -> int:
    """What an absent person was to do is nobody's in particular again; says how many."""
    theirs = (EnquiryTask.assignee_id == account_id, EnquiryTask.done_at.is_(None), EnquiryTask.dropped_at.is_(None))
    found = session.scalars(select(EnquiryTask).where(*theirs).order_by(EnquiryTask.id).with_for_update()).all()
    for task in found:
        task.assignee_id = None
        touch(locked_by_id(session, task.enquiry_id), SYSTEM, now=now)
    session.flush()
    return len(found)


def _open_task(session: Session, actor: Actor, reference: str, task_id: UUID) -> tuple[Enquiry, EnquiryTask | None]:
    may_speak(actor)
    enquiry = locked(session, reference, version=None)
    task = session.get(EnquiryTask, task_id, with_for_update=True, populate_existing=True)
    if task is None or task.enquiry_id != enquiry.id:
        raise NotFound
    return enquiry, task if task.done_at is None and task.dropped_at is None else None
