"""The words of handoffs."""

from enum import StrEnum

from app.kernel.i18n import N_


class HandoffState(StrEnum):
    """Where a handoff stands between sender and service."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    IN_WORK = "in_work"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    RETURNED = "returned"
    RECALLED = "recalled"
    EXPIRED = "expired"

    @property
    def label(self) -> str:
        return _STATES[self]


class DeliveryState(StrEnum):
    """Whether the offer reached the service; apart from whether anybody accepted it."""

    UNPROCESSED = "unprocessed"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"

    @property
    def label(self) -> str:
        return _DELIVERIES[self]


_STATES = {
    HandoffState.DRAFT: N_("Draft"), HandoffState.OFFERED: N_("Offered"), HandoffState.ACCEPTED: N_("Accepted"),
    HandoffState.IN_WORK: N_("In work"), HandoffState.COMPLETED: N_("Completed"), HandoffState.CONFIRMED: N_("Confirmed"),
    HandoffState.DECLINED: N_("Declined"), HandoffState.RETURNED: N_("Sent back"), HandoffState.RECALLED: N_("Taken back"),
    HandoffState.EXPIRED: N_("Not answered in time"),
}  # fmt: skip
_DELIVERIES = {
    DeliveryState.UNPROCESSED: N_("Not sent yet"), DeliveryState.SENT: N_("Sent, not yet accepted"),
    DeliveryState.ACKNOWLEDGED: N_("Seen by the service"), DeliveryState.FAILED: N_("Could not be sent"),
}  # fmt: skip
