"""The new golden records and links in place of the old, in one transaction, writing only what has changed."""

# ruff: noqa: S608 - statements are put together from names of our own columns; every value is bound

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.copying import copy_rows, temporary

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
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows to be written, in the order of the columns above."""

    golden: Sequence[Sequence[object]]
    search: Sequence[Sequence[object]]
    links: Sequence[Sequence[object]]
    retired: Sequence[Sequence[object]]
    possible: Sequence[Sequence[object]]


def swap(session: Session, run_id: UUID, outcome: Outcome, now: datetime) -> None:
    """Make the outcome the truth. What did not change keeps its dates."""
    values = {"run": run_id, "now": now}
    _stage(session, "new_golden", GOLDEN, outcome.golden)
    _stage(session, "new_search", SEARCH, outcome.search)
    _stage(session, "new_link", LINK, outcome.links)
    _stage(session, "new_retired", RETIRED, outcome.retired)
    _stage(session, "new_possible", POSSIBLE, outcome.possible)
    for statement in (_CHANGE_GOLDEN, _ADD_GOLDEN, _CHANGE_LINKS, _ADD_LINKS, _RETIRE, *_SEARCH, *_POSSIBLE):
        session.execute(statement, values)
    for table in ("golden_record", "golden_search", "link"):
        session.execute(text(f"ANALYZE {table}"))


def _stage(session: Session, name: str, columns: dict[str, str], rows: Iterable[Sequence[object]]) -> None:
    temporary(session, name, ", ".join(f"{column} {kind}" for column, kind in columns.items()))
    copy_rows(session, name, list(columns), rows)
    session.execute(text(f"ANALYZE {name}"))


def _listed(columns: Iterable[str], prefix: str = "") -> str:
    return ", ".join(prefix + column for column in columns)


_CONTENT = [column for column in GOLDEN if column != "id"]
_CHANGE_GOLDEN = text(
    f"UPDATE golden_record g SET ({_listed(_CONTENT)}) = ({_listed(_CONTENT, 'n.')}), changed_at = :now, run_id = :run "
    f"FROM new_golden n WHERE n.id = g.id AND ({_listed(_CONTENT, 'g.')}) IS DISTINCT FROM ({_listed(_CONTENT, 'n.')})"
)
_ADD_GOLDEN = text(
    f"INSERT INTO golden_record ({_listed(GOLDEN)}, created_at, changed_at, run_id) SELECT {_listed(GOLDEN, 'n.')}, :now, :now, :run "
    "FROM new_golden n WHERE NOT EXISTS (SELECT 1 FROM golden_record g WHERE g.id = n.id)"
)
_JOINING = [column for column in LINK if column != "source_record_id"]
_CHANGE_LINKS = text(
    f"UPDATE link l SET ({_listed(_JOINING)}) = ({_listed(_JOINING, 'n.')}), run_id = :run, "
    "since = CASE WHEN l.golden_id = n.golden_id THEN l.since ELSE :now END "
    f"FROM new_link n WHERE n.source_record_id = l.source_record_id AND ({_listed(_JOINING, 'l.')}) IS DISTINCT FROM ({_listed(_JOINING, 'n.')})"
)
_ADD_LINKS = text(
    f"INSERT INTO link ({_listed(LINK)}, run_id, since) SELECT {_listed(LINK, 'n.')}, :run, :now FROM new_link n "
    "WHERE NOT EXISTS (SELECT 1 FROM link l WHERE l.source_record_id = n.source_record_id)"
)
_RETIRE = text(
    "UPDATE golden_record g SET retired_at = :now, retired_into = n.retired_into, run_id = :run FROM new_retired n WHERE n.id = g.id"
)
_FOUND_BY = [column for column in SEARCH if column != "golden_id"]
_SEARCH = (
    text("DELETE FROM golden_search s USING new_retired n WHERE n.id = s.golden_id"),
    text(
        f"INSERT INTO golden_search AS s ({_listed(SEARCH)}) SELECT {_listed(SEARCH)} FROM new_search "
        f"ON CONFLICT (golden_id) DO UPDATE SET ({_listed(_FOUND_BY)}) = ({_listed(_FOUND_BY, 'excluded.')}) "
        f"WHERE ({_listed(_FOUND_BY, 's.')}) IS DISTINCT FROM ({_listed(_FOUND_BY, 'excluded.')})"
    ),
)
_POSSIBLE = (
    text(
        "DELETE FROM possible_match p WHERE NOT EXISTS "
        "(SELECT 1 FROM new_possible n WHERE n.left_id = p.left_id AND n.right_id = p.right_id)"
    ),
    text(
        "INSERT INTO possible_match (id, left_id, right_id, weight, probability, evidence, run_id, noticed_at) "
        "SELECT id, left_id, right_id, weight, probability, evidence, :run, :now FROM new_possible "
        "ON CONFLICT (left_id, right_id) DO UPDATE SET weight = excluded.weight, probability = excluded.probability, "
        "evidence = excluded.evidence, run_id = excluded.run_id"
    ),
)
