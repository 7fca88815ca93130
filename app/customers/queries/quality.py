"""Data quality of a source: the figures, their trend, and the records behind each of them."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.customers.layout import ATTRIBUTES
from app.customers.loading.quality import DUPLICATED
from app.customers.models import SourceQuality, SourceSystem
from app.customers.quality_rules import concerned, filled, well_formed
from app.customers.rows import AttributeQuality, QualityRecordRow, QualityRow
from app.kernel.errors import NotFound
from app.kernel.i18n import N_
from app.kernel.paging import Page, PageRequest
from app.kernel.sheets import Cell

MEASURES = ("missing", "malformed", "duplicates")
MOST_EXPORTED = 50_000
Sheet = tuple[str, tuple[str, ...], Iterator[tuple[Cell, ...]]]


def quality(session: Session, slug: str, most: int = 30) -> list[QualityRow]:
    """The latest snapshots of a source, the newest first."""
    query = (
        select(SourceQuality)
        .join(SourceSystem, SourceSystem.id == SourceQuality.source_id)
        .where(SourceSystem.slug == slug)
        .order_by(SourceQuality.taken_at.desc(), SourceQuality.id.desc())
        .limit(most)
    )
    return [_row(one) for one in session.scalars(query)]


def quality_now(session: Session, slug: str) -> QualityRow | None:
    """The latest snapshot; None for a source that was never loaded."""
    return next(iter(quality(session, slug, 1)), None)


def quality_records(
    session: Session, slug: str, measure: str, attribute: str, wanted: PageRequest
) -> Page[QualityRecordRow]:
    """The records behind a figure, by key: those without the attribute, those whose value is malformed, or duplicates."""
    condition = _condition(measure, attribute)
    values = {"source": _id(session, slug), "limit": wanted.size, "offset": (wanted.number - 1) * wanted.size}
    total = session.scalar(text(f"SELECT count(*) {_FROM} AND {condition}"), values) or 0
    rows = session.execute(text(_listing(condition, measure, attribute) + " LIMIT :limit OFFSET :offset"), values)
    return Page(tuple(_record(*row) for row in rows), total, wanted.number, wanted.size)


def quality_sheets(session: Session, slug: str, labels: dict[str, str]) -> list[Sheet]:
    """The figures and their trend, for a spreadsheet."""
    snapshots = quality(session, slug, 400)
    now = snapshots[:1]
    figures: Iterator[tuple[Cell, ...]] = (
        (labels.get(one.attribute, one.attribute), one.of, one.filled, round(one.complete_share, 1), one.valid, round(one.valid_share, 1))
        for row in now
        for one in row.attributes
    )  # fmt: skip
    trend: Iterator[tuple[Cell, ...]] = (
        (
            row.taken_at.strftime("%Y-%m-%d %H:%M"), row.records, round(row.completeness, 2), round(row.validity, 2),
            row.duplicates, row.age_hours, row.promise_hours,
        )
        for row in snapshots
    )  # fmt: skip
    return [
        ("Figures", ("Attribute", "Records", "Filled", "Filled %", "Well-formed", "Well-formed % of filled"), figures),
        ("Trend", ("Measured (UTC)", "Records", "Filled %", "Well-formed %", "Duplicates", "Age in hours", "Promised hours"), trend),
    ]  # fmt: skip


def quality_records_sheet(session: Session, slug: str, measure: str, attribute: str) -> Sheet:
    """The records behind a figure, for a spreadsheet; values of restricted records are left out."""
    statement = text(_listing(_condition(measure, attribute), measure, attribute) + " LIMIT :limit")
    rows = session.execute(statement, {"source": _id(session, slug), "limit": MOST_EXPORTED})
    found = (_record(*row) for row in rows)
    return ("Records", ("Key", "Value"), ((one.key, one.value) for one in found if not one.restricted))


_FROM = "FROM source_record r WHERE r.source_id = :source AND r.gone_since IS NULL"


def _listing(condition: str, measure: str, attribute: str) -> str:
    value = f"r.attributes ->> '{attribute}'" if measure == "malformed" else "''"
    return (
        f"SELECT r.id, l.golden_id, r.key, {value}, r.restricted FROM source_record r LEFT JOIN link l ON l.source_record_id = r.id "  # noqa: S608 - rules of ours
        f"WHERE r.source_id = :source AND r.gone_since IS NULL AND {condition} ORDER BY "
        + ("l.golden_id, r.key, r.id" if measure == "duplicates" else "r.key, r.id")
    )


def _condition(measure: str, attribute: str) -> str:
    """SQL for a figure. Raises NotFound for one that there is not: nothing that was typed gets further."""
    if measure == "duplicates":
        return DUPLICATED
    if measure not in MEASURES or attribute not in ATTRIBUTES:
        raise NotFound
    if measure == "missing":
        return f"{concerned(attribute)} AND NOT {filled(attribute)}"
    return f"{concerned(attribute)} AND {filled(attribute)} AND NOT ({well_formed(attribute)})"


def _id(session: Session, slug: str) -> UUID:
    found = session.scalar(select(SourceSystem.id).where(SourceSystem.slug == slug))
    if found is None:
        raise NotFound
    return found


def _record(record_id: UUID, golden_id: UUID | None, key: str, value: str | None, restricted: bool) -> QualityRecordRow:
    return QualityRecordRow(record_id, golden_id, key, "" if restricted else value or "", restricted)


def _row(one: SourceQuality) -> QualityRow:
    attributes = tuple(
        AttributeQuality(name, found["of"], found["filled"], found["valid"])
        for name in ATTRIBUTES
        if (found := one.figures.get(name)) is not None
    )
    return QualityRow(one.taken_at, one.records, one.duplicates, attributes, one.age_hours, one.promise_hours)


WHAT = {
    "missing": N_("Records without it"),
    "malformed": N_("Records with a value that cannot be right"),
    "duplicates": N_("Records that share a customer with another record of this source"),
}
"""Each measure in words, as message ids."""
