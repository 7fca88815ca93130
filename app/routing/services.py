"""Setting the routing table, and taking work from queues."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.enquiries import services as enquiries
from app.enquiries.enums import Channel
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.routing.models import RoutingRule


def set_rule(
    session: Session, actor: Actor, *, service: str, queue: str, channel: Channel | None = None, now: datetime
) -> None:
    """Send a service's enquiries (by this channel, or by all) to this active queue, in place of what was said before."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    service_id = organisation.service_by_slug(session, service).id
    queue_id = organisation.active_queue_ids(session, [queue]).get(queue)
    if queue_id is None:
        raise Invalid({"queue": N_("Choose an active queue")})
    same = (RoutingRule.service_id == service_id, RoutingRule.channel.is_not_distinct_from(channel))
    rule = session.scalar(select(RoutingRule).where(*same).with_for_update())
    if rule is None:
        rule = RoutingRule(service_id=service_id, channel=channel)
        session.add(rule)
    rule.queue_id, rule.set_at, rule.set_by = queue_id, now, actor.name
    session.flush()
    audit.record(session, actor, "routing.rule_set", "service", service_id, now=now, queue=queue, channel=channel)


def pick_next(session: Session, actor: Actor, *, queue: str | None = None, now: datetime) -> EnquiryRow | None:
    """Take the enquiry with the earliest promise from the queues that I read; None when they are empty."""
    authorize(actor, Permission.ENQUIRIES_WORK)
    if actor.account_id is None:
        raise NotAllowed
    readable = [
        found for found in organisation.queues_readable_by(session, actor.account_id) if queue in {None, found.slug}
    ]
    if not readable:
        raise NotAllowed(N_("You cannot read any queue to take from"))
    ids = [found.id for found in readable]
    return enquiries.take_next(session, actor, queue_ids=ids, to_account=actor.account_id, now=now)


def assign_to_me(session: Session, actor: Actor, reference: str, *, version: int | None, now: datetime) -> EnquiryRow:
    """Take this enquiry myself."""
    if actor.account_id is None:
        raise NotAllowed
    return enquiries.assign(session, actor, reference, to_account=actor.account_id, version=version, now=now)


def count_hit(session: Session, rule: object) -> None:
    """Remember that a rule was used: a rule that never is may be stale."""
    session.execute(update(RoutingRule).where(RoutingRule.id == rule).values(hits=RoutingRule.hits + 1))
