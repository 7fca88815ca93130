"""The contract's table."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.handoffs import guards
from app.handoffs.enums import DeliveryState, HandoffState
from app.kernel.db import Base, Id, JsonList, enum_column, one_of


class Handoff(Base):
    """One offer of an enquiry to a unit, and what became of it. An enquiry has at most one that is open.

    `in_doubt_since`: a request to the unit's system went out, and whether it arrived is not known yet.
    """

    __tablename__ = "handoff"
    __table_args__ = (
        one_of(HandoffState, "state"),
        one_of(DeliveryState, "delivery"),
        CheckConstraint("state NOT IN ('offered') OR accept_by IS NOT NULL", name="offer_has_a_clock"),
        CheckConstraint(
            "state NOT IN ('accepted', 'in_work', 'completed', 'confirmed', 'returned')"
            " OR (officer_id IS NOT NULL AND accepted_at IS NOT NULL)",
            name="accepted_by_somebody",
        ),
        CheckConstraint("state <> 'declined' OR suggested_unit_id IS NOT NULL", name="declined_in_favour_of"),
        CheckConstraint("state NOT IN ('declined', 'returned', 'recalled') OR btrim(reason) <> ''", name="sent_back_for_a_reason"),
        CheckConstraint(
            "state NOT IN ('completed', 'confirmed') OR (btrim(outcome) <> '' AND completed_at IS NOT NULL)",
            name="completed_says_how",
        ),
        Index(
            "uq_handoff_open", "enquiry_id", unique=True,
            postgresql_where=text("state IN ('draft', 'offered', 'accepted', 'in_work')"),
        ),
        Index(None, "enquiry_id", "offered_at"),
        Index(None, "unit_id", "state", "accept_by"),
        Index("ix_handoff_external", "unit_id", "external_id", postgresql_where=text("external_id <> ''")),
        Index("ix_handoff_declined", "ended_at", postgresql_where=text("state = 'declined'")),
        Index("ix_handoff_acceptance_clock", "accept_by", postgresql_where=text("state = 'offered'")),
    )  # fmt: skip

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    state: Mapped[HandoffState] = enum_column(HandoffState)
    version: Mapped[int] = mapped_column(default=1)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    from_unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    brief: Mapped[str] = mapped_column(default="")
    offered_at: Mapped[datetime]
    accept_by: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    suggested_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    delivery: Mapped[DeliveryState] = enum_column(DeliveryState, default=DeliveryState.UNPROCESSED)
    delivery_attempts: Mapped[int] = mapped_column(default=0)
    delivery_error: Mapped[str] = mapped_column(default="")
    tried_at: Mapped[datetime | None]
    in_doubt_since: Mapped[datetime | None]
    checklist: Mapped[JsonList] = mapped_column(default=list)
    claimed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    external_id: Mapped[str] = mapped_column(default="")
    external_token: Mapped[str] = mapped_column(default="")
    external_code: Mapped[str] = mapped_column(default="")
    external_at: Mapped[datetime | None]
    silence_noticed_at: Mapped[datetime | None]


guards.attach(Handoff.metadata)
