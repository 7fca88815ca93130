"""Looking through customers of several records for those that may be more than one person."""

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, and_, cast, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from app.audit import services as audit
from app.customers.bridging import SURE, Bridge, Whole, bridges, contradictions, wholeness
from app.customers.enums import CustomerKind, Verdict
from app.customers.models import DeskSuspect, GoldenRecord, Link, MatchEdge, SourceRecord, StewardDecision
from app.kernel.actors import Actor
from app.kernel.errors import NotFound, Stale

WEAK = 2.2
"""Nats: a link below it is less than nine times as likely to be right as wrong."""
TELLING = 3.0


def look_for_weak_bridges(session: Session, *, now: datetime, most: int = 500) -> int:
    """Look at customers that have changed since they were last looked at; gives how many."""
    query = (
        select(GoldenRecord)
        .outerjoin(DeskSuspect, DeskSuspect.golden_id == GoldenRecord.id)
        .where(
            GoldenRecord.live,
            GoldenRecord.size > 1,
            or_(DeskSuspect.golden_id.is_(None), DeskSuspect.revision != GoldenRecord.revision),
        )
        .order_by(GoldenRecord.id)
        .limit(most)
    )
    some = session.scalars(query).all()
    if some:
        _look_at(session, some, now)
    return len(some)


def call_it_fine(session: Session, actor: Actor, golden_id: UUID, *, revision: int, now: datetime) -> None:
    """A steward has looked: it is one person as it is now. It comes back to the desk only when it changes."""
    found = session.get(DeskSuspect, golden_id, with_for_update=True)
    golden = session.get(GoldenRecord, golden_id)
    if found is None or golden is None:
        raise NotFound
    if golden.revision != revision:
        raise Stale
    found.fine_revision, found.fine_by_name = revision, actor.name
    audit.record(session, actor, "steward.found_fine", "golden_record", golden_id, now=now, revision=revision)


def joints(session: Session, golden_id: UUID) -> tuple[list[Bridge[UUID]], set[tuple[UUID, UUID]], Whole | None]:
    """Where one customer would come apart, the weakest first; which of its pairs a steward has called the same; how sure the links are that
    it is one."""
    members = list(
        session.scalars(
            select(Link.source_record_id).where(Link.golden_id == golden_id).order_by(Link.source_record_id)
        )
    )
    edges = _edges(session, [golden_id]).get(golden_id, [])
    by_word = {(one, other) for one, other, weight in edges if weight >= SURE}
    return bridges(members, edges, most=5), by_word, wholeness(members, edges)


def _look_at(session: Session, some: Sequence[GoldenRecord], now: datetime) -> None:
    ids = [golden.id for golden in some]
    edges, members = _edges(session, ids), _members(session, ids)
    for golden in some:
        records = members[golden.id]
        weakest = bridges([record for record, _ in records], edges.get(golden.id, []), most=1)
        found = contradictions([said for _, said in records])
        joint = weakest[0] if weakest else None
        weight = joint.weight if joint else None
        row = {
            "golden_id": golden.id, "revision": golden.revision, "size": golden.size, "weakest": weight,
            "smaller": len(joint.part) if joint else 0, "conflicts": list(found),
            "score": _score(weight, joint is not None, found, _many_for(golden)), "looked_at": now,
        }  # fmt: skip
        changes = {name: value for name, value in row.items() if name != "golden_id"}
        session.execute(
            insert(DeskSuspect).values(row).on_conflict_do_update(index_elements=["golden_id"], set_=changes)
        )


def _score(weight: float | None, joined: bool, found: Sequence[str], size: int) -> float:
    """Above 0 is worth a look: a weak joint, contradictions, many records."""
    weak = WEAK + 1 if joined and weight is None else max(0.0, WEAK - weight) if weight is not None else 0.0
    many = max(0.0, math.log2(size / 8)) if size else 0.0
    return round(weak + TELLING * len(found) + many, 4)


def _many_for(golden: GoldenRecord) -> int:
    """How many records count as many: an organisation has one for every property that it pays for."""
    return golden.size if golden.kind is CustomerKind.PERSON else 0


def _members(session: Session, golden: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, dict[str, str]]]]:
    query = (
        select(Link.golden_id, SourceRecord.id, SourceRecord.attributes)
        .join(SourceRecord, SourceRecord.id == Link.source_record_id)
        .where(Link.golden_id.in_(golden))
        .order_by(SourceRecord.id)
    )
    found: defaultdict[UUID, list[tuple[UUID, dict[str, str]]]] = defaultdict(list)
    for where, record, said in session.execute(query):
        found[where].append((record, said))
    return found


def _edges(session: Session, golden: Sequence[UUID]) -> dict[UUID, list[tuple[UUID, UUID, float]]]:
    """Weighed pairs within customers, and the pairs that stewards have joined. Of organisations, whose near pairs are those of different
    names, also the pair by which each record was joined."""
    one, other = aliased(Link), aliased(Link)
    partner = one.evidence["with"].astext
    joined = (
        select(one.golden_id, one.source_record_id, other.source_record_id, one.weight)
        .join(other, and_(other.golden_id == one.golden_id, cast(other.source_record_id, Text) == partner))
        .join(GoldenRecord, GoldenRecord.id == one.golden_id)
        .where(one.golden_id.in_(golden), GoldenRecord.kind == CustomerKind.ORGANISATION, one.weight.is_not(None))
    )
    weighed = (
        select(one.golden_id, MatchEdge.left_id, MatchEdge.right_id, MatchEdge.weight)
        .join(one, one.source_record_id == MatchEdge.left_id)
        .join(other, and_(other.source_record_id == MatchEdge.right_id, other.golden_id == one.golden_id))
        .where(one.golden_id.in_(golden))
    )
    said = (
        select(one.golden_id, StewardDecision.left_id, StewardDecision.right_id)
        .join(one, one.source_record_id == StewardDecision.left_id)
        .join(other, and_(other.source_record_id == StewardDecision.right_id, other.golden_id == one.golden_id))
        .where(one.golden_id.in_(golden), StewardDecision.verdict == Verdict.SAME, StewardDecision.lifted_at.is_(None))
    )
    found: defaultdict[UUID, list[tuple[UUID, UUID, float]]] = defaultdict(list)
    for where, left, right, weight in (*session.execute(weighed), *session.execute(joined)):
        found[where].append((left, right, weight))
    for where, left, right in session.execute(said):
        found[where].append((left, right, SURE))
    return found
