"""What people have done to a golden record, for its history: merges, pins, and what they said of its records."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from app.customers.enums import Verdict
from app.customers.models import GoldenMerge, GoldenPin, LinkVersion, SourceRecord, SourceSystem
from app.customers.queries.golden_view import LABELS
from app.customers.queries.said import Key, keys_of, said_about
from app.customers.rows import GoldenChange, SaidRow
from app.kernel.i18n import N_
from app.kernel.paging import LARGEST, PageRequest

Altered = tuple[tuple[str, str, str], ...]


def told_by_people(session: Session, golden_id: UUID) -> list[GoldenChange]:
    """Merges and unmerges; pins and their lifting; the latest LARGEST acts of stewards about its records, and their lifting."""
    keys = _keys_ever(session, golden_id)
    return [*_merges(session, golden_id), *_pins(session, keys), *_said(session, golden_id)]


def _merges(session: Session, golden_id: UUID) -> Iterator[GoldenChange]:
    query = select(GoldenMerge).where(or_(GoldenMerge.kept_id == golden_id, GoldenMerge.gone_id == golden_id))
    for merge in session.scalars(query.order_by(GoldenMerge.merged_at, GoldenMerge.id)):
        yield _by(merge.merged_at, N_("Merged"), merge.merged_by_name, "merge", merge.reason)
        if merge.undone_at is not None:
            yield _by(merge.undone_at, N_("Unmerged"), merge.undone_by_name, "unmerge", merge.undone_reason)


def _pins(session: Session, keys: Mapping[UUID, Key]) -> Iterator[GoldenChange]:
    """A pin that a merge settled on is part of the merge, and told there."""
    query = select(GoldenPin).where(
        tuple_(GoldenPin.source, GoldenPin.key).in_(list(keys.values())), GoldenPin.merge_id.is_(None)
    )
    for pin in session.scalars(query.order_by(GoldenPin.pinned_at, GoldenPin.id)):
        label, shown = LABELS[pin.attribute], pin.value if pin.from_key is None else pin.from_key
        won = ((label, "", shown or ""),)
        yield _by(pin.pinned_at, N_("Pinned"), pin.pinned_by_name, "pin", pin.reason, altered=won)
        if pin.lifted_at is not None:
            lost = ((label, shown or "", ""),)
            yield _by(pin.lifted_at, N_("Pin lifted"), pin.lifted_by_name, "pin", pin.lifted_reason, altered=lost)


def _said(session: Session, golden_id: UUID) -> Iterator[GoldenChange]:
    """A merge says that its records are the same at its own moment; that is told once, as the merge."""
    merged = set(
        session.scalars(
            select(GoldenMerge.merged_at).where(or_(GoldenMerge.kept_id == golden_id, GoldenMerge.gone_id == golden_id))
        )
    )
    for said in said_about(session, golden_id, PageRequest(1, LARGEST)).items:
        if said.at not in merged:
            same = said.verdict is Verdict.SAME
            told = N_("Said to be the same person") if same else N_("Said to be different people")
            yield _by(said.at, told, said.by, "decision", said.reason, said=said)
        if said.lifted_at is not None:
            yield _by(said.lifted_at, N_("Decision lifted"), said.lifted_by, "decision", said.lifted_reason, said=said)


def _keys_ever(session: Session, golden_id: UUID) -> dict[UUID, Key]:
    """The keys of the records that are its own, or were; of a restricted one that is another's now, nothing is told."""
    before = (
        select(SourceRecord.id, SourceSystem.slug, SourceRecord.key)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(
            SourceRecord.id.in_(select(LinkVersion.source_record_id).where(LinkVersion.golden_id == golden_id)),
            ~SourceRecord.restricted,
        )
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(before)} | keys_of(session, golden_id)


def _by(
    at: datetime,
    told: str,
    who: str | None,
    kind: str,
    reason: str | None,
    *,
    altered: Altered = (),
    said: SaidRow | None = None,
) -> GoldenChange:
    pairs, more = (said.pairs, said.count - len(said.pairs)) if said else ((), 0)
    return GoldenChange(at, told, who or "", kind, 0, altered, reason or "", pairs, more)
