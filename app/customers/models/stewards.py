"""The stewards' desk: who has what open, what each has said of which pair, what waits for a second pair of eyes, cases, samples.

None of it decides who is one person; that is `steward_decision`. What refers to a possible match goes with it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.customers.enums import CaseKind, CaseOutcome, CaseStatus, JudgementOrigin, OpinionStatus, Verdict
from app.kernel.db import Base, Id, Json, Utc, enum_column, one_of


class DeskClaim(Base):
    """A steward has this open: a possible match, a customer to be split, or a case. One at a time, until it runs out."""

    __tablename__ = "desk_claim"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    claimed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    claimed_by_name: Mapped[str] = mapped_column(String(200))
    claimed_at: Mapped[Utc]
    until_at: Mapped[Utc]
    opened_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (CheckConstraint("until_at > claimed_at", name="runs_out"),)


class DeskSkip(Base):
    """A steward would rather not decide about this pair for a while."""

    __tablename__ = "desk_skip"

    match_id: Mapped[UUID] = mapped_column(ForeignKey("possible_match.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    until_at: Mapped[Utc]


class DeskStake(Base):
    """What hangs on the two sides of a possible match, and the place in the worklist that it gives."""

    __tablename__ = "desk_stake"

    match_id: Mapped[UUID] = mapped_column(ForeignKey("possible_match.id", ondelete="CASCADE"), primary_key=True)
    counts: Mapped[Json]
    open_enquiries: Mapped[int]
    score: Mapped[float] = mapped_column(Float)
    looked_at: Mapped[Utc]

    __table_args__ = (Index("ix_desk_stake_looked_at", "looked_at"),)


class DeskOpinion(Base):
    """What one steward has said of a risky pair: it takes effect when another says the same."""

    __tablename__ = "desk_opinion"

    id: Mapped[Id]
    left_id: Mapped[UUID]
    right_id: Mapped[UUID] = mapped_column(index=True)
    verdict: Mapped[Verdict] = enum_column(Verdict)
    risks: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    reason: Mapped[str] = mapped_column(Text)
    given_by: Mapped[UUID]
    given_by_name: Mapped[str] = mapped_column(String(200))
    given_at: Mapped[Utc]
    status: Mapped[OpinionStatus] = enum_column(OpinionStatus)
    settled_by: Mapped[UUID | None]
    settled_by_name: Mapped[str | None] = mapped_column(String(200))
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        one_of(Verdict, "verdict"),
        one_of(OpinionStatus, "status"),
        CheckConstraint("left_id < right_id", name="in_order"),
        CheckConstraint("(status = 'waiting') = (settled_at IS NULL)", name="settled_when_not_waiting"),
        CheckConstraint(
            "status NOT IN ('confirmed', 'refused') OR settled_by IS DISTINCT FROM given_by", name="by_another"
        ),
        Index(
            "uq_desk_opinion_waiting", "left_id", "right_id", unique=True, postgresql_where=text("status = 'waiting'")
        ),
    )


class DeskAudit(Base):
    """A pair drawn at random from what the machine joined, left open or kept apart, so that its errors can be estimated."""

    __tablename__ = "desk_audit"

    id: Mapped[Id]
    draw_id: Mapped[UUID]
    left_id: Mapped[UUID]
    right_id: Mapped[UUID]
    organisation: Mapped[bool] = mapped_column(default=False, server_default="false")
    place: Mapped[str] = mapped_column(String(20))
    band: Mapped[int]
    population: Mapped[int]
    weight: Mapped[float] = mapped_column(Float)
    wanted: Mapped[int]
    drawn_at: Mapped[Utc]

    __table_args__ = (
        UniqueConstraint("draw_id", "left_id", "right_id"),
        CheckConstraint("place IN ('together', 'open', 'apart')", name="place_known"),
        CheckConstraint("wanted IN (1, 2)", name="one_or_two_judges"),
        Index("ix_desk_audit_drawn_at", "drawn_at"),
        Index("ix_desk_audit_left_id", "left_id"),
        Index("ix_desk_audit_right_id", "right_id"),
    )


class DeskJudgement(Base):
    """What a steward did with a pair, one row each; without a verdict it was skipped. From these accuracy is estimated.

    `before`: the possible match as it was, so that it can be put back.
    """

    __tablename__ = "desk_judgement"

    id: Mapped[Id]
    account_id: Mapped[UUID]
    account_name: Mapped[str] = mapped_column(String(200))
    at: Mapped[Utc]
    origin: Mapped[JudgementOrigin] = enum_column(JudgementOrigin)
    verdict: Mapped[Verdict | None] = enum_column(Verdict)
    left_id: Mapped[UUID]
    right_id: Mapped[UUID]
    left_source: Mapped[str] = mapped_column(String(60))
    right_source: Mapped[str] = mapped_column(String(60))
    probability: Mapped[float] = mapped_column(Float)
    before: Mapped[Json]
    decision_id: Mapped[UUID | None]
    opinion_id: Mapped[UUID | None] = mapped_column(ForeignKey("desk_opinion.id"), index=True)
    audit_id: Mapped[UUID | None] = mapped_column(ForeignKey("desk_audit.id"))
    bulk_id: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]

    __table_args__ = (
        one_of(JudgementOrigin, "origin"),
        one_of(Verdict, "verdict"),
        CheckConstraint("(origin = 'audit') = (audit_id IS NOT NULL)", name="audit_of_a_sample"),
        Index("ix_desk_judgement_account_at", "account_id", "at"),
        Index("ix_desk_judgement_at", "at"),
        Index("ix_desk_judgement_left_id", "left_id"),
        Index("ix_desk_judgement_right_id", "right_id"),
        Index(
            "uq_desk_judgement_audit", "audit_id", "account_id", unique=True,
            postgresql_where=text("audit_id IS NOT NULL AND undone_at IS NULL"),
        ),
    )  # fmt: skip


class DeskSuspect(Base):
    """What was found when a customer of several records was looked at for weak bridges and contradictions."""

    __tablename__ = "desk_suspect"

    golden_id: Mapped[UUID] = mapped_column(ForeignKey("golden_record.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int]
    size: Mapped[int]
    weakest: Mapped[float | None] = mapped_column(Float)
    smaller: Mapped[int]
    conflicts: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    score: Mapped[float] = mapped_column(Float)
    looked_at: Mapped[Utc]
    fine_revision: Mapped[int | None]
    fine_by_name: Mapped[str | None] = mapped_column(String(200))

    __table_args__ = (Index("ix_desk_suspect_score", "score", "golden_id"),)


class DeskCase(Base):
    """Somebody says that what we joined is wrong: a resident in My Account, or a steward who judged a sample."""

    __tablename__ = "desk_case"

    id: Mapped[Id]
    kind: Mapped[CaseKind] = enum_column(CaseKind)
    status: Mapped[CaseStatus] = enum_column(CaseStatus)
    source_record_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("source_record.id", ondelete="SET NULL"), index=True
    )
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    what: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    said: Mapped[str] = mapped_column(Text)
    opened_by_name: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[Utc]
    outcome: Mapped[CaseOutcome | None] = enum_column(CaseOutcome)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[UUID | None]
    answered_by_name: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        one_of(CaseKind, "kind"),
        one_of(CaseStatus, "status"),
        one_of(CaseOutcome, "outcome"),
        CheckConstraint("(status = 'answered') = (answered_at IS NOT NULL AND outcome IS NOT NULL)", name="answered"),
        CheckConstraint("kind <> 'resident' OR account_id IS NOT NULL", name="a_resident_has_an_account"),
        Index("ix_desk_case_status_opened_at", "status", "opened_at"),
    )
