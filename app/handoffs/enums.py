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


class FeedKind(StrEnum):
    """What a unit's system is told of. Names stay as they are; new ones may come."""

    OFFERED = "handoff.offered"
    ACCEPTED = "handoff.accepted"
    STARTED = "handoff.started"
    DECLINED = "handoff.declined"
    RETURNED = "handoff.returned"
    RECALLED = "handoff.recalled"
    EXPIRED = "handoff.expired"
    COMPLETED = "handoff.completed"
    CONFIRMED = "handoff.confirmed"
    TEST = "endpoint.test"


class EndpointStatus(StrEnum):
    """Whether webhooks go to an endpoint. What is due for a disabled one waits."""

    ACTIVE = "active"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        return _ENDPOINTS[self]


class DeliveryStatus(StrEnum):
    """What became of a webhook."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"

    @property
    def label(self) -> str:
        return _WEBHOOKS[self]


class ReferralState(StrEnum):
    """Where a question to another unit stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return _REFERRALS[self]


class Reach(StrEnum):
    """How offers travel to a unit."""

    CONSOLE = "console"
    API = "api"
    EMAIL = "email"
    OPEN311 = "open311"

    @property
    def label(self) -> str:
        return _REACHES[self]


class Enforcement(StrEnum):
    """What happens to an offer in which something required is missing."""

    REFUSE = "refuse"
    WARN = "warn"

    @property
    def label(self) -> str:
        return _ENFORCEMENTS[self]


class Becomes(StrEnum):
    """What follows from a code of another system, or from its silence."""

    NOTHING = "nothing"
    ACCEPTED = "accepted"
    IN_WORK = "in_work"
    COMPLETED = "completed"
    RETURNED = "returned"
    DECLINED = "declined"
    ESCALATED = "escalated"

    @property
    def label(self) -> str:
        return _BECOMES[self]


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
_ENDPOINTS = {EndpointStatus.ACTIVE: N_("Active"), EndpointStatus.DISABLED: N_("Disabled")}
_WEBHOOKS = {
    DeliveryStatus.WAITING: N_("Waiting"), DeliveryStatus.SENDING: N_("Being sent"),
    DeliveryStatus.DELIVERED: N_("Delivered"), DeliveryStatus.GIVEN_UP: N_("Given up"),
}  # fmt: skip
_REFERRALS = {
    ReferralState.ASKED: N_("Asked"), ReferralState.ANSWERED: N_("Answered"), ReferralState.DECLINED: N_("Declined"),
    ReferralState.WITHDRAWN: N_("Taken back"),
}  # fmt: skip
_REACHES = {
    Reach.CONSOLE: N_("In the console"), Reach.API: N_("By its own system (API and webhooks)"),
    Reach.EMAIL: N_("By e-mail, with a link to answer"), Reach.OPEN311: N_("By an Open311 back office"),
}  # fmt: skip
_ENFORCEMENTS = {
    Enforcement.REFUSE: N_("The offer is refused"), Enforcement.WARN: N_("The sender is warned and may offer it all the same"),
}  # fmt: skip
_BECOMES = {
    Becomes.NOTHING: N_("Nothing changes"), Becomes.ACCEPTED: N_("Accepted"), Becomes.IN_WORK: N_("In work"),
    Becomes.COMPLETED: N_("Completed"), Becomes.RETURNED: N_("Sent back"), Becomes.DECLINED: N_("Declined"),
    Becomes.ESCALATED: N_("The monitoring desk looks at it"),
}  # fmt: skip
