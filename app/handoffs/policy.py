"""The contract of a handoff as data."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from app.handoffs.enums import HandoffState, ReferralState

S = HandoffState

OPEN = frozenset({S.OFFERED, S.ACCEPTED, S.IN_WORK})
BOUNCES = frozenset({S.DECLINED, S.RETURNED, S.EXPIRED})
ESCALATES_AT = 3

TRANSITIONS: Mapping[HandoffState, frozenset[HandoffState]] = MappingProxyType(
    {
        S.DRAFT: frozenset({S.OFFERED, S.RECALLED}),
        S.OFFERED: frozenset({S.ACCEPTED, S.DECLINED, S.EXPIRED, S.RECALLED}),
        S.ACCEPTED: frozenset({S.IN_WORK, S.COMPLETED, S.RETURNED}),
        S.IN_WORK: frozenset({S.COMPLETED, S.RETURNED}),
        S.COMPLETED: frozenset({S.CONFIRMED}),
        S.CONFIRMED: frozenset(),
        S.DECLINED: frozenset(),
        S.RETURNED: frozenset(),
        S.RECALLED: frozenset(),
        S.EXPIRED: frozenset(),
    }
)
"""Which state may follow which; the database holds the same list."""


R = ReferralState
REFERRAL_MOVES: Mapping[ReferralState, frozenset[ReferralState]] = MappingProxyType(
    {
        R.ASKED: frozenset({R.ANSWERED, R.DECLINED, R.WITHDRAWN}),
        R.ANSWERED: frozenset(),
        R.DECLINED: frozenset(),
        R.WITHDRAWN: frozenset(),
    }
)
"""A referral is asked and ends once; the database holds the same list."""

TRIES = (
    timedelta(0), timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
"""When a webhook is tried, each counted from the try before it: ten times in 75 hours, as Standard Webhooks recommends."""
LONGEST_WAIT = timedelta(hours=24)
REST = timedelta(seconds=15)
"""How long an endpoint that failed is left alone, whatever else is due for it."""


def next_try(tried: int, *, now: datetime, asked_to_wait: timedelta | None = None) -> datetime | None:
    """When to try again after so many tries; never earlier than the endpoint asked for, within a day. None: give up."""
    if tried >= len(TRIES):
        return None
    return now + max(TRIES[tried], min(asked_to_wait or timedelta(0), LONGEST_WAIT))


def escalates(bounces: int) -> bool:
    """Whether an enquiry has come back often enough for the monitoring desk to take it."""
    return bounces >= ESCALATES_AT
