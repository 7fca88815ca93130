"""Erasures with their certificates, what stands in their way, and how long each class of records is kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Json, JsonList, Utc


class Erasure(Base):
    """One erasure as it is carried out, class by class, and its certificate: counts and hashes, and nobody's name.

    `things` is what belonged to the person, by id, with their e-mail addresses, until the last class is done; it is empty afterwards.
    """

    __tablename__ = "erasure"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(Integer, Identity(), unique=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"), unique=True)
    begun_at: Mapped[Utc]
    begun_by_name: Mapped[str] = mapped_column(String(200))
    things: Mapped[JsonList]
    finished_at: Mapped[datetime | None]
    figures: Mapped[JsonList] = mapped_column(JSONB(), default=list)
    subject_hash: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str | None] = mapped_column(String(64))
    certificate: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("(finished_at IS NULL) = (sha256 IS NULL)", name="certified_when_finished"),
        CheckConstraint("finished_at IS NULL OR things = '[]'::jsonb", name="forgets_whom"),
    )


class ErasureStep(Base):
    """One class of records, done in a transaction of its own."""

    __tablename__ = "erasure_step"

    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("erasure.id"), primary_key=True)
    holding: Mapped[str] = mapped_column(String(60), primary_key=True)
    done_at: Mapped[Utc]
    erased: Mapped[int]
    kept: Mapped[Json]


class LegalHold(Base):
    """Nothing of this person, account or enquiry is erased, on whatever ground, while a hold stands on it."""

    __tablename__ = "legal_hold"

    id: Mapped[Id]
    object_type: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[UUID]
    reason: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[Utc]
    placed_by: Mapped[UUID | None]
    placed_by_name: Mapped[str] = mapped_column(String(200))
    until_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by_name: Mapped[str | None] = mapped_column(String(200))
    lifted_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("object_type IN ('source_record', 'account', 'enquiry')", name="on_something_known"),
        CheckConstraint("btrim(reason) <> ''", name="for_a_reason"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_reason IS NULL)", name="lifted_for_a_reason"),
        CheckConstraint("until_at > placed_at", name="ends_after_it_begins"),
        Index("ix_legal_hold_standing", "object_type", "object_id", postgresql_where=text("lifted_at IS NULL")),
    )


class RetentionRule(Base):
    """How long this body keeps a class of records, where it differs from what the house proposes, and whether it is carried out.

    Until a class is `enforced`, the job only reports what it would erase.
    """

    __tablename__ = "retention_rule"

    holding: Mapped[str] = mapped_column(String(60), primary_key=True)
    months: Mapped[int]
    enforced: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text)
    set_at: Mapped[Utc]
    set_by_name: Mapped[str] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint("months BETWEEN 1 AND 1200", name="months_make_sense"),
        CheckConstraint("btrim(reason) <> ''", name="set_for_a_reason"),
    )


class RetentionRun(Base):
    """What a run of the schedule found and did. `figures`: class → due, erased, months, whether it is enforced."""

    __tablename__ = "retention_run"

    id: Mapped[Id]
    at: Mapped[Utc]
    rehearsal: Mapped[bool]
    by_name: Mapped[str] = mapped_column(String(200))
    figures: Mapped[JsonList]
    holds: Mapped[int]

    __table_args__ = (Index("ix_retention_run_at", "at"),)
