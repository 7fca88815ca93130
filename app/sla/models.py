"""The clocks' table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, enum_column, one_of
from app.sla.enums import Measure


class SlaClock(Base):
    """One clock of an enquiry. It runs until it is met or stopped, and stands still while paused."""

    __tablename__ = "sla_clock"
    __table_args__ = (
        one_of(Measure, "measure"),
        UniqueConstraint("enquiry_id", "measure"),
        CheckConstraint("warn_at <= due_at", name="warns_before_due"),
        CheckConstraint("paused_at IS NULL OR met_at IS NULL", name="met_is_not_paused"),
        Index(
            "ix_sla_clock_warn", "warn_at",
            postgresql_where=text("met_at IS NULL AND stopped_at IS NULL AND paused_at IS NULL AND warned_at IS NULL"),
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
