"""What a load would do to golden records, for a rehearsal: worked out by matching, and nothing of it kept."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers.enums import RunKind
from app.customers.loading import writing
from app.customers.loading.register import Registered
from app.customers.matching.flow import step
from app.customers.matching.rehearsal import Proposed, rehearse
from app.kernel.actors import SYSTEM
from app.kernel.db import Database

WHOLE = 60_000
"""Source records up to which every one takes part in a rehearsal; beyond that, some of those that arrive are looked at."""
SOME = 300

_HELD = text("SELECT count(*) FROM source_record")
_ARRIVE = (
    "FROM load_row i LEFT JOIN source_record r ON r.source_id = :source AND r.key = i.key "
    "WHERE i.load_id = :load AND r.sha256 IS DISTINCT FROM i.sha256"
)
_ARRIVING = text(f"SELECT i.key, i.attributes {_ARRIVE} ORDER BY i.key")
_HOW_MANY = text(f"SELECT count(*) {_ARRIVE}")
_TOUCHED = text(
    "SELECT count(DISTINCT l.golden_id) FROM load_row i JOIN source_record r ON r.source_id = :source AND r.key = i.key "
    "JOIN link l ON l.source_record_id = r.id WHERE i.load_id = :load AND r.sha256 <> i.sha256"
)
_UNCHOSEN = text(
    f"DELETE FROM load_row WHERE load_id = :load AND key NOT IN (SELECT i.key {_ARRIVE} ORDER BY md5(i.key) LIMIT :some)"  # noqa: S608 - as above
)
_COMPARED = text(
    "WITH now AS (SELECT l.golden_id, count(DISTINCT b.golden_id) AS came_from, "
    "bool_or(b.golden_id IS NULL) AS got_new, bool_or(b.golden_id = l.golden_id) AS was_there "
    "FROM link l LEFT JOIN link_before b USING (source_record_id) WHERE l.golden_id = ANY(:golden) GROUP BY 1), "
    "were AS (SELECT b.golden_id FROM link_before b JOIN link l USING (source_record_id) WHERE l.golden_id = ANY(:golden) "
    "GROUP BY 1 HAVING count(DISTINCT l.golden_id) > 1) "
    "SELECT count(*) FILTER (WHERE came_from > 1), count(*) FILTER (WHERE got_new AND was_there), "
    "(SELECT count(*) FROM were) FROM now"
)


def foresee(database: Database, source: Registered, load_id: UUID, *, now: datetime) -> dict[str, int]:
    """Customers that would be `created`, of several made one (`merged`), of one made several (`split`), get records (`grown`), or
    have records that change (`touched`); worked out for `looked_at` of the `of` records that are new or change."""
    ids = {"source": source.id, "load": load_id}
    with database.reading() as session:
        arriving = session.scalar(_HOW_MANY, ids) or 0
        held = session.scalar(_HELD) or 0
        if held + arriving <= WHOLE:
            told = rehearse(session, _proposed(session, source, ids)) if arriving else None
            found = {
                "created": told.new if told else 0, "merged": told.joined if told else 0, "split": told.parted if told else 0,
                "grown": told.grown if told else 0, "touched": session.scalar(_TOUCHED, ids) or 0,
            }  # fmt: skip
            return found | {"looked_at": arriving, "of": arriving}
    return _of_some(database, source, ids, now) | {"looked_at": min(arriving, SOME), "of": arriving}


def _proposed(session: Session, source: Registered, ids: Mapping[str, UUID]) -> Iterator[Proposed]:
    for key, attributes in session.execute(_ARRIVING, ids).all():
        yield Proposed(source.slug, key, attributes)


def _of_some(database: Database, source: Registered, ids: Mapping[str, UUID], now: datetime) -> dict[str, int]:
    """Write and match some of the rows as if it were in earnest, look, and roll everything back."""
    with database.transaction() as session:
        session.execute(_UNCHOSEN, {**ids, "some": SOME})
        touched = session.scalar(_TOUCHED, ids) or 0
        session.execute(
            text("CREATE TEMPORARY TABLE link_before ON COMMIT DROP AS SELECT source_record_id, golden_id FROM link")
        )
        last = session.scalar(text("SELECT max(place) FROM load_row WHERE load_id = :load"), ids) or 0
        arrived = writing.write(
            session, source.id, source.slug, ids["load"], after=0, upto=last, now=now, in_bulk=False
        )
        made = step(session, SYSTEM, kind=RunKind.ARRIVAL, now=now, changed=arrived)
        figures: Any = (0, 0, 0)
        if made is not None:
            figures = session.execute(_COMPARED, {"golden": list(made.golden)}).one()
        session.rollback()
    merged, grown, split = figures
    created = made.created if made is not None else 0
    return {"created": created, "merged": merged, "split": split, "grown": grown, "touched": touched}
