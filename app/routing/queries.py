"""Reads of the routing table: the table itself, what would become of an enquiry, and what no rule could place."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.enums import AccountStatus
from app.accounts.models import Account
from app.customers.models import Property
from app.enquiries.enums import Channel
from app.enquiries.models import Enquiry
from app.kernel.clock import london_date
from app.kernel.errors import NotFound, Unavailable
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation import queries as organisation
from app.organisation.enums import QueueStatus
from app.organisation.models import Membership, Queue, Service, Unit, UnitClosure
from app.organisation.policy import MONITORING_QUEUE, ClosedDays
from app.organisation.rows import ServiceRow
from app.routing.enums import Outcome, Stale
from app.routing.models import RoutingDecision, RoutingRule
from app.routing.policy import Choice, Facts, Place, Rule, Unreadable, choose, need_of, open_at
from app.routing.rows import Decision, RuleRow, StaleMark, Trial, TriedRow, TroubleRow

UNUSED_AFTER_DAYS = 90
ORDINARY_MORNING = datetime(2026, 3, 11, 10, tzinfo=UTC)  # a Wednesday on which every office is open
_cover, _owner, _focal = aliased(Queue), aliased(Account), aliased(Account)


def rules(
    session: Session, *, now: datetime | None = None, unused_days: int = UNUSED_AFTER_DAYS
) -> tuple[RuleRow, ...]:
    """The whole table, most specific first within each service. With `now`, also what may be out of date."""
    rows = session.execute(_table().order_by(Service.name.nulls_last(), RoutingRule.created_at, RoutingRule.id)).all()
    ordered = sorted(rows, key=lambda row: ((row.service_name or "\uffff"), _plain(row[0]).rank))
    return tuple(_row(row, _warnings(row, now, unused_days) if now else ()) for row in ordered)


def rule(session: Session, rule_id: UUID, *, now: datetime) -> RuleRow:
    """One line, with what may be out of date. NotFound."""
    row = session.execute(_table().where(RoutingRule.id == rule_id)).first()
    if row is None:
        raise NotFound
    return _row(row, _warnings(row, now, UNUSED_AFTER_DAYS))


def stale_rules(session: Session, *, now: datetime, unused_days: int = UNUSED_AFTER_DAYS) -> tuple[RuleRow, ...]:
    """The lines that may be out of date, each with why."""
    return tuple(row for row in rules(session, now=now, unused_days=unused_days) if row.warnings)


def where_would_it_go(session: Session, service: str, channel: Channel, **known: Any) -> Decision:
    """Try the table without sending anything. `known` are further facts: language, postcode, ward, answers, at."""
    return try_it(session, service, channel, **known).decision


def try_it(
    session: Session,
    service: str,
    channel: Channel,
    *,
    at: datetime | None = None,
    **known: Any,
) -> Trial:
    """Where it would go, and how every rule of the table fared on the way."""
    entry = organisation.service_by_slug(session, service)
    facts = Facts(entry.id, channel, at or ORDINARY_MORNING, **known)
    choice = _choose(session, facts, entry, every_rule=True)
    table = {row.id: row for row in rules(session)}
    considered = tuple(
        TriedRow(table[row.rule_id], row.verdict, row.why, row.params)
        for row in choice.considered
        if row.rule_id in table
    )
    focal = table[choice.rule_id].focal_point if choice.rule_id in table else ""
    return Trial(_decision(session, choice), considered, focal)


def decide(session: Session, service: ServiceRow, facts: Facts) -> Decision:
    """Where this enquiry goes."""
    return _decision(session, _choose(session, facts, service, every_rule=False))


def facts_of(session: Session, enquiry_id: UUID, *, at: datetime) -> Facts:
    """What the table can know of an enquiry."""
    query = (
        select(Enquiry.service_id, Enquiry.channel, Enquiry.locale, Enquiry.answers, Property.postcode, Property.ward)
        .outerjoin(Property, Property.id == Enquiry.property_id)
        .where(Enquiry.id == enquiry_id)
    )
    service_id, channel, locale, answers, postcode, ward = session.execute(query).one()
    return Facts(service_id, channel, at, locale, postcode or "", ward or "", dict(answers))


def pointing_to(session: Session, queue_id: UUID) -> tuple[RuleRow, ...]:
    """The lines that lead to a queue, or have it as their cover."""
    ours = or_(RoutingRule.queue_id == queue_id, RoutingRule.cover_queue_id == queue_id)
    rows = session.execute(_table().where(ours).order_by(Service.name.nulls_last(), RoutingRule.id))
    return tuple(_row(row, ()) for row in rows)


def trouble(session: Session, page: PageRequest) -> Page[TroubleRow]:
    """Enquiries that no rule could place, the latest first, with the rules that could not be read."""
    query = (
        select(
            RoutingDecision.at,
            Enquiry.reference,
            Service.name,
            RoutingDecision.outcome,
            Queue.name,
            RoutingDecision.broken,
        )
        .join(Enquiry, Enquiry.id == RoutingDecision.enquiry_id)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Queue, Queue.id == RoutingDecision.queue_id)
        .where(RoutingDecision.outcome.in_([Outcome.DESK, Outcome.ERROR]))
        .order_by(RoutingDecision.at.desc(), RoutingDecision.id.desc())
    )
    found = fetch_page(session, query, page)
    rows = tuple(
        TroubleRow(at, reference, service, outcome, queue, tuple(broken))
        for at, reference, service, outcome, queue, broken in found.items
    )
    return Page(rows, found.total, found.number, found.size)


def decision_of(session: Session, enquiry_id: UUID) -> Outcome | None:
    """By which way an enquiry found its first queue; None for one that came over from elsewhere."""
    query = select(RoutingDecision.outcome).where(RoutingDecision.enquiry_id == enquiry_id)
    return session.scalar(query.order_by(RoutingDecision.at.desc(), RoutingDecision.id.desc()).limit(1))


def _choose(session: Session, facts: Facts, service: ServiceRow, *, every_rule: bool) -> Choice:
    table = select(RoutingRule)
    if not every_rule:
        table = table.where(or_(RoutingRule.service_id == facts.service_id, RoutingRule.service_id.is_(None)))
    lines = [_plain(line) for line in session.scalars(table)]
    desk = organisation.queue_by_slug(session, MONITORING_QUEUE)
    if desk.status is not QueueStatus.ACTIVE:
        raise Unavailable(N_("We cannot take enquiries yet: the monitoring desk has no queue"))
    places = _places(session)
    return choose(lines, facts, intake=service.intake_queue_id, desk=desk.id, places=places)


def _decision(session: Session, choice: Choice) -> Decision:
    slug, name = session.execute(select(Queue.slug, Queue.name).where(Queue.id == choice.queue_id)).one()
    return Decision(choice.queue_id, slug, name, choice.outcome, choice.why, choice.rule_id, choice.broken)


def _places(session: Session) -> Mapping[UUID, Place]:
    """From every queue to the active one that takes for it: itself, or at the end of where closed ones send on."""
    closures: dict[UUID, set[date]] = {}
    for unit_id, day in session.execute(select(UnitClosure.unit_id, UnitClosure.day)):
        closures.setdefault(unit_id, set()).add(day)
    query = select(Queue.id, Queue.status, Queue.redirect_to_id, Queue.unit_id, Unit.holiday_region)
    rows = {row.id: row for row in session.execute(query.outerjoin(Unit, Unit.id == Queue.unit_id))}
    found: dict[UUID, Place] = {}
    for queue_id in rows:
        end = _end_of(rows, queue_id)
        if end is not None:
            days = frozenset(closures.get(rows[end].unit_id, ()))
            found[queue_id] = Place(end, ClosedDays(rows[end].holiday_region, days))
    return found


def _end_of(rows: Mapping[UUID, Any], queue_id: UUID) -> UUID | None:
    seen: set[UUID] = set()
    at: UUID | None = queue_id
    while at is not None and at not in seen:
        if rows[at].status is QueueStatus.ACTIVE:
            return at
        seen.add(at)
        at = rows[at].redirect_to_id
    return None


def _plain(line: RoutingRule) -> Rule:
    return Rule(
        line.id, line.queue_id, line.created_at, line.service_id, line.channel, line.area_kind, line.area, line.language,
        line.need, line.hours, line.cover_queue_id,
    )  # fmt: skip


def _table() -> Select[*tuple[Any, ...]]:
    works = exists().where(Membership.account_id == RoutingRule.focal_account_id)
    gone = and_(RoutingRule.focal_account_id.is_not(None), or_(_focal.status != AccountStatus.ACTIVE, ~works))
    return (
        select(
            RoutingRule, Service.slug.label("service_slug"), Service.name.label("service_name"),
            Service.active.label("service_active"), Service.questions.label("questions"),
            Queue.slug.label("queue_slug"), Queue.name.label("queue_name"), Queue.status.label("queue_status"),
            _cover.slug.label("cover_slug"), _cover.name.label("cover_name"), _cover.status.label("cover_status"),
            _owner.status.label("owner_status"), _focal.name.label("focal_name"), gone.label("focal_gone"),
        )
        .outerjoin(Service, Service.id == RoutingRule.service_id)
        .join(Queue, Queue.id == RoutingRule.queue_id)
        .outerjoin(_cover, _cover.id == RoutingRule.cover_queue_id)
        .outerjoin(_owner, _owner.id == Queue.owner_id)
        .outerjoin(_focal, _focal.id == RoutingRule.focal_account_id)
    )  # fmt: skip


def _row(row: Any, warnings: tuple[StaleMark, ...]) -> RuleRow:
    line: RoutingRule = row[0]
    question, values = _need_in_words(line.need, row.questions or ())
    return RuleRow(
        line.id, row.service_slug or "", row.service_name or "", line.channel, line.area_kind, line.area or "", line.language,
        question, values, row.queue_slug, row.queue_name, line.focal_account_id, row.focal_name or line.focal_point,
        line.hours, row.cover_slug or "", row.cover_name or "", line.review_on, line.set_at, line.set_by, line.hits,
        line.last_hit_at, warnings,
    )  # fmt: skip


def _need_in_words(written: Any, questions: Collection[Any]) -> tuple[str, tuple[str, ...]]:
    """The question and the answers as they are asked; as they are written where the service asks that no more."""
    if written is None:
        return "", ()
    try:
        asked, values = need_of(written)
    except Unreadable:
        return str(written), ()
    question = next((question for question in questions if question["id"] == asked), None)
    if question is None:
        return asked, tuple(sorted(values))
    labels = {option["value"]: option["label"] for option in question.get("options", ())}
    return question["label"], tuple(labels.get(value, value) for value in sorted(values))


def _warnings(row: Any, now: datetime, unused_days: int) -> tuple[StaleMark, ...]:
    line: RoutingRule = row[0]
    quiet = (line.last_hit_at or line.created_at) < now - timedelta(days=unused_days)
    unreadable = not _readable(line, row.questions, now)
    found = {
        Stale.BROKEN: unreadable,
        Stale.SERVICE_GONE: line.service_id is not None and not row.service_active,
        Stale.QUEUE_CLOSED: row.queue_status is not QueueStatus.ACTIVE,
        Stale.COVER_CLOSED: row.cover_status is not None and row.cover_status is not QueueStatus.ACTIVE,
        Stale.OWNER_GONE: row.owner_status is not None and row.owner_status is not AccountStatus.ACTIVE,
        Stale.FOCAL_GONE: bool(row.focal_gone),
        Stale.REVIEW_OVERDUE: line.review_on is not None and line.review_on < london_date(now),
        Stale.NEVER_HIT: quiet,
    }
    return tuple(StaleMark(kind, {"days": unused_days}) for kind, applies in found.items() if applies)


def _readable(line: RoutingRule, questions: Iterable[Any] | None, now: datetime) -> bool:
    """Whether the hours can be read, and the need is still a question of the service with these answers."""
    try:
        open_at(_plain(line), now, frozenset())
        if line.need is None:
            return True
        asked, values = need_of(line.need)
    except Unreadable:
        return False
    question = next((question for question in questions or () if question["id"] == asked), None)
    return question is not None and values <= {option["value"] for option in question.get("options", ())}
