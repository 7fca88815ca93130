"""The monitoring desk's own tables: what was counted each day, what was found, who opened which queue, and quality."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.enquiries.enums import Channel
from app.kernel.db import Base, Id, Json, JsonList, enum_column, one_of
from app.oversight.enums import AgeingMeasure, AnomalyKind, AnomalyStatus, DayKind, DeskAct, DeskList, Threshold


class OversightDay(Base):
    """One day of which something is known. Custody can only be measured on the day: a day that was missed says nothing."""

    __tablename__ = "oversight_day"
    __table_args__ = (
        one_of(DayKind, "kind"),
        CheckConstraint("(kind = 'measured') = (custody_breaches IS NOT NULL)", name="custody_is_measured_on_the_day"),
        CheckConstraint("open_count >= 0 AND coalesce(custody_breaches, 0) >= 0", name="counts_are_positive"),
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[DayKind] = enum_column(DayKind)
    taken_at: Mapped[datetime]
    open_count: Mapped[int]
    custody_breaches: Mapped[int | None]


class OversightAgeing(Base):
    """How many open enquiries of a unit, queue, service and channel were in a band on a day, by one measure."""

    __tablename__ = "oversight_ageing"
    __table_args__ = (
        one_of(AgeingMeasure, "measure"),
        one_of(Channel, "channel"),
        CheckConstraint("count > 0", name="counts_something"),
        Index(None, "measure", "day"),
    )

    id: Mapped[Id]
    day: Mapped[date] = mapped_column(ForeignKey("oversight_day.day"), index=True)
    measure: Mapped[AgeingMeasure] = enum_column(AgeingMeasure)
    band: Mapped[str]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    channel: Mapped[Channel] = enum_column(Channel)
    count: Mapped[int]


class OversightThreshold(Base):
    """A number that the desk has changed; the others are as the policy says."""

    __tablename__ = "oversight_threshold"
    __table_args__ = (one_of(Threshold, "name"), CheckConstraint("value BETWEEN 1 AND 1000", name="value_is_sensible"))

    name: Mapped[Threshold] = enum_column(Threshold, primary_key=True)
    value: Mapped[int]
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class DeskBatch(Base):
    """What somebody at the desk did with several enquiries at once: of each line what became of it, and where it was before."""

    __tablename__ = "oversight_batch"
    __table_args__ = (
        one_of(DeskAct, "act"),
        one_of(DeskList, "list"),
        CheckConstraint("act = 'claim' OR btrim(reason) <> ''", name="given_a_reason"),
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_somebody"),
        CheckConstraint("undone_at IS NULL OR act <> 'escalate'", name="what_was_said_stays_said"),
        Index(None, "account_id", "at"),
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    act: Mapped[DeskAct] = enum_column(DeskAct)
    list: Mapped[DeskList] = enum_column(DeskList)
    reason: Mapped[str] = mapped_column(default="")
    lines: Mapped[JsonList]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class QueueReading(Base):
    """When somebody last opened a queue: one row for each person and queue, however often they look."""

    __tablename__ = "queue_reading"

    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    at: Mapped[datetime]


class Anomaly(Base):
    """Something found that is not as it should be. `mark` grows with the evidence: a closed one comes back only when it has grown."""

    __tablename__ = "anomaly"
    __table_args__ = (
        one_of(AnomalyKind, "kind"),
        one_of(AnomalyStatus, "status"),
        one_of(Channel, "channel"),
        CheckConstraint("status <> 'assigned' OR assignee_id IS NOT NULL", name="assigned_to_somebody"),
        CheckConstraint(
            "(status IN ('explained', 'fixed')) = (closed_at IS NOT NULL)"
            " AND (closed_at IS NULL OR btrim(explanation) <> '')",
            name="closed_says_why",
        ),
        CheckConstraint("level BETWEEN 1 AND 3", name="level_known"),
        CheckConstraint("(level = 1) = (repeat_of_id IS NULL)", name="repeats_stand_higher"),
        Index(
            "uq_anomaly_open", "kind", "subject", unique=True,
            postgresql_where=text("status IN ('found', 'assigned')"),
        ),
        Index(None, "kind", "subject", "found_at"),
        Index(None, "enquiry_id"),
        Index(None, "assignee_id"),
    )  # fmt: skip

    id: Mapped[Id]
    kind: Mapped[AnomalyKind] = enum_column(AnomalyKind)
    subject: Mapped[str]
    mark: Mapped[int]
    level: Mapped[int] = mapped_column(default=1)
    repeat_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("anomaly.id"))
    status: Mapped[AnomalyStatus] = enum_column(AnomalyStatus, default=AnomalyStatus.FOUND)
    version: Mapped[int] = mapped_column(default=1)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    enquiry_id: Mapped[UUID | None] = mapped_column(ForeignKey("enquiry.id"))
    queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"))
    channel: Mapped[Channel | None] = enum_column(Channel)
    detail: Mapped[Json]
    found_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    explanation: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))


class QualityQuestion(Base):
    """A question of the scoring form. A retired one stays for the scores that it was part of."""

    __tablename__ = "quality_question"
    __table_args__ = (
        CheckConstraint("weight BETWEEN 1 AND 10", name="weight_is_sensible"),
        CheckConstraint("btrim(text) <> ''", name="asks_something"),
    )

    id: Mapped[Id]
    position: Mapped[int]
    text: Mapped[str]
    weight: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)


class QualitySample(Base):
    """A finished enquiry that was drawn for a look at how it was handled."""

    __tablename__ = "quality_sample"
    __table_args__ = (
        UniqueConstraint("enquiry_id", "week"),
        CheckConstraint("(scored_at IS NULL) = (scored_by_id IS NULL)", name="scored_by_somebody"),
        CheckConstraint("score IS NULL OR score BETWEEN 0 AND 100", name="score_in_percent"),
        CheckConstraint(
            "answered_at IS NULL OR (scored_at IS NOT NULL AND btrim(answer) <> '')", name="answers_a_score"
        ),
        Index(None, "week", "team"),
        Index(None, "advisor_id", "scored_at"),
    )

    id: Mapped[Id]
    week: Mapped[date]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    advisor_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    team: Mapped[str]
    drawn_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    scored_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    scored_at: Mapped[datetime | None]
    score: Mapped[int | None]
    feedback: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]


class QualityMark(Base):
    """What was given for one question, with the weight that the question had then. No points: it did not apply."""

    __tablename__ = "quality_mark"
    __table_args__ = (CheckConstraint("points IS NULL OR points BETWEEN 0 AND 2", name="points_known"),)

    sample_id: Mapped[UUID] = mapped_column(ForeignKey("quality_sample.id"), primary_key=True)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("quality_question.id"), primary_key=True)
    weight: Mapped[int]
    points: Mapped[int | None]
