"""The silence guard's memory: whom we were about to leave waiting, who had to see to it, and whether the limit passed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id


class SilenceAlarm(Base):
    """Raised before a customer has waited too long for a word; closed when a person has spoken to them, or the enquiry is finished."""

    __tablename__ = "silence_alarm"
    __table_args__ = (
        CheckConstraint("level >= 1", name="level_counts"),
        CheckConstraint("closed_at IS NULL OR closed_at >= raised_at", name="closes_after_it_rings"),
        CheckConstraint("missed_at IS NULL OR missed_at >= raised_at", name="missed_after_it_rings"),
        Index("uq_silence_alarm_open", "enquiry_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index("ix_silence_alarm_limit", "hear_by", postgresql_where=text("closed_at IS NULL")),
        Index("ix_silence_alarm_missed_at", "missed_at", postgresql_where=text("missed_at IS NOT NULL")),
    )

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    raised_at: Mapped[datetime]
    hear_by: Mapped[datetime]
    level: Mapped[int] = mapped_column(default=1)
    given_to_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    given_to: Mapped[str] = mapped_column(default="")
    missed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
