"""What a handoff does to its enquiry. The handoffs room above decides; the enquiry's own rules still hold."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.enquiries.enums import Disposition, EntryKind, State
from app.enquiries.models import Enquiry
from app.enquiries.queries.reading import enquiry_row
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.core import (
    enter,
    heard,
    locked_by_id,
    move,
    note_place,
    tell,
    tomorrow,
    touch,
    work_by,
)  # fmt: skip
from app.enquiries.services.ending import settle
from app.enquiries.services.moves import put_into_queue, take
from app.enquiries.services.picking_up import release
from app.kernel.actors import Actor
from app.notifications.enums import Template
from app.organisation.policy import MONITORING_QUEUE
from app.organisation.rows import UnitRow


def handoff_offered(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    unit: UnitRow,
    answer_by: datetime,
    brief: str,
    version: int | None,
    now: datetime,
) -> EnquiryRow:
    """The enquiry is offered to a unit. Its owner, the sender, stays accountable; the promise stays as it is."""
    enquiry = take(session, actor, reference, version, now)
    move(session, enquiry, actor, State.WITH_SERVICE, now=now, next_action_at=answer_by)
    enter(session, enquiry, actor, EntryKind.HANDOFF_OFFERED, now=now, public=False, body=brief, unit=unit.name)
    session.flush()
    return enquiry_row(session, enquiry)


def handoff_accepted(
    session: Session, actor: Actor, enquiry_id: UUID, *, unit: UnitRow, officer_id: UUID, now: datetime
) -> None:
    """From here the unit's officer is accountable, and the customer is told who has it."""
    enquiry = locked_by_id(session, enquiry_id)
    enquiry.owner_id, enquiry.unit_id, enquiry.held_since = officer_id, unit.id, now
    enquiry.next_action_at = work_by(session, enquiry, now)
    touch(enquiry, actor, now=now)
    session.flush()
    note_place(session, enquiry, now=now)
    enter(session, enquiry, actor, EntryKind.HANDOFF_ACCEPTED, now=now, unit=unit.name)
    tell(session, enquiry, Template.ENQUIRY_ACCEPTED, now=now)
    heard(session, enquiry, actor, now=now)
    session.flush()


def handoff_started(session: Session, actor: Actor, enquiry_id: UUID, *, unit: UnitRow, now: datetime) -> None:
    """The unit works on it."""
    enquiry = locked_by_id(session, enquiry_id)
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.HANDOFF_STARTED, now=now, unit=unit.name)
    session.flush()


def handoff_back(
    session: Session,
    actor: Actor,
    enquiry_id: UUID,
    *,
    sender_id: UUID,
    sender_unit_id: UUID,
    unit: UnitRow,
    kind: EntryKind,
    reason: str,
    now: datetime,
) -> None:
    """Declined, returned, recalled or expired: the sender has it again, or a queue of theirs if they are gone."""
    enquiry = locked_by_id(session, enquiry_id)
    if not accounts.account(session, sender_id).active:
        enter(session, enquiry, actor, kind, now=now, public=False, body=reason, unit=unit.name)
        enquiry.unit_id = sender_unit_id
        release(session, enquiry, gone=sender_id, now=now)
        session.flush()
        return
    move(
        session, enquiry, actor, State.RETURNED, now=now, owner_id=sender_id, unit_id=sender_unit_id,
        next_action_at=tomorrow(session, enquiry, now),
    )  # fmt: skip
    enter(session, enquiry, actor, kind, now=now, public=False, body=reason, unit=unit.name)
    session.flush()


def handoff_escalated(session: Session, actor: Actor, enquiry_id: UUID, *, reason: str, now: datetime) -> None:
    """It came back too often: the monitoring desk takes it."""
    enquiry = locked_by_id(session, enquiry_id)
    put_into_queue(session, actor, enquiry, queue=MONITORING_QUEUE, reason="", now=now)
    enter(session, enquiry, actor, EntryKind.ESCALATED, now=now, public=False, body=reason)
    session.flush()


def referral_noted(
    session: Session, actor: Actor, enquiry_id: UUID, *, kind: EntryKind, unit: UnitRow, words: str, now: datetime
) -> None:
    """Another unit was asked for its part, or gave it. The line is for colleagues; nothing about the enquiry moves."""
    enquiry = locked_by_id(session, enquiry_id)
    enter(session, enquiry, actor, kind, now=now, public=False, body=words, unit=unit.name)
    session.flush()


def handoff_completed(
    session: Session,
    actor: Actor,
    enquiry_id: UUID,
    *,
    unit: UnitRow,
    disposition: Disposition,
    text: str,
    now: datetime,
) -> None:
    """The unit has done it; the customer reads the text."""
    enquiry: Enquiry = locked_by_id(session, enquiry_id)
    settle(
        session,
        actor,
        enquiry,
        disposition=disposition,
        text=text,
        kind=EntryKind.HANDOFF_COMPLETED,
        now=now,
        unit=unit.name,
    )
