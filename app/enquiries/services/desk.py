"""What the monitoring desk does to an enquiry wherever it is. The desk asks who may; the state rules hold here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.enquiries.enums import EntryKind
from app.enquiries.policy import OPEN
from app.enquiries.queries.reading import enquiry_row
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.core import enter, locked, required, tell, tomorrow, touch
from app.enquiries.services.moves import give_to, put_into_queue
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, NotAllowed
from app.kernel.i18n import N_
from app.notifications.enums import Template
from app.organisation.policy import MONITORING_QUEUE


def claim_for_desk(session: Session, actor: Actor, reference: str, *, version: int | None, now: datetime) -> EnquiryRow:
    """The desk's own person takes it, wherever it is."""
    enquiry = locked(session, reference, version=version)
    if actor.account_id is None:
        raise NotAllowed
    give_to(session, actor, enquiry, to_account=actor.account_id, now=now)
    return enquiry_row(session, enquiry)


def reroute_from_desk(
    session: Session, actor: Actor, reference: str, *, queue: str, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """Into the queue where it belongs; the reason stays in the timeline, for colleagues."""
    enquiry = locked(session, reference, version=version)
    why = required("reason", reason, N_("Say why it goes there"))
    put_into_queue(session, actor, enquiry, queue=queue, reason=why, now=now)
    return enquiry_row(session, enquiry)


def escalate_from_desk(
    session: Session, actor: Actor, reference: str, *, reason: str, to: str, version: int | None, now: datetime
) -> EnquiryRow:
    """It stays where it is, and `to` (names) are asked to see to it by tomorrow."""
    enquiry = locked(session, reference, version=version)
    why = required("reason", reason, N_("Say what has to happen"))
    if enquiry.state not in OPEN:
        raise Conflict(N_("This enquiry is finished"))
    soon = tomorrow(session, enquiry, now)
    enquiry.next_action_at = min(enquiry.next_action_at or soon, soon)
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.ESCALATED, now=now, public=False, body=why, to=to)
    session.flush()
    return enquiry_row(session, enquiry)


def explain_from_desk(
    session: Session, actor: Actor, reference: str, *, text: str, of: str, version: int | None, now: datetime
) -> EnquiryRow:
    """A note that says why what the desk sees (`of`) needs nothing more; colleagues read it."""
    enquiry = locked(session, reference, version=version)
    said = required("text", text, N_("Say why it needs nothing more"))
    touch(enquiry, actor, now=now)
    enter(session, enquiry, actor, EntryKind.NOTE, now=now, public=False, body=said, explains=of)
    session.flush()
    return enquiry_row(session, enquiry)


def put_back_from_desk(
    session: Session,
    actor: Actor,
    reference: str,
    *,
    queue: str | None,
    to_account: UUID | None,
    told: bool,
    version: int | None,
    now: datetime,
) -> EnquiryRow:
    """Back to the person, or into the queue, where it was. Whoever was `told` who has it is told again."""
    enquiry = locked(session, reference, version=version)
    if to_account is not None:
        give_to(session, actor, enquiry, to_account=to_account, now=now)
    else:
        put_into_queue(session, actor, enquiry, queue=queue or MONITORING_QUEUE, reason="", now=now)
    if told:
        tell(session, enquiry, Template.ENQUIRY_REASSIGNED, now=now)
    session.flush()
    return enquiry_row(session, enquiry)
