"""What golden records and links were: written by the database itself whenever one changes, and never altered.

The present is in `golden_record` and `link`; here is only what has ended, so that a first match run writes no history.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DDL, BigInteger, CheckConstraint, Float, ForeignKey, Identity, Index, String, Text, event, text
from sqlalchemy.orm import Mapped, mapped_column

from app.customers.enums import LinkMethod
from app.customers.models.golden import GoldenRecord, Link
from app.kernel.db import Base, Id, Json, JsonList, Utc, enum_column, one_of


class GoldenVersion(Base):
    """What a golden record said from one moment until another."""

    __tablename__ = "golden_version"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    golden_id: Mapped[UUID] = mapped_column(ForeignKey("golden_record.id", ondelete="CASCADE"))
    revision: Mapped[int]
    content: Mapped[Json]
    from_at: Mapped[Utc]
    until_at: Mapped[Utc]
    run_id: Mapped[UUID]
    ended_by: Mapped[UUID]

    __table_args__ = (
        Index("ix_golden_version_golden_until", "golden_id", "until_at"),
        Index("ix_golden_version_ended_by", "ended_by"),
        Index("ix_golden_version_property", text("(content ->> 'property_id')")),
    )


class LinkVersion(Base):
    """Where a source record belonged, and why, until it changed. Goes with its record when that is erased."""

    __tablename__ = "link_version"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source_record_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id", ondelete="CASCADE"))
    golden_id: Mapped[UUID]
    version: Mapped[int]
    method: Mapped[LinkMethod] = enum_column(LinkMethod)
    weight: Mapped[float | None] = mapped_column(Float)
    probability: Mapped[float | None] = mapped_column(Float)
    evidence: Mapped[Json]
    since: Mapped[Utc]
    until_at: Mapped[Utc]
    run_id: Mapped[UUID]
    ended_by: Mapped[UUID]

    __table_args__ = (
        one_of(LinkMethod, "method"),
        Index("ix_link_version_record", "source_record_id", "until_at"),
        Index("ix_link_version_golden", "golden_id", "until_at"),
        Index("ix_link_version_ended_by", "ended_by"),
    )


class GoldenMerge(Base):
    """A merge that a person made: what was there before, so that it can be taken back exactly."""

    __tablename__ = "golden_merge"

    id: Mapped[Id]
    kept_id: Mapped[UUID] = mapped_column(ForeignKey("golden_record.id"), index=True)
    gone_id: Mapped[UUID] = mapped_column(ForeignKey("golden_record.id"), index=True)
    decisions: Mapped[JsonList]
    kept_records: Mapped[JsonList]
    gone_records: Mapped[JsonList]
    kept_before: Mapped[str] = mapped_column(Text)
    gone_before: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    merged_at: Mapped[Utc]
    merged_by: Mapped[UUID | None]
    merged_by_name: Mapped[str] = mapped_column(String(200))
    undone_at: Mapped[datetime | None]
    undone_by_name: Mapped[str | None] = mapped_column(String(200))
    undone_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("kept_id <> gone_id", name="of_two"),
        CheckConstraint("(undone_at IS NULL) = (undone_reason IS NULL)", name="undone_for_a_reason"),
    )


class GoldenPin(Base):
    """What a steward says that a customer's golden record shows for one attribute, whatever the rules would.

    It hangs on a source record's key, so it follows that record through every match and every load. Either a typed value, or the
    record (`from_source`, `from_key`) whose value is shown.
    """

    __tablename__ = "golden_pin"

    id: Mapped[Id]
    source: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(200))
    attribute: Mapped[str] = mapped_column(String(60))
    value: Mapped[str | None] = mapped_column(String(500))
    from_source: Mapped[str | None] = mapped_column(String(60))
    from_key: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    merge_id: Mapped[UUID | None] = mapped_column(ForeignKey("golden_merge.id"))
    pinned_at: Mapped[Utc]
    pinned_by: Mapped[UUID | None]
    pinned_by_name: Mapped[str] = mapped_column(String(200))
    lifted_at: Mapped[datetime | None]
    lifted_by_name: Mapped[str | None] = mapped_column(String(200))
    lifted_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("(value IS NULL) <> (from_key IS NULL)", name="value_or_record"),
        CheckConstraint("(from_source IS NULL) = (from_key IS NULL)", name="record_by_source_and_key"),
        CheckConstraint("reason <> ''", name="for_a_reason"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_reason IS NULL)", name="lifted_for_a_reason"),
        Index(
            "uq_golden_pin_standing", "source", "key", "attribute", unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )  # fmt: skip


KEEP_HISTORY = DDL(  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
    """
    CREATE OR REPLACE FUNCTION golden_record_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        kept text[] := ARRAY['changed_at', 'run_id', 'revision', 'live', 'id'];
    BEGIN
        IF to_jsonb(OLD) - kept = to_jsonb(NEW) - kept THEN
            RETURN NEW;
        END IF;
        INSERT INTO golden_version (golden_id, revision, content, from_at, until_at, run_id, ended_by)
        VALUES (OLD.id, OLD.revision, to_jsonb(OLD) - kept, OLD.changed_at, NEW.changed_at, OLD.run_id, NEW.run_id);
        NEW.revision := OLD.revision + 1;
        RETURN NEW;
    END $$;
    CREATE OR REPLACE FUNCTION link_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT 1 FROM source_record WHERE id = OLD.source_record_id) THEN
            RETURN OLD;
        END IF;
        INSERT INTO link_version (source_record_id, golden_id, version, method, weight, probability, evidence, since, until_at,
            run_id, ended_by)
        VALUES (OLD.source_record_id, OLD.golden_id, OLD.version, OLD.method, OLD.weight, OLD.probability, OLD.evidence, OLD.since,
            CASE WHEN TG_OP = 'DELETE' THEN clock_timestamp() ELSE NEW.changed_at END, OLD.run_id,
            CASE WHEN TG_OP = 'DELETE' THEN OLD.run_id ELSE NEW.run_id END);
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER golden_record_changes BEFORE UPDATE ON golden_record
        FOR EACH ROW EXECUTE FUNCTION golden_record_changes();
    CREATE TRIGGER link_changes BEFORE UPDATE OR DELETE ON link FOR EACH ROW EXECUTE FUNCTION link_changes();
    CREATE OR REPLACE FUNCTION history_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND (pg_trigger_depth() > 1 OR current_setting('firstpoint.erasing', true) = 'on') THEN
            RETURN OLD;
        END IF;
        IF TG_OP = 'UPDATE' AND current_setting('firstpoint.erasing', true) = 'on' THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION 'history is never altered: %% on %%', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END $$;
    CREATE TRIGGER golden_version_kept BEFORE UPDATE OR DELETE ON golden_version
        FOR EACH ROW EXECUTE FUNCTION history_kept();
    CREATE TRIGGER link_version_kept BEFORE UPDATE OR DELETE ON link_version
        FOR EACH ROW EXECUTE FUNCTION history_kept();
    """
)
event.listen(GoldenPin.__table__, "after_create", KEEP_HISTORY)
GoldenPin.__table__.add_is_dependent_on(GoldenVersion.__table__)  # type: ignore[attr-defined]  # - it is a Table
GoldenPin.__table__.add_is_dependent_on(LinkVersion.__table__)  # type: ignore[attr-defined]  # - it is a Table
GoldenPin.__table__.add_is_dependent_on(Link.__table__)  # type: ignore[attr-defined]  # - it is a Table
GoldenPin.__table__.add_is_dependent_on(GoldenRecord.__table__)  # type: ignore[attr-defined]  # - it is a Table
