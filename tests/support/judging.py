"""Stewards at work on the desk: what they see of the worklist, what they answer, what stands of it."""

import json
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.customers import queries, services
from app.customers.desk_rows import DeskFilter, DeskPairRow
from app.customers.enums import Judged, Verdict
from app.kernel.actors import Actor
from app.kernel.clock import FixedClock
from app.kernel.db import Database
from app.kernel.paging import PageRequest


def later(clock: FixedClock, **by: int) -> FixedClock:
    return FixedClock(clock.now() + timedelta(**by))


def listed(db: Database, who: Actor, clock: FixedClock, **chosen: object) -> list[DeskPairRow]:
    with db.reading() as session:
        page = queries.worklist(session, who.account_id, PageRequest(), DeskFilter(**chosen), now=clock.now())  # type: ignore[arg-type]  # - the filter's own fields
    return list(page.items)


def judge(db: Database, who: Actor, match: UUID, verdict: Verdict, clock: FixedClock, *, reason: str = "") -> Judged:
    with db.transaction() as session:
        return services.judge(session, who, match, verdict, reason=reason, now=clock.now()).outcome


def decisions(db: Database) -> list[tuple[str, str]]:
    with db.reading() as session:
        rows = session.execute(
            text(
                "SELECT verdict, decided_by_name FROM steward_decision WHERE lifted_at IS NULL ORDER BY decided_at, id"
            )
        )
        return [(row[0], row[1]) for row in rows]


def enquiries_wait(session: Session, match: UUID, count: int) -> None:
    session.execute(
        text(
            "UPDATE desk_stake SET open_enquiries = :count, counts = counts || CAST(:counts AS jsonb) WHERE match_id = :match"
        ),
        {"count": count, "counts": json.dumps({"Open enquiries": count}), "match": match},
    )
