"""Routing hears of every new enquiry and sends it on at once, and of queues that close."""

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from app.enquiries import services as enquiries
from app.enquiries.events import EnquiryReceived
from app.kernel.actors import SYSTEM
from app.kernel.errors import Conflict
from app.kernel.events import Bus
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.events import QueueClosing
from app.routing import assigning_subscribers, queries, services
from app.routing.models import RoutingRule


def register(bus: Bus) -> None:
    bus.on(EnquiryReceived, route)
    bus.on(QueueClosing, keep_rules_leading_somewhere)
    assigning_subscribers.register(bus)


def route(session: Session, event: EnquiryReceived) -> None:
    """Put it into the queue that the table says, and keep why."""
    facts = queries.facts_of(session, event.enquiry_id, at=event.at)
    decision = queries.decide(session, organisation.service(session, event.service_id), facts)
    services.record_decision(session, event.enquiry_id, decision, now=event.at)
    enquiries.place_in_queue(session, SYSTEM, event.enquiry_id, queue=decision.queue_slug, now=event.at)


def keep_rules_leading_somewhere(session: Session, event: QueueClosing) -> None:
    """No queue closes while the table still leads to it."""
    leads = or_(RoutingRule.queue_id == event.queue_id, RoutingRule.cover_queue_id == event.queue_id)
    if session.scalar(select(exists().where(leads))):
        raise Conflict(N_("The routing table still leads to this queue. Send what arrives elsewhere first"))
