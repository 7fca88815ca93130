"""One pair with everything that a decision about it may need, in a fixed number of queries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

import mdm
from app.customers.desk_policy import risks
from app.customers.desk_rows import ComparedSide, DeskPair, Lineage, OpinionRow
from app.customers.enums import HoldReason, OpinionStatus, Risk, Verdict
from app.customers.layout import ATTRIBUTES
from app.customers.matching.engine import explain_pair
from app.customers.matching.parameters import current_parameters
from app.customers.matching.records import Current, read_current
from app.customers.matching.weighed import as_weighed
from app.customers.models import (
    DeskAudit,
    DeskClaim,
    DeskOpinion,
    DeskStake,
    GoldenRecord,
    Link,
    PossibleMatch,
    SourceLoad,
    SourceRecord,
    SourceSystem,
)
from app.customers.rows import HouseholdMember, Weight
from app.kernel.errors import NotFound

_MOST_NEIGHBOURS = 40
_MOST_RECORDS = 60


def desk_pair(session: Session, me: UUID | None, match_id: UUID, *, opened: bool = False, now: datetime) -> DeskPair:
    """A possible match. NotFound once it is decided. A restricted one is hidden unless this steward has opened it."""
    match = session.get(PossibleMatch, match_id)
    if match is None:
        raise NotFound
    stake = session.get(DeskStake, match_id)
    claim = session.get(DeskClaim, match_id)
    pair = _both_sides(session, (match.left_id, match.right_id), opened=opened, weight=match.weight)
    opinions = session.scalars(
        select(DeskOpinion)
        .where(DeskOpinion.left_id == match.left_id, DeskOpinion.right_id == match.right_id)
        .order_by(DeskOpinion.given_at.desc(), DeskOpinion.id.desc())
    ).all()
    found = risks(
        Verdict.SAME, match.reason, restricted=pair.restricted, open_enquiries=stake.open_enquiries if stake else 0,
        records=pair.left.records + pair.right.records,
    )  # fmt: skip
    anothers = claim is not None and claim.until_at > now and claim.claimed_by != me
    return pair.told(
        match_id, probability=match.probability, weight=match.weight, reason=match.reason, noticed_at=match.noticed_at,
        counts=dict(stake.counts) if stake else {}, risky=found, opinion=_opinion(opinions, me), disagreed=_disagreed(opinions),
        claimed_by=claim.claimed_by_name if claim and anothers else "", until=claim.until_at if claim else None,
    )  # fmt: skip


def audit_pair(session: Session, audit_id: UUID) -> DeskPair:
    """A pair of a random sample. What the machine made of it is not told: the judge is not to be led. NotFound if restricted or gone."""
    drawn = session.get(DeskAudit, audit_id)
    if drawn is None:
        raise NotFound
    pair = _both_sides(session, (drawn.left_id, drawn.right_id), opened=False)
    if pair.restricted:
        raise NotFound
    return pair.told(audit_id, audit_id)


class _Pair:
    """Both sides, and what the engine says of them."""

    def __init__(
        self, left: ComparedSide, right: ComparedSide, told: mdm.Explanation | None, model: int | None, *, restricted: bool,
        opened: bool, organisation: bool,
    ) -> None:  # fmt: skip
        self.left, self.right, self.explained, self.model, self.organisation = left, right, told, model, organisation
        self.restricted, self.hidden = restricted, restricted and not opened

    def told(
        self, match_id: UUID, audit_id: UUID | None = None, *, probability: float = 0.0, weight: float = 0.0,
        reason: HoldReason | None = None, noticed_at: datetime | None = None, counts: dict[str, int] | None = None,
        risky: tuple[Risk, ...] = (), opinion: OpinionRow | None = None, disagreed: str = "", claimed_by: str = "",
        until: datetime | None = None,
    ) -> DeskPair:  # fmt: skip
        shown = None if self.hidden or audit_id else self.explained
        bars = (
            tuple(Weight(one.field, one.left, one.right, one.weight, one.words) for one in shown.fields)
            if shown
            else ()
        )
        return DeskPair(
            match_id, audit_id, self.left, self.right, probability, weight, reason, noticed_at, self.hidden,
            shown.prior if shown else 0.0, bars, shown.words if shown else "", counts or {}, risky, opinion, disagreed,
            claimed_by, until, self.model, self.organisation,
        )  # fmt: skip


def _both_sides(session: Session, ids: tuple[UUID, UUID], *, opened: bool, weight: float | None = None) -> _Pair:
    known = {one.id: one for one in read_current(session, ids)}
    if len(known) < 2:
        raise NotFound
    golden = {
        row[0]: row[1]
        for row in session.execute(
            select(Link.source_record_id, GoldenRecord)
            .join(GoldenRecord, GoldenRecord.id == Link.golden_id)
            .where(Link.source_record_id.in_(ids))
        )
    }
    restricted = any(one.restricted for one in known.values()) or any(one.restricted for one in golden.values())
    lineage = _lineage(session, [one.id for one in golden.values()], ids)
    homes = {one.property_id for one in golden.values()} | {one.property_id for one in known.values()}
    households = _households(session, [home for home in homes if home], {one.id for one in golden.values()})
    by = current_parameters(session)
    hidden = restricted and not opened
    left, right = known[ids[0]], known[ids[1]]
    if by and weight is not None and not hidden:
        left, right = as_weighed(session, by, left, right, weight)
    told = explain_pair(by.model if by else None, left, right) if not hidden else None
    sides = [_side(known[one], golden.get(one), lineage, households, hidden=hidden) for one in ids]
    number, bodies = by.number if by else None, all(one.is_organisation for one in known.values())
    return _Pair(sides[0], sides[1], told, number, restricted=restricted, opened=opened, organisation=bodies)


def _side(
    record: Current, golden: GoldenRecord | None, lineage: Sequence[tuple[UUID | None, Lineage]],
    households: dict[UUID, list[HouseholdMember]], *, hidden: bool,
) -> ComparedSide:  # fmt: skip
    mine = tuple(
        one
        for where, one in lineage
        if (golden is not None and where == golden.id) or one.source_record_id == record.id
    )
    home = record.property_id or (golden.property_id if golden else None)
    values = {name: record.attributes[name] for name in ATTRIBUTES if record.attributes.get(name)}
    return ComparedSide(
        record.id, record.source_name, "" if hidden else record.key, golden.id if golden else None, {} if hidden else values,
        golden.size if golden else 1, record.restricted or bool(golden and golden.restricted), () if hidden else mine,
        () if hidden else tuple(households.get(home, ())) if home else (), golden.address if golden and not hidden else "",
    )  # fmt: skip


def _lineage(session: Session, golden: Sequence[UUID], ids: Sequence[UUID]) -> list[tuple[UUID | None, Lineage]]:
    """All records of both customers, and the two themselves: each with the file it came in."""
    query = (
        select(SourceRecord, SourceSystem.name, SourceSystem.unit_name, SourceLoad.file_name, Link)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .join(SourceLoad, SourceLoad.id == SourceRecord.last_load_id)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .where(Link.golden_id.in_(golden) | SourceRecord.id.in_(ids))
        .order_by(SourceSystem.name, SourceRecord.key)
        .limit(_MOST_RECORDS)
    )
    rows: Sequence[Any] = session.execute(query).all()
    return [
        (
            None if link is None else link.golden_id,
            Lineage(
                record.id, name, record.key, unit, file, record.first_seen_at, record.last_seen_at, record.version,
                record.gone_since, None if link is None else link.method, None if link is None else link.weight,
            ),
        )
        for record, name, unit, file, link in rows
    ]  # fmt: skip


def _households(session: Session, homes: Sequence[UUID], but: set[UUID]) -> dict[UUID, list[HouseholdMember]]:
    """Who else lives at these properties; of restricted people not even that there is somebody."""
    query = (
        select(GoldenRecord)
        .where(
            GoldenRecord.property_id.in_(homes),
            GoldenRecord.live,
            ~GoldenRecord.restricted,
            GoldenRecord.id.not_in(but),
        )
        .order_by(GoldenRecord.date_of_birth.nulls_last(), GoldenRecord.display_name, GoldenRecord.id)
        .limit(_MOST_NEIGHBOURS)
    )
    found: dict[UUID, list[HouseholdMember]] = {}
    for one in session.scalars(query):
        if one.property_id is not None:
            found.setdefault(one.property_id, []).append(HouseholdMember(one.id, one.display_name, one.date_of_birth))
    return found


def _opinion(opinions: Sequence[DeskOpinion], me: UUID | None) -> OpinionRow | None:
    for one in opinions:
        if one.status is OpinionStatus.WAITING:
            found = tuple(Risk(risk) for risk in one.risks)
            return OpinionRow(
                one.id, one.verdict, one.reason, one.given_by_name, one.given_at, one.given_by == me, found
            )
    return None


def _disagreed(opinions: Sequence[DeskOpinion]) -> str:
    """Who could not agree about it before, as names; "" where nobody has disagreed."""
    refused = next((one for one in opinions if one.status is OpinionStatus.REFUSED), None)
    return f"{refused.given_by_name}, {refused.settled_by_name}" if refused else ""
