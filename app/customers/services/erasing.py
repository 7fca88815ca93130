"""Erasing source records: out of golden records and history, out of the loads that wait, and kept out when they come again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.events import RecordsErased
from app.customers.loading.batch import written_with_hash
from app.customers.loading.register import layout_from
from app.customers.matching.forgetting import forget
from app.customers.models import (
    DeskClaim,
    DeskJudgement,
    DeskOpinion,
    ErasedKey,
    GoldenPin,
    SourceRecord,
    SourceRecordVersion,
    SourceSystem,
    StewardDecision,
    Verification,
)
from app.customers.parsing.parts import keys_in, without
from app.kernel.actors import Actor
from app.kernel.crypto import KeyedHash
from app.kernel.errors import Invalid, NotFound
from app.kernel.events import provided, publish
from app.kernel.i18n import N_

_ERASING = text("SELECT set_config('firstpoint.erasing', :value, true)")
_WAS = text("SELECT coalesce(current_setting('firstpoint.erasing', true), '')")
_WAITING = text(
    "DELETE FROM load_row i USING source_load l WHERE l.id = i.load_id AND l.source_id = :source AND i.key = ANY(:keys)"
)
_REJECTED = text(
    "UPDATE load_reject r SET content = '', detail = '' FROM source_load l WHERE l.id = r.load_id AND l.source_id = :source "
    "AND r.content <> '' AND EXISTS (SELECT 1 FROM unnest(CAST(:keys AS text[])) AS k WHERE strpos(r.content, k) > 0)"
)
_ROWS = text(
    "SELECT v.record_id, v.number, v.content FROM source_record_version v JOIN source_record r ON r.id = v.record_id "
    "WHERE r.source_id = :source AND r.key = ANY(:keys) ORDER BY v.record_id, v.number"
)
_LATEST = text(
    "UPDATE source_record r SET sha256 = v.sha256 FROM source_record_version v WHERE r.id = ANY(:ids) "
    "AND v.record_id = r.id AND v.number = r.version AND r.sha256 <> v.sha256"
)
LEAST_KEY = 4
"""A key of fewer characters is in too many rejected rows to say whose they are."""


def erase_records(
    session: Session, actor: Actor, ids: Collection[UUID], *, suppress: bool = True, now: datetime
) -> int:
    """Erase source records with every version, and everything that was made of them; says how many there were.

    With `suppress` their keys are turned away from now on, by whichever file, connector or push they come, and what stewards
    said of them is forgotten; without it that holds again if they come again. Rooms above hear of it by RecordsErased before
    the records go.
    """
    found = session.execute(
        select(SourceRecord.id, SourceRecord.key, SourceSystem)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceRecord.id.in_(ids))
        .order_by(SourceRecord.id)
        .with_for_update(of=SourceRecord)
    ).all()
    if not found:
        return 0
    gone = [row[0] for row in found]
    publish(session, RecordsErased(tuple(gone)))
    forget(session, actor, gone, now=now)
    before = session.scalar(_WAS)
    session.execute(_ERASING, {"value": "on"})
    sources: dict[UUID, SourceSystem] = {row[2].id: row[2] for row in found}
    for source in sources.values():
        keys = [row[1] for row in found if row[2].id == source.id]
        _out_of_the_rest(session, source, keys)
        if suppress:
            _forget_sayings(session, source.slug, keys)
            _keep_out(session, source, keys, now)
    _delete(session, gone)
    session.execute(_ERASING, {"value": before})
    audit.record(session, actor, "records.erased", "source_record", None, now=now, records=len(gone), kept_out=suppress)
    session.expire_all()
    return len(gone)


def readmit(session: Session, actor: Actor, source_slug: str, key: str, *, reason: str, now: datetime) -> None:
    """Take a record in again when it comes: its person is a customer anew. NotFound if nothing keeps it out."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the record may come again")})
    source_id = session.scalar(select(SourceSystem.id).where(SourceSystem.slug == source_slug))
    key_hash = provided(session, KeyedHash).of(source_slug, key.strip())
    held = session.get(ErasedKey, (source_id, key_hash), with_for_update=True) if source_id else None
    if held is None or held.readmitted_at is not None:
        raise NotFound(N_("Nothing keeps a record with this key out"))
    held.readmitted_at, held.readmitted_by_name, held.readmitted_reason = now, actor.name, reason.strip()
    session.flush()
    audit.record(session, actor, "record.readmitted", "source_system", source_id, now=now, reason=reason.strip())


def _forget_sayings(session: Session, slug: str, keys: Sequence[str]) -> None:
    """What stewards said of keys that never come again: it binds nobody, and the key itself tells whose it was."""
    pairs = [(slug, key) for key in keys]
    session.execute(
        delete(StewardDecision).where(
            or_(
                tuple_(StewardDecision.left_source, StewardDecision.left_key).in_(pairs),
                tuple_(StewardDecision.right_source, StewardDecision.right_key).in_(pairs),
            )
        )
    )
    session.execute(delete(GoldenPin).where(tuple_(GoldenPin.source, GoldenPin.key).in_(pairs)))


def _out_of_the_rest(session: Session, source: SourceSystem, keys: Sequence[str]) -> None:
    """Out of rows that wait, rows that were refused, and rows that the person shared with somebody who stays."""
    session.execute(_WAITING, {"source": source.id, "keys": list(keys)})
    telling = [key for key in keys if len(key) >= LEAST_KEY]
    session.execute(_REJECTED, {"source": source.id, "keys": telling})
    layout, touched = layout_from(source), set()
    if len(layout.records) < 2:
        return
    theirs = session.execute(_ROWS, {"source": source.id, "keys": list(keys)}).all()
    beside = {key for row in theirs for key in keys_in(row.content, layout)} - set(keys)
    for record_id, number, content in session.execute(_ROWS, {"source": source.id, "keys": sorted(beside)}).all():
        left = without(content, layout, [key for key in keys_in(content, layout) if key in keys])
        if left == content:
            continue
        _, digest = written_with_hash(left)
        session.execute(
            update(SourceRecordVersion)
            .where(SourceRecordVersion.record_id == record_id, SourceRecordVersion.number == number)
            .values(content=left, sha256=digest)
        )
        touched.add(record_id)
    session.execute(_LATEST, {"ids": list(touched)})


def _keep_out(session: Session, source: SourceSystem, keys: Sequence[str], now: datetime) -> None:
    hashing = provided(session, KeyedHash)
    rows = [
        {"source_id": source.id, "key_hash": hashing.of(source.slug, key), "erased_at": now} for key in sorted(keys)
    ]
    again = {"erased_at": now, "readmitted_at": None, "readmitted_by_name": None, "readmitted_reason": None}
    statement = insert(ErasedKey).values(rows)
    session.execute(
        statement.on_conflict_do_update(index_elements=[ErasedKey.source_id, ErasedKey.key_hash], set_=again)
    )


def _delete(session: Session, gone: Sequence[UUID]) -> None:
    session.execute(delete(Verification).where(Verification.source_record_id.in_(gone)))
    for pair in (DeskOpinion, DeskJudgement):
        told = update(pair).where(or_(pair.left_id.in_(gone), pair.right_id.in_(gone)))
        session.execute(told.values(reason="") if pair is DeskOpinion else told.values(before={}, undone_at=_UNDONE))
    session.execute(delete(DeskClaim).where(DeskClaim.subject_id.in_(gone)))
    session.execute(delete(SourceRecordVersion).where(SourceRecordVersion.record_id.in_(gone)))
    session.execute(delete(SourceRecord).where(SourceRecord.id.in_(gone)))
    session.flush()


_UNDONE = text("coalesce(undone_at, now())")
"""A judgement about somebody who is no longer there can no longer be taken back."""
