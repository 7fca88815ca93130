"""Tables of the queue register. What a queue needs before it may hold anything is held by the database itself."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Json, enum_column, one_of
from app.organisation.enums import NameFinding, QueueKind, QueueStatus


class Queue(Base):
    """A place where enquiries wait: always owned, always read, always watched.

    `redirected` keeps what pointed here when it closed, so that closing can be undone; `listed` is what an imported list said.
    """

    __tablename__ = "queue"
    __table_args__ = (
        one_of(QueueKind, "kind"),
        one_of(QueueStatus, "status"),
        CheckConstraint(
            "status <> 'active' OR (owner_id IS NOT NULL AND deputy_id IS NOT NULL AND monitor_id IS NOT NULL"
            " AND unit_id IS NOT NULL AND btrim(purpose) <> '')",
            name="active_is_complete",
        ),
        CheckConstraint("status <> 'active' OR owner_id <> deputy_id", name="deputy_is_another"),
        CheckConstraint("kind <> 'project' OR status <> 'active' OR ends_on IS NOT NULL", name="project_has_an_end"),
        CheckConstraint(
            "status <> 'closed' OR (btrim(closed_reason) <> '' AND closed_at IS NOT NULL)", name="tombstone_says_why"
        ),
        CheckConstraint("redirect_to_id <> id", name="redirects_elsewhere"),
        Index("ix_queue_import_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    kind: Mapped[QueueKind] = enum_column(QueueKind)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    monitor_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    ends_on: Mapped[date | None]
    review_on: Mapped[date | None]
    status: Mapped[QueueStatus] = enum_column(QueueStatus, default=QueueStatus.DRAFT)
    closed_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str] = mapped_column(default="", server_default="")
    redirect_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id"))
    redirected: Mapped[Json] = mapped_column(JSONB(), default=dict, server_default="{}")
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue_import.id"))
    listed: Mapped[Json] = mapped_column(JSONB(), default=dict, server_default="{}")
    created_at: Mapped[datetime]


class QueueReader(Base):
    """One who can open a queue and act on what is in it: a person, or everybody in a unit."""

    __tablename__ = "queue_reader"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (unit_id IS NULL)", name="one_reader"),
        Index(
            "uq_queue_reader_account",
            "queue_id",
            "account_id",
            unique=True,
            postgresql_where=text("account_id IS NOT NULL"),
        ),
        Index("uq_queue_reader_unit", "queue_id", "unit_id", unique=True, postgresql_where=text("unit_id IS NOT NULL")),
    )

    id: Mapped[Id]
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))


class QueueNameOverride(Base):
    """A warning about a queue's name that somebody has weighed and let stand, with the reason. `name` is the name it was said of."""

    __tablename__ = "queue_name_override"
    __table_args__ = (
        one_of(NameFinding, "finding"),
        CheckConstraint("btrim(reason) <> ''", name="says_why"),
        UniqueConstraint("queue_id", "finding", "about", "name"),
    )

    id: Mapped[Id]
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id"))
    finding: Mapped[NameFinding] = enum_column(NameFinding)
    about: Mapped[str]
    name: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class QueueImport(Base):
    """One legacy queue list that was read in. The same file again is known by its digest."""

    __tablename__ = "queue_import"

    id: Mapped[Id]
    file_name: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    by: Mapped[str]
    queues: Mapped[int]
    enquiries: Mapped[int] = mapped_column(default=0, server_default="0")
