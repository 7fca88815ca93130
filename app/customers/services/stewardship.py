"""What stewards decide of two source records. A decision is about their keys in their sources, stands until it is lifted, and
outranks every match run."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import Delete, delete, or_, select, text, tuple_
from sqlalchemy.orm import Session

from app.audit import services as audit
from app.customers.enums import Verdict
from app.customers.matching.waiting import note_due
from app.customers.models import Link, PossibleMatch, SourceRecord, SourceSystem, StewardDecision
from app.customers.rows import DecisionRow
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotFound, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id

Key = tuple[str, str]

_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('firstpoint.customers.decisions', 0))")


def decide(
    session: Session, actor: Actor, left_id: UUID, right_id: UUID, verdict: Verdict, *, reason: str = "", now: datetime
) -> DecisionRow:
    """Say that two source records are the same person, or not. Saying again what stands already changes nothing.

    Raises Stale if somebody has decided otherwise, about the two or about records that stand for them: that decision must be lifted
    first; Conflict if one is of a person and the other of an organisation, and they are said to be the same. Links and golden records follow within seconds.
    """
    keys = _keys(session, (left_id, right_id))
    if left_id == right_id:
        raise Invalid({"right": N_("Choose two different records")})
    if len(keys) < 2:
        raise NotFound
    (left, left_id), (right, right_id) = sorted((keys[one], one) for one in (left_id, right_id))
    session.execute(_ONE_AT_A_TIME)
    standing = _standing(session, left, right)
    if standing is not None:
        if standing.verdict is not verdict:
            raise Stale(N_("%(name)s has already decided otherwise about these records"), name=standing.decided_by_name)
        return _row(standing)
    _refuse_contradiction(session, left, right, verdict)
    if verdict is Verdict.SAME:
        _refuse_two_kinds(session, left_id, right_id)
    made = StewardDecision(
        id=new_id(), left_source=left[0], left_key=left[1], right_source=right[0], right_key=right[1], left_id=left_id,
        right_id=right_id, verdict=verdict, reason=reason.strip(), decided_by=actor.account_id, decided_by_name=actor.name,
        decided_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    session.execute(_no_longer_open(left_id, right_id))
    audit.record(
        session,
        actor,
        "steward.decided",
        "steward_decision",
        made.id,
        now=now,
        verdict=verdict,
        left=left_id,
        right=right_id,
    )
    note_due(session, (left_id, right_id))
    return _row(made)


def lift(session: Session, actor: Actor, decision_id: UUID, *, reason: str, now: datetime) -> None:
    """Take a decision back; matching is free again. Needs a reason."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why the decision is lifted")})
    session.execute(_ONE_AT_A_TIME)
    decision = session.get(StewardDecision, decision_id, with_for_update=True)
    if decision is None:
        raise NotFound
    if decision.lifted_at is not None:
        raise Stale(N_("This decision has been lifted already"))
    decision.lifted_at, decision.lifted_by_name, decision.lifted_reason = now, actor.name, reason.strip()
    audit.record(session, actor, "steward.lifted", "steward_decision", decision_id, now=now, reason=reason.strip())
    note_due(session, _known(session, (_left(decision), _right(decision))))


def unlink(session: Session, actor: Actor, source_record_id: UUID, *, reason: str, now: datetime) -> None:
    """Part a source record from all others of its golden record."""
    part(session, actor, [source_record_id], reason=reason, now=now)


def part(session: Session, actor: Actor, records: Iterable[UUID], *, reason: str, now: datetime) -> None:
    """Part some source records, together, from the rest of their golden record. What was said to join them is lifted.

    Raises Invalid if they are of several golden records, or all there is of one.
    """
    side = sorted(set(records))
    golden = set(session.scalars(select(Link.golden_id).where(Link.source_record_id.in_(side))))
    if not golden:
        raise NotFound
    if len(golden) > 1:
        raise Invalid({"records": N_("Choose records of one customer")})
    others = session.scalars(
        select(Link.source_record_id)
        .where(Link.golden_id.in_(golden), Link.source_record_id.not_in(side))
        .order_by(Link.source_record_id)
    ).all()
    if not others:
        raise Invalid({"records": N_("Leave at least one record with the customer")})
    session.execute(_ONE_AT_A_TIME)
    lift_between(session, actor, side, others, reason=reason or N_("The records were parted"), now=now)
    for one in side:
        for other in others:
            decide(session, actor, one, other, Verdict.DIFFERENT, reason=reason, now=now)


def lift_between(
    session: Session, actor: Actor, side: Iterable[UUID], others: Iterable[UUID], *, reason: str, now: datetime
) -> None:
    """Lift whatever says that a record of one side is the same as one of the other, also by way of third records."""
    ours, theirs = set(_keys(session, side).values()), set(_keys(session, others).values())
    while path := _path(session, ours, theirs):
        lift(session, actor, path.id, reason=reason, now=now)
        session.flush()


def _path(session: Session, ours: set[Key], theirs: set[Key]) -> StewardDecision | None:
    """A decision by which what stands for our side meets what stands for theirs."""
    reached = set(ours)
    frontier = set(ours)
    while frontier:
        found: set[Key] = set()
        for decision in _touching(session, frontier, Verdict.SAME):
            for end in (_left(decision), _right(decision)):
                if end in theirs:
                    return decision
                if end not in reached:
                    found.add(end)
        reached |= found
        frontier = found
    return None


def _refuse_contradiction(session: Session, left: Key, right: Key, verdict: Verdict) -> None:
    """What has been said to be the same is one; nothing may be said of the one that contradicts what was said of the other."""
    ours, theirs = _same_as(session, left), _same_as(session, right)
    if verdict is Verdict.DIFFERENT:
        if right in ours:
            raise Stale(N_("Others have decided that these two are the same, by way of a third record"))
        return
    for decision in _touching(session, ours, Verdict.DIFFERENT):
        if {_left(decision), _right(decision)} & theirs:
            raise Stale(
                N_("%(name)s has decided that records of these two are different people"), name=decision.decided_by_name
            )


def _refuse_two_kinds(session: Session, left_id: UUID, right_id: UUID) -> None:
    """People and organisations are matched apart: such a decision could never hold."""
    query = select(SourceRecord.attributes).where(SourceRecord.id.in_((left_id, right_id)))
    if len({"organisation_name" in said for said in session.scalars(query)}) > 1:
        raise Conflict(N_("A person and an organisation can't be one customer"))


def _same_as(session: Session, key: Key) -> set[Key]:
    """Everything that stewards have said to be the same as this, itself included."""
    reached = {key}
    frontier = {key}
    while frontier:
        ends = {
            end
            for decision in _touching(session, frontier, Verdict.SAME)
            for end in (_left(decision), _right(decision))
        }
        frontier = ends - reached
        reached |= frontier
    return reached


def _touching(session: Session, keys: set[Key], verdict: Verdict) -> list[StewardDecision]:
    """Decisions that stand and have one of these keys on a side."""
    some = sorted(keys)
    query = (
        select(StewardDecision)
        .where(
            StewardDecision.lifted_at.is_(None),
            StewardDecision.verdict == verdict,
            or_(
                tuple_(StewardDecision.left_source, StewardDecision.left_key).in_(some),
                tuple_(StewardDecision.right_source, StewardDecision.right_key).in_(some),
            ),
        )
        .order_by(StewardDecision.decided_at.desc(), StewardDecision.id)
    )
    return list(session.scalars(query))


def _standing(session: Session, left: Key, right: Key) -> StewardDecision | None:
    return session.scalar(
        select(StewardDecision).where(
            StewardDecision.left_source == left[0],
            StewardDecision.left_key == left[1],
            StewardDecision.right_source == right[0],
            StewardDecision.right_key == right[1],
            StewardDecision.lifted_at.is_(None),
        )
    )


def _no_longer_open(left_id: UUID, right_id: UUID) -> Delete:
    """A run that ends at this moment may have taken the pair off the worklist before us."""
    one, other = sorted((left_id, right_id))
    return delete(PossibleMatch).where(PossibleMatch.left_id == one, PossibleMatch.right_id == other)


def _left(decision: StewardDecision) -> Key:
    return decision.left_source, decision.left_key


def _right(decision: StewardDecision) -> Key:
    return decision.right_source, decision.right_key


def _keys(session: Session, ids: Iterable[UUID]) -> dict[UUID, Key]:
    """Source and key of records, by id."""
    query = (
        select(SourceRecord.id, SourceSystem.slug, SourceRecord.key)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceRecord.id.in_(list(ids)))
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def _known(session: Session, keys: Iterable[Key]) -> list[UUID]:
    """The records that go by these keys now."""
    query = (
        select(SourceRecord.id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(tuple_(SourceSystem.slug, SourceRecord.key).in_(list(keys)))
    )
    return list(session.scalars(query))


def _row(decision: StewardDecision) -> DecisionRow:
    return DecisionRow(
        decision.id,
        decision.left_id,
        decision.right_id,
        decision.verdict,
        decision.reason,
        decision.decided_by_name,
        decision.decided_at,
    )
