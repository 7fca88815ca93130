"""Recording who may act for whom, agreeing to it, and ending it. The terms are never altered: end it and record another."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.customers.events import RelationshipEnded
from app.customers.matching.survival import as_date
from app.customers.models import GoldenRecord, Link, Property, Relationship, SourceRecord
from app.customers.queries.relationships import acting_by_account, relationship
from app.customers.queries.verifications import granted_source_records
from app.customers.relationship_enums import RelationshipKind, Use
from app.customers.relationship_policy import BY_CONSENT, FOR_ORGANISATIONS, problems
from app.customers.rows import RelationshipRow, RelationshipTerms
from app.customers.services.relationship_letters import Change, write_to_both
from app.kernel.actors import SYSTEM, Actor, ActorKind
from app.kernel.clock import london_date
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.kernel.ids import new_id
from app.organisation import queries as organisation

SUBJECT = "relationship"
EXPIRED = N_("Its last day has passed")


def record_relationship(session: Session, actor: Actor, terms: RelationshipTerms, *, now: datetime) -> RelationshipRow:
    """Record that one customer may act for another, on evidence that the actor has seen. Both are written to.

    Invalid names each field that will not do: a right that the evidence does not show, a customer's relation to themselves, dates.
    Conflict if the same stands already for some of these days.
    """
    if not may(actor, Permission.RELATIONSHIPS_MANAGE):
        raise NotAllowed
    acting = _known(session, terms.acting_record_id)
    concerned = _known(session, terms.for_record_id) if terms.for_record_id else None
    errors = _misfits(session, terms, acting, concerned) | problems(
        terms.kind, terms.evidence, starts_on=terms.starts_on, expires_on=terms.expires_on, seen_on=terms.evidence_seen_on,
        today=london_date(now), born=as_date(concerned.attributes.get("date_of_birth", "")) if concerned else None,
    )  # fmt: skip
    if errors:
        raise Invalid(errors)
    _refuse_protected(session, acting, concerned)
    _refuse_overlap(session, terms)
    made = Relationship(
        id=new_id(), kind=terms.kind, acting_record_id=acting.id, for_record_id=concerned.id if concerned else None,
        ward=terms.ward.strip(), services=sorted(set(terms.services)), may_see=Use.SEE in terms.uses,
        may_ask=Use.ASK in terms.uses, may_receive=Use.RECEIVE in terms.uses, evidence=terms.evidence,
        evidence_reference=terms.evidence_reference.strip(), evidence_seen_on=terms.evidence_seen_on,
        evidence_seen_by=actor.name, starts_on=terms.starts_on, expires_on=terms.expires_on, recorded_at=now,
        recorded_by=actor.account_id, recorded_by_name=actor.name,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as error:
        raise _overlap(terms.kind) from error
    audit.record(
        session, actor, "relationship.recorded", SUBJECT, made.id, now=now, kind=terms.kind, acting=acting.id,
        concerned=made.for_record_id, until=terms.expires_on, uses=terms.uses, evidence=terms.evidence,
    )  # fmt: skip
    write_to_both(session, made, Change.RECORDED, now=now)
    return relationship(session, made.id, now=now)


def accept_relationship(session: Session, actor: Actor, relationship_id: UUID, *, now: datetime) -> RelationshipRow:
    """The one who acts agrees to it in My Account; from now on they can use it there. NotFound unless the record is shown to be theirs."""
    account_id = _resident(actor)
    row = {one.id: one for one in acting_by_account(session, account_id, now=now)}.get(relationship_id)
    if row is None:
        raise NotFound
    held = _locked(session, relationship_id)
    if held.accepted_by not in {None, account_id}:
        raise Conflict(N_("This has been accepted in another account"))
    if held.accepted_at is None:
        held.accepted_at, held.accepted_by = now, account_id
        session.flush()
        audit.record(session, actor, "relationship.accepted", SUBJECT, held.id, now=now)
    return relationship(session, held.id, now=now)


def end_relationship(session: Session, actor: Actor, relationship_id: UUID, *, reason: str, now: datetime) -> None:
    """End it, now and for every use. Staff with a reason; whoever acts, always; whoever is acted for, if it stands on their consent."""
    held = _locked(session, relationship_id)
    if actor.kind is ActorKind.RESIDENT:
        _may_end(session, actor, held)
        reason = reason.strip() or N_("Ended in My Account")
    elif not may(actor, Permission.RELATIONSHIPS_MANAGE):
        raise NotAllowed
    if not reason.strip():
        raise Invalid({"reason": N_("Say why it ends")})
    if held.ended_at is not None:
        raise Stale(N_("%(name)s has ended this already"), name=held.ended_by_name)
    _end(session, actor, held, reason.strip(), now)


def expire_relationships(session: Session, *, now: datetime, most: int = 200) -> int:
    """Put away those whose last day has passed, and tell both sides. Nobody could use them since that day; says how many."""
    query = (
        select(Relationship)
        .where(Relationship.ended_at.is_(None), Relationship.expires_on < london_date(now))
        .order_by(Relationship.expires_on, Relationship.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    over = session.scalars(query).all()
    for held in over:
        _end(session, SYSTEM, held, EXPIRED, now)
    return len(over)


def note_acting_look(
    session: Session, actor: Actor, row: RelationshipRow, *, now: datetime, reference: str = ""
) -> None:
    """Write down that somebody looked at another's enquiries by a relationship: the one who is acted for can ask who did."""
    subject = row.concerned.source_record_id if row.concerned else row.id
    audit.looked(
        session, actor, "source_record" if row.concerned else SUBJECT, subject, purpose=row.kind.label, now=now,
        relationship=row.id, reference=reference,
    )  # fmt: skip


def _end(session: Session, actor: Actor, held: Relationship, reason: str, now: datetime) -> None:
    held.ended_at, held.ended_by_name, held.ended_reason = now, actor.name, reason
    session.flush()
    audit.record(session, actor, "relationship.ended", SUBJECT, held.id, now=now, reason=reason)
    write_to_both(session, held, Change.ENDED, now=now)
    publish(session, RelationshipEnded(held.id, now))


def _misfits(
    session: Session, terms: RelationshipTerms, acting: SourceRecord, concerned: SourceRecord | None
) -> dict[str, str]:
    """What does not fit together, by field."""
    errors = {}
    if not terms.uses:
        errors["uses"] = N_("Choose at least one thing that they may do")
    if not terms.evidence_reference.strip():
        errors["evidence_reference"] = N_(
            "Enter the number or the place of the evidence, so that it can be found again"
        )
    known = {service.slug for service in organisation.catalogue(session)}
    if set(terms.services) - known:
        errors["services"] = N_("There is no such service")
    if terms.kind is RelationshipKind.COUNCILLOR:
        return errors | _ward_misfits(session, terms, concerned)
    if concerned is None or terms.ward.strip():
        errors["for_record"] = N_("Choose the record of the one who is acted for")
        return errors
    if _one_customer(session, acting.id, concerned.id):
        errors["for_record"] = N_("Nobody acts for themselves: both records belong to one customer")
    is_body = "organisation_name" in concerned.attributes
    if terms.kind in FOR_ORGANISATIONS and not is_body:
        errors["for_record"] = N_("Choose the record of an organisation")
    if is_body and terms.kind not in FOR_ORGANISATIONS | {RelationshipKind.LANDLORD}:
        errors["for_record"] = N_("Choose the record of a person")
    return errors


def _ward_misfits(session: Session, terms: RelationshipTerms, concerned: SourceRecord | None) -> dict[str, str]:
    if concerned is not None:
        return {"for_record": N_("A councillor acts for a ward, not for one customer")}
    if Use.SEE in terms.uses:
        return {"uses": N_("A councillor may ask and get answers, but sees nobody's enquiries")}
    ward = terms.ward.strip()
    if not ward or not session.scalar(select(exists().where(Property.ward == ward))):
        return {"ward": N_("Enter the name of a ward as it is in the list of properties")}
    return {}


def _refuse_protected(session: Session, acting: SourceRecord, concerned: SourceRecord | None) -> None:
    """Of a protected address nobody may learn through somebody else's right."""
    ids = [record.id for record in (acting, concerned) if record is not None]
    query = (
        select(Link.golden_id)
        .join(GoldenRecord, GoldenRecord.id == Link.golden_id)
        .where(Link.source_record_id.in_(ids), GoldenRecord.restricted)
    )
    if any(record.restricted for record in (acting, concerned) if record) or session.scalars(query).first():
        raise Conflict(N_("A record that is restricted cannot be part of a relationship"))


def _refuse_overlap(session: Session, terms: RelationshipTerms) -> None:
    """The same right between the same two customers for the same days, on whichever of their records it hangs."""
    ours, theirs = _siblings(session, terms.acting_record_id), [terms.for_record_id]
    if terms.for_record_id is not None:
        theirs = list(_siblings(session, terms.for_record_id))
    query = select(Relationship.id).where(
        Relationship.kind == terms.kind,
        Relationship.acting_record_id.in_(ours),
        Relationship.for_record_id.in_(theirs) if terms.for_record_id else Relationship.ward == terms.ward.strip(),
        Relationship.ended_at.is_(None),
        Relationship.starts_on <= terms.expires_on,
        Relationship.expires_on >= terms.starts_on,
    )
    if session.scalars(query.limit(1)).first() is not None:
        raise _overlap(terms.kind)


def _overlap(kind: RelationshipKind) -> Conflict:
    return Conflict(
        N_("The same is recorded already for some of these days (%(kind)s). End that one, or choose other days"),
        kind=kind.label,
    )


def _siblings(session: Session, record_id: UUID) -> list[UUID]:
    golden = select(Link.golden_id).where(Link.source_record_id == record_id).scalar_subquery()
    return [record_id, *session.scalars(select(Link.source_record_id).where(Link.golden_id == golden))]


def _one_customer(session: Session, one: UUID, other: UUID) -> bool:
    ours, theirs = aliased(Link), aliased(Link)
    together = exists().where(
        ours.source_record_id == one, theirs.source_record_id == other, ours.golden_id == theirs.golden_id
    )
    return one == other or bool(session.scalar(select(together)))


def _may_end(session: Session, actor: Actor, held: Relationship) -> None:
    granted = granted_source_records(session, _resident(actor))
    theirs = held.for_record_id in granted and held.evidence in BY_CONSENT
    if held.acting_record_id not in granted and not theirs:
        raise NotFound


def _resident(actor: Actor) -> UUID:
    if actor.kind is not ActorKind.RESIDENT or actor.account_id is None:
        raise NotAllowed
    return actor.account_id


def _known(session: Session, record_id: UUID) -> SourceRecord:
    found = session.get(SourceRecord, record_id)
    if found is None:
        raise NotFound
    return found


def _locked(session: Session, relationship_id: UUID) -> Relationship:
    found = session.get(Relationship, relationship_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found
