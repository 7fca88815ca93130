"""What a merge or an unmerge would touch, shown before it is made; merges and pins that stand."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.accounts.queries import names
from app.customers.enums import CaseStatus
from app.customers.matching.pinned import WHOLE
from app.customers.matching.rules import ADDRESS
from app.customers.models import (
    DeskCase,
    GoldenMerge,
    GoldenPin,
    GoldenRecord,
    Link,
    SourceRecord,
    SourceSystem,
    Verification,
)
from app.customers.queries.golden import resolve
from app.customers.queries.golden_view import LABELS
from app.customers.queries.relationships import between, how_many_relationships
from app.customers.queries.verifications import accounts_of_source_records
from app.customers.rows import BlastRadius, Doubt, MergeConflict, MergeRow, PinRow, RecordThen, Stake, UnmergePlan
from app.customers.stakes import stakes_of
from app.kernel.errors import Invalid, NotFound
from app.kernel.i18n import N_

LISTED = 5
"""So many of what changes hands are named."""
ADDRESS_LABEL = N_("Address")


def blast_radius(session: Session, one_id: UUID, other_id: UUID) -> BlastRadius:
    """What merging these two golden records would touch. The one with more records would be kept (of equals, the older id).

    Retired ids stand for what they lead to. Invalid if both are the same customer already.
    """
    one, other = (session.get_one(GoldenRecord, resolve(session, given)) for given in (one_id, other_id))
    if one.id == other.id:
        raise Invalid({"other": N_("These are one customer already")})
    if one.kind is not other.kind:
        raise Invalid({"other": N_("A person and an organisation can't be one customer")})
    kept, gone = sorted((one, other), key=lambda golden: (-golden.size, golden.id))
    records = [records_of(session, golden.id) for golden in (kept, gone)]
    stakes = [
        _without_names(found) if golden.restricted else found
        for golden, found in zip((kept, gone), (all_stakes(session, side) for side in records), strict=True)
    ]
    hidden = kept.restricted or gone.restricted
    return BlastRadius(
        kept.id,
        gone.id,
        "" if kept.restricted else kept.display_name,
        "" if gone.restricted else gone.display_name,
        kept.size,
        gone.size,
        (kept.revision, gone.revision),
        (stakes[0], stakes[1]),
        () if hidden else _conflicts(kept, gone),
        _warnings(session, kept, gone, records),
    )


def _warnings(
    session: Session, kept: GoldenRecord, gone: GoldenRecord, records: Sequence[Sequence[UUID]]
) -> tuple[str, ...]:
    told = []
    if kept.restricted != gone.restricted:
        told.append(N_("One of them is restricted. All of the merged customer will be"))
    if between(session, *records):
        told.append(
            N_("One of them acts for the other: nobody acts for themselves, so that could not be used any more")
        )
    return tuple(told)


def unmerge_plan(session: Session, merge_id: UUID) -> UnmergePlan:
    """What taking a merge back gives to which side, and whose account it has to ask about."""
    made = session.get(GoldenMerge, merge_id)
    if made is None:
        raise NotFound
    kept, gone = ([UUID(one) for one in side] for side in (made.kept_records, made.gone_records))
    together = records_of(session, made.kept_id) if made.undone_at is None else []
    later = [one for one in together if one not in {*kept, *gone}]
    rows = {row.source_record_id: row for row in _rows(session, [*kept, *gone, *later])}
    sides = [tuple(rows[one] for one in side if one in rows) for side in (kept, gone, later)]
    stakes = [all_stakes(session, side) for side in (kept, gone)]
    if session.get_one(GoldenRecord, resolve(session, made.kept_id)).restricted:
        stakes = [_without_names(found) for found in stakes]
    return UnmergePlan(
        merge_row(made),
        sides[0],
        sides[1],
        sides[2],
        (stakes[0], stakes[1]),
        _doubts(session, kept, gone),
    )


def merges_of(session: Session, golden_id: UUID) -> list[MergeRow]:
    """Merges that made this golden record what it is, or were taken back, the latest first."""
    query = (
        select(GoldenMerge)
        .where((GoldenMerge.kept_id == golden_id) | (GoldenMerge.gone_id == golden_id))
        .order_by(GoldenMerge.merged_at.desc(), GoldenMerge.id)
    )
    return [merge_row(made) for made in session.scalars(query)]


def pins_of(session: Session, source_record_ids: Collection[UUID]) -> list[PinRow]:
    """Pins that stand on these source records, by attribute; of several on one attribute the latest is in effect."""
    keys = (
        select(SourceSystem.slug, SourceRecord.key)
        .join(SourceRecord, SourceRecord.source_id == SourceSystem.id)
        .where(SourceRecord.id.in_(list(source_record_ids)))
    )
    query = (
        select(GoldenPin)
        .where(GoldenPin.lifted_at.is_(None), tuple_(GoldenPin.source, GoldenPin.key).in_(keys))
        .order_by(GoldenPin.attribute, GoldenPin.pinned_at.desc(), GoldenPin.id)
    )
    return [
        PinRow(
            one.id, one.attribute, LABELS[one.attribute], one.value or "", one.from_key or "", one.reason,
            one.pinned_by_name, one.pinned_at,
        )
        for one in session.scalars(query)
    ]  # fmt: skip


def merge_row(made: GoldenMerge) -> MergeRow:
    return MergeRow(
        made.id, made.kept_id, made.gone_id, made.reason, made.merged_at, made.merged_by_name, made.undone_at
    )


def records_of(session: Session, golden_id: UUID) -> list[UUID]:
    """The source records of a live golden record, in the order of their keys."""
    return [row.source_record_id for row in _rows(session, golden_id=resolve(session, golden_id))]


def _rows(session: Session, ids: Collection[UUID] = (), golden_id: UUID | None = None) -> list[RecordThen]:
    query = (
        select(SourceRecord.id, SourceSystem.name, SourceRecord.key, Link.since)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .join(Link, Link.source_record_id == SourceRecord.id)
        .where(Link.golden_id == golden_id if golden_id else SourceRecord.id.in_(list(ids)))
        .order_by(SourceSystem.slug, SourceRecord.key)
    )
    return [RecordThen(*row) for row in session.execute(query)]


def all_stakes(session: Session, records: Sequence[UUID]) -> tuple[Stake, ...]:
    """What hangs on some source records, here and in the rooms above: how many of each, and the first few by name."""
    accounts = accounts_of_source_records(session, records)
    known = names(session, accounts)
    lines = tuple((told, "") for told in sorted(known.values())[:LISTED])
    return (
        Stake(N_("Accounts in My Account"), len(accounts), lines),
        Stake(N_("Relationships with others"), how_many_relationships(session, records)),
        Stake(N_("Values that a steward pinned"), len(pins_of(session, records))),
        Stake(N_("Reports that something is wrong"), _open_cases(session, records)),
        *stakes_of(session, records, accounts),
    )


def _open_cases(session: Session, records: Collection[UUID]) -> int:
    """What residents, or a judged sample, have said is wrong, and nobody has answered yet."""
    waiting = select(func.count()).select_from(DeskCase).where(
        DeskCase.source_record_id.in_(list(records)), DeskCase.status == CaseStatus.OPEN
    )  # fmt: skip
    return session.scalar(waiting) or 0


def _without_names(stakes: tuple[Stake, ...]) -> tuple[Stake, ...]:
    """As they may be told of a restricted customer."""
    return tuple(Stake(stake.told, stake.count) for stake in stakes)


def _conflicts(kept: GoldenRecord, gone: GoldenRecord) -> tuple[MergeConflict, ...]:
    """What they say differently. An address is settled as one: half of the one and half of the other is nowhere."""
    ours, theirs = ({said["attribute"]: said["value"] for said in one.attributes} for one in (kept, gone))
    homes = [", ".join(part for part in (one.address, one.postcode) if part) for one in (kept, gone)]
    return tuple(
        MergeConflict(name, ADDRESS_LABEL if name == WHOLE else label, *told)
        for name, label in LABELS.items()
        if name == WHOLE or name not in ADDRESS
        if all(told := homes if name == WHOLE else [ours.get(name, ""), theirs.get(name, "")])
        if told[0].casefold() != told[1].casefold()
    )


def _doubts(session: Session, kept: Sequence[UUID], gone: Sequence[UUID]) -> tuple[Doubt, ...]:
    """Accounts with grants on both sides."""
    query = (
        select(Verification.account_id, Verification.source_record_id)
        .where(
            Verification.source_record_id.in_([*kept, *gone]),
            Verification.account_id.is_not(None),
            Verification.passed,
            Verification.revoked_at.is_(None),
        )
        .distinct()
        .order_by(Verification.account_id, Verification.source_record_id)
    )
    held: dict[UUID, list[UUID]] = {}
    for account, record in session.execute(query):
        if account is not None and record is not None:
            held.setdefault(account, []).append(record)
    known = names(session, held)
    return tuple(
        Doubt(
            account,
            known.get(account, ""),
            tuple(one for one in records if one in kept),
            tuple(one for one in records if one in gone),
        )
        for account, records in held.items()
        if set(records) & set(kept) and set(records) & set(gone)
    )
