"""Looking at the records behind a figure: a look at customers, and written down as one."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.connecting.refresh import Fetcher
from app.customers.loading.register import registered
from app.customers.models import SourceSystem
from app.customers.queries.quality import Sheet, quality_records, quality_records_sheet
from app.customers.queries.sources import source
from app.customers.rows import QualityRecordRow
from app.kernel.actors import Actor
from app.kernel.paging import Page, PageRequest

PURPOSE = "quality"


def look_at_quality(
    session: Session, actor: Actor, slug: str, measure: str, attribute: str, *, wanted: PageRequest, now: datetime
) -> Page[QualityRecordRow]:
    """A page of the records behind a figure."""
    page = quality_records(session, slug, measure, attribute, wanted)
    audit.looked(
        session, actor, "source_system", source(session, slug).id, purpose=PURPOSE, now=now,
        measure=measure, attribute=attribute, records=[str(row.record_id) for row in page.items],
    )  # fmt: skip
    return page


def export_quality(session: Session, actor: Actor, slug: str, measure: str, attribute: str, *, now: datetime) -> Sheet:
    """All of them for a spreadsheet; restricted records are left out."""
    sheet = quality_records_sheet(session, slug, measure, attribute)
    audit.record(
        session, actor, "source.quality_exported", "source_system", source(session, slug).id, now=now, purpose=PURPOSE,
        measure=measure, attribute=attribute,
    )  # fmt: skip
    return sheet


def first_rows(fetcher: Fetcher, slug: str) -> list[dict[str, object]]:
    """A few rows as the connector brings them, to see whether it works. Nothing is kept."""
    with fetcher.database.transaction() as session:
        one = session.get_one(SourceSystem, registered(session, slug, now=fetcher.clock.now()).id)
    return fetcher.first_rows(one)
