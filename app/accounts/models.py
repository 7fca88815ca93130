"""Accounts, what proves them, and how often somebody may try."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.enums import AccountKind, AccountStatus, TokenPurpose
from app.kernel.actors import Role
from app.kernel.db import Base, Id, JsonList, Utc, UtcDateTime, enum_column, one_of


class Account(Base):
    """Somebody, or some system, that can come in. The e-mail address is unique whatever its case."""

    __tablename__ = "account"
    __table_args__ = (
        one_of(AccountKind, "kind"),
        one_of(AccountStatus, "status"),
        CheckConstraint("kind = 'service' OR email IS NOT NULL", name="people_have_email"),
        CheckConstraint("totp_confirmed_at IS NULL OR totp_sealed IS NOT NULL", name="confirmed_totp_is_set"),
        Index("uq_account_email_lower", text("lower(email)"), unique=True),
    )

    id: Mapped[Id]
    kind: Mapped[AccountKind] = enum_column(AccountKind)
    email: Mapped[str | None]
    name: Mapped[str]
    phone: Mapped[str | None]
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[Utc | None]
    locale: Mapped[str] = mapped_column(default="en")
    email_confirmed_at: Mapped[Utc | None]
    status: Mapped[AccountStatus] = enum_column(AccountStatus, default=AccountStatus.ACTIVE)
    totp_sealed: Mapped[str | None]
    totp_confirmed_at: Mapped[Utc | None]
    last_totp_step: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Utc]

    role_rows: Mapped[list["AccountRole"]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="AccountRole.role"
    )

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(row.role for row in self.role_rows)


class AccountRole(Base):
    """A role that an account holds."""

    __tablename__ = "account_role"
    __table_args__ = (one_of(Role, "role"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[Role] = enum_column(Role, primary_key=True)


class SignIn(Base):
    """A browser that is signed in, or waits for its second factor. Revoking the row ends it on the next request."""

    __tablename__ = "sign_in"
    __table_args__ = (
        Index(None, "account_id", "created_at"),
        CheckConstraint("expires_at > created_at", name="ends_after_it_begins"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    token_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[Utc]
    last_seen_at: Mapped[Utc]
    expires_at: Mapped[Utc]
    revoked_at: Mapped[Utc | None]
    needs_second_factor: Mapped[bool]
    second_factor_at: Mapped[Utc | None]
    address: Mapped[str | None]
    agent: Mapped[str | None]


class OneTimeToken(Base):
    """A link sent by e-mail that works once, until it expires."""

    __tablename__ = "one_time_token"
    __table_args__ = (one_of(TokenPurpose, "purpose"), Index(None, "account_id", "purpose"))

    id: Mapped[Id]
    purpose: Mapped[TokenPurpose] = enum_column(TokenPurpose)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[Utc]
    expires_at: Mapped[Utc]
    used_at: Mapped[Utc | None]


class RecoveryCode(Base):
    """One of ten codes that each stand in once for the authenticator."""

    __tablename__ = "recovery_code"
    __table_args__ = (Index(None, "account_id", "code_hash", unique=True),)

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    code_hash: Mapped[str]
    created_at: Mapped[Utc]
    used_at: Mapped[Utc | None]


class Throttle(Base):
    """How often something was tried lately. The key is a hash: the table says nothing about who tried."""

    __tablename__ = "throttle"

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[list[datetime]] = mapped_column(ARRAY(UtcDateTime()), default=list)
    strikes: Mapped[int] = mapped_column(Integer, default=0)
    blocked_until: Mapped[Utc | None]
    quiet_at: Mapped[Utc] = mapped_column(index=True)


class ApiKey(Base):
    """A service's key to the API. The secret is shown once; the prefix finds the row and names the key in lists."""

    __tablename__ = "api_key"
    __table_args__ = (Index(None, "account_id", "created_at"),)

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    scopes: Mapped[JsonList]
    created_at: Mapped[Utc]
    created_by: Mapped[UUID | None]
    expires_at: Mapped[Utc]
    revoked_at: Mapped[Utc | None]
    last_used_at: Mapped[Utc | None]
