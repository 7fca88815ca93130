"""The contract of a handoff as data."""

from collections.abc import Mapping
from types import MappingProxyType

from app.handoffs.enums import HandoffState

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


def escalates(bounces: int) -> bool:
    """Whether an enquiry has come back often enough for the monitoring desk to take it."""
    return bounces >= ESCALATES_AT
