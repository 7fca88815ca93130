"""What lies around some records, by the indexes of the database: their groups, their near pairs, their components."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from app.customers.copying import copy_rows
from app.customers.models import MatchEdge, MatchRecord, SharedValue
from app.kernel.sets import among

Edge = tuple[UUID, UUID]

_MEMBERS = text(
    "SELECT m.mark, r.record_id, r.who FROM unnest(CAST(:marks AS bigint[])) AS m(mark) CROSS JOIN LATERAL "
    "(SELECT record_id, who FROM match_record WHERE marks @> ARRAY[m.mark] LIMIT :most) AS r"
)
_LINKED = (
    "SELECT other.source_record_id FROM link mine JOIN link other ON other.golden_id = mine.golden_id "
    "WHERE mine.source_record_id = ANY(:ids)"
)
_NEAR = "SELECT right_id FROM match_edge WHERE left_id = ANY(:ids) UNION SELECT left_id FROM match_edge WHERE right_id = ANY(:ids)"
_DECIDED = (
    "WITH mine AS (SELECT s.slug, r.key FROM source_record r JOIN source_system s ON s.id = r.source_id WHERE r.id = ANY(:ids)), "
    "far AS (SELECT d.right_source AS slug, d.right_key AS key FROM steward_decision d "
    "JOIN mine m ON d.left_source = m.slug AND d.left_key = m.key WHERE d.lifted_at IS NULL AND d.verdict = 'same' "
    "UNION SELECT d.left_source, d.left_key FROM steward_decision d "
    "JOIN mine m ON d.right_source = m.slug AND d.right_key = m.key WHERE d.lifted_at IS NULL AND d.verdict = 'same') "
    "SELECT r.id FROM far JOIN source_system s ON s.slug = far.slug JOIN source_record r ON r.source_id = s.id AND r.key = far.key"
)
_NAMESAKES = (
    "SELECT other.record_id FROM (SELECT DISTINCT mark FROM match_record mine CROSS JOIN LATERAL unnest(mine.marks) AS mark "
    "WHERE mine.record_id = ANY(:ids) AND mine.organisation AND mark & 2 = 0) AS said "
    "JOIN match_record other ON other.marks @> ARRAY[said.mark] AND other.organisation"
)
"""Organisations of one name or one number: marks of contacts and places have the bit 2 (`organisation_marks`)."""
_AROUND = text(f"{_NEAR} UNION {_LINKED} UNION ({_DECIDED}) UNION {_NAMESAKES}")

_EMPTY = {table: text(f"DELETE FROM {table}") for table in ("match_record", "match_edge", "match_shared")}  # noqa: S608 - ours
_INDEX = text("CREATE INDEX ix_match_record_marks ON match_record USING gin (marks) WITH (fastupdate=off)")


@dataclass(frozen=True, slots=True)
class Marked:
    """A record as matching knows it."""

    record_id: UUID
    version: int
    organisation: bool
    who: int
    marks: tuple[int, ...]
    lent: tuple[int, ...]


def marked(session: Session, ids: Collection[UUID]) -> dict[UUID, Marked]:
    """The records among these that matching knows."""
    query = select(
        MatchRecord.record_id, MatchRecord.version, MatchRecord.organisation, MatchRecord.who, MatchRecord.marks, MatchRecord.lent
    ).where(among(MatchRecord.record_id, ids))  # fmt: skip
    return {
        row[0]: Marked(row[0], row[1], row[2], row[3], tuple(row[4]), tuple(row[5])) for row in session.execute(query)
    }


def remember(session: Session, rows: Iterable[Marked], model_id: UUID, gone: Collection[UUID] = ()) -> None:
    """Write down marks in place of those that were known of these records, and of those that are `gone`."""
    held = list(rows)
    session.execute(delete(MatchRecord).where(among(MatchRecord.record_id, {*(row.record_id for row in held), *gone})))
    if held:
        session.execute(insert(MatchRecord), [_as_row(row, model_id) for row in held])


def remember_all(
    session: Session,
    rows: Iterable[Marked],
    edges: Iterable[tuple[Edge, float]],
    shared: Iterable[int],
    model_id: UUID,
) -> None:
    """Write down the marks and the near pairs of every record there is, in place of all that was known.

    The first time the index is built afterwards, which is quicker; later nobody who reads is to wait for that.
    """
    first = session.scalar(text("SELECT NOT EXISTS (SELECT 1 FROM match_record)"))
    for table in ("match_record", "match_edge", "match_shared"):
        session.execute(_EMPTY[table])
    if first:
        session.execute(text("DROP INDEX ix_match_record_marks"))
    columns = ("record_id", "version", "model_id", "organisation", "who", "marks", "lent")
    copy_rows(
        session, "match_record", columns,
        ((row.record_id, row.version, model_id, row.organisation, row.who, list(row.marks), list(row.lent)) for row in rows),
    )  # fmt: skip
    if first:
        session.execute(_INDEX)
    copy_rows(session, "match_edge", ("left_id", "right_id", "weight"), ((*pair, weight) for pair, weight in edges))
    copy_rows(session, "match_shared", ("mark",), ((mark,) for mark in shared))
    for table in ("match_record", "match_edge"):
        session.execute(text(f"ANALYZE {table}"))


def forget_marks(session: Session, ids: Collection[UUID]) -> None:
    """Matching no longer knows these records."""
    session.execute(delete(MatchRecord).where(among(MatchRecord.record_id, ids)))


def members(session: Session, marks: Collection[int], most: int) -> dict[int, list[tuple[UUID, int]]]:
    """The records of each group, at most so many, with the name that each goes by."""
    found: defaultdict[int, list[tuple[UUID, int]]] = defaultdict(list)
    if marks:
        for mark, record, who in session.execute(_MEMBERS, {"marks": sorted(marks), "most": most}):
            found[mark].append((record, who))
    return found


def drop_edges(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Take away the near pairs of these records; gives who was at their other ends."""
    gone = (
        delete(MatchEdge)
        .where(among(MatchEdge.left_id, ids) | among(MatchEdge.right_id, ids))
        .returning(MatchEdge.left_id, MatchEdge.right_id)
    )
    return {end for row in session.execute(gone) for end in row}


def add_edges(session: Session, edges: Sequence[tuple[Edge, float]]) -> None:
    """Near pairs of records, ids in order."""
    if edges:
        session.execute(insert(MatchEdge), [_edge(pair, weight) for pair, weight in edges])


def edges_among(session: Session, ids: Collection[UUID]) -> list[Edge]:
    """The near pairs of which both ends are among these."""
    query = select(MatchEdge.left_id, MatchEdge.right_id).where(
        among(MatchEdge.left_id, ids), among(MatchEdge.right_id, ids)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def component(session: Session, seeds: Collection[UUID]) -> set[UUID]:
    """Whoever can be reached from these records by near pairs, by decisions, by sharing a golden record, or an organisation's name or
    number."""
    reached: set[UUID] = set()
    frontier = set(seeds)
    while frontier:
        reached |= frontier
        frontier = set(session.scalars(_AROUND, {"ids": list(frontier)})) - reached
    return reached


def shared_values(session: Session, marks: Collection[int]) -> set[int]:
    """The marks among these of values that say nothing."""
    return set(session.scalars(select(SharedValue.mark).where(among(SharedValue.mark, marks)))) if marks else set()


def set_shared(session: Session, now_shared: Collection[int], no_longer: Collection[int]) -> None:
    if no_longer:
        session.execute(delete(SharedValue).where(among(SharedValue.mark, no_longer)))
    if now_shared:
        session.execute(insert(SharedValue), [{"mark": mark} for mark in sorted(now_shared)])


def _as_row(row: Marked, model_id: UUID) -> dict[str, Any]:
    return {
        "record_id": row.record_id, "version": row.version, "model_id": model_id, "organisation": row.organisation,
        "who": row.who, "marks": list(row.marks), "lent": list(row.lent),
    }  # fmt: skip


def _edge(pair: Edge, weight: float) -> dict[str, Any]:
    return {"left_id": pair[0], "right_id": pair[1], "weight": weight}
