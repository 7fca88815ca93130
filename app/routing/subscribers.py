"""Routing hears of every new enquiry and sends it on at once."""

from sqlalchemy.orm import Session

from app.enquiries import services as enquiries
from app.enquiries.events import EnquiryReceived
from app.kernel.actors import SYSTEM
from app.kernel.events import Bus
from app.organisation import queries as organisation
from app.routing import queries, services


def register(bus: Bus) -> None:
    bus.on(EnquiryReceived, route)


def route(session: Session, event: EnquiryReceived) -> None:
    """Put it into the queue that the table says."""
    decision = queries.decide(session, organisation.service(session, event.service_id), event.channel)
    if decision.rule_id is not None:
        services.count_hit(session, decision.rule_id)
    enquiries.place_in_queue(session, SYSTEM, event.enquiry_id, queue=decision.queue_slug, now=event.at)
