"""What a match run reads: the current version of every source record, and what stewards have decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.enums import Verdict
from app.customers.models import Link, SourceRecord, SourceSystem, StewardDecision


@dataclass(frozen=True, slots=True)
class Current:
    """A source record as it is now. `name` is how the engine knows it: the same in every installation."""

    id: UUID
    source: str
    source_name: str
    key: str
    version: int
    attributes: dict[str, str]
    property_id: UUID | None
    restricted: bool

    @property
    def name(self) -> str:
        return f"{self.source}:{self.key}"

    @property
    def is_organisation(self) -> bool:
        return "organisation_name" in self.attributes


@dataclass(frozen=True, slots=True)
class Decisions:
    """Pairs of record ids that stewards have joined or parted."""

    same: tuple[tuple[UUID, UUID], ...]
    different: tuple[tuple[UUID, UUID], ...]


def read_current(session: Session) -> list[Current]:
    """Every source record, by source and key."""
    query = (
        select(
            SourceRecord.id,
            SourceSystem.slug,
            SourceSystem.name,
            SourceRecord.key,
            SourceRecord.version,
            SourceRecord.attributes,
            SourceRecord.property_id,
            SourceRecord.restricted,
        )
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .order_by(SourceSystem.slug, SourceRecord.key)
    )
    return [Current(*row) for row in session.execute(query)]


def read_decisions(session: Session) -> Decisions:
    """Decisions that stand, in the order of the records."""
    query = (
        select(StewardDecision.verdict, StewardDecision.left_id, StewardDecision.right_id)
        .where(StewardDecision.lifted_at.is_(None))
        .order_by(StewardDecision.left_id, StewardDecision.right_id)
    )
    found: Sequence[tuple[Verdict, UUID, UUID]] = [(row[0], row[1], row[2]) for row in session.execute(query)]
    return Decisions(
        tuple((left, right) for verdict, left, right in found if verdict is Verdict.SAME),
        tuple((left, right) for verdict, left, right in found if verdict is Verdict.DIFFERENT),
    )


def read_links(session: Session) -> dict[UUID, UUID]:
    """Source record → golden record, as they stand."""
    return {row[0]: row[1] for row in session.execute(select(Link.source_record_id, Link.golden_id))}
