"""What happened to handoffs, in order, for the services' own systems; and the webhooks that carry it to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.handoffs.enums import DeliveryStatus, EndpointStatus, FeedKind, HandoffState
from app.kernel.db import Base, Id, JsonList, enum_column, one_of
from app.kernel.leases import Leased


class FeedEvent(Base):
    """One thing that happened to a handoff, as its unit is told. Written with the change; it holds no customer's words.

    `position` is given once the event is committed, one after the other: a cursor never passes by what commits late.
    """

    __tablename__ = "handoff_event"
    __table_args__ = (
        one_of(FeedKind, "kind"),
        one_of(HandoffState, "state"),
        Index(None, "unit_id", "position"),
        Index("ix_handoff_event_unplaced", "sequence", postgresql_where=text("position IS NULL")),
        Index(None, "handoff_id"),
    )

    id: Mapped[Id]
    sequence: Mapped[int] = mapped_column(BigInteger(), Identity(always=True), unique=True)
    position: Mapped[int | None] = mapped_column(BigInteger(), unique=True)
    handoff_id: Mapped[UUID] = mapped_column(ForeignKey("handoff.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[FeedKind] = enum_column(FeedKind)
    state: Mapped[HandoffState] = enum_column(HandoffState)
    version: Mapped[int]
    at: Mapped[datetime]


class WebhookEndpoint(Base):
    """Where a unit's system wants to be told. While a secret is being changed, the one before it signs too."""

    __tablename__ = "webhook_endpoint"
    __table_args__ = (
        one_of(EndpointStatus, "status"),
        CheckConstraint("(status = 'disabled') = (disabled_at IS NOT NULL)", name="disabled_since_when"),
        CheckConstraint("(previous_secret IS NULL) = (previous_until IS NULL)", name="previous_secret_ends"),
        Index(None, "unit_id"),
    )

    id: Mapped[Id]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    name: Mapped[str]
    url: Mapped[str]
    kinds: Mapped[JsonList]
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    status: Mapped[EndpointStatus] = enum_column(EndpointStatus, default=EndpointStatus.ACTIVE)
    disabled_at: Mapped[datetime | None]
    disabled_reason: Mapped[str] = mapped_column(default="")
    rest_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class WebhookDelivery(Leased, Base):
    """One message to one endpoint. Tries of it share its message id, and so does a replay."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        one_of(DeliveryStatus, "status"),
        one_of(FeedKind, "kind"),
        CheckConstraint("(event_id IS NULL) = (kind = 'endpoint.test')", name="tells_of_an_event"),
        CheckConstraint("status <> 'delivered' OR delivered_at IS NOT NULL", name="delivered_has_a_time"),
        Index(
            "ix_webhook_delivery_due", "endpoint_id", "next_attempt_at", "id",
            postgresql_where=text("status IN ('waiting', 'sending')"),
        ),
        Index(None, "endpoint_id", "created_at"),
        Index(None, "event_id"),
        Index("ix_webhook_delivery_given_up", "event_id", "endpoint_id", postgresql_where=text("status = 'given_up'")),
    )  # fmt: skip

    id: Mapped[Id]
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoint.id", ondelete="CASCADE"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("handoff_event.id"))
    message_id: Mapped[str]
    kind: Mapped[FeedKind] = enum_column(FeedKind)
    status: Mapped[DeliveryStatus] = enum_column(DeliveryStatus, default=DeliveryStatus.WAITING)
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    last_answer: Mapped[int | None]
    last_error: Mapped[str | None]
    replay: Mapped[bool] = mapped_column(default=False)


class DeliveryAttempt(Base):
    """One try: when, how long it took and what came back. The answer's body is not kept."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (Index(None, "delivery_id", "at"),)

    id: Mapped[Id]
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_delivery.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    milliseconds: Mapped[int]
    answer: Mapped[int | None]
    error: Mapped[str | None]
