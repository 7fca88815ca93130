"""Customers that may be several people, as a worker has found them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.customers.bridging import SURE, chance
from app.customers.desk_rows import SuspectRow
from app.customers.models import DeskClaim, DeskSuspect, GoldenRecord
from app.kernel.paging import Page, PageRequest, fetch_page


def suspects(session: Session, me: UUID | None, wanted: PageRequest, *, now: datetime) -> Page[SuspectRow]:
    """The most doubtful first. Restricted customers are left out, and those that a steward has called fine as they are."""
    query = (
        _doubtful(select(DeskSuspect, GoldenRecord, DeskClaim))
        .outerjoin(
            DeskClaim,
            and_(DeskClaim.subject_id == GoldenRecord.id, DeskClaim.until_at > now, DeskClaim.claimed_by != me),
        )
        .order_by(DeskSuspect.score.desc(), DeskSuspect.golden_id)
    )
    found = fetch_page(session, query, wanted)
    rows = tuple(
        SuspectRow(
            golden.id, golden.display_name, golden.size, one.weakest, one.smaller, tuple(one.conflicts),
            claim.claimed_by_name if claim else "",
            None if one.weakest is None or one.weakest >= SURE else chance(one.weakest),
        )
        for one, golden, claim in found.items
    )  # fmt: skip
    return Page(rows, found.total, found.number, found.size)


def how_many_suspects(session: Session) -> int:
    return session.scalar(_doubtful(select(func.count()).select_from(DeskSuspect))) or 0


def _doubtful(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return query.join(GoldenRecord, GoldenRecord.id == DeskSuspect.golden_id).where(
        GoldenRecord.live,
        ~GoldenRecord.restricted,
        DeskSuspect.score > 0,
        or_(DeskSuspect.fine_revision.is_(None), DeskSuspect.fine_revision != GoldenRecord.revision),
    )
