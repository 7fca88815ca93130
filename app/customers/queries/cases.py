"""Cases at the desk, and what a resident is shown of their own records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, select
from sqlalchemy.orm import Session

from app.customers.desk_rows import CaseRow, HeldRecord
from app.customers.enums import CaseStatus
from app.customers.layout import ATTRIBUTES
from app.customers.models import DeskCase, DeskClaim, GoldenRecord, Link, SourceRecord, SourceSystem
from app.customers.queries.verifications import granted_source_records
from app.kernel.errors import NotFound
from app.kernel.paging import Page, PageRequest, fetch_page


def cases(
    session: Session, me: UUID | None, wanted: PageRequest, *, answered: bool = False, now: datetime
) -> Page[CaseRow]:
    """Open cases, the longest waiting first; or answered ones, the latest first."""
    query = _cases(me, now)
    if answered:
        query = query.where(DeskCase.status == CaseStatus.ANSWERED).order_by(DeskCase.answered_at.desc(), DeskCase.id)
    else:
        query = query.where(DeskCase.status == CaseStatus.OPEN).order_by(DeskCase.opened_at, DeskCase.id)
    found = fetch_page(session, query, wanted)
    return Page(tuple(_row(*one) for one in found.items), found.total, found.number, found.size)


def case(session: Session, me: UUID | None, case_id: UUID, *, now: datetime) -> CaseRow:
    """One case. NotFound."""
    found = session.execute(_cases(me, now).where(DeskCase.id == case_id)).first()
    if found is None:
        raise NotFound
    return _row(*found)


def cases_of(session: Session, account_id: UUID) -> list[CaseRow]:
    """What a resident has told us, the latest first, with our answers. Nothing in them says whom their records are joined with."""
    query = (
        _cases(None, None)
        .where(DeskCase.account_id == account_id)
        .order_by(DeskCase.opened_at.desc(), DeskCase.id)
        .limit(50)
    )
    return [_row(*one) for one in session.execute(query)]


def held_records(session: Session, account_id: UUID) -> list[HeldRecord]:
    """The source records that the account's holder has shown to be theirs, as they are held, and no others.

    `group` is the same for those that we take for one person. What else is joined with them is not told: it was not shown to be theirs.
    """
    granted = granted_source_records(session, account_id)
    query = (
        select(SourceRecord, SourceSystem.name, SourceSystem.unit_name, Link.golden_id)
        .join(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .where(SourceRecord.id.in_(granted))
        .order_by(SourceSystem.name, SourceRecord.key)
    )
    groups: dict[UUID, int] = {}
    rows: Sequence[Any] = session.execute(query).all()
    return [
        HeldRecord(
            record.id, name, record.key, unit,
            {what: record.attributes[what] for what in ATTRIBUTES if record.attributes.get(what)},
            groups.setdefault(record.id if golden is None else golden, len(groups) + 1), record.last_seen_at,
        )
        for record, name, unit, golden in rows
    ]  # fmt: skip


def _cases(me: UUID | None, now: datetime | None) -> Select[*tuple[Any, ...]]:
    anothers: ColumnElement[bool] = false()
    if now is not None:
        anothers = and_(DeskClaim.subject_id == DeskCase.id, DeskClaim.until_at > now, DeskClaim.claimed_by != me)
    return (
        select(DeskCase, SourceRecord, SourceSystem.name, GoldenRecord, DeskClaim.claimed_by_name)
        .outerjoin(SourceRecord, SourceRecord.id == DeskCase.source_record_id)
        .outerjoin(SourceSystem, SourceSystem.id == SourceRecord.source_id)
        .outerjoin(Link, Link.source_record_id == SourceRecord.id)
        .outerjoin(GoldenRecord, GoldenRecord.id == Link.golden_id)
        .outerjoin(DeskClaim, anothers)
    )


def _row(
    one: DeskCase, record: SourceRecord | None, source: str | None, golden: GoldenRecord | None, claimed_by: str | None
) -> CaseRow:
    return CaseRow(
        one.id, one.kind, one.status, tuple(one.what), one.said, one.opened_by_name, one.opened_at, one.source_record_id,
        source or "", record.key if record else "", golden.id if golden else None,
        bool((record and record.restricted) or (golden and golden.restricted)), one.outcome, one.answer or "",
        one.answered_by_name or "", one.answered_at, claimed_by or "",
    )  # fmt: skip
