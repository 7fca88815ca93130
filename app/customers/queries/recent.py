"""Whom somebody has looked at lately, so that a call that drops is found again at once."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.audit import queries as audit
from app.audit.services import VIEWED
from app.customers.finding.find import found_row, sources_of
from app.customers.models import GoldenRecord
from app.customers.rows import FoundCustomer
from app.kernel.actors import Actor
from app.kernel.paging import PageRequest

_NOW_CALLED = text(
    """
    WITH RECURSIVE path AS (
        SELECT id AS start, id, retired_into, live FROM golden_record WHERE id = ANY(:ids)
        UNION SELECT p.start, g.id, g.retired_into, g.live FROM golden_record g JOIN path p ON g.id = p.retired_into
    )
    SELECT start, id FROM path WHERE live
    """
)


def recently_seen(session: Session, actor: Actor, *, limit: int = 8) -> list[FoundCustomer]:
    """The customers that the actor looked at last, the latest first, each once; whoever is restricted by now is left out.

    One whose record was joined to another's is shown as the record that took its place.
    """
    if actor.account_id is None:
        return []
    looks = audit.search(session, PageRequest(1, 60), actor_id=actor.account_id, action=VIEWED)
    ids = list(
        dict.fromkeys(row.object_id for row in looks.items if row.object_type == "golden_record" and row.object_id)
    )
    current = {row.start: row.id for row in session.execute(_NOW_CALLED, {"ids": ids})}
    wanted = list(dict.fromkeys(current[golden_id] for golden_id in ids if golden_id in current))
    seen = select(GoldenRecord).where(
        GoldenRecord.id.in_(wanted), GoldenRecord.live, GoldenRecord.restricted.is_(False)
    )
    live = {golden.id: golden for golden in session.scalars(seen)}
    wanted = [golden_id for golden_id in wanted if golden_id in live][:limit]
    sources = sources_of(session, wanted)
    return [found_row(live[golden_id], sources.get(golden_id, ())) for golden_id in wanted]
