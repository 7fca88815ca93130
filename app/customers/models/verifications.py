"""Who has shown to be whom: against which source record, by which questions, never with which answers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Utc


class Verification(Base):
    """One attempt. A passed one with an account is a grant of that one source record to that account, until it is revoked."""

    __tablename__ = "verification"

    id: Mapped[Id]
    at: Mapped[Utc]
    passed: Mapped[bool]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("source_system.id"))
    source_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_record.id"), index=True)
    asked: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    contact_ref: Mapped[str | None] = mapped_column(String(60), index=True)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    actor_address: Mapped[str | None] = mapped_column(String(64))
    revoked_at: Mapped[datetime | None]
    revoked_by_name: Mapped[str | None] = mapped_column(String(200))
    revoked_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("source_record_id IS NOT NULL OR NOT passed", name="passed_against_a_record"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_for_a_reason"),
        Index("ix_verification_actor_id_at", "actor_id", "at"),
    )
