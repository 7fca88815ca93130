"""A handoff never outlives what it is about, and whatever happens to it is told to its unit's system."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.customers.rows import Stake
from app.customers.stakes import Stakes
from app.enquiries.enums import State
from app.enquiries.events import EnquiryStateChanged
from app.enquiries.models import Enquiry
from app.enquiries.policy import FINISHED
from app.handoffs.enums import DeliveryState, HandoffState
from app.handoffs.events import (
    HandoffAccepted,
    HandoffCompleted,
    HandoffConfirmed,
    HandoffDeclined,
    HandoffEvent,
    HandoffExpired,
    HandoffOffered,
    HandoffRecalled,
    HandoffReturned,
    HandoffStarted,
)
from app.handoffs.models import Handoff
from app.handoffs.services import feed, links, referrals
from app.kernel.events import Bus, publish
from app.kernel.i18n import N_
from app.notifications.events import NotificationFailed

TOLD = (
    HandoffOffered, HandoffAccepted, HandoffStarted, HandoffDeclined, HandoffReturned, HandoffRecalled, HandoffExpired,
    HandoffCompleted, HandoffConfirmed,
)  # fmt: skip
ENDS_AS: dict[HandoffState, tuple[HandoffState, type[HandoffEvent]]] = {
    HandoffState.OFFERED: (HandoffState.RECALLED, HandoffRecalled),
    HandoffState.ACCEPTED: (HandoffState.RETURNED, HandoffReturned),
    HandoffState.IN_WORK: (HandoffState.RETURNED, HandoffReturned),
}


def register(bus: Bus) -> None:
    bus.provided(Stakes).add(at_stake)
    bus.on(EnquiryStateChanged, left_the_service)
    bus.on(EnquiryStateChanged, came_to_an_end)
    bus.on(NotificationFailed, offer_did_not_arrive)
    for kind in TOLD:
        bus.on(kind, feed.record)
    bus.on(HandoffOffered, links.send_if_by_email)


def at_stake(session: Session, records: Collection[UUID], accounts: Collection[UUID]) -> Iterable[Stake]:
    """What services work on for a customer: it goes with the enquiries."""
    filed = or_(
        Enquiry.source_record_id.in_(records), Enquiry.concerns_record_id.in_(records), Enquiry.account_id.in_(accounts)
    )  # fmt: skip
    with_services = select(func.count()).select_from(Handoff).join(Enquiry, Enquiry.id == Handoff.enquiry_id)
    count = session.scalar(with_services.where(filed, Handoff.state.in_(ENDS_AS)))
    yield Stake(N_("Handoffs that services work on"), count or 0)


def left_the_service(session: Session, event: EnquiryStateChanged) -> None:
    """An enquiry that goes on without the service takes its offer, or what the service had begun, back with it."""
    if event.old is not State.WITH_SERVICE:
        return
    for handoff in _of(session, event, *ENDS_AS):
        state, told = ENDS_AS[handoff.state]
        handoff.state, handoff.reason, handoff.ended_at = state, event.new.label, event.at
        handoff.version += 1
        session.flush()
        publish(session, told(handoff.id, handoff.enquiry_id, event.at))


def came_to_an_end(session: Session, event: EnquiryStateChanged) -> None:
    """What was prepared for an enquiry that is finished is thrown away, and nobody needs to answer about it."""
    if event.new not in FINISHED:
        return
    for draft in _of(session, event, HandoffState.DRAFT):
        draft.state, draft.reason, draft.ended_at = HandoffState.RECALLED, event.new.label, event.at
        draft.version += 1
    session.flush()
    referrals.withdraw_all_of(session, event.enquiry_id, now=event.at)


def offer_did_not_arrive(session: Session, event: NotificationFailed) -> None:
    """The e-mail with the offer came back: the offer shows so, and stands where deliveries are looked after."""
    if event.about is None or event.about[0] != "handoff":
        return
    handoff = session.get(Handoff, event.about[1], with_for_update=True)
    if handoff is not None and handoff.state is HandoffState.OFFERED:
        handoff.delivery, handoff.delivery_error, handoff.tried_at = DeliveryState.FAILED, event.reason, event.at


def _of(session: Session, event: EnquiryStateChanged, *states: HandoffState) -> list[Handoff]:
    query = select(Handoff).where(Handoff.enquiry_id == event.enquiry_id, Handoff.state.in_(states))
    return list(session.scalars(query.order_by(Handoff.id).with_for_update()))
