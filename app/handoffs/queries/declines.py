"""What declines teach: where offers of a service are declined again and again in favour of the same unit, the rule is wrong."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.policy import Permission, authorize
from app.enquiries.models import Enquiry
from app.handoffs.enums import HandoffState
from app.handoffs.models import Handoff
from app.handoffs.rows import DeclineRow
from app.kernel.actors import Actor
from app.kernel.paging import Page, PageRequest, fetch_page
from app.organisation.models import Service, Unit

LOOKS_BACK = timedelta(days=90)
_suggested = aliased(Unit)


def declines(session: Session, actor: Actor, *, page: PageRequest, now: datetime) -> Page[DeclineRow]:
    """Of each service and unit with declines in 90 days: how many of how many, and in favour of whom; the clearest first."""
    authorize(actor, Permission.OVERSIGHT_VIEW)
    since = now - LOOKS_BACK
    offers = (
        select(Enquiry.service_id, Handoff.unit_id, func.count().label("offered"))
        .join(Enquiry, Enquiry.id == Handoff.enquiry_id)
        .where(Handoff.offered_at >= since, Handoff.state != HandoffState.DRAFT)
        .group_by(Enquiry.service_id, Handoff.unit_id)
        .subquery()
    )
    count = func.count().label("declined")
    query = (
        select(
            Service.slug, Service.name, Unit.slug, Unit.name, _suggested.slug, _suggested.name, count,
            func.max(offers.c.offered), func.max(Handoff.ended_at), func.array_agg(func.distinct(Handoff.reason)),
        )
        .select_from(Handoff)
        .join(Enquiry, Enquiry.id == Handoff.enquiry_id)
        .join(Service, Service.id == Enquiry.service_id)
        .join(Unit, Unit.id == Handoff.unit_id)
        .join(_suggested, _suggested.id == Handoff.suggested_unit_id)
        .join(offers, (offers.c.service_id == Service.id) & (offers.c.unit_id == Unit.id))
        .where(Handoff.state == HandoffState.DECLINED, Handoff.offered_at >= since)
        .group_by(Service.slug, Service.name, Unit.slug, Unit.name, _suggested.slug, _suggested.name)
        .order_by(count.desc(), Service.slug, Unit.slug, _suggested.slug)
    )  # fmt: skip
    found = fetch_page(session, query, page)
    rows = tuple(_row(*row) for row in found.items)
    return Page(rows, found.total, found.number, found.size)


def declines_total(session: Session, *, now: datetime) -> int:
    """How many offers were declined in the time that is looked at."""
    since = now - LOOKS_BACK
    query = select(func.count()).where(Handoff.state == HandoffState.DECLINED, Handoff.offered_at >= since)
    return session.scalar(query) or 0


def _row(*columns: Any) -> DeclineRow:
    names, told = columns[:6], columns[6:]
    service, service_name, unit, unit_name, suggested, suggested_name = names
    declined, offered, last_at, reasons = told
    return DeclineRow(
        service_slug=service, service_name=service_name, unit_slug=unit, unit_name=unit_name, suggested_slug=suggested,
        suggested_name=suggested_name, declined=declined, offered=offered, last_at=last_at, reasons=tuple(reasons[:3]),
    )  # fmt: skip
