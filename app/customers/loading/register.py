"""The register of sources follows the committed layouts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.layout import Layout, committed_layouts
from app.customers.models import SourceSystem
from app.customers.rows import SourceRow
from app.kernel.ids import new_id


def register_sources(session: Session, *, now: datetime) -> list[SourceRow]:
    """Bring every committed layout into the register; those that are there already are brought up to date."""
    return [
        SourceRow(register_layout(session, layout, now=now), layout.slug, layout.name, layout.unit)
        for layout in committed_layouts().values()
    ]


def register_layout(session: Session, layout: Layout, *, now: datetime) -> UUID:
    """One source into the register; returns its id."""
    source = session.scalar(select(SourceSystem).where(SourceSystem.slug == layout.slug))
    written = layout.as_json()
    if source is None:
        source = SourceSystem(
            id=new_id(),
            slug=layout.slug,
            registered_at=now,
            layout_changed_at=now,
            layout=written,
            name="",
            unit_name="",
        )
        session.add(source)
    elif _plain(source.layout) != _plain(written):
        source.layout, source.layout_changed_at = written, now
    source.name, source.unit_name = layout.name, layout.unit
    session.flush()
    return source.id


def _plain(value: object) -> object:
    """JSON has no tuples."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
