"""Sharing work without giving it away: a unit is asked for its part, and whoever asks stays accountable."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.handoffs import guards
from app.handoffs.enums import ReferralState
from app.kernel.db import Base, Id, enum_column, one_of


class Referral(Base):
    """A question to a unit about an enquiry that stays where it is. It never changes the enquiry's state or owner."""

    __tablename__ = "referral"
    __table_args__ = (
        one_of(ReferralState, "state"),
        CheckConstraint("btrim(question) <> ''", name="asks_something"),
        CheckConstraint(
            "state NOT IN ('answered', 'declined') OR (btrim(answer) <> '' AND answered_by_id IS NOT NULL)",
            name="answered_by_somebody",
        ),
        CheckConstraint("(state = 'asked') = (ended_at IS NULL)", name="ends_once"),
        Index(None, "enquiry_id", "asked_at"),
        Index(None, "unit_id", "state", "answer_by"),
        Index(None, "asked_by_id"),
    )

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    from_unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    state: Mapped[ReferralState] = enum_column(ReferralState, default=ReferralState.ASKED)
    version: Mapped[int] = mapped_column(default=1)
    question: Mapped[str]
    answer: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]


guards.attach_referral(Referral.metadata)
