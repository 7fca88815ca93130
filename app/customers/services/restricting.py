"""A protected address: from this moment on, nothing of the record is found or shown without a reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import Verdict
from app.customers.matching.waiting import note_due
from app.customers.models import GoldenRecord, GoldenSearch, Link, SourceRecord
from app.customers.services.stewardship import decide
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.i18n import N_

_TOGETHER = "They were one customer when one of them was restricted"


def restrict(session: Session, actor: Actor, source_record_id: UUID, *, reason: str, now: datetime) -> None:
    """Restrict a source record, and at once the golden record that it belongs to.

    From now on no machine joins it to anything or parts it from anything: that the records it was with are the same person is
    kept as this actor's decision, so that none of them comes free and shows what is to be protected.
    """
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the record is restricted")})
    record = _record(session, source_record_id)
    record.restricted, record.restricted_reason = True, reason.strip()
    golden_id = session.scalar(select(Link.golden_id).where(Link.source_record_id == source_record_id))
    if golden_id is not None:
        _keep_together(session, actor, source_record_id, golden_id, now)
        session.execute(
            update(GoldenRecord).where(GoldenRecord.id == golden_id).values(restricted=True, changed_at=now)
        )
        hidden = {"addresses": "", "postcodes": [], "phones": [], "emails": ""}
        session.execute(update(GoldenSearch).where(GoldenSearch.golden_id == golden_id).values(**hidden))
    audit.record(session, actor, "record.restricted", "source_record", source_record_id, now=now, reason=reason.strip())


def unrestrict(session: Session, actor: Actor, source_record_id: UUID, *, reason: str, now: datetime) -> None:
    """Lift a restriction. The golden record stays restricted while any other record of it is; search follows within seconds."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the restriction is lifted")})
    record = _record(session, source_record_id)
    record.restricted, record.restricted_reason = False, None
    session.flush()
    golden_id = session.scalar(select(Link.golden_id).where(Link.source_record_id == source_record_id))
    if golden_id is not None:
        held = exists().where(
            Link.golden_id == golden_id, Link.source_record_id == SourceRecord.id, SourceRecord.restricted.is_(True)
        )
        session.execute(
            update(GoldenRecord).where(GoldenRecord.id == golden_id).values(restricted=held, changed_at=now)
        )
    note_due(session, [source_record_id])
    audit.record(
        session, actor, "record.unrestricted", "source_record", source_record_id, now=now, reason=reason.strip()
    )


def _keep_together(session: Session, actor: Actor, source_record_id: UUID, golden_id: UUID, now: datetime) -> None:
    others = select(Link.source_record_id).where(Link.golden_id == golden_id, Link.source_record_id != source_record_id)
    for other in session.scalars(others.order_by(Link.source_record_id)).all():
        decide(session, actor, source_record_id, other, Verdict.SAME, reason=_TOGETHER, now=now)


def _record(session: Session, source_record_id: UUID) -> SourceRecord:
    record = session.get(SourceRecord, source_record_id, with_for_update=True)
    if record is None:
        raise NotFound
    return record
