"""Setting the routing table, and taking work from queues."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.enquiries import services as enquiries
from app.enquiries.rows import EnquiryRow
from app.kernel.actors import Actor
from app.kernel.errors import NotAllowed
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.routing.closing import ClosingDone, close_safely, reopen_safely
from app.routing.enums import Outcome
from app.routing.importing import USUAL_SERVICE, Imported, import_queue_list
from app.routing.models import RoutingDecision, RoutingRule
from app.routing.rows import Decision
from app.routing.rules import RuleCard, card_of, change_rule, enter_rule, remove_rule, set_rule

__all__ = [
    "USUAL_SERVICE", "ClosingDone", "Imported", "RuleCard", "assign_to_me", "card_of", "change_rule", "close_safely", "count_hit", "enter_rule",
    "import_queue_list", "pick_next", "record_decision", "remove_rule", "reopen_safely", "set_rule",
]  # fmt: skip


def pick_next(session: Session, actor: Actor, *, queue: str | None = None, now: datetime) -> EnquiryRow | None:
    """Take what is most urgent, then has the earliest promise, of what I can do in the queues that I read; None when there is nothing."""
    authorize(actor, Permission.ENQUIRIES_WORK)
    if actor.account_id is None:
        raise NotAllowed
    readable = [
        found
        for found in organisation.queues_readable_by(session, actor.account_id, at=now)
        if queue in {None, found.slug}
    ]
    if not readable:
        raise NotAllowed(N_("You cannot read any queue to take from"))
    skills = organisation.skills_of(session, [actor.account_id])[actor.account_id]
    able = [service.id for service in organisation.catalogue(session) if set(service.skills) <= skills]
    return enquiries.take_next(
        session,
        actor,
        queue_ids=[found.id for found in readable],
        to_account=actor.account_id,
        service_ids=able,
        languages=sorted(organisation.languages_of(session, [actor.account_id])[actor.account_id]),
        now=now,
    )


def assign_to_me(session: Session, actor: Actor, reference: str, *, version: int | None, now: datetime) -> EnquiryRow:
    """Take this enquiry myself."""
    if actor.account_id is None:
        raise NotAllowed
    return enquiries.assign(session, actor, reference, to_account=actor.account_id, version=version, now=now)


def record_decision(session: Session, enquiry_id: UUID, decision: Decision, *, now: datetime) -> None:
    """Keep where the table sent an enquiry and why, and count the rule: one that is never used may be stale."""
    session.add(RoutingDecision(
        enquiry_id=enquiry_id, at=now, outcome=decision.outcome, queue_id=decision.queue_id, rule_id=decision.rule_id,
        broken=[str(rule_id) for rule_id in decision.broken],
    ))  # fmt: skip
    if decision.rule_id is not None and decision.outcome is not Outcome.ERROR:
        count_hit(session, decision.rule_id, now=now)


def count_hit(session: Session, rule: UUID, *, now: datetime) -> None:
    """Remember that a rule was used."""
    used = {"hits": RoutingRule.hits + 1, "last_hit_at": now}
    session.execute(update(RoutingRule).where(RoutingRule.id == rule).values(used))
