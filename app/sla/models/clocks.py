"""The clocks, and the ledger of when and why they stood still."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.actors import ActorKind
from app.kernel.db import Base, Id, enum_column, one_of
from app.sla.enums import Measure, PauseReason


class SlaClock(Base):
    """One clock of an enquiry. It runs until it is met or stopped, and stands still while paused."""

    __tablename__ = "sla_clock"
    __table_args__ = (
        one_of(Measure, "measure"),
        UniqueConstraint("enquiry_id", "measure"),
        CheckConstraint("warn_at <= due_at", name="warns_before_due"),
        CheckConstraint("paused_at IS NULL OR met_at IS NULL", name="met_is_not_paused"),
        CheckConstraint("paused_at IS NULL OR measure <> 'next_update'", name="silence_does_not_pause"),
        Index(
            "ix_sla_clock_warn", "warn_at",
            postgresql_where=text("met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL AND warned_at IS NULL"),
        ),
        Index(
            "ix_sla_clock_running", "measure", "due_at",
            postgresql_where=text("met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL"),
        ),
        Index(
            "ix_sla_clock_due", "due_at",
            postgresql_where=text("met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL AND breached_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    measure: Mapped[Measure] = enum_column(Measure)
    started_at: Mapped[datetime]
    warn_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]


class SlaPause(Base):
    """A time in which the team's clocks stood still: from when, until when, why, by whom, and what shows it."""

    __tablename__ = "sla_pause"
    __table_args__ = (
        one_of(PauseReason, "reason"),
        one_of(ActorKind, "actor_kind"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),
        CheckConstraint("btrim(words) <> ''", name="says_why"),
        Index("uq_sla_pause_open", "enquiry_id", unique=True, postgresql_where=text("until IS NULL")),
        Index(None, "enquiry_id", "since"),
    )

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[PauseReason] = enum_column(PauseReason)
    words: Mapped[str]
    actor_kind: Mapped[ActorKind] = enum_column(ActorKind)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    evidence_id: Mapped[UUID]
