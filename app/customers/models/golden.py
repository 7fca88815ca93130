"""Golden records, the links they are made of, and what people have decided about them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    DDL,
    CheckConstraint,
    Computed,
    Date,
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
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.customers.enums import CustomerKind, LinkMethod, RunStatus, Verdict
from app.kernel.db import Base, Id, Json, JsonList, Utc, enum_column, one_of


class MatchRun(Base):
    """One run over all records: the model it used, what it counted, how long each part took."""

    __tablename__ = "match_run"

    id: Mapped[Id]
    status: Mapped[RunStatus] = enum_column(RunStatus)
    started_at: Mapped[Utc]
    finished_at: Mapped[datetime | None]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    model: Mapped[Json]
    counts: Mapped[Json]
    timings: Mapped[Json]
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        one_of(RunStatus, "status"),
        CheckConstraint("(status = 'running') = (finished_at IS NULL)", name="finished_when_not_running"),
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

    __table_args__ = (
        one_of(CustomerKind, "kind"),
        UniqueConstraint("id", "live"),
        CheckConstraint("retired_into IS NULL OR retired_at IS NOT NULL", name="redirects_when_retired"),
        CheckConstraint("retired_into <> id", name="redirects_elsewhere"),
    )


AT_ONCE = {"fastupdate": "off"}
"""A match run writes thousands of rows; left in the index's pending list, every search would read through them."""


class GoldenSearch(Base):
    """What a live golden record can be found by: every form that any of its source records holds, folded.

    Of a restricted one only names and dates of birth are here, so that no search can tell where somebody lives.
    """

    __tablename__ = "golden_search"

    golden_id: Mapped[UUID] = mapped_column(ForeignKey("golden_record.id", ondelete="CASCADE"), primary_key=True)
    names: Mapped[str] = mapped_column(Text)
    addresses: Mapped[str] = mapped_column(Text)
    postcodes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    births: Mapped[list[date]] = mapped_column(ARRAY(Date))
    phones: Mapped[list[str]] = mapped_column(ARRAY(Text))
    emails: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        *(
            Index(
                f"ix_golden_search_{column}",
                column,
                postgresql_using="gin",
                postgresql_ops={column: "gin_trgm_ops"},
                postgresql_with=AT_ONCE,
            )
            for column in ("names", "addresses", "emails")
        ),
        *(
            Index(f"ix_golden_search_{column}", column, postgresql_using="gin", postgresql_with=AT_ONCE)
            for column in ("postcodes", "births", "phones")
        ),
    )


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
    """Two source records that the last run could neither join nor part with confidence."""

    __tablename__ = "possible_match"

    id: Mapped[Id]
    left_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id"))
    right_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id"), index=True)
    weight: Mapped[float]
    probability: Mapped[float]
    evidence: Mapped[Json]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("match_run.id"))
    noticed_at: Mapped[Utc]

    __table_args__ = (UniqueConstraint("left_id", "right_id"), CheckConstraint("left_id < right_id", name="in_order"))


class StewardDecision(Base):
    """Same or different, said by a person about two source records. Stands until lifted; outranks every run."""

    __tablename__ = "steward_decision"

    id: Mapped[Id]
    left_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id"))
    right_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id"), index=True)
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
        CheckConstraint("left_id < right_id", name="in_order"),
        Index(
            "uq_steward_decision_standing",
            "left_id",
            "right_id",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )


TRIGRAMS = DDL("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
event.listen(Base.metadata, "before_create", TRIGRAMS)
