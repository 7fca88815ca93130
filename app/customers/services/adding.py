"""A customer whom nobody has a record of yet: a record in a source of our own, made by a person who has seen who is like them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import ConnectorKind, LawfulBasis, MatchGrade, RunKind, Verdict
from app.customers.errors import LikelyAlready
from app.customers.finding.likely import likely
from app.customers.layout import ATTRIBUTES, FileShape, Layout, RecordShape
from app.customers.matching.flow import is_ready, step
from app.customers.models import Link, MatchDue, SourceRecord, SourceSystem
from app.customers.rows import Added, Likely
from app.customers.services.looking_up import check_described, described
from app.customers.services.pushing import push
from app.customers.services.stewardship import decide
from app.kernel import references
from app.kernel.actors import Actor, ActorKind
from app.kernel.errors import Invalid, NotAllowed
from app.kernel.i18n import N_
from app.kernel.ids import new_id

OWN = "added-by-staff"
_SAID = tuple(name for name in ATTRIBUTES if name not in {"organisation_name", "company_number", "uprn"})
_LAYOUT = Layout(
    OWN, "Added by staff", "Customer services", FileShape("rows", ("id", *_SAID)), {}, {"other": 30},
    (RecordShape("{id}", {name: name for name in _SAID}),),
)  # fmt: skip
_NONE_OF_THESE = "None of these, said when the customer was added"


def add_customer(
    session: Session,
    actor: Actor,
    said: Mapping[str, str],
    *,
    address: Sequence[str] = (),
    shown: Collection[UUID] = (),
    now: datetime,
) -> Added:
    """Make a record of a customer, and match it at once.

    `shown`: golden records of which the actor has said that none is this person. Whoever else is like them must be looked at first:
    raises LikelyAlready. That it is none of those whom matching would have joined holds until a steward lifts it.
    """
    if actor.kind is not ActorKind.STAFF:
        raise NotAllowed
    told = {name: value for name, value in described(said, address).items() if name in _SAID}
    if not told.get("family_name"):
        raise Invalid({"family_name": N_("Enter the family name")})
    check_described(told)
    found = likely(session, told)
    if unseen := [one for one in found if one.customer.golden_id not in shown]:
        raise LikelyAlready(len(unseen))
    record = _written(session, actor, told, now)
    _part(session, actor, record, found, now)
    golden = _matched(session, actor, record, now)
    audit.record(
        session,
        actor,
        "customer.added",
        "source_record",
        record,
        now=now,
        golden=golden,
        choice="none of these" if found else "nobody like them",
        shown={str(one.customer.golden_id): one.grade for one in found},
    )
    return Added(record, golden)


def _written(session: Session, actor: Actor, told: Mapping[str, str], now: datetime) -> UUID:
    """The record, in our own source."""
    source = _own_source(session, now)
    key = references.new("CU")
    report = push(session, actor, OWN, [{"id": key, **told}], now=now)
    if report.rejects:
        raise Invalid({report.rejects[0].field or "family_name": report.rejects[0].explanation})
    found = session.scalar(select(SourceRecord.id).where(SourceRecord.source_id == source, SourceRecord.key == key))
    assert found is not None  # noqa: S101 - it has just been written
    return found


def _own_source(session: Session, now: datetime) -> UUID:
    """Our source, registered when the first customer is added. It takes records by push, and from nobody but us."""
    known = session.scalar(select(SourceSystem.id).where(SourceSystem.slug == OWN))
    if known is not None:
        return known
    made = SourceSystem(
        id=new_id(), slug=OWN, name=_LAYOUT.name, unit_name=_LAYOUT.unit, layout=_LAYOUT.as_json(), committed=False,
        registered_at=now, layout_changed_at=now, connector=ConnectorKind.PUSH, connector_settings={}, watermark={},
        purpose="To serve people of whom no other system has a record yet", lawful_basis=LawfulBasis.PUBLIC_TASK,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made.id


def _part(session: Session, actor: Actor, record: UUID, found: Sequence[Likely], now: datetime) -> None:
    """Whom matching would join with the record by itself, and the actor says is somebody else."""
    for one in found:
        if one.grade is MatchGrade.POSSIBLE:
            continue
        query = select(Link.source_record_id).where(Link.golden_id == one.customer.golden_id)
        for other in session.scalars(query.order_by(Link.source_record_id)).all():
            decide(session, actor, record, other, Verdict.DIFFERENT, reason=_NONE_OF_THESE, now=now)


def _matched(session: Session, actor: Actor, record: UUID, now: datetime) -> UUID | None:
    """The golden record of the new record; None before the first match run, which makes one."""
    if not is_ready(session):
        return None
    step(session, actor, kind=RunKind.ARRIVAL, now=now, changed=[record])
    session.execute(delete(MatchDue).where(MatchDue.record_id == record))
    return session.scalar(select(Link.golden_id).where(Link.source_record_id == record))
