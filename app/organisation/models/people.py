"""Tables of what members can do, may decide, and when they are there."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, enum_column, one_of
from app.organisation.enums import WITH_LIMIT, Authority, Language, RotaKind

LIMITED = ", ".join(f"'{authority}'" for authority in sorted(WITH_LIMIT))


class Skill(Base):
    """Something that some members can do and a service may need."""

    __tablename__ = "skill"
    __table_args__ = (CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]*$'", name="slug_is_plain"),)

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class MemberSkill(Base):
    """A person can do this."""

    __tablename__ = "member_skill"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    skill_id: Mapped[UUID] = mapped_column(ForeignKey("skill.id"), primary_key=True)


class MemberLanguage(Base):
    """A person can serve a customer in this language. Everybody who works here can in English."""

    __tablename__ = "member_language"
    __table_args__ = (one_of(Language, "language"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    language: Mapped[Language] = enum_column(Language, primary_key=True)


class MemberAuthority(Base):
    """What a person may decide alone; money up to a limit in pence."""

    __tablename__ = "member_authority"
    __table_args__ = (
        one_of(Authority, "authority"),
        CheckConstraint(f"(authority IN ({LIMITED})) = (limit_pence IS NOT NULL)", name="money_has_a_limit"),
        CheckConstraint("limit_pence > 0", name="limit_is_positive"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    authority: Mapped[Authority] = enum_column(Authority, primary_key=True)
    limit_pence: Mapped[int | None]


class RotaShift(Base):
    """A line of somebody's weekly pattern: a weekday (Monday is 0), from and until in minutes after midnight in London."""

    __tablename__ = "rota_shift"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_known"),
        CheckConstraint("0 <= starts AND starts < ends AND ends <= 1440", name="starts_before_it_ends"),
        UniqueConstraint("account_id", "weekday", "starts"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    weekday: Mapped[int]
    starts: Mapped[int]
    ends: Mapped[int]


class RotaException(Base):
    """Somebody is away, or there beyond the pattern, from and until these instants. Sickness may have no end yet."""

    __tablename__ = "rota_exception"
    __table_args__ = (
        one_of(RotaKind, "kind"),
        CheckConstraint("ends_at > starts_at", name="starts_before_it_ends"),
        CheckConstraint("kind = 'sickness' OR ends_at IS NOT NULL", name="only_sickness_is_open"),
        Index(None, "account_id", "starts_at"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[RotaKind] = enum_column(RotaKind)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


class TeamSession(Base):
    """A specialist of another unit sits with a team, from and until: on shift there, and one of its readers."""

    __tablename__ = "team_session"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="starts_before_it_ends"),
        Index(None, "account_id", "starts_at"),
        Index(None, "team_id", "starts_at"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
