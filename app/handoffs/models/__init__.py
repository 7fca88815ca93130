"""The handoffs' tables: the contract, what was shared, how services are reached, and what was told to their systems."""

from app.handoffs.models.connections import Checklist, EmailLink, ServiceConnection, StatusRule
from app.handoffs.models.feed import DeliveryAttempt, FeedEvent, WebhookDelivery, WebhookEndpoint
from app.handoffs.models.handoff import Handoff
from app.handoffs.models.referral import Referral

__all__ = [
    "Checklist", "DeliveryAttempt", "EmailLink", "FeedEvent", "Handoff", "Referral", "ServiceConnection", "StatusRule",
    "WebhookDelivery", "WebhookEndpoint",
]  # fmt: skip
