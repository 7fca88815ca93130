"""What another system's words mean here: its codes move the handoff as the unit's rules say, and its silence does too."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.enquiries import services as enquiries
from app.handoffs.enums import Becomes, DeliveryState, HandoffState
from app.handoffs.models import Handoff, StatusRule
from app.handoffs.policy import OPEN, TRANSITIONS
from app.handoffs.queries.handoffs import row_of
from app.handoffs.rows import HandoffRow
from app.handoffs.services import answering
from app.handoffs.services.core import acting_for, received, unit_of
from app.kernel.actors import SYSTEM, Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.i18n import N_
from app.organisation import queries as organisation

LONGEST_CODE = 60
ENDINGS = frozenset({Becomes.COMPLETED, Becomes.RETURNED, Becomes.DECLINED})
STEPS: dict[Becomes, tuple[HandoffState, ...]] = {
    Becomes.ACCEPTED: (HandoffState.ACCEPTED,),
    Becomes.IN_WORK: (HandoffState.ACCEPTED, HandoffState.IN_WORK),
    Becomes.COMPLETED: (HandoffState.ACCEPTED, HandoffState.COMPLETED),
    Becomes.RETURNED: (HandoffState.ACCEPTED, HandoffState.RETURNED),
    Becomes.DECLINED: (HandoffState.DECLINED,),
}
"""The states that a code passes through, from wherever the handoff is: a system that only says “done” has accepted too."""


def save_rule(
    session: Session,
    actor: Actor,
    *,
    unit: str,
    code: str,
    becomes: Becomes,
    words: str = "",
    suggested_unit: str | None = None,
    silent_days: int | None = None,
    silent_becomes: Becomes | None = None,
    now: datetime,
) -> UUID:
    """Say what a code of a unit's system means. In place of the rule before for the same code."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    owner = organisation.unit_by_slug(session, unit)
    plain = plain_code(code)
    errors = _wrong(
        plain, words, suggested_unit, becomes=becomes, silent_days=silent_days, silent_becomes=silent_becomes
    )
    if errors:
        raise Invalid(errors)
    query = select(StatusRule).where(StatusRule.unit_id == owner.id, StatusRule.code == plain)
    rule = session.scalar(query.with_for_update()) or StatusRule(unit_id=owner.id, code=plain)
    rule.becomes, rule.words = becomes, words.strip()
    rule.suggested_unit_id = organisation.unit_by_slug(session, suggested_unit).id if suggested_unit else None
    rule.silent_days, rule.silent_becomes = silent_days, silent_becomes
    session.add(rule)
    session.flush()
    audit.record(
        session, actor, "handoff.status_rule_saved", "unit", owner.id, now=now, code=plain, becomes=becomes.value
    )
    return rule.id


def drop_rule(session: Session, actor: Actor, rule_id: UUID, *, now: datetime) -> None:
    """The code means nothing here any more; it is still kept when it comes."""
    authorize(actor, Permission.ORGANISATION_MANAGE)
    rule = session.get(StatusRule, rule_id, with_for_update=True)
    if rule is None:
        raise NotFound
    session.delete(rule)
    audit.record(session, actor, "handoff.status_rule_dropped", "unit", rule.unit_id, now=now, code=rule.code)


def said_by_system(
    session: Session,
    actor: Actor,
    handoff_id: UUID,
    *,
    code: str,
    text: str = "",
    external_id: str = "",
    version: int | None = None,
    now: datetime,
) -> HandoffRow:
    """Their system says where it stands, in its own words. An unknown code is kept and moves nothing."""
    handoff, _, _ = received(session, actor, handoff_id, version)
    plain = plain_code(code)
    if not plain:
        raise Invalid({"code": N_("Say where it stands, in your own code")})
    _heard(handoff, plain, external_id.strip(), now)
    session.flush()
    rule = rule_for(session, handoff.unit_id, plain)
    if rule is not None and handoff.state in OPEN:
        _become(session, actor, handoff, rule, becomes=rule.becomes, text=text.strip() or rule.words, now=now)
    return row_of(session, handoff)


def silence_due(session: Session, *, now: datetime, batch: int = 100) -> int:
    """What follows where a system has said nothing for as many days as the rule of its last word allows; says how many."""
    query = (
        select(Handoff, StatusRule)
        .join(StatusRule, (StatusRule.unit_id == Handoff.unit_id) & (StatusRule.code == Handoff.external_code))
        .where(
            Handoff.state.in_(OPEN),
            StatusRule.silent_days.is_not(None),
            Handoff.silence_noticed_at.is_(None),
            Handoff.external_at + StatusRule.silent_days * timedelta(days=1) <= now,
        )
        .order_by(Handoff.external_at, Handoff.id)
        .limit(batch)
        .with_for_update(skip_locked=True, of=Handoff)
    )
    due = session.execute(query).all()
    for handoff, rule in due:
        handoff.silence_noticed_at = now
        _silent(session, handoff, rule, now)
    return len(due)


def rule_for(session: Session, unit_id: UUID, code: str) -> StatusRule | None:
    return session.scalar(select(StatusRule).where(StatusRule.unit_id == unit_id, StatusRule.code == code))


def plain_code(code: str) -> str:
    """A code as it is compared: letters' size and blanks around it do not matter."""
    return code.strip().lower()[:LONGEST_CODE]


def _heard(handoff: Handoff, code: str, external_id: str, now: datetime) -> None:
    handoff.external_code, handoff.external_at, handoff.silence_noticed_at = code, now, None
    handoff.external_id = external_id[:200] or handoff.external_id
    handoff.version += 1
    if handoff.state is HandoffState.OFFERED:
        handoff.delivery = DeliveryState.ACKNOWLEDGED


def _silent(session: Session, handoff: Handoff, rule: StatusRule, now: datetime) -> None:
    becomes = rule.silent_becomes or Becomes.ESCALATED
    if becomes is Becomes.ESCALATED:
        _escalate(session, handoff, rule, now)
        return
    officer = handoff.officer_id or next(
        (member.account_id for member in organisation.unit_members(session, unit_of(session, handoff.unit_id).slug)),
        None,
    )
    if officer is None:
        _escalate(session, handoff, rule, now)
        return
    actor = acting_for(session, officer)
    _become(session, actor, handoff, rule, becomes=becomes, text=rule.words, now=now)


def _escalate(session: Session, handoff: Handoff, rule: StatusRule, now: datetime) -> None:
    """The monitoring desk takes the enquiry; the handoff ends with it."""
    text = f"{unit_of(session, handoff.unit_id).name}: {rule.code}, {rule.silent_days} d"
    enquiries.handoff_escalated(session, SYSTEM, handoff.enquiry_id, reason=text, now=now)


def _become(
    session: Session, actor: Actor, handoff: Handoff, rule: StatusRule, *, becomes: Becomes, text: str, now: datetime
) -> None:
    """Go the way that the code means, as far as it can be gone from here."""
    if becomes is Becomes.ESCALATED:
        _escalate(session, handoff, rule, now)
        return
    for state in STEPS.get(becomes, ()):
        if state in TRANSITIONS[handoff.state]:
            _step(session, actor, handoff, rule, state, text=text, now=now)


def _step(
    session: Session, actor: Actor, handoff: Handoff, rule: StatusRule, state: HandoffState, *, text: str, now: datetime
) -> None:
    match state:
        case HandoffState.ACCEPTED:
            answering.accept(session, actor, handoff.id, now=now)
        case HandoffState.IN_WORK:
            answering.start(session, actor, handoff.id, now=now)
        case HandoffState.COMPLETED:
            answering.complete(session, actor, handoff.id, text=text, now=now)
        case HandoffState.RETURNED:
            answering.return_to_sender(session, actor, handoff.id, missing=text, now=now)
        case _:
            suggested = unit_of(session, rule.suggested_unit_id or handoff.from_unit_id).slug
            answering.decline(session, actor, handoff.id, reason=text, suggested_unit=suggested, now=now)


def _wrong(
    code: str,
    words: str,
    suggested_unit: str | None,
    *,
    becomes: Becomes,
    silent_days: int | None,
    silent_becomes: Becomes | None,
) -> dict[str, str]:
    errors = {}
    if not code:
        errors["code"] = N_("Enter the code that their system uses")
    if {becomes, silent_becomes} & ENDINGS and not words.strip():
        errors["words"] = N_("Write what is said when the code comes without words of its own")
    if Becomes.DECLINED in {becomes, silent_becomes} and not suggested_unit:
        errors["suggested_unit"] = N_("Choose the unit that should have what they decline")
    if (silent_days is None) != (silent_becomes is None):
        errors["silent_days"] = N_("Say both: after how many days, and what follows")
    elif silent_days is not None and not 1 <= silent_days <= 365:
        errors["silent_days"] = N_("Enter a number of days between 1 and 365")
    return errors
