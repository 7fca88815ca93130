"""Rights requests: who asked what, how they showed who they are, by when it must be answered, and every step of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Utc, enum_column, one_of
from app.rights.enums import AskedBy, RequestState, RightKind, ShownBy


class RightsRequest(Base):
    """One request. It is due within a calendar month, or up to three with a reason that the person is told."""

    __tablename__ = "rights_request"

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[RightKind] = enum_column(RightKind)
    state: Mapped[RequestState] = enum_column(RequestState)
    version: Mapped[int] = mapped_column(default=1)
    asked_by: Mapped[AskedBy] = enum_column(AskedBy)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), default="")
    locale: Mapped[str] = mapped_column(String(10), default="en")
    said: Mapped[str] = mapped_column(Text, default="")
    received_at: Mapped[Utc]
    due_at: Mapped[Utc]
    extended_reason: Mapped[str | None] = mapped_column(Text)
    identity_how: Mapped[str | None] = mapped_column(Text)
    identity_at: Mapped[datetime | None]
    identity_by_name: Mapped[str | None] = mapped_column(String(200))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    owner_name: Mapped[str] = mapped_column(String(200), default="")
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        one_of(RightKind, "kind"),
        one_of(RequestState, "state"),
        one_of(AskedBy, "asked_by"),
        CheckConstraint(
            "(state IN ('met', 'refused', 'withdrawn')) = (answered_at IS NOT NULL)", name="answered_when_ended"
        ),
        CheckConstraint("state <> 'refused' OR btrim(answer) <> ''", name="refused_for_a_reason"),
        CheckConstraint("(identity_at IS NULL) = (identity_how IS NULL)", name="identity_says_how"),
        CheckConstraint("state NOT IN ('met') OR identity_at IS NOT NULL", name="met_for_whom_it_is"),
        CheckConstraint("due_at > received_at", name="due_is_to_come"),
        CheckConstraint("asked_by <> 'account' OR account_id IS NOT NULL", name="from_an_account"),
        Index("ix_rights_request_state_due_at", "state", "due_at"),
    )


class RightsRecord(Base):
    """A source record that counts as the person's: shown by a verification, or added by whoever handles the request, who says why.

    Not tied to the record itself, which an erasure takes away.
    """

    __tablename__ = "rights_record"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"), primary_key=True)
    source_record_id: Mapped[UUID] = mapped_column(primary_key=True)
    shown_by: Mapped[ShownBy] = enum_column(ShownBy)
    reason: Mapped[str] = mapped_column(Text, default="")
    added_at: Mapped[Utc]
    added_by_name: Mapped[str] = mapped_column(String(200))

    __table_args__ = (
        one_of(ShownBy, "shown_by"),
        CheckConstraint("shown_by = 'verified' OR btrim(reason) <> ''", name="added_for_a_reason"),
        Index("ix_rights_record_source_record_id", "source_record_id"),
    )


class RightsAddress(Base):
    """An e-mail address (in small letters) or telephone number (digits) that was shown to be the person's, and how."""

    __tablename__ = "rights_address"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(254), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    added_at: Mapped[Utc]
    added_by_name: Mapped[str] = mapped_column(String(200))

    __table_args__ = (
        CheckConstraint("btrim(reason) <> ''", name="shown_somehow"),
        CheckConstraint("address = lower(btrim(address)) AND address <> ''", name="written_one_way"),
    )


class RightsEvent(Base):
    """A line of a request's timeline."""

    __tablename__ = "rights_event"

    id: Mapped[Id]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"))
    at: Mapped[Utc]
    what: Mapped[str] = mapped_column(String(60))
    by_name: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index("ix_rights_event_request_id_at", "request_id", "at"),)


class RightsDecision(Base):
    """Whoever handles an erasure decides that a class of records is kept, and says why."""

    __tablename__ = "rights_decision"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"), primary_key=True)
    holding: Mapped[str] = mapped_column(String(60), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[Utc]
    decided_by_name: Mapped[str] = mapped_column(String(200))

    __table_args__ = (CheckConstraint("btrim(reason) <> ''", name="kept_for_a_reason"),)
