"""What the monitoring desk does about it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.enquiries import services as enquiries
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import Actor
from app.kernel.errors import NotAllowed


def assign_from_desk(
    session: Session, actor: Actor, reference: str, *, to_account: UUID, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """Give a stuck enquiry to somebody who will move it. The customer is told who has it now."""
    if not may(actor, Permission.OVERSIGHT_ACT, Permission.ENQUIRIES_ASSIGN):
        raise NotAllowed
    row = enquiries.assign_for_customer(
        session, actor, reference, to_account=to_account, reason=reason, version=version, now=now
    )
    audit.record(session, actor, "oversight.assigned", "enquiry", row.id, now=now, to=to_account)
    return row
