"""Who lived at a property before, as golden records have shown it: somebody whose source now gives another address has left no end date there."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.enums import CustomerKind
from app.customers.models import GoldenRecord, GoldenVersion
from app.kernel.paging import Page, PageRequest, fetch_page


@dataclass(frozen=True, slots=True)
class FormerMember:
    """A customer who was shown at a property once and is shown elsewhere now; from the first until the last moment."""

    golden_id: UUID
    name: str
    kind: CustomerKind
    since: datetime
    until: datetime


def moved_away(session: Session, property_id: UUID, wanted: PageRequest) -> Page[FormerMember]:
    """Whoever left last comes first. Nobody who is restricted, or was while they lived there. Two queries a page."""
    place, restricted = GoldenVersion.content["property_id"].astext, GoldenVersion.content["restricted"].astext
    last = func.max(GoldenVersion.until_at)
    query = (
        select(
            GoldenRecord.id, GoldenRecord.display_name, GoldenRecord.kind, func.min(GoldenVersion.from_at), last.label("until_at")
        )
        .join(GoldenRecord, GoldenRecord.id == GoldenVersion.golden_id)
        .where(
            place == str(property_id), GoldenRecord.live, ~GoldenRecord.restricted,
            GoldenRecord.property_id.is_distinct_from(property_id),
        )
        .group_by(GoldenRecord.id)
        .having(~func.bool_or(restricted == "true"))
        .order_by(last.desc(), GoldenRecord.id)
    )  # fmt: skip
    found = fetch_page(session, query, wanted)
    return Page(tuple(FormerMember(*row) for row in found.items), found.total, found.number, found.size)
