"""The steward's worklist: pairs that only a person can decide about, what matters most first."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Float, Select, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.customers.desk_policy import conflicts, not_in_bulk, risks
from app.customers.desk_rows import DeskCounts, DeskFilter, DeskPairRow, DeskSide
from app.customers.enums import CaseStatus, CustomerKind, OpinionStatus, Verdict
from app.customers.matching.survival import display_name
from app.customers.models import (
    DeskCase,
    DeskClaim,
    DeskOpinion,
    DeskSkip,
    DeskStake,
    GoldenRecord,
    Link,
    PossibleMatch,
    SourceRecord,
    SourceSystem,
)
from app.customers.queries.bridges import how_many_suspects
from app.customers.queries.sampling import how_many_to_judge
from app.kernel.paging import Page, PageRequest, fetch_page

_L, _R = aliased(SourceRecord), aliased(SourceRecord)
_LS, _RS = aliased(SourceSystem), aliased(SourceSystem)
_LL, _RL = aliased(Link), aliased(Link)
_LG, _RG = aliased(GoldenRecord), aliased(GoldenRecord)
_SCORE = func.coalesce(DeskStake.score, cast(1 - func.abs(2 * PossibleMatch.probability - 1), Float))


def worklist(
    session: Session, me: UUID | None, wanted: PageRequest, chosen: DeskFilter | None = None, *, now: datetime
) -> Page[DeskPairRow]:
    """Pairs as they are wanted, what is most at stake first. Names and values of restricted records are left out."""
    query = _narrowed(_pairs(me, now), chosen or DeskFilter(), me, now)
    found = fetch_page(session, query.order_by(_SCORE.desc(), PossibleMatch.id), wanted)
    return Page(tuple(_row(row, me) for row in found.items), found.total, found.number, found.size)


def next_pair(session: Session, me: UUID | None, chosen: DeskFilter | None = None, *, now: datetime) -> UUID | None:
    """The first pair of the worklist that nobody else has open."""
    query = _narrowed(_pairs(me, now), chosen or DeskFilter(), me, now).where(
        or_(DeskClaim.subject_id.is_(None), DeskClaim.claimed_by == me)
    )
    chosen_id = query.with_only_columns(PossibleMatch.id).order_by(_SCORE.desc(), PossibleMatch.id).limit(1)
    return session.scalar(chosen_id)


def desk_counts(session: Session, me: UUID | None, *, now: datetime) -> DeskCounts:
    """How much waits, by kind."""
    mine = _is_skipped(now)
    waits = DeskOpinion.id.is_not(None)
    query = _pairs(me, now).with_only_columns(
        func.count().filter(~waits, ~mine),
        func.count().filter(waits, DeskOpinion.given_by != me) if me else func.count().filter(waits),
        func.count().filter(mine),
    )
    left, second, skipped = session.execute(query.order_by(None)).one()
    cases = session.scalar(select(func.count()).where(DeskCase.status == CaseStatus.OPEN)) or 0
    return DeskCounts(left, second, skipped, cases, how_many_suspects(session), how_many_to_judge(session, me))


def _pairs(me: UUID | None, now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(PossibleMatch, _L, _LS.name, _LG, _R, _RS.name, _RG, DeskStake, DeskClaim, DeskOpinion)
        .join(_L, _L.id == PossibleMatch.left_id)
        .join(_LS, _LS.id == _L.source_id)
        .outerjoin(_LL, _LL.source_record_id == _L.id)
        .outerjoin(_LG, _LG.id == _LL.golden_id)
        .join(_R, _R.id == PossibleMatch.right_id)
        .join(_RS, _RS.id == _R.source_id)
        .outerjoin(_RL, _RL.source_record_id == _R.id)
        .outerjoin(_RG, _RG.id == _RL.golden_id)
        .outerjoin(DeskStake, DeskStake.match_id == PossibleMatch.id)
        .outerjoin(DeskClaim, and_(DeskClaim.subject_id == PossibleMatch.id, DeskClaim.until_at > now))
        .outerjoin(
            DeskOpinion,
            and_(
                DeskOpinion.left_id == PossibleMatch.left_id,
                DeskOpinion.right_id == PossibleMatch.right_id,
                DeskOpinion.status == OpinionStatus.WAITING,
            ),
        )
        .outerjoin(DeskSkip, and_(DeskSkip.match_id == PossibleMatch.id, DeskSkip.account_id == me))
    )


def _is_skipped(now: datetime) -> Any:
    return and_(DeskSkip.match_id.is_not(None), DeskSkip.until_at > now)


def _narrowed(
    query: Select[*tuple[Any, ...]], chosen: DeskFilter, me: UUID | None, now: datetime
) -> Select[*tuple[Any, ...]]:
    match chosen.show:
        case "second":
            query = query.where(DeskOpinion.id.is_not(None))
            query = query.where(DeskOpinion.given_by != me) if me else query
        case "skipped":
            query = query.where(_is_skipped(now))
        case "mine":
            query = query.where(DeskClaim.claimed_by == me)
        case _:
            query = query.where(DeskOpinion.id.is_(None), ~func.coalesce(_is_skipped(now), False))
    if chosen.reason is not None:
        query = query.where(PossibleMatch.reason == chosen.reason)
    if chosen.source:
        query = query.where(or_(_LS.slug == chosen.source, _RS.slug == chosen.source))
    if chosen.stakes_only:
        query = query.where(DeskStake.open_enquiries > 0)
    if chosen.kind is not None:
        is_body = _L.attributes.has_key("organisation_name")
        query = query.where(is_body if chosen.kind is CustomerKind.ORGANISATION else ~is_body)
    return query


def _row(found: Any, me: UUID | None) -> DeskPairRow:
    match, left, left_source, left_golden, right, right_source, right_golden, stake, claim, opinion = found
    restricted = any(one is not None and one.restricted for one in (left, right, left_golden, right_golden))
    sides = [
        _side(record, source, golden) for record, source, golden in (
            (left, left_source, left_golden), (right, right_source, right_golden),
        )
    ]  # fmt: skip
    differing = conflicts(left.attributes, right.attributes)
    counts = dict(stake.counts) if stake else {}
    risky = risks(
        Verdict.SAME, match.reason, restricted=restricted, open_enquiries=stake.open_enquiries if stake else 0,
        records=sides[0].records + sides[1].records,
    )  # fmt: skip
    return DeskPairRow(
        match.id, sides[0], sides[1], match.probability, match.reason, match.noticed_at, stake.score if stake else 0.0,
        counts, claim.claimed_by_name if claim else "", claim is not None and claim.claimed_by == me, opinion is not None,
        opinion.given_by_name if opinion else "", () if restricted else differing,
        not_in_bulk(match.reason, match.probability, risky, differing), "organisation_name" in left.attributes,
    )  # fmt: skip


def _side(record: SourceRecord, source: str, golden: GoldenRecord | None) -> DeskSide:
    hidden = record.restricted or (golden is not None and golden.restricted)
    name = "" if hidden else display_name(record.attributes)
    return DeskSide(record.id, source, "" if hidden else record.key, name, golden.size if golden else 1, hidden)
