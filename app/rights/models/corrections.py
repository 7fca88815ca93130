"""What a source was told to put right, by when, and what it says to that."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Utc, enum_column, one_of
from app.rights.enums import CorrectionState


class SourceCorrection(Base):
    """One value of one source record that is wrong. `pinned`: until the source has put it right we show the right one anyway.

    `right_at`: since when the source has sent the right value by itself. `sent_old`: how often it has sent the wrong one since it was told,
    and `sent_old_at` when last.
    """

    __tablename__ = "source_correction"

    id: Mapped[Id]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"), index=True)
    source_record_id: Mapped[UUID]
    source: Mapped[str] = mapped_column(String(60))
    attribute: Mapped[str] = mapped_column(String(60))
    says: Mapped[str] = mapped_column(String(500))
    should_say: Mapped[str] = mapped_column(String(500))
    reason: Mapped[str] = mapped_column(Text)
    pinned: Mapped[bool] = mapped_column(default=False)
    state: Mapped[CorrectionState] = enum_column(CorrectionState)
    told_at: Mapped[Utc]
    told_by_name: Mapped[str] = mapped_column(String(200))
    told_to: Mapped[str] = mapped_column(String(254))
    due_at: Mapped[Utc]
    reminded_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    answered_by_name: Mapped[str | None] = mapped_column(String(200))
    right_at: Mapped[datetime | None]
    sent_old: Mapped[int] = mapped_column(default=0, server_default="0")
    sent_old_at: Mapped[datetime | None]

    __table_args__ = (
        one_of(CorrectionState, "state"),
        CheckConstraint("(state = 'told') = (answered_at IS NULL)", name="answered_when_settled"),
        CheckConstraint("right_at IS NULL OR state = 'accepted'", name="right_is_accepted"),
        CheckConstraint("(sent_old > 0) = (sent_old_at IS NOT NULL)", name="sent_old_at_a_time"),
        CheckConstraint("state <> 'refused' OR btrim(answer) <> ''", name="refused_for_a_reason"),
        Index("ix_source_correction_state_due_at", "state", "due_at"),
        Index("ix_source_correction_source", "source", "told_at"),
    )
