"""Rows for those who answer what people ask about their own data."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SourceContact:
    """A source, and whom to write to about it; empty if nobody is named."""

    slug: str
    name: str
    contact: str


@dataclass(frozen=True, slots=True)
class HeldByUs:
    """A source record by its id, with what it says. `restricted`: it, or the customer that it belongs to, is."""

    source_record_id: UUID
    source_slug: str
    source_name: str
    source_key: str
    restricted: bool
    values: dict[str, str]
