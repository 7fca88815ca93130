"""What was erased stays erased: the keys of source records that must not come again, so that only we can recognise them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Utc


class ErasedKey(Base):
    """A source record's key, hashed with the installation's secret. A row that bears it is turned away at the door.

    A row with `readmitted_at` no longer turns anything away; it stays to tell that it once did.
    """

    __tablename__ = "erased_key"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("source_system.id"), primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[Utc]
    readmitted_at: Mapped[datetime | None]
    readmitted_by_name: Mapped[str | None] = mapped_column(String(200))
    readmitted_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("key_hash ~ '^[0-9a-f]{64}$'", name="is_a_hash"),
        CheckConstraint("(readmitted_at IS NULL) = (readmitted_reason IS NULL)", name="readmitted_for_a_reason"),
    )
