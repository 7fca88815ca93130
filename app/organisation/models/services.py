"""The table of the service catalogue."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, JsonList, enum_column, one_of
from app.organisation.enums import DuplicateScope


class Service(Base):
    """A catalogue entry: what can be asked for, what is asked in return, and what is promised."""

    __tablename__ = "service"
    __table_args__ = (
        one_of(DuplicateScope, "duplicate_scope"),
        CheckConstraint("tier BETWEEN 1 AND 3", name="tier_known"),
        CheckConstraint(
            "standard_working_days > 0 AND first_response_working_days > 0 AND silence_working_days > 0"
            " AND acceptance_working_hours > 0",
            name="standards_are_positive",
        ),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    summary: Mapped[str]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    handoff_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    intake_queue_slug: Mapped[str] = mapped_column(default="")
    intake_queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    tier: Mapped[int]
    lgsl: Mapped[int | None]
    standard_working_days: Mapped[int]
    first_response_working_days: Mapped[int]
    silence_working_days: Mapped[int]
    acceptance_working_hours: Mapped[int]
    questions: Mapped[JsonList]
    script: Mapped[JsonList] = mapped_column(JSONB, default=list)
    skills: Mapped[JsonList] = mapped_column(JSONB(), default=list, server_default="[]")
    verification_needed: Mapped[bool] = mapped_column(default=False)
    duplicate_scope: Mapped[DuplicateScope] = enum_column(DuplicateScope)
    emergency_text: Mapped[str] = mapped_column(default="")
    online: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime]
