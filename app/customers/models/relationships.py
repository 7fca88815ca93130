"""Who may act for whom. Between source records, never golden ones: a wrong merge can lend nobody another's right."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, Text, event, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.customers.relationship_enums import Evidence, RelationshipKind
from app.kernel.db import Base, Id, Utc, enum_column, one_of


class Relationship(Base):
    """One customer acts for another, or for the people of a ward, as far as its scope goes and until its last day.

    `services`: slugs, none for every service. `accepted_by`: the account in which the one who acts has agreed, without which it counts
    on the telephone and at the counter only. Both sides are source records, and go with them when they are erased.
    """

    __tablename__ = "relationship"

    id: Mapped[Id]
    kind: Mapped[RelationshipKind] = enum_column(RelationshipKind)
    acting_record_id: Mapped[UUID] = mapped_column(ForeignKey("source_record.id", ondelete="CASCADE"), index=True)
    for_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_record.id", ondelete="CASCADE"), index=True)
    ward: Mapped[str] = mapped_column(String(120), default="")
    services: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    may_see: Mapped[bool]
    may_ask: Mapped[bool]
    may_receive: Mapped[bool]
    evidence: Mapped[Evidence] = enum_column(Evidence)
    evidence_reference: Mapped[str] = mapped_column(String(200))
    evidence_seen_on: Mapped[date]
    evidence_seen_by: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    expires_on: Mapped[date] = mapped_column(index=True)
    recorded_at: Mapped[Utc]
    recorded_by: Mapped[UUID | None]
    recorded_by_name: Mapped[str] = mapped_column(String(200))
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str | None] = mapped_column(String(200))
    ended_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        one_of(RelationshipKind, "kind"),
        one_of(Evidence, "evidence"),
        CheckConstraint("acting_record_id <> for_record_id", name="of_two"),
        CheckConstraint("(kind = 'councillor') = (for_record_id IS NULL)", name="for_a_ward_or_a_customer"),
        CheckConstraint("(kind = 'councillor') = (ward <> '')", name="ward_of_a_councillor"),
        CheckConstraint("may_see OR may_ask OR may_receive", name="allows_something"),
        CheckConstraint("kind <> 'councillor' OR NOT may_see", name="a_ward_is_no_file"),
        CheckConstraint("expires_on >= starts_on", name="ends_after_it_begins"),
        CheckConstraint("btrim(evidence_reference) <> ''", name="has_evidence"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by IS NULL)", name="accepted_in_an_account"),
        CheckConstraint("(ended_at IS NULL) = (ended_reason IS NULL)", name="ended_for_a_reason"),
        ExcludeConstraint(
            ("acting_record_id", "="),
            (text("(coalesce(for_record_id::text, ward))"), "="),
            ("kind", "="),
            (text("daterange(starts_on, expires_on, '[]')"), "&&"),
            where=text("ended_at IS NULL"),
            using="gist",
            name="ex_relationship_one_at_a_time",
        ),
        Index("ix_relationship_standing", "expires_on", "id", postgresql_where=text("ended_at IS NULL")),
    )


GIST = DDL("CREATE EXTENSION IF NOT EXISTS btree_gist")  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
event.listen(Base.metadata, "before_create", GIST)
KEEP_TERMS = DDL(  # type: ignore[no-untyped-call]  # - SQLAlchemy leaves it untyped
    """
    CREATE OR REPLACE FUNCTION relationship_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.ended_at IS NOT NULL OR (OLD.kind, OLD.acting_record_id, OLD.for_record_id, OLD.ward, OLD.services, OLD.may_see,
            OLD.may_ask, OLD.may_receive, OLD.evidence, OLD.evidence_reference, OLD.starts_on, OLD.expires_on)
            IS DISTINCT FROM (NEW.kind, NEW.acting_record_id, NEW.for_record_id, NEW.ward, NEW.services, NEW.may_see,
            NEW.may_ask, NEW.may_receive, NEW.evidence, NEW.evidence_reference, NEW.starts_on, NEW.expires_on) THEN
            RAISE EXCEPTION 'the terms of a relationship are never altered: end it and record another'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER relationship_kept BEFORE UPDATE ON relationship FOR EACH ROW EXECUTE FUNCTION relationship_kept();
    """
)
event.listen(Relationship.__table__, "after_create", KEEP_TERMS)
