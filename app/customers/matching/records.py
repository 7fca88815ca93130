"""What matching reads: source records as they are, and what stewards have decided about their keys."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, String, and_, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from app.customers.enums import Verdict
from app.customers.models import GoldenPin, Link, SourceRecord, SourceSystem, StewardDecision
from app.kernel.sets import among

Named = tuple[str, str]


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
    """Pairs of records' names that stewards have joined or parted."""

    same: tuple[Named, ...] = ()
    different: tuple[Named, ...] = ()

    def among(self, names: Collection[str]) -> "Decisions":
        """Those of which both sides are here."""
        return Decisions(
            tuple(pair for pair in self.same if pair[0] in names and pair[1] in names),
            tuple(pair for pair in self.different if pair[0] in names and pair[1] in names),
        )


@dataclass(frozen=True, slots=True)
class Pinned:
    """A pin that stands: the record it hangs on, and the value, or the record whose value is shown."""

    name: str
    attribute: str
    value: str | None
    record: str | None
    reason: str
    order: tuple[str, str]


def read_current(session: Session, ids: Iterable[UUID] | None = None) -> list[Current]:
    """Source records, all or those with these ids, by source and key."""
    query = _records()
    if ids is not None:
        query = query.where(among(SourceRecord.id, ids))
    return [Current(*row) for row in session.execute(query)]


def read_decisions(session: Session, names: Collection[str] | None = None) -> Decisions:
    """Decisions that stand, all or those of which either side is among the names; in the order of the keys."""
    one, other = (StewardDecision.left_source, StewardDecision.left_key), (
        StewardDecision.right_source, StewardDecision.right_key,
    )  # fmt: skip
    query = (
        select(StewardDecision.verdict, *one, *other).where(StewardDecision.lifted_at.is_(None)).order_by(*one, *other)
    )
    found = []
    if names is None:
        found = [tuple(row) for row in session.execute(query)]
    elif names:
        keys = [tuple(name.split(":", 1)) for name in sorted(names)]
        rows = {tuple(row) for side in (one, other) for row in session.execute(query.where(tuple_(*side).in_(keys)))}
        found = sorted(rows, key=lambda row: row[1:])
    pairs = [(verdict, (f"{a}:{b}", f"{c}:{d}")) for verdict, a, b, c, d in found]
    return Decisions(
        tuple(pair for verdict, pair in pairs if verdict is Verdict.SAME),
        tuple(pair for verdict, pair in pairs if verdict is Verdict.DIFFERENT),
    )


def read_pins(session: Session, names: Collection[str] | None = None) -> list[Pinned]:
    """Pins that stand, all or those that hang on these records; the latest last."""
    query = select(GoldenPin).where(GoldenPin.lifted_at.is_(None)).order_by(GoldenPin.pinned_at, GoldenPin.id)
    if names is not None:
        keys = [name.split(":", 1) for name in sorted(names)]
        sources, own = (literal([key[part] for key in keys], ARRAY(String)) for part in (0, 1))
        asked = func.unnest(sources, own).table_valued("source", "key").render_derived()
        query = query.join(asked, and_(asked.c.source == GoldenPin.source, asked.c.key == GoldenPin.key))
    return [
        Pinned(
            f"{pin.source}:{pin.key}",
            pin.attribute,
            pin.value,
            f"{pin.from_source}:{pin.from_key}" if pin.from_key is not None else None,
            pin.reason,
            (pin.pinned_at.isoformat(), str(pin.id)),
        )
        for pin in session.scalars(query)
    ]


def read_links(session: Session, ids: Iterable[UUID] | None = None) -> dict[UUID, UUID]:
    """Source record → golden record, as they stand."""
    query = select(Link.source_record_id, Link.golden_id)
    if ids is not None:
        query = query.where(among(Link.source_record_id, ids))
    return {row[0]: row[1] for row in session.execute(query)}


def _records() -> Select[UUID, str, str, str, int, dict[str, str], UUID | None, bool]:
    return (
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
