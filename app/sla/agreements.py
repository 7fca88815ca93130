"""Agreements between the front office and a service unit: drafted, signed by both, in force, replaced by the next version."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.policy import Permission, authorize
from app.audit import services as audit
from app.kernel.actors import Actor
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from app.kernel.i18n import N_
from app.organisation import queries as organisation
from app.organisation.models import Membership, Service, Unit
from app.sla.enums import AgreementStatus, Measure, Party
from app.sla.models import SlaAgreement, SlaTarget

Front = aliased(Unit)
Back = aliased(Unit)
FINISHED_VERSION = N_("This version is signed by both. Make a new one to change it")


@dataclass(frozen=True, slots=True)
class Target:
    """Within so many working days, in so many of a hundred cases."""

    working_days: int
    percent: int


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed for a party, and when; neither while they have not."""

    by: str = ""
    at: datetime | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """A version of an agreement, with names."""

    id: UUID
    service_slug: str
    service_name: str
    version: int
    status: AgreementStatus
    front_unit_id: UUID
    front_unit: str
    service_unit_id: UUID
    service_unit: str
    starts_on: date
    review_on: date
    ended_on: date | None
    third_party_pauses: bool
    targets: Mapping[Measure, Target]
    signatures: Mapping[Party, Signature]


def draft(
    session: Session,
    actor: Actor,
    *,
    service: str,
    front_unit: str,
    service_unit: str,
    starts_on: date,
    review_on: date,
    targets: Mapping[Measure, Target],
    third_party_pauses: bool = False,
    now: datetime,
) -> AgreementRow:
    """Write the next version. It counts for nothing until both parties have signed it. One draft of a service at a time."""
    authorize(actor, Permission.AGREEMENTS_MANAGE)
    entry = organisation.service_by_slug(session, service)
    front, back = organisation.unit_by_slug(session, front_unit), organisation.unit_by_slug(session, service_unit)
    errors = _problems(front.id, back.id, starts_on, review_on, targets)
    if errors:
        raise Invalid(errors)
    mine = SlaAgreement.service_id == entry.id
    if session.scalar(select(SlaAgreement.id).where(mine, SlaAgreement.status == AgreementStatus.DRAFT)):
        raise Conflict(N_("There is a draft for this service already. Sign it or drop it first"))
    last = session.scalar(select(func.max(SlaAgreement.version)).where(mine)) or 0
    found = SlaAgreement(
        service_id=entry.id, version=last + 1, status=AgreementStatus.DRAFT, front_unit_id=front.id, service_unit_id=back.id,
        starts_on=starts_on, review_on=review_on, third_party_pauses=third_party_pauses, created_at=now, created_by=actor.name,
    )  # fmt: skip
    session.add(found)
    session.flush()
    session.add_all(
        SlaTarget(agreement_id=found.id, measure=measure, working_days=target.working_days, percent=target.percent)
        for measure, target in targets.items()
    )
    session.flush()
    audit.record(
        session, actor, "agreement.drafted", "sla_agreement", found.id, now=now, service=service, version=last + 1
    )
    return agreement(session, found.id)


def drop_draft(session: Session, actor: Actor, agreement_id: UUID, *, now: datetime) -> None:
    """The draft will not be signed."""
    authorize(actor, Permission.AGREEMENTS_MANAGE)
    found = _held(session, agreement_id)
    if found.status is not AgreementStatus.DRAFT:
        raise Conflict(FINISHED_VERSION)
    for target in session.scalars(select(SlaTarget).where(SlaTarget.agreement_id == found.id)):
        session.delete(target)
    session.flush()
    session.delete(found)
    session.flush()
    audit.record(session, actor, "agreement.dropped", "sla_agreement", agreement_id, now=now)


def sign(session: Session, actor: Actor, agreement_id: UUID, *, party: Party, now: datetime) -> AgreementRow:
    """Sign for one party. With the second signature it is in force, and the version before it ends."""
    found = _held(session, agreement_id)
    if found.status is not AgreementStatus.DRAFT:
        raise Conflict(FINISHED_VERSION)
    must_lead(session, actor, found, party)
    _two_people(actor, found, party)
    setattr(found, f"{party.value}_signed_at", now)
    setattr(found, f"{party.value}_signed_by_id", actor.account_id)
    setattr(found, f"{party.value}_signed_by", actor.name)
    session.flush()
    if found.front_signed_at and found.service_signed_at:
        _come_into_force(session, found, now)
    audit.record(session, actor, "agreement.signed", "sla_agreement", found.id, now=now, party=party)
    return agreement(session, found.id)


def must_lead(session: Session, actor: Actor, found: SlaAgreement, party: Party) -> None:
    """Only who leads the unit of a party signs for it. Raises NotAllowed."""
    authorize(actor, Permission.AGREEMENTS_VIEW)
    unit_id = found.front_unit_id if party is Party.FRONT else found.service_unit_id
    leads = (Membership.unit_id == unit_id, Membership.account_id == actor.account_id, Membership.can_lead)
    if session.scalar(select(Membership.id).where(*leads)) is None:
        raise NotAllowed(N_("Only somebody who leads the unit can sign for it"))


def targets_in_force(session: Session, service_id: UUID) -> dict[Measure, int]:
    """The working days that were agreed for a service; nothing where there is no agreement in force."""
    query = (
        select(SlaTarget.measure, SlaTarget.working_days)
        .join(SlaAgreement, SlaAgreement.id == SlaTarget.agreement_id)
        .where(SlaAgreement.service_id == service_id, SlaAgreement.status == AgreementStatus.IN_FORCE)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def third_party_pauses(session: Session, service_id: UUID) -> bool:
    """Whether it was agreed that the clocks stand still while somebody outside has to act."""
    here = (SlaAgreement.service_id == service_id, SlaAgreement.status == AgreementStatus.IN_FORCE)
    return bool(session.scalar(select(SlaAgreement.third_party_pauses).where(*here)))


def agreement(session: Session, agreement_id: UUID) -> AgreementRow:
    row = session.execute(_agreements().where(SlaAgreement.id == agreement_id)).first()
    if row is None:
        raise NotFound
    return _row(session, [row])[0]


def agreements(session: Session) -> tuple[AgreementRow, ...]:
    """Every version, by service, the newest first."""
    query = _agreements().order_by(Service.name, SlaAgreement.version.desc(), SlaAgreement.id)
    return _row(session, session.execute(query).all())


def _agreements() -> Any:
    return (
        select(SlaAgreement, Service.slug, Service.name, Front.name, Back.name)
        .join(Service, Service.id == SlaAgreement.service_id)
        .join(Front, Front.id == SlaAgreement.front_unit_id)
        .join(Back, Back.id == SlaAgreement.service_unit_id)
    )


def _row(session: Session, rows: Any) -> tuple[AgreementRow, ...]:
    ids = [row[0].id for row in rows]
    found: dict[UUID, dict[Measure, Target]] = {key: {} for key in ids}
    targets = select(SlaTarget).where(SlaTarget.agreement_id.in_(ids)).order_by(SlaTarget.measure)
    for target in session.scalars(targets):
        found[target.agreement_id][target.measure] = Target(target.working_days, target.percent)
    return tuple(_one(row, found[row[0].id]) for row in rows)


def _one(row: Any, targets: Mapping[Measure, Target]) -> AgreementRow:
    a, slug, service, front, back = row
    return AgreementRow(
        id=a.id, service_slug=slug, service_name=service, version=a.version, status=a.status, front_unit_id=a.front_unit_id,
        front_unit=front, service_unit_id=a.service_unit_id, service_unit=back, starts_on=a.starts_on, review_on=a.review_on,
        ended_on=a.ended_on, third_party_pauses=a.third_party_pauses, targets=targets,
        signatures={
            Party.FRONT: Signature(a.front_signed_by, a.front_signed_at),
            Party.SERVICE: Signature(a.service_signed_by, a.service_signed_at),
        },
    )  # fmt: skip


def _come_into_force(session: Session, found: SlaAgreement, now: datetime) -> None:
    before = (SlaAgreement.service_id == found.service_id, SlaAgreement.status == AgreementStatus.IN_FORCE)
    for old in session.scalars(select(SlaAgreement).where(*before)):
        old.status, old.ended_on = AgreementStatus.ENDED, london_date(now)
    session.flush()
    found.status = AgreementStatus.IN_FORCE
    session.flush()


def _two_people(actor: Actor, found: SlaAgreement, party: Party) -> None:
    other = found.service_signed_by_id if party is Party.FRONT else found.front_signed_by_id
    if actor.account_id is None or other == actor.account_id:
        raise NotAllowed(N_("Two people sign: you have signed for the other side"))


def _held(session: Session, agreement_id: UUID) -> SlaAgreement:
    found = session.get(SlaAgreement, agreement_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _problems(
    front: UUID, back: UUID, starts_on: date, review_on: date, targets: Mapping[Measure, Target]
) -> dict[str, str]:
    errors = {}
    if front == back:
        errors["service_unit"] = N_("An agreement has two parties: choose another unit")
    if review_on <= starts_on:
        errors["review_on"] = N_("The review comes after the start")
    for measure in Measure:
        target = targets.get(measure)
        if target is None or target.working_days < 1:
            errors[f"{measure.value}_days"] = N_("Enter the working days, from 1 on")
        if target is None or not 1 <= target.percent <= 100:
            errors[f"{measure.value}_percent"] = N_("Enter a percentage from 1 to 100")
    return errors
