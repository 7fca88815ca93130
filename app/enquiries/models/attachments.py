"""Files that go with an enquiry. The bytes are kept once for each digest, and the database checks the digest itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.enquiries.enums import FileType, Visibility
from app.enquiries.policy import LARGEST_FILE
from app.kernel.actors import ActorKind
from app.kernel.db import Base, Id, enum_column, one_of


class AttachmentContent(Base):
    """The bytes of a file, under their SHA-256."""

    __tablename__ = "attachment_content"
    __table_args__ = (
        CheckConstraint("digest = encode(sha256(content), 'hex')", name="digest_is_true"),
        CheckConstraint(f"octet_length(content) BETWEEN 1 AND {LARGEST_FILE}", name="size_is_bounded"),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary())


class Attachment(Base):
    """A file of an enquiry: what it is was read from its bytes, never from its name."""

    __tablename__ = "attachment"
    __table_args__ = (
        one_of(FileType, "type"),
        one_of(Visibility, "visibility"),
        one_of(ActorKind, "actor_kind"),
        CheckConstraint("btrim(name) <> '' AND length(name) <= 120", name="has_a_name"),
        CheckConstraint(f"size BETWEEN 1 AND {LARGEST_FILE}", name="size_is_bounded"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_because = '')", name="hidden_says_why"),
        Index(None, "enquiry_id", "at"),
        Index(None, "digest"),
    )

    id: Mapped[Id]
    enquiry_id: Mapped[UUID] = mapped_column(ForeignKey("enquiry.id"))
    at: Mapped[datetime]
    actor_kind: Mapped[ActorKind] = enum_column(ActorKind)
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str] = mapped_column(default="")
    name: Mapped[str]
    type: Mapped[FileType] = enum_column(FileType)
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(ForeignKey("attachment_content.digest"))
    visibility: Mapped[Visibility] = enum_column(Visibility)
    hidden_at: Mapped[datetime | None]
    hidden_because: Mapped[str] = mapped_column(default="")
