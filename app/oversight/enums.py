"""The words of the monitoring desk."""

from enum import StrEnum

from app.kernel.i18n import N_


class AgeingMeasure(StrEnum):
    """The three ways of counting how long somebody has waited: since when."""

    RECEIVED = "received"
    HUMAN_ACTION = "human_action"
    CUSTOMER_CONTACT = "customer_contact"

    @property
    def label(self) -> str:
        return _MEASURES[self]


class AgeingBy(StrEnum):
    """What the ageing table has a line for."""

    UNIT = "unit"
    QUEUE = "queue"
    SERVICE = "service"
    CHANNEL = "channel"

    @property
    def label(self) -> str:
        return _BY[self]


class DeskList(StrEnum):
    """What the monitoring desk watches across all units; one list each."""

    CUSTODY = "custody"
    STUCK = "stuck"
    UNATTENDED = "unattended"
    UNACCEPTED = "unaccepted"
    OWNERLESS = "ownerless"
    BREACHING = "breaching"
    SILENT = "silent"
    DELIVERIES = "deliveries"
    BOUNCED = "bounced"

    @property
    def label(self) -> str:
        return _LISTS[self][0]

    @property
    def explained(self) -> str:
        """What puts an enquiry into the list."""
        return _LISTS[self][1]


class DeskSort(StrEnum):
    """What a list of the desk is sorted by; who has waited longest comes first."""

    SINCE = "since"
    RECEIVED = "received"
    PROMISE = "promise"
    HUMAN_ACTION = "human_action"
    CUSTOMER_CONTACT = "customer_contact"


class DeskAct(StrEnum):
    """What the desk does with several enquiries at once."""

    CLAIM = "claim"
    ASSIGN = "assign"
    REROUTE = "reroute"
    ESCALATE = "escalate"

    @property
    def label(self) -> str:
        return _ACTS[self]


class DayKind(StrEnum):
    """Whether a day's figures were counted on the day, or put together afterwards from the timelines."""

    MEASURED = "measured"
    REBUILT = "rebuilt"


class AnomalyKind(StrEnum):
    """What is not as it should be, though no single clock says so."""

    PING_PONG = "ping_pong"
    TOUCHED_UNANSWERED = "touched_unanswered"
    CLOSED_AT_ONCE = "closed_at_once"
    ACKNOWLEDGED_ONLY = "acknowledged_only"
    VOLUME_ZERO = "volume_zero"
    QUEUE_UNREAD = "queue_unread"
    QUEUE_MISNAMED = "queue_misnamed"

    @property
    def label(self) -> str:
        return _ANOMALIES[self][0]

    @property
    def explained(self) -> str:
        """A msgid that the anomaly's own detail fills."""
        return _ANOMALIES[self][1]


class AnomalyStatus(StrEnum):
    """Where an anomaly stands: it ends explained or fixed, never by being forgotten."""

    FOUND = "found"
    ASSIGNED = "assigned"
    EXPLAINED = "explained"
    FIXED = "fixed"

    @property
    def label(self) -> str:
        return _STATUSES[self]


class Threshold(StrEnum):
    """A number from which on something is worth a look."""

    STUCK_DAYS = "stuck_days"
    UNATTENDED_DAYS = "unattended_days"
    BREACH_HOURS = "breach_hours"
    SILENT_HOURS = "silent_hours"
    PING_PONG_RETURNS = "ping_pong_returns"
    PING_PONG_DAYS = "ping_pong_days"
    TOUCHED_TIMES = "touched_times"
    TOUCHED_DAYS = "touched_days"
    CLOSED_MINUTES = "closed_minutes"
    ACKNOWLEDGED_DAYS = "acknowledged_days"
    VOLUME_WEEKS = "volume_weeks"
    VOLUME_LEAST = "volume_least"
    UNREAD_DAYS = "unread_days"
    SAMPLE_PER_TEAM = "sample_per_team"

    @property
    def label(self) -> str:
        return _THRESHOLDS[self]


_MEASURES = {
    AgeingMeasure.RECEIVED: N_("Since it was received"),
    AgeingMeasure.HUMAN_ACTION: N_("Since somebody last worked on it"),
    AgeingMeasure.CUSTOMER_CONTACT: N_("Since the customer last heard from us"),
}
_BY = {
    AgeingBy.UNIT: N_("Unit"), AgeingBy.QUEUE: N_("Queue"), AgeingBy.SERVICE: N_("Service"), AgeingBy.CHANNEL: N_("Channel"),
}  # fmt: skip
_LISTS = {
    DeskList.CUSTODY: (N_("In nobody's custody"), N_("Open, and without an owner or a whole queue that answers for it.")),
    DeskList.STUCK: (N_("Stuck"), N_("Open, and nobody has worked on it for many days.")),
    DeskList.UNATTENDED: (N_("Unattended"), N_("Waiting in a queue, and nobody has touched it for days.")),
    DeskList.UNACCEPTED: (N_("Not accepted"), N_("Offered to a service that has not accepted it, or let the offer run out.")),
    DeskList.OWNERLESS: (N_("Without an owner"), N_("Open, and no person has it.")),
    DeskList.BREACHING: (N_("About to break the promise"), N_("The time for resolving it runs out soon.")),
    DeskList.SILENT: (N_("Left in silence"), N_("The customer should have heard from a person, or must hear from one soon.")),
    DeskList.DELIVERIES: (N_("Stuck deliveries"), N_("A message or a handoff about it should have left us and has not.")),
    DeskList.BOUNCED: (N_("Customers not reached"), N_("A message came back, and nobody has worked on the enquiry since.")),
}  # fmt: skip
_ACTS = {
    DeskAct.CLAIM: N_("Claimed"), DeskAct.ASSIGN: N_("Given to somebody"), DeskAct.REROUTE: N_("Re-routed"),
    DeskAct.ESCALATE: N_("Escalated"),
}  # fmt: skip
_ANOMALIES = {
    AnomalyKind.PING_PONG: (
        N_("Moved to and fro"), N_("It came back %(returns)s times to where it had been before."),
    ),
    AnomalyKind.TOUCHED_UNANSWERED: (
        N_("Touched but not answered"), N_("Worked on %(touches)s times in %(days)s days, and the customer has heard nothing."),
    ),
    AnomalyKind.CLOSED_AT_ONCE: (
        N_("Closed within minutes"), N_("Settled %(minutes)s minutes after it arrived, by %(by)s."),
    ),
    AnomalyKind.ACKNOWLEDGED_ONLY: (
        N_("Acknowledgement only"), N_("For %(days)s days the customer has had nothing but the automatic acknowledgement."),
    ),
    AnomalyKind.VOLUME_ZERO: (
        N_("Volume fell to zero"), N_("Nothing arrived on %(day)s; on this weekday there are %(usual)s as a rule."),
    ),
    AnomalyKind.QUEUE_UNREAD: (
        N_("Queue never read"), N_("None of its readers has opened it for %(days)s days. Waiting in it: %(waiting)s."),
    ),
    AnomalyKind.QUEUE_MISNAMED: (
        N_("Queue with a misleading name"), N_("%(finding)s Waiting in it: %(waiting)s."),
    ),
}  # fmt: skip
_STATUSES = {
    AnomalyStatus.FOUND: N_("Found"), AnomalyStatus.ASSIGNED: N_("Assigned"), AnomalyStatus.EXPLAINED: N_("Explained"),
    AnomalyStatus.FIXED: N_("Fixed"),
}  # fmt: skip
_THRESHOLDS = {
    Threshold.STUCK_DAYS: N_("Stuck: days without any work"),
    Threshold.UNATTENDED_DAYS: N_("Unattended: days in a queue without a touch"),
    Threshold.BREACH_HOURS: N_("About to break the promise: hours before"),
    Threshold.SILENT_HOURS: N_("Left in silence: hours before the silence limit"),
    Threshold.PING_PONG_RETURNS: N_("Moved to and fro: returns to an earlier place"),
    Threshold.PING_PONG_DAYS: N_("Moved to and fro: days looked at"),
    Threshold.TOUCHED_TIMES: N_("Touched but not answered: touches"),
    Threshold.TOUCHED_DAYS: N_("Touched but not answered: days without a word"),
    Threshold.CLOSED_MINUTES: N_("Closed within minutes: minutes"),
    Threshold.ACKNOWLEDGED_DAYS: N_("Acknowledgement only: days"),
    Threshold.VOLUME_WEEKS: N_("Volume fell to zero: weeks compared"),
    Threshold.VOLUME_LEAST: N_("Volume fell to zero: usual number on that weekday, at least"),
    Threshold.UNREAD_DAYS: N_("Queue never read: days"),
    Threshold.SAMPLE_PER_TEAM: N_("Quality sample: finished enquiries a team and week"),
}
