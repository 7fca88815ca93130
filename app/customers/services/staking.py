"""What hangs on the two sides of possible matches: looked up by a worker, so that the worklist can be ordered by it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.desk_policy import OPEN_ENQUIRIES, score
from app.customers.models import DeskStake, GoldenRecord, Link, PossibleMatch
from app.customers.queries.merging import all_stakes

FRESH_FOR = timedelta(hours=12)


def weigh_stakes(session: Session, *, now: datetime, most: int = 200) -> int:
    """Look up what hangs on pairs of which that is not known, or was looked up long ago; gives how many."""
    query = (
        select(PossibleMatch)
        .outerjoin(DeskStake, DeskStake.match_id == PossibleMatch.id)
        .where(or_(DeskStake.match_id.is_(None), DeskStake.looked_at < now - FRESH_FOR))
        .order_by(DeskStake.looked_at.nulls_first(), PossibleMatch.id)
        .limit(most)
    )
    pairs = session.scalars(query).all()
    for pair in pairs:
        weigh(session, pair, now=now)
    return len(pairs)


def weigh(session: Session, pair: PossibleMatch, *, now: datetime) -> DeskStake:
    """Look up and keep what hangs on one pair."""
    records = _both(session, pair)
    counts = stakes_on(session, records)
    row = {
        "match_id": pair.id, "counts": counts, "open_enquiries": counts.get(OPEN_ENQUIRIES, 0),
        "score": score(counts, len(records), pair.probability, pair.reason), "looked_at": now,
    }  # fmt: skip
    changes = {name: value for name, value in row.items() if name != "match_id"}
    session.execute(insert(DeskStake).values(row).on_conflict_do_update(index_elements=["match_id"], set_=changes))
    return session.scalars(
        select(DeskStake).where(DeskStake.match_id == pair.id), execution_options={"populate_existing": True}
    ).one()


def stakes_on(session: Session, records: Sequence[UUID]) -> dict[str, int]:
    """What hangs on some source records: message id → how many."""
    return {stake.told: stake.count for stake in all_stakes(session, records)}


def _both(session: Session, pair: PossibleMatch) -> list[UUID]:
    """All source records of the customers on the two sides."""
    golden = select(Link.golden_id).where(Link.source_record_id.in_((pair.left_id, pair.right_id)))
    query = (
        select(Link.source_record_id)
        .join(GoldenRecord, GoldenRecord.id == Link.golden_id)
        .where(Link.golden_id.in_(golden))
        .order_by(Link.source_record_id)
    )
    return list(session.scalars(query)) or [pair.left_id, pair.right_id]
