"""The routing table, what it decided, and which enquiries came from an imported list."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.enquiries.enums import Channel
from app.kernel.db import Base, Id, JsonList, enum_column, one_of
from app.organisation.enums import Language
from app.routing.enums import AreaKind, Outcome

NULL_JSON = JSONB(none_as_null=True)


class RoutingRule(Base):
    """A line of the routing table: what matches all that it names goes to its queue, or outside its hours to its cover.

    What a rule does not name (a null) matches anything. `need` is an answer: {"question": id, "values": [value, …]}.
    """

    __tablename__ = "routing_rule"
    __table_args__ = (
        one_of(Channel, "channel"),
        one_of(Language, "language"),
        one_of(AreaKind, "area_kind"),
        CheckConstraint("hits >= 0", name="hits_are_counted"),
        CheckConstraint("(area_kind IS NULL) = (area IS NULL)", name="area_is_whole"),
        CheckConstraint("need IS NULL OR service_id IS NOT NULL", name="need_is_of_a_service"),
        CheckConstraint("hours IS NULL OR cover_queue_id IS NOT NULL", name="hours_have_a_cover"),
        CheckConstraint("cover_queue_id <> queue_id", name="cover_is_another"),
        Index(
            "uq_routing_rule_conditions", "service_id", "channel", "area_kind", "area", "language", "need",
            unique=True, postgresql_nulls_not_distinct=True,
        ),
        Index("ix_routing_rule_queue_id", "queue_id"),
        Index("ix_routing_rule_cover_queue_id", "cover_queue_id", postgresql_where=text("cover_queue_id IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[Id]
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"))
    channel: Mapped[Channel | None] = enum_column(Channel)
    area_kind: Mapped[AreaKind | None] = enum_column(AreaKind)
    area: Mapped[str | None]
    language: Mapped[Language | None] = enum_column(Language)
    need: Mapped[Any | None] = mapped_column(NULL_JSON)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"))
    focal_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    focal_point: Mapped[str] = mapped_column(default="", server_default="")
    hours: Mapped[Any | None] = mapped_column(NULL_JSON)
    cover_queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    review_on: Mapped[date | None]
    created_at: Mapped[datetime]
    set_at: Mapped[datetime]
    set_by: Mapped[str] = mapped_column(default="")
    hits: Mapped[int] = mapped_column(default=0)
    last_hit_at: Mapped[datetime | None]


class RoutingDecision(Base):
    """Where the table sent one enquiry, and why: kept for each, so that a wrong turn can be followed back."""

    __tablename__ = "routing_decision"
    __table_args__ = (
        one_of(Outcome, "outcome"),
        Index(None, "enquiry_id", "at"),
        Index("ix_routing_decision_trouble", "at", postgresql_where=text("outcome IN ('desk', 'error')")),
    )

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    at: Mapped[datetime]
    outcome: Mapped[Outcome] = enum_column(Outcome)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"))
    rule_id: Mapped[UUID | None]
    broken: Mapped[JsonList] = mapped_column(JSONB(), default=list)


class LegacyEnquiry(Base):
    """An enquiry that was stuck in a queue of an imported list, by its old reference: taken into custody once."""

    __tablename__ = "legacy_enquiry"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"), unique=True)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"), index=True)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("queue_import.id"))
