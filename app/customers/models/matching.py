"""What matching keeps between records and clusters: models by version, the marks of each record, the pairs that are near."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Float,
    Identity,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.customers.models.sources import SourceRecord
from app.kernel.db import Base, Id, Json, Utc

AT_ONCE = {"fastupdate": "off"}
"""Left in the index's pending list, every look-up would read through what a match run has just written."""


class MatchModel(Base):
    """The parameters of matching, version by version. One is current; none is ever changed."""

    __tablename__ = "match_model"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    parameters: Mapped[Json]
    recipe: Mapped[Json]
    sha256: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[int] = mapped_column(BigInteger)
    records: Mapped[int]
    made_at: Mapped[Utc]
    made_by: Mapped[str] = mapped_column(String(200))
    current: Mapped[bool] = mapped_column(default=False, server_default="false")

    __table_args__ = (
        UniqueConstraint("sha256"),
        Index("uq_match_model_current", "current", unique=True, postgresql_where=text("current")),
    )


class MatchRecord(Base):
    """A source record as matching knows it: which version, under which model, and the groups that it is in.

    A group is a 64-bit mark; whoever shares one is a candidate.
    """

    __tablename__ = "match_record"

    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    model_id: Mapped[UUID]
    organisation: Mapped[bool]
    who: Mapped[int] = mapped_column(BigInteger)
    marks: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    lent: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))

    __table_args__ = (Index("ix_match_record_marks", "marks", postgresql_using="gin", postgresql_with=AT_ONCE),)


class MatchEdge(Base):
    """Two records whose pair is not hopeless. Components of these pairs are what is clustered together.

    Marks and edges are written anew by every run over all records, many at a time: a trigger, not a foreign key, takes them away
    with their record.
    """

    __tablename__ = "match_edge"

    left_id: Mapped[UUID] = mapped_column(primary_key=True)
    right_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    weight: Mapped[float] = mapped_column(Float)

    __table_args__ = (CheckConstraint("left_id < right_id", name="in_order"),)


class SharedValue(Base):
    """The mark of a telephone number, e-mail address or national id that so many people hold that it says nothing of anybody."""

    __tablename__ = "match_shared"

    mark: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class MatchDue(Base):
    """A source record that matching has yet to look at, as often as it has been asked to.

    `in_bulk`: part of a load so large that everything is matched after it.
    """

    __tablename__ = "match_due"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(index=True)
    since: Mapped[Utc] = mapped_column(server_default=func.clock_timestamp())
    in_bulk: Mapped[bool] = mapped_column(default=False, server_default="false")

    __table_args__ = (Index("ix_match_due_in_bulk", "in_bulk", postgresql_where=text("in_bulk")),)


class RuleSet(Base):
    """The rules of survivorship, version by version; the highest number holds."""

    __tablename__ = "survivorship_rules"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    orders: Mapped[Json]
    trust: Mapped[Json]
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Utc]
    made_by: Mapped[str] = mapped_column(String(200))
    applied_at: Mapped[datetime | None]


class MatchLimits(Base):
    """How many records one customer may come to by itself, version by version; the highest number holds from the next run on.

    What is in effect is in the recipe of the model that holds, so that a record that arrives is matched as the last run did.
    """

    __tablename__ = "match_limits"

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    people: Mapped[int]
    organisations: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[Utc]
    made_by: Mapped[str] = mapped_column(String(200))
    applied_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("people BETWEEN 2 AND 1000", name="people"),
        CheckConstraint("organisations BETWEEN 2 AND 100000", name="organisations"),
        CheckConstraint("btrim(reason) <> ''", name="reasoned"),
    )


FORGET_WITH_RECORD = DDL(  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
    """
    CREATE OR REPLACE FUNCTION source_record_unmatched() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM match_record WHERE record_id = OLD.id;
        DELETE FROM match_edge WHERE left_id = OLD.id;
        DELETE FROM match_edge WHERE right_id = OLD.id;
        DELETE FROM match_due WHERE record_id = OLD.id;
        RETURN OLD;
    END $$;
    CREATE TRIGGER source_record_unmatched AFTER DELETE ON source_record
        FOR EACH ROW EXECUTE FUNCTION source_record_unmatched();
    """
)
event.listen(SourceRecord.__table__, "after_create", FORGET_WITH_RECORD)
