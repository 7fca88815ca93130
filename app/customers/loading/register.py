"""The register of sources: committed layouts keep their entries up to date; sources made in the console keep theirs here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.enums import LawfulBasis
from app.customers.errors import UnknownSource
from app.customers.layout import Layout, committed_layouts, read_layout
from app.customers.models import SourceSystem
from app.customers.rows import SourceRow
from app.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Registered:
    """A source as loading needs it."""

    id: UUID
    layout: Layout
    gone_percent: int

    @property
    def slug(self) -> str:
        return self.layout.slug


def register_sources(session: Session, *, now: datetime) -> list[SourceRow]:
    """Bring every committed layout into the register; those that are there already are brought up to date."""
    return [
        SourceRow(register_layout(session, layout, now=now), layout.slug, layout.name, layout.unit)
        for layout in committed_layouts().values()
    ]


def register_layout(session: Session, layout: Layout, *, now: datetime) -> UUID:
    """One committed source into the register; returns its id. What a person has set in the console since stays."""
    source = session.scalar(select(SourceSystem).where(SourceSystem.slug == layout.slug))
    written = layout.as_json()
    if source is None:
        source = SourceSystem(id=new_id(), slug=layout.slug, registered_at=now, layout_changed_at=now, layout=written)
        _first_entry(source, layout)
        session.add(source)
    elif _content(source.layout) != _content(written):
        source.layout, source.layout_changed_at = written, now
    if not source.purpose:
        _first_entry(source, layout)
    source.name, source.unit_name, source.committed = layout.name, layout.unit, True
    session.flush()
    return source.id


def registered(session: Session, slug: str, *, now: datetime) -> Registered:
    """A source by its name in addresses and commands; a committed layout that is new is registered at once.

    Raises UnknownSource, naming those that there are.
    """
    committed = committed_layouts()
    if slug in committed:
        register_layout(session, committed[slug], now=now)
    source = session.scalar(select(SourceSystem).where(SourceSystem.slug == slug))
    if source is None:
        known = session.scalars(select(SourceSystem.slug)).all()
        raise UnknownSource(slug, ", ".join(sorted({*committed, *known})))
    return Registered(source.id, layout_from(source), source.gone_percent)


def layout_from(source: SourceSystem) -> Layout:
    """The layout of a register entry: the committed file where there is one, else what was made in the console."""
    return committed_layouts().get(source.slug) or read_layout(source.layout)


def registered_layouts(session: Session) -> dict[str, Layout]:
    """Every layout there is, by slug: the committed ones and those made in the console."""
    own = session.scalars(select(SourceSystem).order_by(SourceSystem.slug))
    return committed_layouts() | {source.slug: layout_from(source) for source in own}


def _first_entry(source: SourceSystem, layout: Layout) -> None:
    """What the committed file says of the source's entry."""
    said = layout.register
    source.purpose = said.get("purpose", "")
    source.lawful_basis = LawfulBasis(said.get("lawful_basis", LawfulBasis.PUBLIC_TASK))
    source.contact = said.get("contact", "")
    source.refresh_minutes, source.refresh_at = said.get("refresh_minutes"), said.get("refresh_at")
    source.freshness_hours, source.gone_percent = said.get("freshness_hours"), said.get("gone_percent", 10)


def _content(written: dict[str, object]) -> object:
    """What a layout says of files; JSON has no tuples."""
    return _plain({name: part for name, part in written.items() if name != "register"})


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
