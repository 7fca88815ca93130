"""Sources and their loads, with every row that was not taken and why."""

import csv
import io
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.customers.enums import LoadStatus
from app.customers.errors import UnknownSource
from app.customers.models import LoadReject, SourceLoad, SourceRecord, SourceSystem
from app.customers.parsing.attributes import REASONS
from app.customers.rows import LoadRow, RejectRow, SourceRow
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sources(session: Session) -> list[SourceRow]:
    """The register, by name."""
    counts = select(SourceRecord.source_id, func.count().label("records")).group_by(SourceRecord.source_id).subquery()
    loaded = (
        select(SourceLoad.source_id, func.max(SourceLoad.finished_at).label("at"))
        .where(SourceLoad.status == LoadStatus.DONE)
        .group_by(SourceLoad.source_id)
        .subquery()
    )
    query = (
        select(SourceSystem, func.coalesce(counts.c.records, 0), loaded.c.at)
        .outerjoin(counts, counts.c.source_id == SourceSystem.id)
        .outerjoin(loaded, loaded.c.source_id == SourceSystem.id)
        .order_by(SourceSystem.name, SourceSystem.id)
    )
    return [
        SourceRow(one.id, one.slug, one.name, one.unit_name, records, at) for one, records, at in session.execute(query)
    ]


def source(session: Session, slug: str) -> SourceRow:
    """One source; UnknownSource names those that there are."""
    known = {one.slug: one for one in sources(session)}
    if slug not in known:
        raise UnknownSource(slug, ", ".join(known))
    return known[slug]


def loads(session: Session, slug: str, wanted: PageRequest) -> Page[LoadRow]:
    """The loads of a source, the latest first."""
    query = _loads().where(SourceSystem.slug == slug).order_by(SourceLoad.started_at.desc(), SourceLoad.id.desc())
    found = fetch_page(session, query, wanted)
    return Page(tuple(_load(*row) for row in found.items), found.total, found.number, found.size)


def load(session: Session, load_id: UUID) -> LoadRow:
    """One load; NotFound if there is none."""
    found = session.execute(_loads().where(SourceLoad.id == load_id)).first()
    if found is None:
        raise NotFound
    return _load(found[0], found[1], found[2])


def rejects(session: Session, load_id: UUID, wanted: PageRequest) -> Page[RejectRow]:
    """The rows of a load that were not taken, in the order of the file."""
    found = fetch_page(session, _rejects(load_id), wanted)
    return Page(tuple(_reject(row) for row in found.items), found.total, found.number, found.size)


def rejects_csv(session: Session, load_id: UUID) -> Iterator[str]:
    """The same as CSV, line by line. Nothing in it starts a formula in a spreadsheet."""
    yield _csv_line("line", "field", "reason", "explanation", "detail", "row")
    for flaw in session.scalars(_rejects(load_id).execution_options(yield_per=1000)):
        row = _reject(flaw)
        yield _csv_line(str(row.line), row.field or "", row.reason.value, row.explanation, row.detail, row.content)


def _loads() -> Select[SourceLoad, str, str]:
    return select(SourceLoad, SourceSystem.slug, SourceSystem.name).join(
        SourceSystem, SourceSystem.id == SourceLoad.source_id
    )


def _rejects(load_id: UUID) -> Select[LoadReject]:
    return select(LoadReject).where(LoadReject.load_id == load_id).order_by(LoadReject.line, LoadReject.id)


def _load(one: SourceLoad, slug: str, name: str) -> LoadRow:
    return LoadRow(
        one.id,
        slug,
        name,
        one.file_name,
        one.status,
        one.started_at,
        one.finished_at,
        one.rows,
        one.new,
        one.changed,
        one.same,
        one.rejected,
        one.gone,
        one.error,
        one.actor_name,
    )


def _reject(flaw: LoadReject) -> RejectRow:
    return RejectRow(flaw.line, flaw.field, flaw.reason, REASONS[flaw.reason], flaw.detail, flaw.content)


def _csv_line(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()
