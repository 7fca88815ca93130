"""What a golden record was: on any day, in full, and everything that has changed it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.enums import CustomerKind
from app.customers.models import (
    GoldenRecord,
    GoldenVersion,
    Link,
    LinkVersion,
    MatchRun,
    SourceRecord,
    SourceSystem,
)
from app.customers.queries.golden_told import told_by_people
from app.customers.queries.golden_view import LABELS, value_row
from app.customers.rows import GoldenChange, GoldenThen, RecordThen
from app.kernel.errors import NotFound
from app.kernel.i18n import N_

MOST = 1000
"""Versions of one golden record that are told; each entry of its history is on a page."""


def golden_as_at(session: Session, golden_id: UUID, at: datetime) -> GoldenThen:
    """A golden record as it was at a moment. NotFound if it did not exist yet; of a restricted one no value is told."""
    golden = session.get(GoldenRecord, golden_id)
    if golden is None or golden.created_at > at:
        raise NotFound
    held = session.scalars(
        select(GoldenVersion)
        .where(GoldenVersion.golden_id == golden_id, GoldenVersion.until_at > at)
        .order_by(GoldenVersion.until_at, GoldenVersion.id)
        .limit(1)
    ).first()
    content = held.content if held else content_of(golden)
    hidden = bool(content["restricted"] or golden.restricted)
    return GoldenThen(
        golden_id,
        at,
        "" if hidden else content["display_name"],
        CustomerKind(content["kind"]),
        hidden,
        content.get("retired_at") is not None,
        () if hidden else tuple(value_row(said) for said in content["attributes"]),
        () if hidden else _records_at(session, golden_id, at),
    )


def golden_history(session: Session, golden_id: UUID) -> list[GoldenChange]:
    """Everything that has changed a golden record, the latest first, at most MOST entries; what it said before and after each."""
    golden = session.get(GoldenRecord, golden_id)
    if golden is None:
        raise NotFound
    versions = session.scalars(
        select(GoldenVersion)
        .where(GoldenVersion.golden_id == golden_id)
        .order_by(GoldenVersion.until_at.desc(), GoldenVersion.id.desc())
        .limit(MOST)
    ).all()
    contents = [content_of(golden), *(version.content for version in versions)]
    makers = [golden.run_id, *(version.run_id for version in versions)]
    times = [golden.changed_at, *(version.from_at for version in versions)]
    runs = {run.id: run for run in session.scalars(select(MatchRun).where(MatchRun.id.in_(makers)))}
    changes = []
    for place, (content, run_id, at) in enumerate(zip(contents, makers, times, strict=True)):
        earlier = contents[place + 1] if place + 1 < len(contents) else None
        if earlier is None and len(versions) == MOST:
            break
        run = runs.get(run_id)
        changes.append(_change(at, content, earlier, run))
    return sorted([*changes, *told_by_people(session, golden_id)], key=lambda change: change.at, reverse=True)


def content_of(golden: GoldenRecord) -> dict[str, Any]:
    """A golden record as its versions are kept."""
    return {
        "kind": golden.kind.value,
        "attributes": golden.attributes,
        "display_name": golden.display_name,
        "restricted": golden.restricted,
        "size": golden.size,
        "retired_at": golden.retired_at.isoformat() if golden.retired_at else None,
    }


def _records_at(session: Session, golden_id: UUID, at: datetime) -> tuple[RecordThen, ...]:
    """Its source records at a moment: each record was where its first version that ended later says, else where it is now."""
    concerned = select(Link.source_record_id).where(Link.golden_id == golden_id).union(
        select(LinkVersion.source_record_id).where(LinkVersion.golden_id == golden_id)
    )  # fmt: skip
    ids = list(session.scalars(concerned))
    place: dict[UUID, tuple[UUID, datetime]] = {}
    ended = (
        select(LinkVersion.source_record_id, LinkVersion.golden_id, LinkVersion.since)
        .where(LinkVersion.source_record_id.in_(ids), LinkVersion.until_at > at)
        .order_by(LinkVersion.until_at.desc(), LinkVersion.id.desc())
    )
    now = select(Link.source_record_id, Link.golden_id, Link.since).where(Link.source_record_id.in_(ids))
    for record, golden, since in (*session.execute(now), *session.execute(ended)):
        place[record] = (golden, since)
    there = [record for record, (golden, since) in place.items() if golden == golden_id and since <= at]
    query = (
        select(SourceRecord.id, SourceSystem.name, SourceRecord.key)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .where(SourceRecord.id.in_(there))
        .order_by(SourceSystem.name, SourceRecord.key)
    )
    return tuple(RecordThen(record, name, key, place[record][1]) for record, name, key in session.execute(query))


def _change(
    at: datetime, content: dict[str, Any], earlier: dict[str, Any] | None, run: MatchRun | None
) -> GoldenChange:
    kind = run.kind.value if run else ""
    who = run.actor_name if run else ""
    if earlier is None:
        return GoldenChange(at, N_("Came to be"), who, kind, content["size"], ())
    if content.get("retired_at") and not earlier.get("retired_at"):
        return GoldenChange(at, N_("Became part of another customer"), who, kind, content["size"], ())
    told = N_("Came back") if earlier.get("retired_at") and not content.get("retired_at") else N_("Changed")
    return GoldenChange(at, told, who, kind, content["size"], _altered(earlier["attributes"], content["attributes"]))


def _altered(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> tuple[tuple[str, str, str], ...]:
    """(label, before, after) of the values that differ."""
    old = {said["attribute"]: said["value"] for said in before}
    new = {said["attribute"]: said["value"] for said in after}
    return tuple(
        (LABELS.get(name, name), old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    )
