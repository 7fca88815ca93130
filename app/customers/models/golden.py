"""Golden records, the links they are made of, and what people have decided about them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Computed,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.customers.enums import CustomerKind, HoldReason, LinkMethod, RunKind, RunStatus, Verdict
from app.kernel.db import Base, Id, Json, JsonList, Utc, enum_column, one_of


class MatchRun(Base):
    """What changed links and golden records: who started it, the model it used, how far it is, what it counted and altered.

    A run over all records, a step for some that arrived, a decision put into effect, a rehearsal that changed nothing.
    """

    __tablename__ = "match_run"

    id: Mapped[Id]
    kind: Mapped[RunKind] = enum_column(RunKind, default=RunKind.FULL, server_default="full")
    status: Mapped[RunStatus] = enum_column(RunStatus)
    learns: Mapped[bool] = mapped_column(default=True, server_default="true")
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("match_model.id"))
    progress: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    differences: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    rolled_back_at: Mapped[datetime | None]
    rolled_back_by: Mapped[str | None] = mapped_column(String(200))
    started_at: Mapped[Utc]
    finished_at: Mapped[datetime | None]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    model: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    counts: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    timings: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        one_of(RunKind, "kind"),
        one_of(RunStatus, "status"),
        CheckConstraint("(status IN ('queued', 'running')) = (finished_at IS NULL)", name="finished_when_ended"),
        Index("ix_match_run_kind_started_at", "kind", "started_at"),
    )


class GoldenRecord(Base):
    """The customer: a function of the linked source records. Retired ids stay, and say which record took their place."""

    __tablename__ = "golden_record"

    id: Mapped[Id]
    kind: Mapped[CustomerKind] = enum_column(CustomerKind)
    attributes: Mapped[JsonList]
    display_name: Mapped[str] = mapped_column(String(400))
    date_of_birth: Mapped[date | None]
    address: Mapped[str] = mapped_column(String(500))
    postcode: Mapped[str] = mapped_column(String(10))
    phone: Mapped[str] = mapped_column(String(60))
    email: Mapped[str] = mapped_column(String(254))
    property_id: Mapped[UUID | None] = mapped_column(ForeignKey("property.id"), index=True)
    restricted: Mapped[bool] = mapped_column(default=False)
    size: Mapped[int]
    created_at: Mapped[Utc]
    changed_at: Mapped[Utc]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_run.id"))
    retired_at: Mapped[datetime | None]
    retired_into: Mapped[UUID | None] = mapped_column(ForeignKey("golden_record.id"), index=True)
    live: Mapped[bool] = mapped_column(Computed("retired_at IS NULL", persisted=True))
    revision: Mapped[int] = mapped_column(default=1, server_default="1")

    __table_args__ = (
        one_of(CustomerKind, "kind"),
        UniqueConstraint("id", "live"),
        CheckConstraint("retired_into IS NULL OR retired_at IS NOT NULL", name="redirects_when_retired"),
        CheckConstraint("retired_into <> id", name="redirects_elsewhere"),
        Index(
            "ix_golden_record_organisations", text("lower(display_name)"), "id",
            postgresql_where=text("kind = 'organisation' AND live AND NOT restricted"),
        ),
    )  # fmt: skip


class Link(Base):
    """Source record ↔ golden record. The key allows one link a record; the foreign key allows only live golden records."""

    __tablename__ = "link"

    source_record_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id"), primary_key=True)
    golden_id: Mapped[UUID] = mapped_column(index=True)
    golden_live: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    version: Mapped[int]
    method: Mapped[LinkMethod] = enum_column(LinkMethod)
    weight: Mapped[float | None] = mapped_column(Float)
    probability: Mapped[float | None] = mapped_column(Float)
    evidence: Mapped[Json]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_run.id"))
    since: Mapped[Utc]
    changed_at: Mapped[Utc]

    __table_args__ = (
        one_of(LinkMethod, "method"),
        CheckConstraint("golden_live", name="to_a_live_record"),
        ForeignKeyConstraint(
            ["golden_id", "golden_live"],
            ["golden_record.id", "golden_record.live"],
            deferrable=True,
            initially="DEFERRED",
        ),
    )


class PossibleMatch(Base):
    """Two source records that matching could neither join nor part by itself, and why."""

    __tablename__ = "possible_match"

    id: Mapped[Id]
    left_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id"))
    right_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id"), index=True)
    weight: Mapped[float]
    probability: Mapped[float]
    evidence: Mapped[Json]
    reason: Mapped[HoldReason] = enum_column(HoldReason, default=HoldReason.UNSURE, server_default="unsure")
    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_run.id"))
    noticed_at: Mapped[Utc]

    __table_args__ = (
        one_of(HoldReason, "reason"),
        UniqueConstraint("left_id", "right_id"),
        CheckConstraint("left_id < right_id", name="in_order"),
    )


class StewardDecision(Base):
    """Same or different, said by a person about two source records. Stands until lifted; outranks every run.

    It is about the records' keys in their sources: it outlives their versions, their erasure, and their coming again. The ids are
    those by which the records were known when it was said.
    """

    __tablename__ = "steward_decision"

    id: Mapped[Id]
    left_source: Mapped[str] = mapped_column(String(60))
    left_key: Mapped[str] = mapped_column(String(200))
    right_source: Mapped[str] = mapped_column(String(60))
    right_key: Mapped[str] = mapped_column(String(200))
    left_id: Mapped[UUID] = mapped_column(index=True)
    right_id: Mapped[UUID] = mapped_column(index=True)
    verdict: Mapped[Verdict] = enum_column(Verdict)
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[UUID | None]
    decided_by_name: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[Utc]
    lifted_at: Mapped[datetime | None]
    lifted_by_name: Mapped[str | None] = mapped_column(String(200))
    lifted_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        one_of(Verdict, "verdict"),
        CheckConstraint(
            '(left_source COLLATE "C", left_key COLLATE "C") < (right_source COLLATE "C", right_key COLLATE "C")',
            name="in_order_of_keys",
        ),
        Index(
            "uq_steward_decision_standing",
            "left_source",
            "left_key",
            "right_source",
            "right_key",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
        Index("ix_steward_decision_right", "right_source", "right_key", postgresql_where=text("lifted_at IS NULL")),
        Index("ix_steward_decision_decided_at", "decided_at"),
    )


TRIGRAMS = DDL("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
event.listen(Base.metadata, "before_create", TRIGRAMS)
