"""Sharing the work: another unit is asked for its part, and the one who asks stays accountable."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.enquiries import queries as enquiries
from app.enquiries import services as enquiry_services
from app.enquiries.enums import EntryKind
from app.handoffs.enums import ReferralState
from app.handoffs.errors import ReferralNotFromHere
from app.handoffs.events import ReferralAnswered, ReferralAsked
from app.handoffs.models import Referral
from app.handoffs.policy import REFERRAL_MOVES
from app.handoffs.queries.referrals import referral_row
from app.handoffs.rows import ReferralRow
from app.handoffs.services.core import OVERSEERS, said
from app.kernel.actors import SYSTEM, Actor
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.organisation import queries as organisation


def refer(session: Session, actor: Actor, reference: str, *, unit: str, question: str, now: datetime) -> ReferralRow:
    """Ask a unit for its part. State, owner, promise and clocks of the enquiry stay as they are."""
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_OFFER):
        raise NotAllowed
    enquiry = enquiries.enquiry(session, actor, reference)
    if not enquiry.open:
        raise Conflict(N_("This enquiry is finished: there is nothing to ask about"))
    asked = organisation.unit_by_slug(session, unit)
    text = said("question", question, N_("Say what you need from them"))
    if asked.id == enquiry.unit_id:
        raise Invalid({"unit": N_("This unit has the enquiry already")})
    if not organisation.unit_members(session, unit):
        raise Invalid({"unit": N_("Nobody works in this unit yet, so nobody could answer")})
    service = organisation.service(session, enquiry.service_id)
    referral = Referral(
        enquiry_id=enquiry.id, unit_id=asked.id, from_unit_id=enquiry.unit_id, asked_by_id=actor.account_id, question=text,
        state=ReferralState.ASKED, asked_at=now,
        answer_by=organisation.working_hours_of(service, now, service.acceptance_working_hours),
    )  # fmt: skip
    session.add(referral)
    session.flush()
    publish(session, ReferralAsked(referral.id, enquiry.id))
    return _done(session, actor, referral, now)


def answer(
    session: Session, actor: Actor, referral_id: UUID, *, text: str, version: int | None = None, now: datetime
) -> ReferralRow:
    """The unit's part, for the one who asked. The customer hears from whoever is accountable."""
    words = said("text", text, N_("Write what they asked for"))
    referral = _asked_of(session, actor, referral_id, version)
    return _ended(session, actor, referral, ReferralState.ANSWERED, words, now=now)


def decline_referral(
    session: Session, actor: Actor, referral_id: UUID, *, text: str, version: int | None = None, now: datetime
) -> ReferralRow:
    """The unit cannot help, and says why."""
    words = said("text", text, N_("Say why you cannot help"))
    referral = _asked_of(session, actor, referral_id, version)
    return _ended(session, actor, referral, ReferralState.DECLINED, words, now=now)


def withdraw_referral(
    session: Session, actor: Actor, referral_id: UUID, *, version: int | None = None, now: datetime
) -> ReferralRow:
    """The one who asked needs it no more."""
    referral = _held(session, referral_id, version)
    if not actor.has(*OVERSEERS) and referral.asked_by_id != actor.account_id:
        raise NotFound
    _go(referral, ReferralState.WITHDRAWN, now)
    return _done(session, actor, referral, now)


def withdraw_all_of(session: Session, enquiry_id: UUID, *, now: datetime) -> None:
    """The enquiry is finished: nobody has to answer about it any more."""
    query = select(Referral).where(Referral.enquiry_id == enquiry_id, Referral.state == ReferralState.ASKED)
    for referral in session.scalars(query.order_by(Referral.id).with_for_update()):
        _go(referral, ReferralState.WITHDRAWN, now)
        _done(session, SYSTEM, referral, now)


def _asked_of(session: Session, actor: Actor, referral_id: UUID, version: int | None) -> Referral:
    """The referral, held, if the actor works in the unit that is asked; for all others there is none."""
    referral = _held(session, referral_id, version)
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_WORK):
        raise NotAllowed
    if referral.unit_id not in {unit.id for unit in organisation.units_of(session, actor.account_id)}:
        raise NotFound
    return referral


def _ended(
    session: Session, actor: Actor, referral: Referral, state: ReferralState, words: str, *, now: datetime
) -> ReferralRow:
    referral.answer, referral.answered_by_id = words, actor.account_id
    _go(referral, state, now)
    session.flush()
    publish(session, ReferralAnswered(referral.id, referral.enquiry_id))
    return _done(session, actor, referral, now)


def _held(session: Session, referral_id: UUID, version: int | None) -> Referral:
    referral = session.get(Referral, referral_id, with_for_update=True, populate_existing=True)
    if referral is None:
        raise NotFound
    if version is not None and version != referral.version:
        raise Stale
    return referral


def _go(referral: Referral, state: ReferralState, now: datetime) -> None:
    if state not in REFERRAL_MOVES[referral.state]:
        raise ReferralNotFromHere(referral.state)
    referral.state, referral.ended_at = state, now
    referral.version += 1


def _asked_in(referral: Referral) -> str:
    return referral.question if referral.state is ReferralState.ASKED else ""


def _done(session: Session, actor: Actor, referral: Referral, now: datetime) -> ReferralRow:
    session.flush()
    action = f"referral.{referral.state.value}"
    audit.record(session, actor, action, "referral", referral.id, now=now, enquiry=referral.enquiry_id)
    unit = next(unit for unit in organisation.units(session) if unit.id == referral.unit_id)
    kind, words = EntryKind(f"referral_{referral.state.value}"), referral.answer or _asked_in(referral)
    enquiry_services.referral_noted(session, actor, referral.enquiry_id, kind=kind, unit=unit, words=words, now=now)
    return referral_row(session, referral.id)
