"""Contacts and enquiries, and what is kept of each. What must always be true of an open enquiry is a CHECK here, not a habit."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.enquiries.enums import Channel, Direction, Disposition, EntryKind, State, Visibility, WrapUp
from app.enquiries.policy import FINISHED, IN_A_QUEUE, OPEN, OWNED
from app.kernel.actors import ActorKind
from app.kernel.db import Base, Id, Json, enum_column, one_of


def _states(states: frozenset[State]) -> str:
    return ", ".join(f"'{state}'" for state in sorted(states))


def digits_of(column: str) -> str:
    """In SQL: a telephone number as its digits, +44 as 0; the same as `app.kernel.personal.digits`."""
    return f"regexp_replace(regexp_replace({column}, '[^0-9]', '', 'g'), '^44', '0')"


def unfiled(column: str) -> str:
    """In SQL: what hangs on no account and no record, but has this column."""
    return f"account_id IS NULL AND source_record_id IS NULL AND {column} <> ''"


class Contact(Base):
    """One touch: a call, a visit, an e-mail. It may raise an enquiry, or be the end of the matter itself."""

    __tablename__ = "contact"
    __table_args__ = (
        one_of(Channel, "channel"),
        one_of(WrapUp, "wrap_up"),
        CheckConstraint("(ended_at IS NULL) = (wrap_up IS NULL)", name="wrapped_up_when_ended"),
        CheckConstraint("(wrap_up IS NULL) = (resolved_here IS NULL)", name="says_whether_resolved"),
        CheckConstraint("wait_seconds >= 0 AND (talk_seconds IS NULL OR talk_seconds >= 0)", name="times_are_positive"),
        Index("uq_contact_open_call", "advisor_id", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index(None, "source_record_id", "started_at"),
        Index(None, "account_id", "started_at"),
        Index(None, "started_at"),
        Index(None, "concerns_record_id"),
        Index("ix_contact_unfiled_email", text("lower(caller_email)"), postgresql_where=text(unfiled("caller_email"))),
        Index(
            "ix_contact_unfiled_phone", text(digits_of("caller_phone")), postgresql_where=text(unfiled("caller_phone"))
        ),
    )

    id: Mapped[Id]
    channel: Mapped[Channel] = enum_column(Channel)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    advisor_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    advisor_name: Mapped[str] = mapped_column(default="")
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"))
    caller_name: Mapped[str] = mapped_column(default="")
    caller_email: Mapped[str] = mapped_column(default="")
    caller_phone: Mapped[str] = mapped_column(default="")
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    source_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_record.id"))
    relationship_id: Mapped[UUID | None] = mapped_column(ForeignKey("relationship.id", ondelete="SET NULL"))
    concerns_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_record.id", ondelete="SET NULL"))
    wait_seconds: Mapped[int] = mapped_column(default=0)
    talk_seconds: Mapped[int | None]
    wrap_up: Mapped[WrapUp | None] = enum_column(WrapUp)
    resolved_here: Mapped[bool | None]
    avoidable: Mapped[bool | None]
    note: Mapped[str] = mapped_column(default="")
    imported: Mapped[bool] = mapped_column(default=False)


class Enquiry(Base):
    """What somebody wants from us. Filed against the account or source record its raiser was verified for, or neither.

    Raised for another, it says by what right (`acting_kind`, which stays), by which relationship, and whom it concerns.
    """

    __tablename__ = "enquiry"
    __table_args__ = (
        one_of(Channel, "channel"),
        one_of(State, "state"),
        one_of(Disposition, "disposition"),
        CheckConstraint("account_id IS NULL OR source_record_id IS NULL", name="filed_once"),
        CheckConstraint(
            "acting_kind IS NOT NULL OR (relationship_id IS NULL AND concerns_record_id IS NULL)", name="acting_says_how"
        ),
        CheckConstraint(f"state NOT IN ({_states(OPEN)}) OR next_action_at IS NOT NULL", name="open_has_next_action"),
        CheckConstraint(f"state NOT IN ({_states(IN_A_QUEUE)}) OR queue_id IS NOT NULL", name="waiting_is_in_a_queue"),
        CheckConstraint(f"state NOT IN ({_states(OWNED)}) OR owner_id IS NOT NULL", name="worked_has_an_owner"),
        CheckConstraint("state <> 'awaiting_customer' OR due_at IS NOT NULL", name="waiting_for_customer_has_a_date"),
        CheckConstraint(
            f"state NOT IN ({_states(FINISHED)}) OR (disposition IS NOT NULL AND btrim(outcome) <> '' AND resolved_at IS NOT NULL)",
            name="finished_says_how",
        ),
        CheckConstraint("state <> 'closed' OR closed_at IS NOT NULL", name="closed_says_when"),
        CheckConstraint("state <> 'duplicate' OR duplicate_of_id IS NOT NULL", name="duplicate_of_something"),
        CheckConstraint("duplicate_of_id <> id", name="not_its_own_duplicate"),
        Index(
            "ix_enquiry_waiting", "queue_id", "promised_at", postgresql_where=text(f"state IN ({_states(IN_A_QUEUE)})")
        ),
        Index(
            "ix_enquiry_owned", "owner_id", "promised_at",
            postgresql_where=text(f"owner_id IS NOT NULL AND state IN ({_states(OPEN)})"),
        ),
        Index(
            "ix_enquiry_open_held", "owner_id", "queue_id", postgresql_where=text(f"state IN ({_states(OPEN)})"),
            postgresql_include=[
                "id", "state", "unit_id", "service_id", "channel", "next_action_at", "received_at", "promised_at", "hear_by",
                "last_human_action_at", "last_customer_contact_at",
            ],
        ),
        Index("ix_enquiry_open_promised", "promised_at", postgresql_where=text(f"state IN ({_states(OPEN)})")),
        Index("ix_enquiry_open_received", "received_at", postgresql_where=text(f"state IN ({_states(OPEN)})")),
        Index("ix_enquiry_open_next", "next_action_at", postgresql_where=text(f"state IN ({_states(OPEN)})")),
        Index("ix_enquiry_resolved", "resolved_at", postgresql_where=text("state = 'resolved'")),
        Index(None, "account_id", "received_at"),
        Index(None, "source_record_id", "received_at"),
        Index(None, "property_id", "received_at"),
        Index(None, "concerns_record_id", "received_at"),
        Index(None, "relationship_id"),
        Index(None, "service_id", "received_at"),
        Index("ix_enquiry_hear_by", "hear_by", postgresql_where=text(f"state IN ({_states(OPEN)})")),
        Index("ix_enquiry_urgent", "urgent_until", postgresql_where=text("urgent_until IS NOT NULL")),
        Index(
            "ix_enquiry_raiser_trigrams", "raiser_name", "raiser_email", postgresql_using="gin",
            postgresql_ops={"raiser_name": "gin_trgm_ops", "raiser_email": "gin_trgm_ops"},
        ),
        Index("ix_enquiry_duplicate_of_id", "duplicate_of_id", postgresql_where=text("duplicate_of_id IS NOT NULL")),
        Index("ix_enquiry_unfiled_email", text("lower(raiser_email)"), postgresql_where=text(unfiled("raiser_email"))),
        Index(
            "ix_enquiry_unfiled_phone", text(digits_of("raiser_phone")), postgresql_where=text(unfiled("raiser_phone"))
        ),
    )  # fmt: skip

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("contact.id"), index=True)
    channel: Mapped[Channel] = enum_column(Channel)
    state: Mapped[State] = enum_column(State)
    version: Mapped[int] = mapped_column(default=1)
    imported: Mapped[bool] = mapped_column(default=False)
    client_token: Mapped[str | None] = mapped_column(unique=True)

    received_at: Mapped[datetime]
    received_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    received_by: Mapped[str] = mapped_column(default="")
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    source_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_record.id"))
    acting_kind: Mapped[str | None]
    relationship_id: Mapped[UUID | None] = mapped_column(ForeignKey("relationship.id", ondelete="SET NULL"))
    concerns_record_id: Mapped[UUID | None] = mapped_column(ForeignKey("source_record.id", ondelete="SET NULL"))
    raiser_name: Mapped[str]
    raiser_email: Mapped[str] = mapped_column(default="")
    raiser_phone: Mapped[str] = mapped_column(default="")
    locale: Mapped[str] = mapped_column(default="en")
    property_id: Mapped[UUID | None] = mapped_column(ForeignKey("property.id"))
    answers: Mapped[Json]

    queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    held_since: Mapped[datetime]
    next_action_at: Mapped[datetime | None]
    first_promised_at: Mapped[datetime]
    promised_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    asked: Mapped[str] = mapped_column(default="")

    disposition: Mapped[Disposition | None] = enum_column(Disposition)
    outcome: Mapped[str] = mapped_column(default="")
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    duplicate_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("enquiry.id"))
    reopened_count: Mapped[int] = mapped_column(default=0)

    urgent_until: Mapped[datetime | None]
    hear_by: Mapped[datetime]
    word_promised_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    last_human_action_at: Mapped[datetime | None]
    last_customer_contact_at: Mapped[datetime | None]


class EnquiryEntry(Base):
    """One line of an enquiry's timeline. Lines are added and never changed."""

    __tablename__ = "enquiry_entry"
    __table_args__ = (
        one_of(EntryKind, "kind"),
        one_of(Visibility, "visibility"),
        one_of(ActorKind, "actor_kind"),
        Index(None, "enquiry_id", "at"),
        Index("ix_enquiry_entry_not_reached", "at", postgresql_where=text("kind = 'not_reached'")),
    )

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    at: Mapped[datetime]
    kind: Mapped[EntryKind] = enum_column(EntryKind)
    visibility: Mapped[Visibility] = enum_column(Visibility)
    actor_kind: Mapped[ActorKind] = enum_column(ActorKind)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    body: Mapped[str] = mapped_column(default="")
    detail: Mapped[Json]


class EnquiryMessage(Base):
    """Something written between the customer and us about an enquiry."""

    __tablename__ = "enquiry_message"
    __table_args__ = (
        one_of(Direction, "direction"),
        CheckConstraint("btrim(body) <> ''", name="says_something"),
        Index(None, "enquiry_id", "at"),
    )

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    at: Mapped[datetime]
    direction: Mapped[Direction] = enum_column(Direction)
    author_id: Mapped[UUID | None]
    author_name: Mapped[str] = mapped_column(default="")
    body: Mapped[str]
    sent_to: Mapped[str] = mapped_column(default="")


class EnquiryPlace(Base):
    """Where an enquiry has been, and since when: one row per stay, the last one open while it goes on."""

    __tablename__ = "enquiry_place"
    __table_args__ = (
        one_of(State, "state"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),
        Index("uq_enquiry_place_current", "enquiry_id", unique=True, postgresql_where=text("until IS NULL")),
        Index(None, "enquiry_id", "since"),
    )

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    state: Mapped[State] = enum_column(State)
    queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
