"""Source records: what systems of ours and of others say of a person, verbatim, version by version."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, select, text
from sqlalchemy.orm import Session

from app.customers.enums import LawfulBasis
from app.customers.layout import Layout
from app.customers.loading.register import layout_from
from app.customers.models import LoadReject, SourceFile, SourceLoad, SourceRecord, SourceRecordVersion, SourceSystem
from app.customers.parsing.parts import own_part
from app.customers.services.erasing import erase_records
from app.kernel.actors import SYSTEM, Actor
from app.kernel.i18n import N_
from app.kernel.personal import Assessed, Held, Holding, Retention, Row, Subject

AT_ONCE = 200


def export_records(session: Session, subject: Subject) -> Iterator[Row]:
    """Every version of every record as it came, without the columns that are about others in the same row."""
    layouts: dict[object, Layout] = {}
    query = (
        select(SourceRecordVersion, SourceRecord, SourceSystem)
        .join(SourceRecord, SourceRecord.id == SourceRecordVersion.record_id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceRecord.id.in_(subject.records))
        .order_by(SourceSystem.slug, SourceRecord.key, SourceRecordVersion.number)
    )
    for version, record, source in session.execute(query.execution_options(yield_per=AT_ONCE)):
        layout = layouts.setdefault(source.id, layout_from(source))
        yield {
            "at": version.received_at.isoformat(), "source": source.name, "unit": source.unit_name, "purpose": source.purpose,
            "lawful_basis": source.lawful_basis.value, "key": record.key, "version": version.number,
            "read_as": dict(record.attributes) if version.number == record.version else {},
            "as_it_came": _masked(own_part(version.content, layout, record.key), subject),
            "no_longer_there_since": record.gone_since.isoformat() if record.gone_since else None,
        }  # fmt: skip


def assess_records(session: Session, subject: Subject) -> Assessed:
    """Versions that go; those of sources that the law makes us keep stay, as long as the source has them."""
    versions = (
        select(func.count()).select_from(SourceRecordVersion).where(SourceRecordVersion.record_id.in_(subject.records))
    )
    bound = versions.where(SourceRecordVersion.record_id.in_(_bound(subject)))
    kept = session.scalar(bound) or 0
    return Assessed.of((session.scalar(versions) or 0) - kept, statutory=kept)


def erase_of(session: Session, actor: Actor, subject: Subject, now: datetime) -> int:
    """The records, and their keys at the door."""
    bound = set(session.scalars(_bound(subject)))
    going = [record for record in subject.records if record not in bound]
    counted = select(func.count()).select_from(SourceRecordVersion).where(SourceRecordVersion.record_id.in_(going))
    versions = session.scalar(counted) or 0
    erase_records(session, actor, going, now=now)
    return versions


def _bound(subject: Subject) -> Select[UUID]:
    return (
        select(SourceRecord.id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(
            SourceRecord.id.in_(subject.records), SourceRecord.gone_since.is_(None),
            SourceSystem.lawful_basis == LawfulBasis.LEGAL_OBLIGATION,
        )
    )  # fmt: skip


def _over(before: datetime, held: Held) -> Select[UUID]:
    query = select(SourceRecord.id).where(SourceRecord.gone_since < before, SourceRecord.id.not_in(held.records))
    return query.order_by(SourceRecord.id)


def count_gone(session: Session, before: datetime, held: Held) -> int:
    return session.scalar(select(func.count()).select_from(_over(before, held).subquery())) or 0


def expire_gone(session: Session, before: datetime, held: Held, most: int, now: datetime) -> int:
    """Records that their source no longer has: they may come again, so nothing keeps them out."""
    ids = list(session.scalars(_over(before, held).limit(most)))
    return erase_records(session, SYSTEM, ids, suppress=False, now=now)


_OLD_REJECTS = exists().where(SourceLoad.id == LoadReject.load_id, SourceLoad.finished_at < text(":before"))


def count_rejects(session: Session, before: datetime, _held: Held) -> int:
    query = select(func.count()).select_from(LoadReject).where(_OLD_REJECTS)
    return session.scalar(query, {"before": before}) or 0


def expire_rejects(session: Session, before: datetime, _held: Held, most: int, _now: datetime) -> int:
    """Rows that could not be taken: whoever sends them has had the time to put them right."""
    old = select(LoadReject.id).where(_OLD_REJECTS).limit(most)
    ids = list(session.scalars(old, {"before": before}))
    session.execute(delete(LoadReject).where(LoadReject.id.in_(ids)))
    return len(ids)


def count_files(session: Session, before: datetime, _held: Held) -> int:
    return session.scalar(select(func.count()).select_from(SourceFile).where(SourceFile.received_at < before)) or 0


def expire_files(session: Session, before: datetime, _held: Held, most: int, _now: datetime) -> int:
    """Files that were given and never loaded, or kept as a sample."""
    old = list(session.scalars(select(SourceFile.id).where(SourceFile.received_at < before).limit(most)))
    session.execute(delete(SourceFile).where(SourceFile.id.in_(old)))
    return len(old)


def _masked(value: object, subject: Subject) -> object:
    if isinstance(value, str):
        return subject.masked(value)
    if isinstance(value, dict):
        return {key: _masked(item, subject) for key, item in value.items()}
    return [_masked(item, subject) for item in value] if isinstance(value, list) else value


HOLDINGS = (
    Holding(
        "source-records",
        N_("Records from our systems"),
        (
            "source_record.key", "source_record.attributes", "source_record.address_key", "source_record.restricted_reason",
            "source_record.sha256", "source_record_version.content", "source_record_version.sha256", "load_row.key",
            "load_row.content", "load_row.attributes", "load_row.address_key", "load_row.sha256",
            "match_record.marks", "match_record.lent",
        ),
        Retention(
            72, N_("the source no longer has the record"), N_("erased with its golden record"),
            N_("Limitation Act 1980: claims can be made for six years"), count_gone, expire_gone,
        ),
        N_("Collected by the services named in each row, for the purpose named there"),
        N_("Staff who answer enquiries; systems of ours that may ask who somebody is"),
        export=export_records, assess=assess_records, erase=erase_of,
    ),
    Holding(
        "rejected-rows",
        N_("Rows that could not be read"),
        ("load_reject.content", "load_reject.detail", "load_reject.field"),
        Retention(3, N_("the load ended"), N_("deleted"), N_("Long enough to be put right by the source"), count_rejects, expire_rejects),
        unshared=N_("They could not be read, so nobody can say whom they are about; what was put right is in the records"),
        unerased=N_("Rows that hold a key of theirs are blanked with the source records (erase_records)"),
    ),
    Holding(
        "source-files",
        N_("Files given to be loaded"),
        ("source_file.name", "source_file_chunk.content"),
        Retention(1, N_("the file was given"), N_("deleted"), N_("What was loaded is in the records"), count_files, expire_files),
        unshared=N_("The same rows are in the records"),
        unerased=N_("Deleted a week after they were given, a month at the latest"),
    ),
)  # fmt: skip
