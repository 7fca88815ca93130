"""A steward's word on a pair: decided at once, or, where much is at risk, when a second steward says the same. It can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from app.audit import services as audit
from app.customers.desk_policy import SKIP_FOR, conflicts, not_in_bulk, risks
from app.customers.desk_rows import BulkResult, BulkRow, JudgedRow
from app.customers.enums import Judged, JudgementOrigin, OpinionStatus, Risk, Verdict
from app.customers.matching.survival import display_name
from app.customers.models import (
    DeskJudgement,
    DeskOpinion,
    DeskSkip,
    DeskStake,
    GoldenRecord,
    Link,
    PossibleMatch,
    SourceRecord,
    SourceSystem,
)
from app.customers.services.breaking_glass import note_opened
from app.customers.services.claiming import claim, opened_reason, refuse_anothers, release
from app.customers.services.staking import weigh
from app.customers.services.stewardship import decide
from app.kernel.actors import Actor
from app.kernel.errors import Conflict, DomainError, Invalid, NotAllowed, Stale
from app.kernel.i18n import N_
from app.kernel.ids import new_id

MOST_AT_ONCE = 50
GONE = N_("Somebody else has decided about this pair")


@dataclass(frozen=True, slots=True)
class Held:
    """A possible match as it is decided about: its records, their sources, and what is at risk."""

    match: PossibleMatch
    left: SourceRecord
    right: SourceRecord
    sources: tuple[str, str]
    records: int
    restricted: bool
    stake: DeskStake

    def risks(self, verdict: Verdict) -> tuple[Risk, ...]:
        return risks(
            verdict, self.match.reason, restricted=self.restricted, open_enquiries=self.stake.open_enquiries,
            records=self.records,
        )  # fmt: skip


def judge(
    session: Session, actor: Actor, match_id: UUID, verdict: Verdict, *, reason: str = "", now: datetime
) -> JudgedRow:
    """Say of a possible match that it is the same person, or not.

    Joining a risky pair waits until another steward says so too; if the other says the contrary, the pair is open again. Stale if it
    has been decided meanwhile, Conflict while another steward has it open, NotAllowed if it is restricted and was not opened with a
    reason.
    """
    held = _hold(session, match_id, now)
    refuse_anothers(session, actor, match_id, now=now)
    if held.restricted and not opened_reason(session, actor, match_id, now=now):
        raise NotAllowed(N_("Open the restricted record first, with a reason"))
    first = _waiting(session, held.match)
    if first is not None:
        return _second(session, actor, held, first, verdict, reason=reason, now=now)
    found = held.risks(verdict)
    if found:
        return _first(session, actor, held, verdict, found, reason=reason, now=now)
    return _decide(session, actor, held, verdict, reason=reason, now=now, origin=JudgementOrigin.WORKLIST)


def skip(session: Session, actor: Actor, match_id: UUID, *, now: datetime) -> None:
    """Leave a pair to others, or to another day."""
    held = _hold(session, match_id, now)
    row = {"match_id": match_id, "account_id": actor.account_id, "until_at": now + SKIP_FOR}
    session.execute(
        insert(DeskSkip)
        .values(row)
        .on_conflict_do_update(index_elements=["match_id", "account_id"], set_={"until_at": row["until_at"]})
    )
    note(session, actor, held, None, JudgementOrigin.WORKLIST, now=now)
    release(session, actor, match_id)


def open_restricted_pair(session: Session, actor: Actor, match_id: UUID, *, reason: str, now: datetime) -> None:
    """See a pair with a restricted record, for a reason that is kept, for as long as the claim lasts."""
    if not reason.strip():
        raise Invalid({"reason": N_("Say why you must see this record")})
    held = _hold(session, match_id, now)
    refuse_anothers(session, actor, match_id, now=now)
    claim(session, actor, match_id, now=now).opened_reason = reason.strip()
    session.flush()
    both = _golden(session, held.match)
    note_opened(session, actor, "golden_record", both, purpose="stewardship", reason=reason.strip(), now=now)


def join_many(session: Session, actor: Actor, match_ids: Sequence[UUID], *, now: datetime) -> BulkResult:
    """Join several pairs at once, as far as nothing in them conflicts; the others are left, each with the reason."""
    if not match_ids:
        raise Invalid({"pairs": N_("Choose at least one pair")})
    if len(match_ids) > MOST_AT_ONCE:
        raise Invalid({"pairs": N_("Choose at most %(most)d pairs")}, most=MOST_AT_ONCE)
    bulk, joined, refused = new_id(), 0, []
    for match_id in sorted(set(match_ids)):
        names = ""
        try:
            with session.begin_nested():
                held = _hold(session, match_id, now)
                names = "" if held.restricted else _names(held)
                _join_one(session, actor, held, bulk, now)
            joined += 1
        except DomainError as error:
            refused.append(BulkRow(match_id, names, str(error)))
    return BulkResult(joined, tuple(refused))


def note(
    session: Session,
    actor: Actor,
    held: Held,
    verdict: Verdict | None,
    origin: JudgementOrigin,
    *,
    now: datetime,
    opinion_id: UUID | None = None,
    bulk_id: UUID | None = None,
) -> DeskJudgement:
    """Keep what was said of a pair, with the pair as it was."""
    match = held.match
    before = {
        "id": str(match.id), "weight": match.weight, "probability": match.probability, "evidence": match.evidence,
        "reason": match.reason.value, "run_id": str(match.run_id), "noticed_at": match.noticed_at.isoformat(),
    }  # fmt: skip
    made = DeskJudgement(
        id=new_id(), account_id=actor.account_id, account_name=actor.name, at=now, origin=origin, verdict=verdict,
        left_id=match.left_id, right_id=match.right_id, left_source=held.sources[0], right_source=held.sources[1],
        probability=match.probability, before=before, opinion_id=opinion_id, bulk_id=bulk_id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def _join_one(session: Session, actor: Actor, held: Held, bulk_id: UUID, now: datetime) -> None:
    refuse_anothers(session, actor, held.match.id, now=now)
    if _waiting(session, held.match) is not None:
        raise Conflict(N_("It waits for a second steward"))
    differing = conflicts(held.left.attributes, held.right.attributes)
    why = not_in_bulk(held.match.reason, held.match.probability, held.risks(Verdict.SAME), differing)
    if why:
        raise Conflict(why)
    _decide(session, actor, held, Verdict.SAME, reason="", now=now, origin=JudgementOrigin.BULK, bulk_id=bulk_id)


def _decide(
    session: Session,
    actor: Actor,
    held: Held,
    verdict: Verdict,
    *,
    reason: str,
    now: datetime,
    origin: JudgementOrigin,
    opinion_id: UUID | None = None,
    bulk_id: UUID | None = None,
) -> JudgedRow:
    match = held.match
    judgement = note(session, actor, held, verdict, origin, now=now, opinion_id=opinion_id, bulk_id=bulk_id)
    judgement.decision_id = decide(session, actor, match.left_id, match.right_id, verdict, reason=reason, now=now).id
    release(session, actor, match.id)
    return JudgedRow(Judged.DECIDED, verdict)


def _first(
    session: Session,
    actor: Actor,
    held: Held,
    verdict: Verdict,
    found: tuple[Risk, ...],
    *,
    reason: str,
    now: datetime,
) -> JudgedRow:
    if actor.account_id is None:
        raise NotAllowed
    opinion = DeskOpinion(
        id=new_id(), left_id=held.match.left_id, right_id=held.match.right_id, verdict=verdict,
        risks=[risk.value for risk in found], reason=reason.strip(), given_by=actor.account_id, given_by_name=actor.name,
        given_at=now, status=OpinionStatus.WAITING,
    )  # fmt: skip
    session.add(opinion)
    session.flush()
    note(session, actor, held, verdict, JudgementOrigin.WORKLIST, now=now, opinion_id=opinion.id)
    audit.record(session, actor, "steward.waits_for_second", "desk_opinion", opinion.id, now=now, verdict=verdict)
    release(session, actor, held.match.id)
    return JudgedRow(Judged.WAITS, verdict, found)


def _second(
    session: Session, actor: Actor, held: Held, first: DeskOpinion, verdict: Verdict, *, reason: str, now: datetime
) -> JudgedRow:
    if first.given_by == actor.account_id:
        raise Conflict(N_("You have said so already. Another steward has to confirm it"))
    agrees = verdict is first.verdict
    first.status = OpinionStatus.CONFIRMED if agrees else OpinionStatus.REFUSED
    first.settled_by, first.settled_by_name, first.settled_at = actor.account_id, actor.name, now
    session.flush()
    if agrees:
        why = " / ".join(
            said for said in (f"{first.given_by_name}: {first.reason}" if first.reason else "", reason) if said
        )
        return _decide(
            session, actor, held, verdict, reason=why, now=now, origin=JudgementOrigin.SECOND, opinion_id=first.id
        )
    note(session, actor, held, verdict, JudgementOrigin.SECOND, now=now, opinion_id=first.id)
    audit.record(session, actor, "steward.disagreed", "desk_opinion", first.id, now=now, verdict=verdict)
    release(session, actor, held.match.id)
    return JudgedRow(Judged.DISAGREED, verdict)


def _hold(session: Session, match_id: UUID, now: datetime) -> Held:
    """The pair, locked, with what is at risk. Stale when it is decided already."""
    match = session.get(PossibleMatch, match_id, with_for_update=True, populate_existing=True)
    if match is None:
        raise Stale(GONE)
    left, right = aliased(SourceRecord), aliased(SourceRecord)
    one, other = aliased(SourceSystem), aliased(SourceSystem)
    records = session.execute(
        select(left, right, one.slug, other.slug)
        .join(one, one.id == left.source_id)
        .join(right, right.id == match.right_id)
        .join(other, other.id == right.source_id)
        .where(left.id == match.left_id)
    ).one()
    size, restricted = session.execute(
        select(func.coalesce(func.sum(GoldenRecord.size), 0), func.coalesce(func.bool_or(GoldenRecord.restricted), False))
        .where(GoldenRecord.id.in_(_golden(session, match)))
    ).one()  # fmt: skip
    stake = session.get(DeskStake, match_id, populate_existing=True) or weigh(session, match, now=now)
    hidden = restricted or records[0].restricted or records[1].restricted
    return Held(match, records[0], records[1], (records[2], records[3]), int(size), bool(hidden), stake)


def _golden(session: Session, match: PossibleMatch) -> list[UUID]:
    query = select(Link.golden_id).where(Link.source_record_id.in_((match.left_id, match.right_id))).distinct()
    return list(session.scalars(query.order_by(Link.golden_id)))


def _waiting(session: Session, match: PossibleMatch) -> DeskOpinion | None:
    query = select(DeskOpinion).where(
        DeskOpinion.left_id == match.left_id,
        DeskOpinion.right_id == match.right_id,
        DeskOpinion.status == OpinionStatus.WAITING,
    )
    return session.scalar(query.with_for_update())


def _names(held: Held) -> str:
    return " / ".join(display_name(side.attributes) or side.key for side in (held.left, held.right))
