"""The month's figures under an agreement, closed once and signed by both parties."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.enquiries.models import Enquiry, EnquiryUrgency, SilenceAlarm
from app.kernel.actors import SYSTEM, Actor
from app.kernel.clock import LONDON, london_date
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.i18n import N_
from app.sla import agreements
from app.sla.agreements import AgreementRow, Signature
from app.sla.enums import AgreementStatus, Measure, Party
from app.sla.models import SlaAgreement, SlaClock, SlaPause, SlaSignOff

MOST_MISSED = 500


@dataclass(frozen=True, slots=True)
class SignOffRow:
    """A closed month under an agreement."""

    id: UUID
    agreement: AgreementRow
    month: date
    made_at: datetime
    figures: dict[str, Any]
    signatures: dict[Party, Signature]


def close_month(session: Session, agreement_id: UUID, month: date, *, now: datetime) -> UUID:
    """Write down the figures of a month that is over. Once: asking again gives the same figures."""
    row = agreements.agreement(session, agreement_id)
    begins, ends = _bounds(month)
    if ends > now:
        raise Invalid({"month": N_("This month is not over yet")})
    before = (SlaSignOff.agreement_id == agreement_id, SlaSignOff.month == month)
    known = session.scalar(select(SlaSignOff.id).where(*before))
    if known is not None:
        return known
    figures = _figures(session, row, begins, ends)
    made = SlaSignOff(agreement_id=agreement_id, month=month, made_at=now, figures=figures)
    session.add(made)
    session.flush()
    audit.record(session, SYSTEM, "sign_off.made", "sla_sign_off", made.id, now=now, month=month.isoformat())
    return made.id


def close_last_month(session: Session, *, now: datetime) -> int:
    """Close the month before this one under every agreement that was in force in it; says how many were new."""
    this = london_date(now).replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    done = select(SlaSignOff.agreement_id).where(SlaSignOff.month == last)
    open_ones = (
        SlaAgreement.status == AgreementStatus.IN_FORCE, SlaAgreement.starts_on < this, SlaAgreement.id.not_in(done),
    )  # fmt: skip
    ids = session.scalars(select(SlaAgreement.id).where(*open_ones).order_by(SlaAgreement.id)).all()
    for agreement_id in ids:
        close_month(session, agreement_id, last, now=now)
    return len(ids)


def sign_month(
    session: Session, actor: Actor, sign_off_id: UUID, *, party: Party, comment: str = "", now: datetime
) -> SignOffRow:
    """One party signs the month, with a comment if it likes. What is signed stays signed."""
    found = session.get(SlaSignOff, sign_off_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    agreements.must_lead(session, actor, session.get_one(SlaAgreement, found.agreement_id), party)
    if getattr(found, f"{party.value}_signed_at") is not None:
        raise Conflict(N_("This side has signed already"))
    other = found.service_signed_by_id if party is Party.FRONT else found.front_signed_by_id
    if other == actor.account_id:
        raise NotAllowed(N_("Two people sign: you have signed for the other side"))
    for name, value in {"at": now, "by_id": actor.account_id, "by": actor.name}.items():
        setattr(found, f"{party.value}_signed_{name}", value)
    setattr(found, f"{party.value}_comment", comment.strip()[:2000])
    session.flush()
    audit.record(session, actor, "sign_off.signed", "sla_sign_off", found.id, now=now, party=party)
    return sign_off(session, actor, sign_off_id)


def sign_off(session: Session, actor: Actor, sign_off_id: UUID) -> SignOffRow:
    authorize(actor, Permission.AGREEMENTS_VIEW)
    found = session.get(SlaSignOff, sign_off_id)
    if found is None:
        raise NotFound
    return _row(session, found)


def sign_offs(session: Session, actor: Actor, agreement_id: UUID) -> tuple[SignOffRow, ...]:
    """The closed months of an agreement, the latest first."""
    authorize(actor, Permission.AGREEMENTS_VIEW)
    query = select(SlaSignOff).where(SlaSignOff.agreement_id == agreement_id).order_by(SlaSignOff.month.desc())
    return tuple(_row(session, found) for found in session.scalars(query))


def _row(session: Session, found: SlaSignOff) -> SignOffRow:
    signatures = {
        Party.FRONT: Signature(found.front_signed_by, found.front_signed_at, found.front_comment),
        Party.SERVICE: Signature(found.service_signed_by, found.service_signed_at, found.service_comment),
    }
    row = agreements.agreement(session, found.agreement_id)
    return SignOffRow(found.id, row, found.month, found.made_at, found.figures, signatures)


def _figures(session: Session, row: AgreementRow, begins: datetime, ends: datetime) -> dict[str, Any]:
    """All that the pack shows, counted from the tables."""
    service_id = session.get_one(SlaAgreement, row.id).service_id
    ours = Enquiry.service_id == service_id
    in_month = (ours, Enquiry.received_at >= begins, Enquiry.received_at < ends)
    alive = (ours, Enquiry.received_at < ends, or_(Enquiry.resolved_at.is_(None), Enquiry.resolved_at >= begins))
    return {
        "received": session.scalar(select(func.count()).select_from(Enquiry).where(*in_month)) or 0,
        "resolved": session.scalar(
            select(func.count()).select_from(Enquiry).where(ours, Enquiry.resolved_at >= begins, Enquiry.resolved_at < ends)
        ) or 0,
        "urgent": session.scalar(
            select(func.count()).select_from(EnquiryUrgency).join(Enquiry, Enquiry.id == EnquiryUrgency.enquiry_id)
            .where(ours, EnquiryUrgency.authorised_at >= begins, EnquiryUrgency.authorised_at < ends)
        ) or 0,
        "pauses": session.scalar(
            select(func.count()).select_from(SlaPause).join(Enquiry, Enquiry.id == SlaPause.enquiry_id)
            .where(ours, SlaPause.since >= begins, SlaPause.since < ends)
        ) or 0,
        "measures": {
            Measure.FIRST_RESPONSE.value: _due(session, service_id, Measure.FIRST_RESPONSE, begins, ends),
            Measure.NEXT_UPDATE.value: _silent(session, service_id, alive, begins, ends),
            Measure.RESOLUTION.value: _due(session, service_id, Measure.RESOLUTION, begins, ends),
        },
    }  # fmt: skip


def _due(session: Session, service_id: UUID, measure: Measure, begins: datetime, ends: datetime) -> dict[str, Any]:
    """Of what was due in the month: how much was met in time, and which were not."""
    clocks = (
        select(Enquiry.reference, SlaClock.due_at, SlaClock.met_at)
        .join(Enquiry, Enquiry.id == SlaClock.enquiry_id)
        .where(
            Enquiry.service_id == service_id, SlaClock.measure == measure, SlaClock.due_at >= begins, SlaClock.due_at < ends,
            or_(SlaClock.stopped_at.is_(None), SlaClock.met_at.is_not(None)),
        )
        .order_by(SlaClock.due_at, SlaClock.id)
    )  # fmt: skip
    rows = session.execute(clocks).all()
    missed = [row[0] for row in rows if row[2] is None or row[2] > row[1]]
    return {"cases": len(rows), "met": len(rows) - len(missed), "missed": missed[:MOST_MISSED]}


def _silent(session: Session, service_id: UUID, alive: Any, begins: datetime, ends: datetime) -> dict[str, Any]:
    """Of all that was open in the month: whose customer waited longer than the limit for a word."""
    cases = session.scalar(select(func.count()).select_from(Enquiry).where(*alive)) or 0
    query = (
        select(Enquiry.reference)
        .join(SilenceAlarm, SilenceAlarm.enquiry_id == Enquiry.id)
        .where(Enquiry.service_id == service_id, SilenceAlarm.missed_at >= begins, SilenceAlarm.missed_at < ends)
        .group_by(Enquiry.id)
        .order_by(func.min(SilenceAlarm.missed_at), Enquiry.id)
    )
    missed = list(session.scalars(query))
    return {"cases": cases, "met": max(0, cases - len(missed)), "missed": missed[:MOST_MISSED]}


def _bounds(month: date) -> tuple[datetime, datetime]:
    first = month.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return _midnight(first), _midnight(following)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON).astimezone(UTC)
