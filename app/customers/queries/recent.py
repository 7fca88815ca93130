"""Whom somebody has looked at lately, so that a call that drops is found again at once."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import queries as audit
from app.audit.services import VIEWED
from app.customers.finding.find import found_row, sources_of
from app.customers.models import GoldenRecord
from app.customers.rows import FoundCustomer
from app.kernel.actors import Actor
from app.kernel.paging import PageRequest


def recently_seen(session: Session, actor: Actor, *, limit: int = 8) -> list[FoundCustomer]:
    """The customers that the actor looked at last, the latest first, each once."""
    if actor.account_id is None:
        return []
    looks = audit.search(session, PageRequest(1, 60), actor_id=actor.account_id, action=VIEWED)
    ids = list(
        dict.fromkeys(row.object_id for row in looks.items if row.object_type == "golden_record" and row.object_id)
    )
    live: dict[UUID, GoldenRecord] = {
        golden.id: golden
        for golden in session.scalars(select(GoldenRecord).where(GoldenRecord.id.in_(ids), GoldenRecord.live))
    }
    wanted = [golden_id for golden_id in ids if golden_id in live][:limit]
    sources = sources_of(session, wanted)
    return [found_row(live[golden_id], sources.get(golden_id, ())) for golden_id in wanted]
