"""Reads of referrals."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Account
from app.accounts.policy import Permission, may
from app.enquiries import queries as enquiries
from app.enquiries.models import Enquiry
from app.handoffs.enums import ReferralState
from app.handoffs.models import Referral
from app.handoffs.rows import ReferralRow
from app.kernel.actors import Actor, Role
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation import queries as organisation
from app.organisation.models import Service, Unit

OVERSEERS = (Role.TEAM_LEADER, Role.MONITOR)
_from_unit, _answered_by = aliased(Unit), aliased(Account)


def referrals_for(session: Session, actor: Actor, *, page: PageRequest) -> Page[ReferralRow]:
    """What the actor's units are asked, unanswered first and the most urgent of them on top."""
    if actor.account_id is None or not may(actor, Permission.HANDOFFS_VIEW):
        raise NotFound
    units = [unit.id for unit in organisation.units_of(session, actor.account_id)]
    query = (
        _referrals()
        .where(Referral.unit_id.in_(units) | (Referral.asked_by_id == actor.account_id))
        .order_by(case((Referral.state == ReferralState.ASKED, 0), else_=1), Referral.answer_by, Referral.id)
    )
    found = fetch_page(session, query, page)
    return Page(tuple(_row(row) for row in found.items), found.total, found.number, found.size)


def referrals_of(session: Session, actor: Actor, reference: str) -> tuple[ReferralRow, ...]:
    """What was asked about an enquiry that the actor may see, the last first."""
    enquiry_id = enquiries.enquiry_id_of(session, actor, reference)
    query = _referrals().where(Referral.enquiry_id == enquiry_id)
    return tuple(_row(row) for row in session.execute(query.order_by(Referral.asked_at.desc(), Referral.id.desc())))


def referral(session: Session, actor: Actor, referral_id: UUID) -> ReferralRow:
    """One referral: for the unit that is asked, the one who asked, their unit, and overseers."""
    row = session.execute(_referrals().where(Referral.id == referral_id)).first()
    if row is None or actor.account_id is None or not may(actor, Permission.HANDOFFS_VIEW):
        raise NotFound
    found = row[0]
    own = {unit.id for unit in organisation.units_of(session, actor.account_id)}
    if not (
        actor.has(*OVERSEERS) or found.asked_by_id == actor.account_id or own & {found.unit_id, found.from_unit_id}
    ):
        raise NotFound
    return _row(row)


def referral_row(session: Session, referral_id: UUID) -> ReferralRow:
    return _row(session.execute(_referrals().where(Referral.id == referral_id)).one())


def _referrals() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Referral,
            Enquiry.reference,
            Service.name,
            Unit.slug,
            Unit.name,
            _from_unit.name,
            Account.name,
            _answered_by.name,
        )
        .join(Enquiry, Enquiry.id == Referral.enquiry_id)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Referral.unit_id)
        .join(_from_unit, _from_unit.id == Referral.from_unit_id)
        .join(Account, Account.id == Referral.asked_by_id)
        .outerjoin(_answered_by, _answered_by.id == Referral.answered_by_id)
    )


def _row(columns: Any) -> ReferralRow:
    found, reference, service, unit, unit_name, from_unit, asked_by, answered_by = columns
    return ReferralRow(
        id=found.id, reference=reference, service_name=service, state=found.state, version=found.version, unit_slug=unit,
        unit_name=unit_name, unit_id=found.unit_id, from_unit_name=from_unit, asked_by_id=found.asked_by_id, asked_by=asked_by,
        question=found.question, answer=found.answer, answered_by=answered_by or "", asked_at=found.asked_at,
        answer_by=found.answer_by, ended_at=found.ended_at,
    )  # fmt: skip
