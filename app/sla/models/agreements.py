"""What the front office and a service unit have agreed, in versions, and what they signed off each month."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Json, enum_column, one_of
from app.sla.enums import AgreementStatus, Measure

SIGNED = "(front_signed_at IS NULL) = (front_signed_by_id IS NULL) AND (service_signed_at IS NULL) = (service_signed_by_id IS NULL)"
TWO_PEOPLE = "front_signed_by_id <> service_signed_by_id"


class SlaAgreement(Base):
    """One version of an agreement about a service. Signed by both it is in force, and does not change any more."""

    __tablename__ = "sla_agreement"
    __table_args__ = (
        one_of(AgreementStatus, "status"),
        CheckConstraint(SIGNED, name="signed_by_somebody"),
        CheckConstraint(TWO_PEOPLE, name="signed_by_two_people"),
        CheckConstraint("front_unit_id <> service_unit_id", name="has_two_parties"),
        CheckConstraint(
            "status = 'draft' OR (front_signed_at IS NOT NULL AND service_signed_at IS NOT NULL)",
            name="in_force_is_signed",
        ),
        CheckConstraint("review_on > starts_on", name="review_comes_later"),
        CheckConstraint("(status = 'ended') = (ended_on IS NOT NULL)", name="ended_says_when"),
        UniqueConstraint("service_id", "version"),
        Index("uq_sla_agreement_in_force", "service_id", unique=True, postgresql_where=text("status = 'in_force'")),
        Index("uq_sla_agreement_draft", "service_id", unique=True, postgresql_where=text("status = 'draft'")),
    )

    id: Mapped[Id]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    version: Mapped[int]
    status: Mapped[AgreementStatus] = enum_column(AgreementStatus)
    front_unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    service_unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    starts_on: Mapped[date]
    review_on: Mapped[date]
    ended_on: Mapped[date | None]
    third_party_pauses: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(default="")
    front_signed_at: Mapped[datetime | None]
    front_signed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    front_signed_by: Mapped[str] = mapped_column(default="")
    service_signed_at: Mapped[datetime | None]
    service_signed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    service_signed_by: Mapped[str] = mapped_column(default="")


class SlaTarget(Base):
    """How soon, and in how many of a hundred cases."""

    __tablename__ = "sla_target"
    __table_args__ = (
        one_of(Measure, "measure"),
        CheckConstraint("working_days > 0", name="days_are_positive"),
        CheckConstraint("percent BETWEEN 1 AND 100", name="percent_is_one"),
    )

    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("sla_agreement.id"), primary_key=True)
    measure: Mapped[Measure] = enum_column(Measure, primary_key=True)
    working_days: Mapped[int]
    percent: Mapped[int]


class SlaSignOff(Base):
    """The figures of a month as they were when it was closed, and who of either party has signed them."""

    __tablename__ = "sla_sign_off"
    __table_args__ = (
        CheckConstraint("extract(day FROM month) = 1", name="month_by_its_first_day"),
        CheckConstraint(SIGNED, name="signed_by_somebody"),
        CheckConstraint(TWO_PEOPLE, name="signed_by_two_people"),
        UniqueConstraint("agreement_id", "month"),
    )

    id: Mapped[Id]
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("sla_agreement.id"))
    month: Mapped[date]
    made_at: Mapped[datetime]
    figures: Mapped[Json]
    front_signed_at: Mapped[datetime | None]
    front_signed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    front_signed_by: Mapped[str] = mapped_column(default="")
    front_comment: Mapped[str] = mapped_column(default="")
    service_signed_at: Mapped[datetime | None]
    service_signed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    service_signed_by: Mapped[str] = mapped_column(default="")
    service_comment: Mapped[str] = mapped_column(default="")
