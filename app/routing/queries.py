"""Reads of the routing table."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.enquiries.enums import Channel
from app.organisation import queries as organisation
from app.organisation.models import Queue, Service
from app.organisation.policy import MONITORING_QUEUE
from app.organisation.rows import ServiceRow
from app.routing.models import RoutingRule
from app.routing.policy import Choice, Rule, choose


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A line of the routing table, with names."""

    id: UUID
    service_name: str
    channel: Channel | None
    queue_name: str
    hits: int


@dataclass(frozen=True, slots=True)
class Decision:
    """Where an enquiry would go, and why (a msgid)."""

    queue_id: UUID
    queue_slug: str
    queue_name: str
    why: str
    rule_id: UUID | None


def rules(session: Session) -> tuple[RuleRow, ...]:
    query = (
        select(RoutingRule.id, Service.name, RoutingRule.channel, Queue.name, RoutingRule.hits)
        .join(Service, Service.id == RoutingRule.service_id)
        .join(Queue, Queue.id == RoutingRule.queue_id)
        .order_by(Service.name, RoutingRule.channel, RoutingRule.id)
    )
    return tuple(RuleRow(*row) for row in session.execute(query))


def where_would_it_go(session: Session, service: str, channel: Channel) -> Decision:
    """Try the table without sending anything."""
    return decide(session, organisation.service_by_slug(session, service), channel)


def decide(session: Session, service: ServiceRow, channel: Channel) -> Decision:
    queues = {queue.id: queue for queue in organisation.queues(session)}
    desk = organisation.queue_by_slug(session, MONITORING_QUEUE)
    found = select(RoutingRule).where(RoutingRule.service_id == service.id).order_by(RoutingRule.id)
    table = [Rule(rule.id, rule.channel, rule.queue_id) for rule in session.scalars(found)]
    chosen: Choice = choose(table, channel, intake=service.intake_queue_id, desk=desk.id, active=queues.keys())
    queue = queues.get(chosen.queue_id, desk)
    return Decision(queue.id, queue.slug, queue.name, chosen.why, chosen.rule_id)
