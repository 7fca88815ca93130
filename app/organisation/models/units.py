"""Tables of the parts of the body: units, their calendars, their teams, and who works where."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Json, JsonList


class Unit(Base):
    """A part of the body, with its own opening hours. `aliases` are the other names that queues call it by."""

    __tablename__ = "unit"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    hours: Mapped[Json]
    holiday_region: Mapped[str] = mapped_column(default="ENG")
    aliases: Mapped[JsonList] = mapped_column(JSONB(), default=list, server_default="[]")
    created_at: Mapped[datetime]


class UnitClosure(Base):
    """A day on which a unit is closed though it would work: a shutdown, a training day."""

    __tablename__ = "unit_closure"
    __table_args__ = (UniqueConstraint("unit_id", "day"), CheckConstraint("btrim(reason) <> ''", name="says_why"))

    id: Mapped[Id]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date]
    reason: Mapped[str]


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
