"""What the desk does about something that did not arrive: send it once more, or say why it need not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.enquiries import queries as enquiry_queries
from app.enquiries.rows import EnquiryRow
from app.enquiries.services.desk import explain_from_desk
from app.handoffs import services as handoffs
from app.kernel.actors import Actor
from app.kernel.errors import Conflict
from app.kernel.i18n import N_
from app.notifications import services as notifications
from app.oversight.queries.deliveries import EXPLAINS, stuck_deliveries
from app.oversight.services.desk import may_act


def send_again(session: Session, actor: Actor, reference: str, *, now: datetime) -> int:
    """Try everything about an enquiry that is stuck once more, at once; says how many things that is. Conflict if nothing is."""
    may_act(actor)
    row = enquiry_queries.enquiry(session, actor, reference)
    stuck = stuck_deliveries(session, row.id, now=now)
    about = {each.handoff_id for each in stuck if each.handoff_id}
    count = notifications.send_now(session, ("enquiry", row.id), now=now)
    for handoff_id in sorted(about):
        count += notifications.send_now(session, ("handoff", handoff_id), now=now)
        count += _offer(session, actor, handoff_id, now)
    if not count:
        raise Conflict(N_("Nothing is left to send: it has arrived, or the service has answered"))
    audit.record(session, actor, "oversight.sent_again", "enquiry", row.id, now=now, count=count)
    return count


def explain_delivery(
    session: Session, actor: Actor, reference: str, *, text: str, version: int | None, now: datetime
) -> EnquiryRow:
    """It need not arrive, for this reason. What fails from now on is seen again."""
    may_act(actor)
    row = explain_from_desk(session, actor, reference, text=text, of=EXPLAINS, version=version, now=now)
    audit.record(session, actor, "oversight.delivery_explained", "enquiry", row.id, now=now)
    return row


def _offer(session: Session, actor: Actor, handoff_id: UUID, now: datetime) -> int:
    try:
        return handoffs.send_again(session, actor, handoff_id, now=now)
    except Conflict:
        return 0
