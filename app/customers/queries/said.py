"""What stewards have said about a customer's records, told by act: parting three records from five is one act and fifteen decisions."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, false, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from app.customers.models import GoldenRecord, Link, SourceRecord, SourceSystem, StewardDecision
from app.customers.queries.golden import resolve
from app.customers.rows import SaidPair, SaidRow
from app.kernel.paging import Page, PageRequest, fetch_page

SHOWN = 5
"""So many pairs of an act are named."""
ACT = (
    StewardDecision.verdict, StewardDecision.reason, StewardDecision.decided_by_name, StewardDecision.decided_at,
    StewardDecision.lifted_at, StewardDecision.lifted_by_name, StewardDecision.lifted_reason,
)  # fmt: skip
"""What the decisions of one act have in common."""
Key = tuple[str, str]
Side = tuple[str, UUID | None, bool, str]


def said_about(session: Session, golden_id: UUID, wanted: PageRequest) -> Page[SaidRow]:
    """What holds comes first, then what was lifted; the latest first. A retired id stands for what it leads to."""
    mine = keys_of(session, resolve(session, golden_id))
    first = func.min(cast(StewardDecision.id, Text))
    ids = func.array_agg(aggregate_order_by(StewardDecision.id, StewardDecision.id.asc()))
    query = (
        select(*ACT, func.count(), ids)
        .where(touching(mine))
        .group_by(*ACT)
        .order_by(StewardDecision.lifted_at.is_not(None), StewardDecision.decided_at.desc(), first)
    )
    found = fetch_page(session, query, wanted)
    pairs = _pairs(session, {one for row in found.items for one in row[8][:SHOWN]}, set(mine.values()))
    rows = tuple(
        SaidRow(
            row[8][0], row[0], row[1], row[2], row[3], row[7], tuple(pairs[one] for one in row[8][:SHOWN]), row[4],
            row[5] or "", row[6] or "",
        )
        for row in found.items
    )  # fmt: skip
    return Page(rows, found.total, found.number, found.size)


def keys_of(session: Session, golden_id: UUID) -> dict[UUID, Key]:
    """The records of a golden record: id → source and key, in the order of these."""
    query = (
        select(SourceRecord.id, SourceSystem.slug, SourceRecord.key)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .join(Link, Link.source_record_id == SourceRecord.id)
        .where(Link.golden_id == golden_id)
        .order_by(SourceSystem.slug, SourceRecord.key)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def touching(mine: Mapping[UUID, Key]) -> ColumnElement[bool]:
    """Decisions about one of these records: what holds by its key, which outlives its erasure; what was lifted by its id."""
    ids, keys = list(mine), list(mine.values())
    by_key = or_(
        tuple_(StewardDecision.left_source, StewardDecision.left_key).in_(keys),
        tuple_(StewardDecision.right_source, StewardDecision.right_key).in_(keys),
    )
    return or_(
        and_(StewardDecision.lifted_at.is_(None), by_key),
        StewardDecision.left_id.in_(ids),
        StewardDecision.right_id.in_(ids),
    )


def _pairs(session: Session, ids: Iterable[UUID], mine: Collection[Key]) -> dict[UUID, SaidPair]:
    """The two sides of decisions, ours first."""
    decisions = session.scalars(select(StewardDecision).where(StewardDecision.id.in_(list(ids)))).all()
    sides = {
        one.id: sorted(
            ((one.left_source, one.left_key), (one.right_source, one.right_key)), key=lambda key: key not in mine
        )
        for one in decisions
    }
    known = _known(session, {key for pair in sides.values() for key in pair})
    found = {}
    for decision, (ours, other) in sides.items():
        name, golden, restricted, called = known.get(other, _unknown(other))
        hidden = ("", None, True, "")
        found[decision] = SaidPair(
            known.get(ours, _unknown(ours))[0], ours[1], name, *(hidden if restricted else (other[1], golden, False, called))
        )  # fmt: skip
    return found


def _unknown(key: Key) -> Side:
    """What can be said of a record that is not there any more."""
    return key[0], None, False, ""


def _known(session: Session, keys: Collection[Key]) -> dict[Key, Side]:
    """Source and key → the source's name, the customer now, whether record or customer is restricted, and what the customer is called.

    Erased records are not there.
    """
    query = (
        select(
            SourceSystem.slug, SourceRecord.key, SourceSystem.name, Link.golden_id,
            or_(SourceRecord.restricted, func.coalesce(GoldenRecord.restricted, false())), func.coalesce(GoldenRecord.display_name, ""),
        )
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
        .where(tuple_(SourceSystem.slug, SourceRecord.key).in_(list(keys)))
    )  # fmt: skip
    return {(row[0], row[1]): (row[2], row[3], row[4], row[5]) for row in session.execute(query)}
