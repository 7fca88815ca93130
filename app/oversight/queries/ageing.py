"""How long open enquiries have waited: by three measures, in bands, for each unit, queue, service or channel."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.enquiries.enums import Channel
from app.enquiries.models import Enquiry
from app.enquiries.policy import OPEN
from app.kernel.clock import london_date
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Queue, Service, Unit
from app.oversight.enums import AgeingBy, AgeingMeasure
from app.oversight.policy import BANDS
from app.oversight.queries.desk import contact_since, human_since, narrowed
from app.oversight.rows import Ageing, AgeingGroup, AgeingRow, Filters, StuckRow

SINCE: dict[AgeingMeasure, ColumnElement[datetime]] = {
    AgeingMeasure.RECEIVED: Enquiry.received_at.expression,
    AgeingMeasure.HUMAN_ACTION: human_since,
    AgeingMeasure.CUSTOMER_CONTACT: contact_since,
}
NOWHERE = "none"
"""Stands for "in no queue" in the addresses of the drill."""
_GROUPS: dict[AgeingBy, tuple[ColumnElement[Any], ColumnElement[Any]]] = {
    AgeingBy.UNIT: (Unit.slug.expression, Unit.name.expression),
    AgeingBy.QUEUE: (func.coalesce(Queue.slug, ""), func.coalesce(Queue.name, "")),
    AgeingBy.SERVICE: (Service.slug.expression, Service.name.expression),
    AgeingBy.CHANNEL: (Enquiry.channel.expression, Enquiry.channel.expression),
}


def ageing(session: Session, *, now: datetime, filters: Filters | None = None) -> Ageing:
    """Open enquiries in bands of waiting time, by each of the three measures. One query."""
    columns = [func.count().filter(_in_band(since, band.from_days, band.to_days, now)) for since in SINCE.values() for band in BANDS]  # fmt: skip
    counts = session.execute(_open(select(*columns), now).where(*narrowed(filters or Filters()))).one()
    width = len(BANDS)
    rows = [
        AgeingRow(measure, tuple(counts[index * width : (index + 1) * width])) for index, measure in enumerate(SINCE)
    ]
    return Ageing(BANDS, tuple(rows))


def ageing_by(
    session: Session, by: AgeingBy, *, measure: AgeingMeasure, now: datetime, filters: Filters | None = None
) -> tuple[AgeingGroup, ...]:
    """One line for each unit, queue, service or channel that has something open; the oldest work first. One query."""
    key, name = _GROUPS[by]
    columns = [func.count().filter(_in_band(SINCE[measure], band.from_days, band.to_days, now)) for band in BANDS]
    query = _open(select(key.label("key"), name.label("name"), *columns), now).where(*narrowed(filters or Filters()))
    order = [column.desc() for column in reversed(columns)]
    rows = session.execute(query.group_by(key, name).order_by(*order, name, key))
    return tuple(AgeingGroup(str(row[0]), _named(row[1]), tuple(row[2:])) for row in rows)


def in_band(
    session: Session,
    *,
    measure: AgeingMeasure,
    band: str | None,
    now: datetime,
    page: PageRequest,
    filters: Filters | None = None,
) -> Page[StuckRow]:
    """The enquiries behind one number of the ageing table (all bands for None), the longest wait first."""
    found = fetch_page(session, drill(measure=measure, band=band, now=now, filters=filters), page)
    return Page(tuple(stuck_row(row, now) for row in found.items), found.total, found.number, found.size)


def drill(
    *, measure: AgeingMeasure, band: str | None, now: datetime, filters: Filters | None = None
) -> Select[*tuple[Any, ...]]:
    """The query behind a number of the ageing table; for a page of it, or for an export."""
    chosen = next((known for known in BANDS if known.code == band), None)
    since = SINCE[measure]
    waits = _open(select(*_COLUMNS), now).outerjoin(Account, Account.id == Enquiry.owner_id)
    query = waits.where(*narrowed(filters or Filters())).order_by(since, Enquiry.id)
    return query.where(_in_band(since, chosen.from_days, chosen.to_days, now)) if chosen else query


def stuck_row(row: Any, now: datetime) -> StuckRow:
    """The columns as they are, but for the three moments, which become days."""
    days = [(london_date(now) - london_date(since)).days for since in row[8:11]]
    return StuckRow(*row[:8], *days, *row[11:])


_COLUMNS = (
    Enquiry.reference, Service.name, Enquiry.state, func.coalesce(Queue.name, ""), Unit.name, func.coalesce(Account.name, ""),
    Enquiry.received_at, Enquiry.promised_at, *(SINCE[measure] for measure in AgeingMeasure), Enquiry.version,
)  # fmt: skip


def _open(query: Select[*tuple[Any, ...]], now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Enquiry)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Enquiry.unit_id)
        .outerjoin(Queue, Queue.id == Enquiry.queue_id)
        .where(Enquiry.state.in_(OPEN), Enquiry.received_at <= now)
    )


def _in_band(since: ColumnElement[datetime], from_days: int, to_days: int | None, now: datetime) -> ColumnElement[bool]:
    newest = since <= now - timedelta(days=from_days) if from_days else literal(value=True)
    return and_(newest, since > now - timedelta(days=to_days)) if to_days is not None else and_(newest)


def _named(name: Any) -> str:
    return name.label if isinstance(name, Channel) else str(name)
