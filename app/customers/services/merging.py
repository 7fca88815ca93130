"""One golden record made of two by a person, and taken back exactly."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.policy import Permission, may
from app.audit import services as audit
from app.customers.enums import RunKind, Verdict
from app.customers.events import CustomersMerged, CustomersUnmerged
from app.customers.matching.flow import hold, is_ready, step
from app.customers.matching.pinned import WHOLE
from app.customers.matching.rules import ADDRESS
from app.customers.models import (
    GoldenMerge,
    GoldenPin,
    GoldenRecord,
    Link,
    MatchDue,
    SourceRecord,
    SourceSystem,
    StewardDecision,
)
from app.customers.queries.canonical import canonical
from app.customers.queries.golden import resolve
from app.customers.queries.merging import blast_radius, merge_row, records_of, unmerge_plan
from app.customers.rows import MergeRow
from app.customers.services.pinning import give_back_pins, pin_to_record
from app.customers.services.stewardship import decide, lift, lift_between
from app.customers.services.verification_grants import revoke
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.kernel.events import publish
from app.kernel.i18n import N_
from app.kernel.ids import new_id

KEPT, GONE, BOTH = "kept", "gone", "both"


def merge(
    session: Session,
    actor: Actor,
    one_id: UUID,
    other_id: UUID,
    *,
    reason: str,
    revisions: tuple[int, int],
    settled: Mapping[str, str] | None = None,
    now: datetime,
) -> MergeRow:
    """Make one golden record of two. The one with more records keeps its id; the other's leads there.

    `revisions` (kept, gone) are those of the blast radius that was shown: Stale if either has changed since. `settled`: attribute →
    "kept" or "gone", whose value is to stand; the rules decide about the others. Stale too if a person has said that they are
    different people: that must be lifted first.
    """
    if not reason.strip():
        raise Invalid({"reason": N_("Say why they are one customer")})
    hold(session)
    if not is_ready(session):
        raise Conflict(N_("Match the records first: there is no model yet"))
    seen = blast_radius(session, one_id, other_id)
    if seen.revisions != tuple(revisions):
        raise Stale
    _refuse_restricted(session, actor, (seen.kept_id, seen.gone_id))
    _refuse_unsettled(session, actor, (seen.kept_id, seen.gone_id), now)
    kept, gone = records_of(session, seen.kept_id), records_of(session, seen.gone_id)
    made = GoldenMerge(
        id=new_id(), kept_id=seen.kept_id, gone_id=seen.gone_id, decisions=[], kept_records=[str(one) for one in kept],
        gone_records=[str(one) for one in gone], kept_before=canonical(session, seen.kept_id),
        gone_before=canonical(session, seen.gone_id), reason=reason.strip(), merged_at=now, merged_by=actor.account_id,
        merged_by_name=actor.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    made.decisions = _join(session, actor, kept, gone, reason=reason.strip(), now=now)
    for attribute, side in sorted((settled or {}).items()):
        _settle(session, actor, made, attribute, side=kept if side == KEPT else gone, now=now)
    session.flush()
    step(session, actor, kind=RunKind.MERGE, now=now, decided=[*kept, *gone])
    audit.record(
        session, actor, "customer.merged", "golden_record", made.kept_id, now=now, gone=made.gone_id, reason=reason
    )
    publish(session, CustomersMerged(made.kept_id, made.gone_id, now))
    return merge_row(made)


def unmerge(
    session: Session,
    actor: Actor,
    merge_id: UUID,
    *,
    reason: str,
    accounts: Mapping[UUID, str] | None = None,
    now: datetime,
) -> MergeRow:
    """Take a merge back: both golden records are what they were, each with its own id, and nothing joins them again.

    Whatever is filed against source records follows them. `accounts`: for each account that has shown to be a person of both sides,
    whose it is ("kept", "gone" or "both"); Invalid while one is not told. Stale if somebody has taken it back already.
    """
    if not reason.strip():
        raise Invalid({"reason": N_("Say why they are not one customer")})
    hold(session)
    made = session.get(GoldenMerge, merge_id, with_for_update=True)
    if made is None:
        raise NotFound
    if made.undone_at is not None:
        raise Stale(N_("This merge has been taken back already"))
    if resolve(session, made.gone_id) != resolve(session, made.kept_id):
        raise Conflict(N_("These two are no longer one customer"))
    _refuse_restricted(session, actor, (resolve(session, made.kept_id),))
    plan = unmerge_plan(session, merge_id)
    told = dict(accounts or {})
    missing = [doubt for doubt in plan.doubts if told.get(doubt.account_id) not in {KEPT, GONE, BOTH}]
    if missing:
        raise Invalid({"accounts": N_("Say whose account it is")})
    _part(session, actor, made, reason.strip(), now)
    for doubt in plan.doubts:
        loses = {KEPT: doubt.gone_records, GONE: doubt.kept_records, BOTH: ()}[told[doubt.account_id]]
        revoke(session, actor, doubt.account_id, loses, reason=reason.strip(), now=now)
    made.undone_at, made.undone_by_name, made.undone_reason = now, actor.name, reason.strip()
    session.flush()
    audit.record(
        session,
        actor,
        "customer.unmerged",
        "golden_record",
        made.kept_id,
        now=now,
        gone=made.gone_id,
        reason=reason.strip(),
    )
    publish(session, CustomersUnmerged(made.kept_id, made.gone_id, now))
    return merge_row(made)


def _join(
    session: Session, actor: Actor, kept: Sequence[UUID], gone: Sequence[UUID], *, reason: str, now: datetime
) -> list[str]:
    """Say that the two are the same, as often as it takes: a record that the evidence would leave behind is named itself.

    Who would be left is found by a trial that is taken back: in two steps, the records that went first could take the other's id.
    """
    said = [decide(session, actor, kept[0], gone[0], Verdict.SAME, reason=reason, now=now)]
    with session.begin_nested() as trial:
        step(session, actor, kind=RunKind.MERGE, now=now, decided=[*kept, *gone])
        where = _where(session, [*kept, *gone])
        left = [one for one in (*kept[1:], *gone[1:]) if where[one] != where[kept[0]]]
        if left:
            trial.rollback()
    if left:
        said += [decide(session, actor, kept[0], one, Verdict.SAME, reason=reason, now=now) for one in left]
        step(session, actor, kind=RunKind.MERGE, now=now, decided=[*kept, *gone])
    return [str(one.id) for one in said if one.decided_at == now]


def _part(session: Session, actor: Actor, made: GoldenMerge, reason: str, now: datetime) -> None:
    """Lift what the merge has said and pinned, and say the contrary of every record of one side and every record of the other."""
    for decision in session.scalars(
        select(StewardDecision)
        .where(StewardDecision.id.in_([UUID(one) for one in made.decisions]), StewardDecision.lifted_at.is_(None))
        .order_by(StewardDecision.id)
    ).all():
        lift(session, actor, decision.id, reason=reason, now=now)
    for pin in session.scalars(select(GoldenPin).where(GoldenPin.merge_id == made.id, GoldenPin.lifted_at.is_(None))):
        pin.lifted_at, pin.lifted_by_name, pin.lifted_reason = now, actor.name, reason
    session.flush()
    give_back_pins(session, made.merged_at)
    sides = [_still_there(session, side) for side in (made.kept_records, made.gone_records)]
    lift_between(session, actor, *sides, reason=reason, now=now)
    for one in sides[0]:
        for other in sides[1]:
            decide(session, actor, one, other, Verdict.DIFFERENT, reason=reason, now=now)
    step(session, actor, kind=RunKind.UNMERGE, now=now, decided=[*sides[0], *sides[1]])


def _settle(
    session: Session, actor: Actor, made: GoldenMerge, attribute: str, *, side: Sequence[UUID], now: datetime
) -> None:
    """Pin the value that the chosen side showed, to the record that it came from."""
    golden = session.get_one(GoldenRecord, made.kept_id if str(side[0]) in made.kept_records else made.gone_id)
    before = made.kept_before if golden.id == made.kept_id else made.gone_before
    record = _holder(before, attribute)
    if record is not None:
        pin_to_record(session, actor, attribute, record, reason=made.reason, merge_id=made.id, now=now)


def _holder(before: str, attribute: str) -> UUID | None:
    """The record from which a side had its value; of an address, any part tells."""
    wanted = ADDRESS if attribute == WHOLE else (attribute,)
    said = next((one for one in json.loads(before)["attributes"] if one["attribute"] in wanted), None)
    return UUID(said["record"]) if said and said["record"] else None


def _where(session: Session, ids: Sequence[UUID]) -> dict[UUID, UUID]:
    query = select(Link.source_record_id, Link.golden_id).where(Link.source_record_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}


def _still_there(session: Session, names: Sequence[str]) -> list[UUID]:
    """Those of the records that have not been erased since, in the order of their keys."""
    query = (
        select(SourceRecord.id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceRecord.id.in_([UUID(one) for one in names]))
        .order_by(SourceSystem.slug, SourceRecord.key)
    )
    return list(session.scalars(query))


def _refuse_unsettled(session: Session, actor: Actor, golden: Sequence[UUID], now: datetime) -> None:
    """Stale if something waits to be matched that alters one of the two: what was shown, and would be restored, is not what is."""
    due = session.scalars(
        select(MatchDue.record_id)
        .join(Link, Link.source_record_id == MatchDue.record_id)
        .where(Link.golden_id.in_(golden))
        .distinct()
        .order_by(MatchDue.record_id)
    ).all()
    if not due:
        return
    before = [canonical(session, one) for one in golden]
    step(session, actor, kind=RunKind.DECISION, now=now, changed=due)
    if [canonical(session, one) for one in golden] != before:
        raise Stale(N_("Records of these customers are being matched just now. Look again in a moment"))


def _refuse_restricted(session: Session, actor: Actor, golden: Sequence[UUID]) -> None:
    restricted = session.scalar(
        select(GoldenRecord.id).where(GoldenRecord.id.in_(golden), GoldenRecord.restricted).limit(1)
    )
    if restricted is not None and not may(actor, Permission.CUSTOMERS_RESTRICTED):
        raise NotAllowed
