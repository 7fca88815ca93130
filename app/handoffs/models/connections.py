"""How a unit is reached, what an offer to it has to hold, and what its system's words mean here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.handoffs.enums import Becomes, Enforcement, Reach
from app.kernel.db import Base, Id, Json, JsonList, enum_column, one_of


class ServiceConnection(Base):
    """How offers travel to a unit. Without a row its people find them in the console. `account_id` acts for what has no people here."""

    __tablename__ = "service_connection"
    __table_args__ = (
        one_of(Reach, "reach"),
        CheckConstraint("reach <> 'email' OR (btrim(email) <> '' AND account_id IS NOT NULL)", name="email_has_an_address"),
        CheckConstraint(
            "reach <> 'open311' OR (btrim(open311_url) <> '' AND account_id IS NOT NULL)", name="open311_has_an_address"
        ),
    )  # fmt: skip

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    reach: Mapped[Reach] = enum_column(Reach)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    email: Mapped[str] = mapped_column(default="")
    open311_url: Mapped[str] = mapped_column(default="")
    open311_key: Mapped[str | None]
    jurisdiction: Mapped[str] = mapped_column(default="")
    codes: Mapped[Json]
    polled_at: Mapped[datetime | None]
    poll_error: Mapped[str] = mapped_column(default="")
    failing_since: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class Checklist(Base):
    """What an offer of a service has to hold before a unit takes it; without a unit, whichever it goes to."""

    __tablename__ = "handoff_checklist"
    __table_args__ = (
        one_of(Enforcement, "enforcement"),
        UniqueConstraint(
            "service_id", "unit_id", name="uq_handoff_checklist_service_id_unit_id", postgresql_nulls_not_distinct=True
        ),
    )

    id: Mapped[Id]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    enforcement: Mapped[Enforcement] = enum_column(Enforcement)
    items: Mapped[JsonList]
    version: Mapped[int] = mapped_column(default=1)


class StatusRule(Base):
    """What a code of a unit's system means for the handoff, and what follows when it says nothing more for some days."""

    __tablename__ = "handoff_status_rule"
    __table_args__ = (
        one_of(Becomes, "becomes"),
        one_of(Becomes, "silent_becomes"),
        UniqueConstraint("unit_id", "code"),
        CheckConstraint("code = lower(btrim(code)) AND code <> ''", name="code_is_plain"),
        CheckConstraint("(silent_days IS NULL) = (silent_becomes IS NULL)", name="silence_is_whole"),
        CheckConstraint("silent_days > 0", name="silence_is_positive"),
        CheckConstraint(
            "becomes NOT IN ('completed', 'returned', 'declined') OR btrim(words) <> ''", name="ending_says_something"
        ),
    )

    id: Mapped[Id]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    code: Mapped[str]
    becomes: Mapped[Becomes] = enum_column(Becomes)
    words: Mapped[str] = mapped_column(default="")
    suggested_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    silent_days: Mapped[int | None]
    silent_becomes: Mapped[Becomes | None] = enum_column(Becomes, nullable=True)


class EmailLink(Base):
    """A way to answer one handoff without an account. The link itself is signed and kept nowhere."""

    __tablename__ = "handoff_link"
    __table_args__ = (Index(None, "handoff_id"),)

    id: Mapped[Id]
    handoff_id: Mapped[UUID] = mapped_column(ForeignKey("handoff.id"))
    sent_to: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
