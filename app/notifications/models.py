"""The outbox: one row a message, written in the transaction of the change that caused it; and the addresses that bounce."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Utc, enum_column, one_of
from app.notifications.enums import Channel, MessageStatus, SuppressionReason, Template


class Message(Base):
    """A message to one address. Whoever holds the lease and the newest fencing token may send it, and nobody else."""

    __tablename__ = "message"
    __table_args__ = (
        one_of(Channel, "channel"),
        one_of(Template, "template"),
        one_of(MessageStatus, "status"),
        CheckConstraint("(about_type IS NULL) = (about_id IS NULL)", name="about_is_whole"),
        CheckConstraint("status NOT IN ('sent', 'delivered') OR sent_at IS NOT NULL", name="sent_has_a_time"),
        Index(
            "ix_message_to_send",
            "next_attempt_at",
            "id",
            postgresql_where=text("status IN ('created', 'pending', 'sending')"),
        ),
        Index(None, "about_type", "about_id"),
        Index(None, "account_id"),
        Index("ix_message_failed", "created_at", postgresql_where=text("status LIKE '%-failure'")),
    )

    id: Mapped[Id]
    channel: Mapped[Channel] = enum_column(Channel)
    template: Mapped[Template] = enum_column(Template)
    to_address: Mapped[str]
    locale: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    status: Mapped[MessageStatus] = enum_column(MessageStatus, default=MessageStatus.CREATED)
    about_type: Mapped[str | None]
    about_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)
    message_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[Utc]
    due_at: Mapped[Utc]
    next_attempt_at: Mapped[Utc]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[Utc | None]
    fencing_token: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[Utc | None]
    last_error: Mapped[str | None]
    stop_url: Mapped[str] = mapped_column(default="", server_default="")


class SuppressedAddress(Base):
    """An address that nothing is sent to, kept in lower case."""

    __tablename__ = "suppressed_address"
    __table_args__ = (
        one_of(SuppressionReason, "reason"),
        CheckConstraint("address = lower(address)", name="address_lower"),
    )

    address: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[SuppressionReason] = enum_column(SuppressionReason)
    since: Mapped[Utc]
    detail: Mapped[str | None]
