"""The routing table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.enquiries.enums import Channel
from app.kernel.db import Base, Id, enum_column, one_of


class RoutingRule(Base):
    """Enquiries about this service (by this channel, or by any) go to this queue."""

    __tablename__ = "routing_rule"
    __table_args__ = (
        one_of(Channel, "channel"),
        CheckConstraint("hits >= 0", name="hits_are_counted"),
        Index("uq_routing_rule_any_channel", "service_id", unique=True, postgresql_where=text("channel IS NULL")),
        Index(
            "uq_routing_rule_channel",
            "service_id",
            "channel",
            unique=True,
            postgresql_where=text("channel IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    channel: Mapped[Channel | None] = enum_column(Channel)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"))
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(default="")
    hits: Mapped[int] = mapped_column(default=0)
