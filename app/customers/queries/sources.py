"""The register of sources: how each one stands, its whole entry, and a draft's way into it."""

from datetime import datetime

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from app.customers.enums import LoadStatus
from app.customers.errors import UnknownSource
from app.customers.layout import ATTRIBUTES, Layout
from app.customers.layout_writing import as_toml
from app.customers.loading.register import layout_from
from app.customers.models import SourceLoad, SourceRecord, SourceSystem
from app.customers.refresh_policy import freshness
from app.customers.rows import Entry, RegisterRow, SourceRow


def sources(session: Session, *, now: datetime | None = None) -> list[SourceRow]:
    """The register, by name. With `now` each row tells whether the source is as fresh as was promised."""
    return [_row(row, now) for row in session.execute(_sources().order_by(SourceSystem.name, SourceSystem.id))]


def source(session: Session, slug: str, *, now: datetime | None = None) -> SourceRow:
    """One source; UnknownSource names those that there are."""
    found = session.execute(_sources().where(SourceSystem.slug == slug)).first()
    if found is None:
        raise UnknownSource(slug, ", ".join(session.scalars(select(SourceSystem.slug).order_by(SourceSystem.slug))))
    return _row(found, now)


def register_entry(session: Session, slug: str, *, now: datetime) -> RegisterRow:
    """Everything that the register says of a source, but for its secret."""
    row = source(session, slug, now=now)
    one = session.get_one(SourceSystem, row.id)
    layout = layout_from(one)
    entry = Entry(
        one.name, one.unit_name, one.purpose, one.lawful_basis, one.contact, one.freshness_hours, one.gone_percent
    )
    mark = one.watermark.get("mark")
    return RegisterRow(
        source=row,
        entry=entry,
        committed=one.committed,
        connector=one.connector,
        settings=dict(one.connector_settings),
        has_secret=one.connector_secret is not None,
        refresh_minutes=one.refresh_minutes,
        refresh_at=one.refresh_at,
        watermark=str(next(iter(mark.values())) if isinstance(mark, dict) else mark) if mark is not None else None,
        trust=_trust(layout),
        columns=columns_of(layout),
        layout=as_toml(layout),
        sample_id=one.sample_id,
        registered_at=one.registered_at,
    )


def columns_of(layout: Layout) -> dict[str, str]:
    """Column → what it holds, for a layout in which each column holds one thing; the first record's for the others."""
    record = layout.records[0]
    held = dict.fromkeys(record.key_columns, "key")
    for attribute, columns in record.attributes.items():
        for column in columns if isinstance(columns, list) else [columns]:
            held.setdefault(column, attribute)
    return held


def _trust(layout: Layout) -> dict[str, int]:
    """How far the source is trusted for each attribute that it can fill, and for the rest."""
    named = {attribute for record in layout.records for attribute in record.attributes if attribute in ATTRIBUTES}
    whole = {name for record in layout.records for name in record.attributes if name in {"address", "full_name"}}
    ordered = [name for name in ATTRIBUTES if name in named] + sorted(whole)
    return {name: layout.trust_in(name) for name in ordered} | {"other": layout.trust.get("other", 50)}


def _sources() -> Select[SourceSystem, int, datetime | None]:
    counts = (
        select(SourceRecord.source_id, func.count().label("records"))
        .where(SourceRecord.gone_since.is_(None))
        .group_by(SourceRecord.source_id)
        .subquery()
    )
    loaded = (
        select(SourceLoad.source_id, func.max(SourceLoad.finished_at).label("at"))
        .where(SourceLoad.status == LoadStatus.DONE)
        .group_by(SourceLoad.source_id)
        .subquery()
    )
    return (
        select(SourceSystem, func.coalesce(counts.c.records, 0), loaded.c.at)
        .outerjoin(counts, counts.c.source_id == SourceSystem.id)
        .outerjoin(loaded, loaded.c.source_id == SourceSystem.id)
    )


def _row(found: Row[SourceSystem, int, datetime | None], now: datetime | None) -> SourceRow:
    one, records, at = found
    kept = freshness(now, at, one.freshness_hours) if now else freshness(one.registered_at, None, None)
    return SourceRow(
        one.id, one.slug, one.name, one.unit_name, records, at, one.connector, kept, one.freshness_hours,
        one.next_refresh_at, one.refresh_problem,
    )  # fmt: skip
