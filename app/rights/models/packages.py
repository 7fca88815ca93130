"""Copies of people's data: made once, kept for a while in pieces that any worker can write and any server can hand out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Json, Utc, enum_column, one_of
from app.rights.enums import PackageState


class AccessPackage(Base):
    """One copy for one request. `by_hand`: it is about a restricted person, so it is not in My Account but handed over;
    `with_address`: it may say where they live.
    """

    __tablename__ = "access_package"

    id: Mapped[Id]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("rights_request.id"), index=True)
    state: Mapped[PackageState] = enum_column(PackageState)
    by_hand: Mapped[bool] = mapped_column(default=False)
    with_address: Mapped[bool] = mapped_column(default=True)
    asked_at: Mapped[Utc]
    asked_by_name: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    progress: Mapped[Json] = mapped_column(JSONB(), default=dict)
    counts: Mapped[Json] = mapped_column(JSONB(), default=dict)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    downloads: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        one_of(PackageState, "state"),
        CheckConstraint(
            "state NOT IN ('ready') OR (sha256 IS NOT NULL AND expires_at IS NOT NULL)", name="ready_is_whole"
        ),
        Index("ix_access_package_state", "state", "asked_at"),
    )


class AccessPackagePart(Base):
    """A megabyte of the file."""

    __tablename__ = "access_package_part"

    package_id: Mapped[UUID] = mapped_column(ForeignKey("access_package.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
