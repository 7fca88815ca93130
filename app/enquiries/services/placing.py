"""What routing and the monitoring desk, the rooms above, do to where an enquiry is. They ask who may; the state rules hold here."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.enquiries.enums import EntryKind
from app.enquiries.models import Enquiry
from app.enquiries.policy import IN_A_QUEUE
from app.enquiries.queries.reading import enquiry_row
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.core import enter, heard, locked, locked_by_id, required, tell
from app.enquiries.services.moves import give_to, put_into_queue
from app.kernel.actors import Actor
from app.kernel.i18n import N_
from app.notifications.enums import Template


def place_in_queue(session: Session, actor: Actor, enquiry_id: UUID, *, queue: str, now: datetime) -> None:
    """Route a new enquiry into its queue."""
    put_into_queue(session, actor, locked_by_id(session, enquiry_id), queue=queue, reason="", now=now)


def take_next(
    session: Session,
    actor: Actor,
    *,
    queue_ids: Sequence[UUID],
    to_account: UUID,
    service_ids: Sequence[UUID] | None = None,
    languages: Sequence[str] = (),
    now: datetime,
) -> EnquiryRow | None:
    """Give this person the most urgent one, then the one with the earliest promise; what another is taking now is passed over.

    Of services that need a skill, only `service_ids`; customers who write in one of the person's languages come before others.
    """
    foreign = Enquiry.locale.not_in(languages) if languages else literal(value=False)
    query = (
        select(Enquiry)
        .where(Enquiry.queue_id.in_(queue_ids), Enquiry.state.in_(IN_A_QUEUE))
        .order_by(foreign, Enquiry.urgent_until.asc().nulls_last(), Enquiry.promised_at, Enquiry.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if service_ids is not None:
        query = query.where(Enquiry.service_id.in_(service_ids))
    enquiry = session.scalar(query)
    if enquiry is None:
        return None
    give_to(session, actor, enquiry, to_account=to_account, now=now)
    return enquiry_row(session, enquiry)


def assign_for_customer(
    session: Session, actor: Actor, reference: str, *, to_account: UUID, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """The monitoring desk gives a stuck enquiry to somebody, and the customer is told who has it now."""
    enquiry = locked(session, reference, version=version)
    why = required("reason", reason, N_("Say why it is given to somebody else"))
    give_to(session, actor, enquiry, to_account=to_account, now=now)
    enter(session, enquiry, actor, EntryKind.NOTE, now=now, public=False, body=why)
    tell(session, enquiry, Template.ENQUIRY_REASSIGNED, now=now)
    heard(session, enquiry, actor, now=now)
    session.flush()
    return enquiry_row(session, enquiry)
