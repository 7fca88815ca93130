"""Reads of handoffs, as frozen rows."""

from app.handoffs.queries.connections import (
    checklist_for,
    checklists,
    connection,
    connections,
    items_for,
    status_rules,
)
from app.handoffs.queries.declines import declines, declines_total
from app.handoffs.queries.feed import (
    attempts_of,
    deliveries,
    delivery,
    endpoint,
    endpoints,
    events_after,
    undelivered,
)
from app.handoffs.queries.handoffs import (
    expired_unattended,
    handoff,
    handoff_for,
    handoffs_of,
    inbox,
    row_for,
    sent,
    services_in,
    waiting,
)
from app.handoffs.queries.published import (
    published,
    published_service,
    published_services,
    raised_by,
    updates,
)
from app.handoffs.queries.referrals import referral, referrals_for, referrals_of

__all__ = [
    "attempts_of", "checklist_for", "checklists", "connection", "connections", "declines", "declines_total",
    "deliveries", "delivery", "endpoint", "endpoints", "events_after", "expired_unattended", "handoff", "handoff_for", "handoffs_of", "inbox",
    "items_for", "published", "published_service", "published_services", "raised_by", "referral", "referrals_for", "referrals_of", "row_for", "sent", "services_in", "status_rules", "undelivered", "updates", "waiting",
]  # fmt: skip
