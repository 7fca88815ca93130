"""Writing the routing table, line by line. Every change is in the audit trail."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts.enums import AccountKind, AccountStatus
from app.accounts.models import Account
from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.enquiries.answers import is_email, is_phone
from app.enquiries.enums import Channel
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.enums import Language
from app.organisation.models import Queue
from app.organisation.policy import WorkingHours
from app.organisation.rows import ServiceRow
from app.routing.enums import AreaKind
from app.routing.models import RoutingRule
from app.routing.policy import Unreadable, need_of

POSTCODE_AREA = re.compile(r"[A-Z]{1,2}(?:\d[A-Z\d]?(?: \d(?:[A-Z]{2})?)?)?")


@dataclass(frozen=True, slots=True)
class RuleCard:
    """What is entered for a line of the table. Services and queues by their slugs; what is left out matches anything."""

    queue: str
    service: str = ""
    channel: Channel | None = None
    area_kind: AreaKind | None = None
    area: str = ""
    language: Language | None = None
    need_question: str = ""
    need_values: tuple[str, ...] = ()
    focal_account_id: UUID | None = None
    focal_point: str = ""
    hours: WorkingHours | None = None
    cover: str = ""
    review_on: date | None = None


def enter_rule(session: Session, actor: Actor, card: RuleCard, *, now: datetime) -> UUID:
    """Add a line. Invalid says what is wrong with which part."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    rule = RoutingRule(created_at=now)
    _write(session, actor, rule, card, but=None, now=now)
    session.add(rule)
    session.flush()
    audit.record(
        session, actor, "routing.rule_entered", "routing_rule", rule.id, now=now, queue=card.queue, service=card.service
    )
    return rule.id


def change_rule(session: Session, actor: Actor, rule_id: UUID, card: RuleCard, *, now: datetime) -> None:
    """Rewrite a line; its use so far stays counted."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    rule = _held(session, rule_id)
    _write(session, actor, rule, card, but=rule.id, now=now)
    session.flush()
    audit.record(
        session, actor, "routing.rule_changed", "routing_rule", rule.id, now=now, queue=card.queue, service=card.service
    )


def remove_rule(session: Session, actor: Actor, rule_id: UUID, *, now: datetime) -> None:
    """Take a line out. What it would have placed goes by the next rule, the service's intake, or to the monitoring desk."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    rule = _held(session, rule_id)
    session.delete(rule)
    session.flush()
    audit.record(
        session,
        actor,
        "routing.rule_removed",
        "routing_rule",
        rule_id,
        now=now,
        queue=str(rule.queue_id),
        hits=rule.hits,
    )


def set_rule(
    session: Session, actor: Actor, *, service: str, queue: str, channel: Channel | None = None, now: datetime
) -> None:
    """Send a service's enquiries (by this channel, or by all) to this active queue, in place of what was said before."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    service_id = organisation.service_by_slug(session, service).id
    narrower = (RoutingRule.area, RoutingRule.language, RoutingRule.need)
    same = (RoutingRule.service_id == service_id, RoutingRule.channel.is_not_distinct_from(channel))
    found = session.scalar(select(RoutingRule.id).where(*same, *(column.is_(None) for column in narrower)))
    card = RuleCard(queue, service, channel)
    if found is None:
        enter_rule(session, actor, card, now=now)
    else:
        change_rule(session, actor, found, card, now=now)


def card_of(session: Session, rule_id: UUID) -> RuleCard:
    """A line as it can be entered again; what cannot be read in it is left out. NotFound."""
    rule = session.get(RoutingRule, rule_id)
    if rule is None:
        raise NotFound
    slugs = {row.id: row.slug for row in session.execute(select(Queue.id, Queue.slug))}
    service = organisation.service(session, rule.service_id).slug if rule.service_id else ""
    question, values = _read_need(rule.need)
    return RuleCard(
        slugs[rule.queue_id], service, rule.channel, rule.area_kind, rule.area or "", rule.language, question, values,
        rule.focal_account_id, rule.focal_point, _read_hours(rule.hours),
        slugs[rule.cover_queue_id] if rule.cover_queue_id else "", rule.review_on,
    )  # fmt: skip


def _read_need(written: Any) -> tuple[str, tuple[str, ...]]:
    try:
        question, values = need_of(written)
    except Unreadable:
        return "", ()
    return question, tuple(sorted(values))


def _read_hours(written: Any) -> WorkingHours | None:
    try:
        return WorkingHours.parse(written) if written else None
    except (Invalid, AttributeError, TypeError):
        return None


def _held(session: Session, rule_id: UUID) -> RoutingRule:
    rule = session.get(RoutingRule, rule_id, with_for_update=True)
    if rule is None:
        raise NotFound
    return rule


def _write(
    session: Session, actor: Actor, rule: RoutingRule, card: RuleCard, *, but: UUID | None, now: datetime
) -> None:
    """Fill a line from what was entered, if all of it will do."""
    service = organisation.service_by_slug(session, card.service) if card.service else None
    queues = {queue.slug: queue.id for queue in organisation.queues(session)}
    conditions = _conditions(card, service)
    errors = _problems(session, card, service, queues)
    if not errors and _taken(session, conditions, but):
        errors["service"] = N_("There is already a rule for exactly this. Change that one instead")
    if errors:
        raise Invalid(errors)
    for column, value in conditions.items():
        setattr(rule, column, value)
    rule.queue_id, rule.cover_queue_id = queues[card.queue], queues.get(card.cover)
    rule.hours = card.hours.to_json() if card.hours else None
    rule.focal_account_id = card.focal_account_id
    rule.focal_point = "" if card.focal_account_id else card.focal_point.strip()
    rule.review_on, rule.set_at, rule.set_by = card.review_on, now, actor.name


def _conditions(card: RuleCard, service: ServiceRow | None) -> dict[str, Any]:
    area = " ".join(card.area.split())
    postcode = card.area_kind is AreaKind.POSTCODE
    need = {"question": card.need_question, "values": sorted(card.need_values)} if card.need_question else None
    return {
        "service_id": service.id if service else None, "channel": card.channel, "area_kind": card.area_kind,
        "area": (area.upper() if postcode else area) if card.area_kind else None, "language": card.language, "need": need,
    }  # fmt: skip


def _problems(session: Session, card: RuleCard, service: ServiceRow | None, queues: dict[str, UUID]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if card.queue not in queues:
        errors["queue"] = N_("Choose an active queue")
    if card.cover and card.cover not in queues:
        errors["cover"] = N_("Choose an active queue")
    if card.cover and card.cover == card.queue:
        errors["cover"] = N_("The cover must be another queue")
    if card.hours and not card.cover:
        errors["cover"] = N_("Choose the queue that takes over outside these hours")
    if (card.area_kind is None) != (not card.area.strip()):
        errors["area"] = N_("Choose a kind of area and write which one")
    elif card.area_kind is AreaKind.POSTCODE and not _is_postcode_area(card.area):
        errors["area"] = N_("Write the start of a postcode, like HM1 or HM1 2")
    return errors | _need_problems(card, service) | _focal_problems(session, card)


def _need_problems(card: RuleCard, service: ServiceRow | None) -> dict[str, str]:
    if not card.need_question:
        return {}
    if service is None:
        return {"need_question": N_("A need is an answer to a question of a service: choose the service too")}
    question = next((question for question in service.questions if question.id == card.need_question), None)
    if question is None or not question.options:
        return {"need_question": N_("Choose a question of this service that has answers to choose from")}
    if not card.need_values or not set(card.need_values) <= {option.value for option in question.options}:
        return {"need_values": N_("Choose at least one answer to this question")}
    return {}


def _focal_problems(session: Session, card: RuleCard) -> dict[str, str]:
    if card.focal_account_id:
        here = (Account.kind == AccountKind.STAFF, Account.status == AccountStatus.ACTIVE)
        if not session.scalar(select(exists().where(Account.id == card.focal_account_id, *here))):
            return {"focal_account_id": N_("Choose somebody who works here")}
    elif card.focal_point.strip() and not (is_email(card.focal_point.strip()) or is_phone(card.focal_point.strip())):
        return {"focal_point": N_("Enter an e-mail address or a phone number")}
    return {}


def _is_postcode_area(written: str) -> bool:
    """Whether some postcode can lie in it: HM, HM1, HM1 2 or HM1 2AB."""
    return POSTCODE_AREA.fullmatch(" ".join(written.upper().split())) is not None


def _taken(session: Session, conditions: dict[str, Any], but: UUID | None) -> bool:
    """Whether another line names exactly this."""
    same = [getattr(RoutingRule, column).is_not_distinct_from(value) for column, value in conditions.items()]
    others = set(session.scalars(select(RoutingRule.id).where(*same))) - {but}
    return bool(others)
