"""The new golden records and links in place of the old, in one transaction, writing only what has changed."""

# ruff: noqa: S608 - statements are put together from names of our own columns; every value is bound

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.copying import copy_rows

GOLDEN = {
    "id": "uuid", "kind": "text", "attributes": "jsonb", "display_name": "text", "date_of_birth": "date", "address": "text",
    "postcode": "text", "phone": "text", "email": "text", "property_id": "uuid", "restricted": "bool", "size": "int",
}  # fmt: skip
SEARCH = {
    "golden_id": "uuid", "names": "text", "addresses": "text", "postcodes": "text[]", "births": "date[]",
    "phones": "text[]", "emails": "text",
}  # fmt: skip
LINK = {
    "source_record_id": "uuid", "golden_id": "uuid", "version": "int", "method": "text", "weight": "float8",
    "probability": "float8", "evidence": "jsonb",
}  # fmt: skip
RETIRED = {"id": "uuid", "retired_into": "uuid"}
POSSIBLE = {
    "id": "uuid", "left_id": "uuid", "right_id": "uuid", "weight": "float8", "probability": "float8", "evidence": "jsonb",
    "reason": "text",
}  # fmt: skip
MANY = 500
"""From so many rows on, they come by COPY into a temporary table; fewer come as one parameter."""


class Rows(Protocol):
    """Rows of which it is known how many they are; they may be made while they are read."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Sequence[Any]]: ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows to be written, in the order of the columns above."""

    golden: Rows
    search: Rows
    links: Rows
    retired: Rows
    possible: Rows


def write(
    session: Session, run_id: UUID, outcome: Outcome, now: datetime, touched: Sequence[UUID] | None = None
) -> None:
    """Make the outcome the truth. What did not change keeps its dates.

    `touched`: the outcome is about these records only; without it, about all that there are.
    """
    values = {"run": run_id, "now": now, "touched": None if touched is None else list(touched)}
    golden = _source(session, "new_golden", GOLDEN, outcome.golden)
    links = _source(session, "new_link", LINK, outcome.links)
    retired = _source(session, "new_retired", RETIRED, outcome.retired)
    search = _source(session, "new_search", SEARCH, outcome.search)
    possible = _source(session, "new_possible", POSSIBLE, outcome.possible)
    for source, statements in ((golden, _GOLDEN), (links, _LINKS), (retired, _RETIRE), (search, _SEARCH)):
        for statement in statements:
            session.execute(text(statement.format(source=source.sql)), values | source.values)
    gone = _POSSIBLE_GONE if touched is None else _POSSIBLE_GONE + _AMONG_TOUCHED
    for statement in (gone, _POSSIBLE_NOW):
        session.execute(text(statement.format(source=possible.sql)), values | possible.values)
    if touched is None:
        for table in ("golden_record", "golden_search", "link"):
            session.execute(text(f"ANALYZE {table}"))


@dataclass(frozen=True, slots=True)
class _Source:
    """Where statements find the new rows."""

    sql: str
    values: dict[str, Any]


def _source(session: Session, name: str, columns: dict[str, str], rows: Rows) -> _Source:
    typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    if len(rows) < MANY:
        told = json.dumps([dict(zip(columns, row, strict=True)) for row in rows], ensure_ascii=False, default=str)
        return _Source(f"jsonb_to_recordset(CAST(:rows AS jsonb)) AS n({typed})", {"rows": told})
    session.execute(text(f"DROP TABLE IF EXISTS pg_temp.{name}"))
    session.execute(text(f"CREATE TEMPORARY TABLE {name} ({typed}) ON COMMIT DROP"))
    written = [place for place, kind in enumerate(columns.values()) if kind == "jsonb"]
    copy_rows(session, name, list(columns), (_as_text(row, written) for row in rows))
    session.execute(text(f"ANALYZE {name}"))
    return _Source(f"{name} n", {})


def _as_text(row: Sequence[Any], written: Sequence[int]) -> list[Any]:
    told = list(row)
    for place in written:
        told[place] = json.dumps(told[place], ensure_ascii=False)
    return told


def _listed(columns: Iterable[str], prefix: str = "") -> str:
    return ", ".join(prefix + column for column in columns)


_CONTENT = [column for column in GOLDEN if column != "id"]
_GOLDEN = (
    (
        f"UPDATE golden_record g SET ({_listed(_CONTENT)}) = ({_listed(_CONTENT, 'n.')}), changed_at = :now, run_id = :run, "
        "retired_at = NULL, retired_into = NULL FROM {source} WHERE n.id = g.id AND "
        f"(g.retired_at IS NOT NULL OR ({_listed(_CONTENT, 'g.')}) IS DISTINCT FROM ({_listed(_CONTENT, 'n.')}))"
    ),
    (
        f"INSERT INTO golden_record ({_listed(GOLDEN)}, created_at, changed_at, run_id) "
        f"SELECT {_listed(GOLDEN, 'n.')}, :now, :now, :run FROM {{source}} "
        "WHERE NOT EXISTS (SELECT 1 FROM golden_record g WHERE g.id = n.id)"
    ),
)
_JOINING = [column for column in LINK if column != "source_record_id"]
_LINKS = (
    (
        f"UPDATE link l SET ({_listed(_JOINING)}) = ({_listed(_JOINING, 'n.')}), run_id = :run, changed_at = :now, "
        "since = CASE WHEN l.golden_id = n.golden_id THEN l.since ELSE coalesce((SELECT v.since FROM link_version v "
        "WHERE v.source_record_id = l.source_record_id AND v.golden_id = n.golden_id ORDER BY v.until_at DESC, v.id DESC LIMIT 1), :now) END "
        "FROM {source} WHERE n.source_record_id = l.source_record_id "
        f"AND ({_listed(_JOINING, 'l.')}) IS DISTINCT FROM ({_listed(_JOINING, 'n.')})"
    ),
    (
        f"INSERT INTO link ({_listed(LINK)}, run_id, since, changed_at) SELECT {_listed(LINK, 'n.')}, :run, :now, :now FROM {{source}} "
        "WHERE NOT EXISTS (SELECT 1 FROM link l WHERE l.source_record_id = n.source_record_id)"
    ),
)
_RETIRE = (
    (
        "UPDATE golden_record g SET retired_at = :now, retired_into = n.retired_into, run_id = :run, changed_at = :now "
        "FROM {source} WHERE n.id = g.id"
    ),
    "DELETE FROM golden_search s USING {source} WHERE n.id = s.golden_id",
)
_FOUND_BY = [column for column in SEARCH if column != "golden_id"]
_SEARCH = (
    (
        f"INSERT INTO golden_search AS s ({_listed(SEARCH)}) SELECT {_listed(SEARCH, 'n.')} FROM {{source}} "
        f"ON CONFLICT (golden_id) DO UPDATE SET ({_listed(_FOUND_BY)}) = ({_listed(_FOUND_BY, 'excluded.')}) "
        f"WHERE ({_listed(_FOUND_BY, 's.')}) IS DISTINCT FROM ({_listed(_FOUND_BY, 'excluded.')})"
    ),
)
_POSSIBLE_GONE = (
    "DELETE FROM possible_match p WHERE NOT EXISTS "
    "(SELECT 1 FROM {source} WHERE n.left_id = p.left_id AND n.right_id = p.right_id)"
)
_AMONG_TOUCHED = " AND (p.left_id = ANY(:touched) OR p.right_id = ANY(:touched))"
_POSSIBLE_NOW = (
    "INSERT INTO possible_match (id, left_id, right_id, weight, probability, evidence, reason, run_id, noticed_at) "
    "SELECT n.id, n.left_id, n.right_id, n.weight, n.probability, n.evidence, n.reason, :run, :now FROM {source} "
    "ON CONFLICT (left_id, right_id) DO UPDATE SET weight = excluded.weight, probability = excluded.probability, "
    "evidence = excluded.evidence, reason = excluded.reason, run_id = excluded.run_id"
)
