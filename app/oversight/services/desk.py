"""Claim, re-route, escalate, assign: what the desk does with an enquiry from each of its lists."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.enquiries import queries as enquiry_queries
from app.enquiries import services as enquiries
from app.enquiries.enums import State
from app.enquiries.rows import EnquiryRow
from app.enquiries.services import desk as of_desk
from app.handoffs import queries as handoff_queries
from app.handoffs import services as handoffs
from app.handoffs.enums import HandoffState
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotAllowed, Stale
from app.kernel.i18n import N_
from app.notifications import services as notifications
from app.notifications.enums import Template
from app.oversight.queries.people import heads_of


def assign_from_desk(
    session: Session, actor: Actor, reference: str, *, to_account: UUID, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """Give a stuck enquiry to somebody who will move it. The customer is told who has it now."""
    seen = _take_back_offer(session, actor, reference, reason=reason, version=version, now=now)
    row = enquiries.assign_for_customer(
        session, actor, reference, to_account=to_account, reason=reason, version=seen, now=now
    )
    audit.record(session, actor, "oversight.assigned", "enquiry", row.id, now=now, to=to_account)
    return row


def claim(session: Session, actor: Actor, reference: str, *, version: int | None, now: datetime) -> EnquiryRow:
    """I take it myself, from wherever it is."""
    why = "Claimed at the monitoring desk"
    seen = _take_back_offer(session, actor, reference, reason=why, version=version, now=now)
    row = of_desk.claim_for_desk(session, actor, reference, version=seen, now=now)
    audit.record(session, actor, "oversight.claimed", "enquiry", row.id, now=now)
    return row


def reroute(
    session: Session, actor: Actor, reference: str, *, queue: str, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """Into the queue where it belongs."""
    seen = _take_back_offer(session, actor, reference, reason=reason, version=version, now=now)
    row = of_desk.reroute_from_desk(session, actor, reference, queue=queue, reason=reason, version=seen, now=now)
    audit.record(session, actor, "oversight.rerouted", "enquiry", row.id, now=now, queue=queue)
    return row


def escalate(
    session: Session, actor: Actor, reference: str, *, reason: str, version: int | None, now: datetime
) -> EnquiryRow:
    """Tell the head of the unit that has it, by e-mail; it stays with whoever has it, to be looked at by tomorrow."""
    may_act(actor)
    before = enquiry_queries.enquiry(session, actor, reference)
    heads = heads_of(session, before.unit_id)
    if not heads:
        raise Conflict(N_("Nobody leads %(unit)s. Give the enquiry to somebody instead"), unit=before.unit_name)
    names = ", ".join(head.name for head in heads)
    row = of_desk.escalate_from_desk(session, actor, reference, reason=reason, to=names, version=version, now=now)
    for head in heads:
        notifications.queue_message(
            session, Template.OVERSIGHT_ESCALATED, to=head.email, locale=head.locale, account_id=head.id,
            context={
                "name": head.name, "reference": row.reference, "service": row.service_name, "reason": reason.strip(),
                "promised_on": row.promised_at, "path": f"/console/enquiries/{row.reference}",
            },
            about=("escalation", row.id), now=now,
        )  # fmt: skip
    audit.record(session, actor, "oversight.escalated", "enquiry", row.id, now=now, to=[head.id for head in heads])
    return row


def _take_back_offer(
    session: Session, actor: Actor, reference: str, *, reason: str, version: int | None, now: datetime
) -> int | None:
    """What is only offered to a service is taken back first; what it has accepted is not. Returns the version seen from here."""
    may_act(actor)
    row = enquiry_queries.enquiry(session, actor, reference)
    if row.state is not State.WITH_SERVICE:
        return version
    if version is not None and version != row.version:
        raise Stale
    if not reason.strip():
        raise Invalid({"reason": N_("Say why you take it back from the service")})
    offers = handoff_queries.handoffs_of(session, actor, reference)
    offered = next((offer for offer in offers if offer.state is HandoffState.OFFERED), None)
    if offered is None:
        raise Conflict(N_("The service has accepted it. Escalate it to the head of the service instead"))
    handoffs.recall(session, actor, offered.id, reason=reason, now=now)
    return None


def may_act(actor: Actor) -> None:
    """Raises NotAllowed for whoever neither watches over everything nor gives work to others."""
    if not may(actor, Permission.OVERSIGHT_ACT, Permission.ENQUIRIES_ASSIGN):
        raise NotAllowed
