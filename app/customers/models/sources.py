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
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    event,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.customers.enums import ConnectorKind, LawfulBasis, LoadPhase, LoadStatus, RejectReason
from app.kernel.db import Base, Id, Json, Utc, enum_column, one_of


class SourceSystem(Base):
    """A system that sends us its records: why we may hold them, how they are read, how they reach us, and what was promised."""

    __tablename__ = "source_system"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    unit_name: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(Text, default="", server_default="")
    lawful_basis: Mapped[LawfulBasis] = enum_column(
        LawfulBasis, default=LawfulBasis.PUBLIC_TASK, server_default="public_task"
    )
    contact: Mapped[str] = mapped_column(String(200), default="", server_default="")
    layout: Mapped[Json]
    committed: Mapped[bool] = mapped_column(default=True, server_default="true")
    registered_at: Mapped[Utc]
    layout_changed_at: Mapped[Utc]
    connector: Mapped[ConnectorKind] = enum_column(ConnectorKind, default=ConnectorKind.UPLOAD, server_default="upload")
    connector_settings: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    connector_secret: Mapped[str | None] = mapped_column(Text)
    watermark: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    refresh_minutes: Mapped[int | None]
    refresh_at: Mapped[str | None] = mapped_column(String(5))
    next_refresh_at: Mapped[datetime | None]
    refresh_problem: Mapped[str | None] = mapped_column(Text)
    freshness_hours: Mapped[int | None]
    gone_percent: Mapped[int] = mapped_column(default=10, server_default="10")
    sample_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_file.id", ondelete="SET NULL"))

    __table_args__ = (
        one_of(LawfulBasis, "lawful_basis"),
        one_of(ConnectorKind, "connector"),
        CheckConstraint("gone_percent BETWEEN 0 AND 100", name="gone_percent_is_a_share"),
        CheckConstraint("refresh_minutes >= 5", name="refreshes_not_too_often"),
        CheckConstraint("refresh_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="refresh_at_is_a_time"),
        CheckConstraint("freshness_hours > 0", name="freshness_can_be_kept"),
    )


class SourceLoad(Base):
    """One intake of rows, with what became of them. `reading_cursor` is where reading goes on after an interruption."""

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
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_file.id", ondelete="SET NULL"))
    origin: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    rehearsal: Mapped[bool] = mapped_column(default=False, server_default="false")
    phase: Mapped[LoadPhase] = enum_column(LoadPhase, default=LoadPhase.READING, server_default="ended")
    total: Mapped[int | None]
    staged: Mapped[int] = mapped_column(default=0, server_default="0")
    written: Mapped[int] = mapped_column(default=0, server_default="0")
    reading_cursor: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    effects: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    confirmed_reason: Mapped[str | None] = mapped_column(Text)
    confirmed_by: Mapped[str | None] = mapped_column(String(200))
    undone_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        one_of(LoadStatus, "status"),
        one_of(LoadPhase, "phase"),
        CheckConstraint(
            "(status IN ('queued', 'running', 'rehearsed', 'waiting')) = (finished_at IS NULL)",
            name="finished_when_ended",
        ),
        CheckConstraint("(status = 'undone') = (undone_reason IS NOT NULL)", name="undone_for_a_reason"),
        Index("uq_source_load_one_running", "source_id", unique=True, postgresql_where=text("status = 'running'")),
        Index("ix_source_load_queued", "started_at", postgresql_where=text("status IN ('queued', 'running')")),
    )


class LoadRow(Base):
    """A row that was read and not yet written. Unlogged: after a crash of the server it is read again."""

    __tablename__ = "load_row"

    load_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    place: Mapped[int]
    line: Mapped[int]
    id: Mapped[UUID]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[Json]
    attributes: Mapped[Json]
    address_key: Mapped[str] = mapped_column(String(300))

    __table_args__ = (Index("ix_load_row_place", "load_id", "place"), {"prefixes": ["UNLOGGED"]})


class SourceFile(Base):
    """A file that somebody gave us by the console, until it is loaded or forgotten."""

    __tablename__ = "source_file"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[Utc]
    actor_id: Mapped[UUID | None]


class SourceFileChunk(Base):
    """A megabyte of such a file: any worker can load it, whichever machine took it in."""

    __tablename__ = "source_file_chunk"

    file_id: Mapped[UUID] = mapped_column(ForeignKey("source_file.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class SourceDraft(Base):
    """A source that a person is describing: the sample, and what they have said of its columns so far."""

    __tablename__ = "source_draft"

    id: Mapped[Id]
    file_id: Mapped[UUID] = mapped_column(ForeignKey("source_file.id", ondelete="CASCADE"))
    actor_id: Mapped[UUID | None]
    shape: Mapped[Json]
    kinds: Mapped[Json]
    created_at: Mapped[Utc]


class SourceQuality(Base):
    """How good a source's records were at one moment. `figures`: attribute → of how many, filled, and valid."""

    __tablename__ = "source_quality"

    id: Mapped[Id]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source_system.id"))
    load_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_load.id"))
    taken_at: Mapped[Utc]
    records: Mapped[int]
    duplicates: Mapped[int]
    figures: Mapped[Json]
    age_hours: Mapped[int | None]
    promise_hours: Mapped[int | None]

    __table_args__ = (Index("ix_source_quality_source_taken", "source_id", "taken_at"),)


class SourceRecord(Base):
    """A row's identity in its source, and what its latest version says once it is parsed. The id is ours and never changes.

    `gone_before`: since when it had been gone when `last_load_id` brought it back, so that taking that load back lets it go again.
    """

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
    gone_before: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("source_id", "key"),
        CheckConstraint("restricted = (restricted_reason IS NOT NULL)", name="restricted_for_a_reason"),
        Index(
            "ix_source_record_upper_key",
            func.upper(key).label("upper_key"),
            postgresql_ops={"upper_key": "text_pattern_ops"},
        ),
        Index("ix_source_record_uprn", text("(attributes ->> 'uprn')")),
        Index(
            "ix_source_record_company_number",
            text("(attributes ->> 'company_number')"),
            postgresql_where=text("attributes ? 'company_number'"),
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
        ELSIF TG_OP = 'UPDATE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN NEW;
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
