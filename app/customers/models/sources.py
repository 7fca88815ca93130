"""Source systems, their loads, and their records as they came: verbatim, versioned, never overwritten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    event,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.customers.enums import LoadStatus, RejectReason
from app.kernel.db import Base, Id, Json, Utc, enum_column, one_of


class SourceSystem(Base):
    """A system that sends us its records, with the layout by which its files are read."""

    __tablename__ = "source_system"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    unit_name: Mapped[str] = mapped_column(String(120))
    layout: Mapped[Json]
    registered_at: Mapped[Utc]
    layout_changed_at: Mapped[Utc]


class SourceLoad(Base):
    """One file taken in, with what became of its rows."""

    __tablename__ = "source_load"

    id: Mapped[Id]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source_system.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    full: Mapped[bool]
    status: Mapped[LoadStatus] = enum_column(LoadStatus)
    started_at: Mapped[Utc]
    finished_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    same: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    gone: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(200))

    __table_args__ = (
        one_of(LoadStatus, "status"),
        CheckConstraint("(status = 'running') = (finished_at IS NULL)", name="finished_when_not_running"),
    )


class SourceRecord(Base):
    """A row's identity in its source, and what its latest version says once it is parsed. The id is ours and never changes."""

    __tablename__ = "source_record"

    id: Mapped[Id]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source_system.id"))
    key: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    attributes: Mapped[Json]
    address_key: Mapped[str] = mapped_column(String(300), default="")
    property_id: Mapped[UUID | None] = mapped_column(ForeignKey("property.id"), index=True)
    restricted: Mapped[bool] = mapped_column(default=False)
    restricted_reason: Mapped[str | None] = mapped_column(Text)
    first_seen_at: Mapped[Utc]
    last_seen_at: Mapped[Utc]
    last_load_id: Mapped[UUID] = mapped_column(ForeignKey("source_load.id"))
    gone_since: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        CheckConstraint("restricted = (restricted_reason IS NOT NULL)", name="restricted_for_a_reason"),
        Index(
            "ix_source_record_upper_key",
            func.upper(key).label("upper_key"),
            postgresql_ops={"upper_key": "text_pattern_ops"},
        ),
    )


class SourceRecordVersion(Base):
    """One row as it came. A trigger refuses every change."""

    __tablename__ = "source_record_version"

    record_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    load_id: Mapped[UUID] = mapped_column(ForeignKey("source_load.id"), index=True)
    line: Mapped[int]
    content: Mapped[Json]
    sha256: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[Utc]


class LoadReject(Base):
    """A row that was not taken, kept as it was, with the reason."""

    __tablename__ = "load_reject"

    id: Mapped[Id]
    load_id: Mapped[UUID] = mapped_column(ForeignKey("source_load.id"))
    line: Mapped[int]
    field: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[RejectReason] = enum_column(RejectReason)
    detail: Mapped[str] = mapped_column(String(500), default="")
    content: Mapped[str] = mapped_column(Text)

    __table_args__ = (one_of(RejectReason, "reason"), Index("ix_load_reject_load_line", "load_id", "line"))


KEEP_VERBATIM = DDL(  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
    """
    CREATE OR REPLACE FUNCTION source_record_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'source_record' THEN
            IF NEW.id = OLD.id AND NEW.source_id = OLD.source_id AND NEW.key = OLD.key AND NEW.version >= OLD.version THEN
                RETURN NEW;
            END IF;
        ELSIF TG_OP = 'DELETE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'source records are never altered or lost: %% on %%', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER source_record_version_kept BEFORE UPDATE OR DELETE ON source_record_version
        FOR EACH ROW EXECUTE FUNCTION source_record_kept();
    CREATE TRIGGER source_record_kept BEFORE UPDATE OR DELETE ON source_record
        FOR EACH ROW EXECUTE FUNCTION source_record_kept();
    CREATE TRIGGER source_record_version_not_emptied BEFORE TRUNCATE ON source_record_version
        FOR EACH STATEMENT EXECUTE FUNCTION source_record_kept();
    """
)
event.listen(SourceRecordVersion.__table__, "after_create", KEEP_VERBATIM)
