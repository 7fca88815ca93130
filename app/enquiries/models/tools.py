"""What hangs on an enquiry: the urgent flag, links to others, tasks, and who is looking at it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.enquiries.enums import LinkKind
from app.kernel.db import Base, Id, enum_column, one_of


class EnquiryUrgency(Base):
    """An urgent flag that was asked for. It counts from its authorisation until it is ended or refused."""

    __tablename__ = "enquiry_urgency"
    __table_args__ = (
        CheckConstraint("btrim(reason) <> ''", name="says_why"),
        CheckConstraint("deadline > asked_at", name="deadline_is_to_come"),
        CheckConstraint("(authorised_at IS NULL) = (authorised_by_id IS NULL)", name="authorised_by_somebody"),
        CheckConstraint("authorised_at IS NULL OR refused_at IS NULL", name="authorised_or_refused"),
        CheckConstraint("refused_at IS NULL OR btrim(refusal) <> ''", name="refusal_says_why"),
        Index(
            "uq_enquiry_urgency_current", "enquiry_id", unique=True,
            postgresql_where=text("refused_at IS NULL AND ended_at IS NULL"),
        ),
        Index(None, "enquiry_id", "asked_at"),
    )  # fmt: skip

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    asked_by: Mapped[str]
    reason: Mapped[str]
    deadline: Mapped[datetime]
    authorised_at: Mapped[datetime | None]
    authorised_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    authorised_by: Mapped[str] = mapped_column(default="")
    refused_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]


class EnquiryLink(Base):
    """Two enquiries that have to do with each other. Read from either end."""

    __tablename__ = "enquiry_link"
    __table_args__ = (
        one_of(LinkKind, "kind"),
        CheckConstraint("from_id <> to_id", name="links_two"),
        UniqueConstraint("from_id", "to_id", "kind"),
        Index(None, "to_id"),
    )

    id: Mapped[Id]
    from_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    kind: Mapped[LinkKind] = enum_column(LinkKind)
    at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    by_name: Mapped[str] = mapped_column(default="")


class ChecklistStep(Base):
    """A step that every enquiry about a service begins with."""

    __tablename__ = "checklist_step"
    __table_args__ = (
        CheckConstraint("btrim(title) <> ''", name="says_what"),
        CheckConstraint("due_working_days > 0", name="due_is_to_come"),
        UniqueConstraint("service_id", "position"),
    )

    id: Mapped[Id]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    position: Mapped[int]
    title: Mapped[str]
    due_working_days: Mapped[int | None]


class EnquiryTask(Base):
    """Something that has to be done for an enquiry, by somebody, by a day. It is done or dropped, never deleted."""

    __tablename__ = "enquiry_task"
    __table_args__ = (
        CheckConstraint("btrim(title) <> ''", name="says_what"),
        CheckConstraint("done_at IS NULL OR dropped_at IS NULL", name="done_or_dropped"),
        CheckConstraint("(done_at IS NULL AND dropped_at IS NULL) = (ended_by = '')", name="ended_by_somebody"),
        CheckConstraint("dropped_at IS NULL OR btrim(dropped_because) <> ''", name="dropped_says_why"),
        Index(None, "enquiry_id", "position"),
        Index(
            "ix_enquiry_task_open",
            "assignee_id",
            "due_at",
            postgresql_where=text("done_at IS NULL AND dropped_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    position: Mapped[int]
    title: Mapped[str]
    due_at: Mapped[datetime | None]
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    from_checklist: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    dropped_because: Mapped[str] = mapped_column(default="")
    ended_by: Mapped[str] = mapped_column(default="")


class EnquiryPresence(Base):
    """A heartbeat: this person has this enquiry on the screen. It counts for a minute and is then swept away."""

    __tablename__ = "enquiry_presence"
    __table_args__ = (
        CheckConstraint("seen_at >= since", name="seen_after_arriving"),
        Index(None, "seen_at"),
    )

    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
