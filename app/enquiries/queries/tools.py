"""Reads of what hangs on an enquiry. Whoever asks by a reference is asked first whether they may see it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.accounts.policy import Permission, may
from app.enquiries.enums import State, Visibility
from app.enquiries.models import (
    Attachment,
    AttachmentContent,
    ChecklistStep,
    Enquiry,
    EnquiryLink,
    EnquiryPresence,
    EnquiryTask,
    EnquiryUrgency,
)
from app.enquiries.policy import OPEN, SEEN_FOR
from app.enquiries.queries.reading import Opened, enquiry_id_of, tracked_id
from app.enquiries.queries.restricted import unless_restricted
from app.enquiries.rows import EnquiryRow
from app.enquiries.tool_rows import FileContent, FileRow, JoinedRow, LinkRow, LookingRow, TaskRow, UrgencyRow
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Service

Other = aliased(Enquiry)


def tasks(session: Session, actor: Actor, enquiry: Opened) -> tuple[TaskRow, ...]:
    """What has to be done for it, in order; for staff."""
    key = _for_staff(session, actor, enquiry)
    query = _tasks().where(EnquiryTask.enquiry_id == key).order_by(EnquiryTask.position, EnquiryTask.id)
    return tuple(_task(row) for row in session.execute(query))


def my_tasks(session: Session, account_id: UUID, *, page: PageRequest) -> Page[TaskRow]:
    """Open tasks of open enquiries that this person is to do, the first due first."""
    query = _tasks().where(
        EnquiryTask.assignee_id == account_id, EnquiryTask.done_at.is_(None), EnquiryTask.dropped_at.is_(None),
        Enquiry.state.in_(OPEN),
    )  # fmt: skip
    found = fetch_page(session, query.order_by(EnquiryTask.due_at.asc().nulls_last(), EnquiryTask.id), page)
    return Page(tuple(_task(row) for row in found.items), found.total, found.number, found.size)


def checklist(session: Session, service_id: UUID) -> tuple[tuple[str, int | None], ...]:
    """The steps that an enquiry about this service begins with, and the working days of each."""
    query = select(ChecklistStep).where(ChecklistStep.service_id == service_id).order_by(ChecklistStep.position)
    return tuple((step.title, step.due_working_days) for step in session.scalars(query))


def links(session: Session, actor: Actor, enquiry: Opened) -> tuple[LinkRow, ...]:
    """What it has to do with others, from whichever end it was said; for staff."""
    key = _for_staff(session, actor, enquiry)
    there = case((EnquiryLink.from_id == key, EnquiryLink.to_id), else_=EnquiryLink.from_id)
    query = (
        select(EnquiryLink, Other.reference, Service.name, Other.state)
        .join(Other, Other.id == there)
        .join(Service, Service.id == Other.service_id)
        .where(or_(EnquiryLink.from_id == key, EnquiryLink.to_id == key))
        .order_by(EnquiryLink.at, EnquiryLink.id)
    )
    return tuple(
        LinkRow(
            link.id, link.kind.label if link.from_id == key else link.kind.reverse, other, service, state, link.by_name
        )
        for link, other, service, state in session.execute(query)
    )


def joined_to(session: Session, actor: Actor, enquiry: Opened) -> tuple[JoinedRow, ...]:
    """The enquiries that were joined to this one: their customers hear what becomes of it."""
    key = _for_staff(session, actor, enquiry)
    query = select(Enquiry).where(Enquiry.duplicate_of_id == key, Enquiry.state == State.DUPLICATE)
    columns = (Enquiry.reference, unless_restricted(Enquiry.raiser_name), Enquiry.received_at, Enquiry.resolved_at)
    found = session.execute(query.with_only_columns(*columns).order_by(Enquiry.received_at, Enquiry.id))
    return tuple(JoinedRow(*each) for each in found)


def files(session: Session, actor: Actor, enquiry: Opened, *, email: str | None = None) -> tuple[FileRow, ...]:
    """Its files, the first first. Customers see what is meant for them and is not hidden; staff see that a file was hidden, and why."""
    key = _seen(session, actor, enquiry, email)
    query = select(Attachment).where(Attachment.enquiry_id == key).order_by(Attachment.at, Attachment.id)
    if isinstance(enquiry, EnquiryRow) and enquiry.hidden:
        return ()
    if not _is_staff(actor):
        query = query.where(Attachment.visibility == Visibility.PUBLIC, Attachment.hidden_at.is_(None))
    return tuple(
        FileRow(
            a.id, a.name, a.type, a.size, a.at, a.actor_name, a.actor_kind in {ActorKind.RESIDENT, ActorKind.PUBLIC},
            a.visibility, a.hidden_because,
        )
        for a in session.scalars(query)
    )  # fmt: skip


def file_content(
    session: Session, actor: Actor, reference: str, file_id: UUID, *, email: str | None = None
) -> FileContent:
    """The bytes of a file. NotFound for another's, for one that is not for the customer, and for a hidden one."""
    key = _seen(session, actor, reference, email)
    query = (
        select(Attachment, AttachmentContent.content)
        .join(AttachmentContent, AttachmentContent.digest == Attachment.digest)
        .where(Attachment.id == file_id, Attachment.enquiry_id == key, Attachment.hidden_at.is_(None))
    )
    if not _is_staff(actor):
        query = query.where(Attachment.visibility == Visibility.PUBLIC)
    row = session.execute(query).first()
    if row is None:
        raise NotFound
    return FileContent(row[0].name, row[0].type.mime, row[0].digest, row[1])


def urgency(session: Session, actor: Actor, enquiry: Opened) -> UrgencyRow | None:
    """The flag that it has, or that was asked for; None for an ordinary enquiry."""
    key = _for_staff(session, actor, enquiry)
    row = session.execute(_urgencies().where(EnquiryUrgency.enquiry_id == key)).first()
    return None if row is None else _urgency(row)


def urgent(session: Session, *, waiting: bool = False, page: PageRequest) -> Page[UrgencyRow]:
    """Everything urgent, the nearest deadline first; with `waiting`, what was asked for and nobody has authorised."""
    authorised = EnquiryUrgency.authorised_at
    query = _urgencies().where(authorised.is_(None) if waiting else authorised.is_not(None), Enquiry.state.in_(OPEN))
    found = fetch_page(session, query.order_by(EnquiryUrgency.deadline, EnquiryUrgency.id), page)
    return Page(tuple(_urgency(row) for row in found.items), found.total, found.number, found.size)


def urgent_counts(session: Session, *, now: datetime) -> tuple[int, int, int]:
    """How many are urgent, how many of them past their deadline, and for how many it was asked and not answered."""
    current = (EnquiryUrgency.refused_at.is_(None), EnquiryUrgency.ended_at.is_(None))
    authorised = EnquiryUrgency.authorised_at.is_not(None)
    query = select(
        func.count().filter(authorised), func.count().filter(authorised, EnquiryUrgency.deadline <= now),
        func.count().filter(~authorised),
    ).where(*current)  # fmt: skip
    row = session.execute(query).one()
    return row[0], row[1], row[2]


def looking_at(session: Session, actor: Actor, enquiry: Opened, *, now: datetime) -> tuple[LookingRow, ...]:
    """Which colleagues have it on the screen now, who came first first. For staff."""
    key = _for_staff(session, actor, enquiry)
    query = (
        select(EnquiryPresence.account_id, Account.name, EnquiryPresence.since)
        .join(Account, Account.id == EnquiryPresence.account_id)
        .where(
            EnquiryPresence.enquiry_id == key, EnquiryPresence.seen_at > now - SEEN_FOR,
            EnquiryPresence.account_id != actor.account_id,
        )
        .order_by(EnquiryPresence.since, EnquiryPresence.account_id)
    )  # fmt: skip
    return tuple(LookingRow(*row) for row in session.execute(query))


def file_counts(session: Session, enquiry_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many files each of these has."""
    query = select(Attachment.enquiry_id, func.count()).where(Attachment.enquiry_id.in_(enquiry_ids))
    return {row[0]: row[1] for row in session.execute(query.group_by(Attachment.enquiry_id))}


def _for_staff(session: Session, actor: Actor, enquiry: Opened) -> UUID:
    if not _is_staff(actor):
        raise NotFound
    return enquiry_id_of(session, actor, enquiry)


def _is_staff(actor: Actor) -> bool:
    return actor.kind in {ActorKind.STAFF, ActorKind.SYSTEM} and may(actor, Permission.ENQUIRIES_VIEW)


def _seen(session: Session, actor: Actor, enquiry: Opened, email: str | None) -> UUID:
    if email and isinstance(enquiry, str):
        return tracked_id(session, enquiry, email)
    return enquiry_id_of(session, actor, enquiry)


def _tasks() -> Select[*tuple[Any, ...]]:
    return (
        select(EnquiryTask, Enquiry.reference, func.coalesce(Account.name, ""))
        .join(Enquiry, Enquiry.id == EnquiryTask.enquiry_id)
        .outerjoin(Account, Account.id == EnquiryTask.assignee_id)
    )


def _task(row: Any) -> TaskRow:
    task, reference, assignee = row
    return TaskRow(
        task.id, reference, task.title, task.due_at, task.assignee_id, assignee, task.from_checklist, task.done_at,
        task.dropped_at, task.dropped_because, task.ended_by,
    )  # fmt: skip


def _urgencies() -> Select[*tuple[Any, ...]]:
    return (
        select(EnquiryUrgency, Enquiry.reference, Service.name)
        .join(Enquiry, Enquiry.id == EnquiryUrgency.enquiry_id)
        .join(Service, Service.id == Enquiry.service_id)
        .where(EnquiryUrgency.refused_at.is_(None), EnquiryUrgency.ended_at.is_(None))
    )


def _urgency(row: Any) -> UrgencyRow:
    flag, reference, service = row
    return UrgencyRow(
        flag.id, reference, service, flag.reason, flag.deadline, flag.asked_at, flag.asked_by_id, flag.asked_by,
        flag.authorised_at, flag.authorised_by,
    )  # fmt: skip
