"""A protected address: from this moment on, nothing of the record is found or shown without a reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.models import GoldenRecord, GoldenSearch, Link, SourceRecord
from app.kernel.actors import Actor
from app.kernel.errors import Invalid, NotFound
from app.kernel.i18n import N_


def restrict(session: Session, actor: Actor, source_record_id: UUID, *, reason: str, now: datetime) -> None:
    """Restrict a source record, and at once the golden record that it belongs to."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the record is restricted")})
    record = _record(session, source_record_id)
    record.restricted, record.restricted_reason = True, reason.strip()
    golden_id = session.scalar(select(Link.golden_id).where(Link.source_record_id == source_record_id))
    if golden_id is not None:
        session.execute(update(GoldenRecord).where(GoldenRecord.id == golden_id).values(restricted=True))
        hidden = {"addresses": "", "postcodes": [], "phones": [], "emails": ""}
        session.execute(update(GoldenSearch).where(GoldenSearch.golden_id == golden_id).values(**hidden))
    audit.record(session, actor, "record.restricted", "source_record", source_record_id, now=now, reason=reason.strip())


def unrestrict(session: Session, actor: Actor, source_record_id: UUID, *, reason: str, now: datetime) -> None:
    """Lift a restriction. The golden record stays restricted while any other record of it is; search follows with the next match."""
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
        session.execute(update(GoldenRecord).where(GoldenRecord.id == golden_id).values(restricted=held))
    audit.record(
        session, actor, "record.unrestricted", "source_record", source_record_id, now=now, reason=reason.strip()
    )


def _record(session: Session, source_record_id: UUID) -> SourceRecord:
    record = session.get(SourceRecord, source_record_id, with_for_update=True)
    if record is None:
        raise NotFound
    return record
