"""Tables of the organisation. What a queue needs before it may hold anything is held by the database itself."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Json, JsonList, enum_column, one_of
from app.organisation import guards
from app.organisation.enums import DuplicateScope, QueueKind, QueueStatus


class Unit(Base):
    """A part of the body, with its own opening hours."""

    __tablename__ = "unit"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    hours: Mapped[Json]
    holiday_region: Mapped[str] = mapped_column(default="ENG")
    created_at: Mapped[datetime]


class Team(Base):
    """A family group within a unit."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("unit_id", "slug"),)

    id: Mapped[Id]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    slug: Mapped[str]
    name: Mapped[str]


class Membership(Base):
    """Who works where."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("account_id", "unit_id"),)

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    can_lead: Mapped[bool] = mapped_column(default=False)


class Queue(Base):
    """A place where enquiries wait: always owned, always read, always watched."""

    __tablename__ = "queue"
    __table_args__ = (
        one_of(QueueKind, "kind"),
        one_of(QueueStatus, "status"),
        CheckConstraint(
            "status <> 'active' OR (owner_id IS NOT NULL AND deputy_id IS NOT NULL AND monitor_id IS NOT NULL"
            " AND unit_id IS NOT NULL AND btrim(purpose) <> '')",
            name="active_is_complete",
        ),
        CheckConstraint("status <> 'active' OR owner_id <> deputy_id", name="deputy_is_another"),
        CheckConstraint("kind <> 'project' OR status <> 'active' OR ends_on IS NOT NULL", name="project_has_an_end"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    kind: Mapped[QueueKind] = enum_column(QueueKind)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    monitor_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ends_on: Mapped[date | None]
    review_on: Mapped[date | None]
    status: Mapped[QueueStatus] = enum_column(QueueStatus, default=QueueStatus.DRAFT)
    closed_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class QueueReader(Base):
    """One who can open a queue and act on what is in it: a person, or everybody in a unit."""

    __tablename__ = "queue_reader"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (unit_id IS NULL)", name="one_reader"),
        Index(
            "uq_queue_reader_account",
            "queue_id",
            "account_id",
            unique=True,
            postgresql_where=text("account_id IS NOT NULL"),
        ),
        Index("uq_queue_reader_unit", "queue_id", "unit_id", unique=True, postgresql_where=text("unit_id IS NOT NULL")),
    )

    id: Mapped[Id]
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))


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
    verification_needed: Mapped[bool] = mapped_column(default=False)
    duplicate_scope: Mapped[DuplicateScope] = enum_column(DuplicateScope)
    emergency_text: Mapped[str] = mapped_column(default="")
    online: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    updated_at: Mapped[datetime]


guards.attach(Queue.metadata)
