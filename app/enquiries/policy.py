"""The state machine as data, and the other decisions about an enquiry that need neither database nor clock."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from app.enquiries.enums import CustomerStatus, Disposition, State

S = State

ENDED_EARLY = frozenset({S.DUPLICATE, S.WITHDRAWN, S.SPAM, S.REDIRECTED})
IN_A_QUEUE = frozenset({S.NEW, S.TRIAGE})
OWNED = frozenset(
    {S.RETURNED, S.ASSIGNED, S.IN_PROGRESS, S.AWAITING_CUSTOMER, S.AWAITING_THIRD_PARTY, S.SCHEDULED, S.WITH_SERVICE}
)
OPEN = IN_A_QUEUE | OWNED
FINISHED = frozenset({S.RESOLVED, S.CLOSED}) | ENDED_EARLY
PAUSED = frozenset({S.AWAITING_CUSTOMER})

_WORKED = frozenset(
    {S.IN_PROGRESS, S.AWAITING_CUSTOMER, S.AWAITING_THIRD_PARTY, S.SCHEDULED, S.WITH_SERVICE, S.RESOLVED}
)

TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        S.NEW: frozenset({S.TRIAGE, S.ASSIGNED}) | ENDED_EARLY,
        S.TRIAGE: frozenset({S.RETURNED, S.ASSIGNED}) | ENDED_EARLY,
        S.RETURNED: frozenset({S.TRIAGE, S.ASSIGNED, S.IN_PROGRESS, S.WITH_SERVICE, S.RESOLVED}) | ENDED_EARLY,
        S.ASSIGNED: _WORKED | {S.TRIAGE} | ENDED_EARLY,
        S.IN_PROGRESS: (_WORKED - {S.IN_PROGRESS}) | {S.TRIAGE, S.ASSIGNED} | ENDED_EARLY,
        S.AWAITING_CUSTOMER: frozenset({S.TRIAGE, S.ASSIGNED, S.IN_PROGRESS, S.RESOLVED}) | ENDED_EARLY,
        S.AWAITING_THIRD_PARTY: frozenset({S.TRIAGE, S.ASSIGNED, S.IN_PROGRESS, S.RESOLVED}) | ENDED_EARLY,
        S.SCHEDULED: frozenset({S.TRIAGE, S.ASSIGNED, S.IN_PROGRESS, S.RESOLVED}) | ENDED_EARLY,
        S.WITH_SERVICE: frozenset({S.TRIAGE, S.RETURNED, S.IN_PROGRESS, S.RESOLVED, S.WITHDRAWN}),
        S.RESOLVED: frozenset({S.CLOSED, S.TRIAGE}),
        S.CLOSED: frozenset({S.TRIAGE}),
        S.DUPLICATE: frozenset({S.TRIAGE}),
        S.WITHDRAWN: frozenset({S.TRIAGE}),
        S.SPAM: frozenset({S.TRIAGE}),
        S.REDIRECTED: frozenset({S.TRIAGE}),
    }
)
"""Which state may follow which. The database holds the same list in a trigger, written from this one."""

CUSTOMER_STATUS: Mapping[State, CustomerStatus] = MappingProxyType(
    {
        S.NEW: CustomerStatus.RECEIVED,
        S.TRIAGE: CustomerStatus.RECEIVED,
        S.SCHEDULED: CustomerStatus.BOOKED,
        S.AWAITING_CUSTOMER: CustomerStatus.NEED_SOMETHING,
        **dict.fromkeys(OWNED - {S.SCHEDULED, S.AWAITING_CUSTOMER}, CustomerStatus.BEING_LOOKED_AT),
        **dict.fromkeys(FINISHED, CustomerStatus.FINISHED),
    }
)

RESOLVING = frozenset({Disposition.DONE, Disposition.NOT_DONE, Disposition.ADVICE_GIVEN, Disposition.NOT_OURS})
ANOTHER_REVIEWER_FROM = 2
"""From this reopening on, somebody other than who resolved it last has to resolve it."""


def allowed(state: State) -> frozenset[State]:
    """The states that may follow."""
    return TRANSITIONS[state]


def needs_another_reviewer(reopened: int) -> bool:
    """Whether whoever resolved it last may not resolve it again."""
    return reopened >= ANOTHER_REVIEWER_FROM


SEEN_FOR = timedelta(seconds=60)
"""For how long a heartbeat counts."""
MOST_FILES = 20
MOST_AT_ONCE = 5
LARGEST_FILE = 10 * 1024 * 1024
HOLD_HOURS = 2
"""Working hours before the silence limit at which the guard speaks itself."""
