"""What the scheduler remembers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Id, Utc, UtcDateTime


class JobRun(Base):
    """One run of a job. Without an end it is running now, or its worker died."""

    __tablename__ = "job_run"
    __table_args__ = (
        CheckConstraint("finished_at IS NULL OR finished_at >= started_at", name="ends_after_start"),
        CheckConstraint("result IS NULL OR error IS NULL", name="result_or_error"),
        CheckConstraint("(finished_at IS NULL) = (result IS NULL AND error IS NULL)", name="finished_says_how"),
        Index("ix_job_run_job_started_at", "job", "started_at"),
    )

    id: Mapped[Id]
    job: Mapped[str]
    worker: Mapped[str]
    started_at: Mapped[Utc]
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    result: Mapped[str | None]
    error: Mapped[str | None]
