"""How good a source's records are, counted after each load and once a day, so that a trend can be seen."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.customers.enums import LoadStatus
from app.customers.loading.register import layout_from
from app.customers.models import SourceLoad, SourceQuality, SourceSystem
from app.customers.quality_rules import concerned, filled, measured, well_formed
from app.kernel.ids import new_id

DUPLICATED = (
    "r.id IN (SELECT l.source_record_id FROM link l JOIN (SELECT k.golden_id FROM link k JOIN source_record s ON s.id = k.source_record_id "
    "WHERE s.source_id = :source AND s.gone_since IS NULL GROUP BY 1 HAVING count(*) > 1) AS several ON several.golden_id = l.golden_id)"
)
"""SQL: another record of the same source belongs to the same golden record."""


def measure(session: Session, slug: str, *, now: datetime, load_id: UUID | None = None) -> None:
    """Take a snapshot of a source. One pass over its records."""
    source = session.scalars(select(SourceSystem).where(SourceSystem.slug == slug)).one()
    attributes = measured(layout_from(source))
    counts = [
        f"count(*) FILTER (WHERE {part})"
        for attribute in attributes
        for part in (
            concerned(attribute),
            f"{concerned(attribute)} AND {filled(attribute)}",
            f"{concerned(attribute)} AND {filled(attribute)} AND {well_formed(attribute)}",
        )
    ]
    listed = ", ".join(["count(*)", *counts])
    row = session.execute(
        text(f"SELECT {listed} FROM source_record r WHERE r.source_id = :source AND r.gone_since IS NULL"),  # noqa: S608 - rules of ours
        {"source": source.id},
    ).one()
    duplicates = text(
        f"SELECT count(*) FROM source_record r WHERE r.source_id = :source AND r.gone_since IS NULL AND {DUPLICATED}"  # noqa: S608 - as above
    )
    figures = {
        attribute: {"of": row[3 * place + 1], "filled": row[3 * place + 2], "valid": row[3 * place + 3]}
        for place, attribute in enumerate(attributes)
    }
    last = last_success(session, source.id)
    session.add(
        SourceQuality(
            id=new_id(), source_id=source.id, load_id=load_id, taken_at=now, records=row[0],
            duplicates=session.scalar(duplicates, {"source": source.id}) or 0, figures=figures,
            age_hours=int((now - last) / timedelta(hours=1)) if last else None, promise_hours=source.freshness_hours,
        )
    )  # fmt: skip


def last_success(session: Session, source_id: UUID) -> datetime | None:
    """When the source was last brought up to date."""
    return session.scalar(
        select(SourceLoad.finished_at)
        .where(SourceLoad.source_id == source_id, SourceLoad.status == LoadStatus.DONE)
        .order_by(SourceLoad.finished_at.desc().nulls_last())
        .limit(1)
    )
