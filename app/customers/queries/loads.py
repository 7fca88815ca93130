"""Sources and their loads, with every row that was not taken and why."""

import csv
import io
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.customers.loading.undoing import can_be_undone
from app.customers.models import LoadReject, SourceLoad, SourceRecord, SourceSystem
from app.customers.parsing.attributes import REASONS
from app.customers.queries.hushing import hushed
from app.customers.rows import LoadRow, RejectRow
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    row = _load(found[0], found[1], found[2], found[3])
    of_sample = select(SourceSystem.id).where(SourceSystem.sample_id == found[0].file_id)
    return replace(
        row,
        can_be_undone=can_be_undone(session, found[0]),
        is_of_sample=bool(found[0].file_id and session.scalar(of_sample)),
    )


def sent_with(session: Session, load_id: UUID, source_record_ids: Collection[UUID]) -> dict[UUID, dict[str, str]]:
    """What these records say, of those that came with this load, whether or not they said anything new."""
    query = select(SourceRecord.id, SourceRecord.attributes).where(
        SourceRecord.id.in_(list(source_record_ids)), SourceRecord.last_load_id == load_id, SourceRecord.gone_since.is_(None)
    )  # fmt: skip
    return {row[0]: row[1] for row in session.execute(query)}


def rejects(session: Session, load_id: UUID, wanted: PageRequest) -> Page[RejectRow]:
    """The rows of a load that were not taken, in the order of the file."""
    found = fetch_page(session, _rejects(load_id), wanted)
    protected = hushed(session)
    return Page(tuple(_reject(row, protected) for row in found.items), found.total, found.number, found.size)


def rejects_csv(session: Session, load_id: UUID) -> Iterator[str]:
    """The same as CSV, line by line. Nothing in it starts a formula in a spreadsheet."""
    yield _csv_line("line", "field", "reason", "explanation", "detail", "row")
    protected = hushed(session)
    for flaw in session.scalars(_rejects(load_id).execution_options(yield_per=1000)):
        row = _reject(flaw, protected)
        yield _csv_line(str(row.line), row.field or "", row.reason.value, row.explanation, row.detail, row.content)


def _loads() -> Select[SourceLoad, str, str, int]:
    return select(SourceLoad, SourceSystem.slug, SourceSystem.name, SourceSystem.gone_percent).join(
        SourceSystem, SourceSystem.id == SourceLoad.source_id
    )


def _rejects(load_id: UUID) -> Select[LoadReject]:
    return select(LoadReject).where(LoadReject.load_id == load_id).order_by(LoadReject.line, LoadReject.id)


def _load(one: SourceLoad, slug: str, name: str, percent: int) -> LoadRow:
    return LoadRow(
        one.id, slug, name, one.file_name, one.status, one.started_at, one.finished_at, one.rows, one.new, one.changed,
        one.same, one.rejected, one.gone, one.error, one.actor_name, one.full, one.rehearsal, one.phase, one.total, one.written,
        one.effects, one.effects.get("held", 0), percent, one.confirmed_reason, one.confirmed_by, one.undone_reason,
    )  # fmt: skip


def _reject(flaw: LoadReject, protected: Callable[[str], bool]) -> RejectRow:
    """As it came; of somebody whose record is restricted only that there was a row, and what was wrong."""
    said = ("", "") if protected(f"{flaw.content} {flaw.detail}") else (flaw.detail, flaw.content)
    return RejectRow(flaw.line, flaw.field, flaw.reason, REASONS[flaw.reason], *said)


def _csv_line(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()
