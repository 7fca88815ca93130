"""How long things last, and how often they may be tried."""

from dataclasses import dataclass
from datetime import timedelta

from app.accounts.enums import AccountKind, TokenPurpose

LIFETIMES = {
    TokenPurpose.CONFIRM_EMAIL: timedelta(hours=48),
    TokenPurpose.RESET_PASSWORD: timedelta(hours=2),
    TokenPurpose.INVITATION: timedelta(days=7),
}
IDLE = {AccountKind.RESIDENT: timedelta(hours=2), AccountKind.STAFF: timedelta(minutes=30)}
ABSOLUTE = {AccountKind.RESIDENT: timedelta(hours=24), AccountKind.STAFF: timedelta(hours=12)}
SECOND_FACTOR_WITHIN = timedelta(minutes=10)
SEEN_EVERY = timedelta(minutes=1)
API_KEY_LASTS = timedelta(days=365)
KEEP_ENDED = timedelta(days=90)
LONGEST_BLOCK = timedelta(hours=1)
STRIKES_LAST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times within a sliding window. A growing limit doubles its block each time it is reached again, up to an
    hour: longer would stop guessing no better, and would let a stranger lock somebody out for days.
    """

    times: int
    per: timedelta
    growing: bool = False


SIGN_IN_PER_ACCOUNT = Limit(5, timedelta(minutes=15), growing=True)
SIGN_IN_PER_ADDRESS = Limit(50, timedelta(minutes=15), growing=True)
SECOND_FACTOR = Limit(5, timedelta(minutes=15), growing=True)
REGISTER_PER_ADDRESS = Limit(10, timedelta(hours=1))
MAIL_PER_ACCOUNT = Limit(3, timedelta(hours=1))
WRONG_KEYS_PER_ADDRESS = Limit(30, timedelta(minutes=5))
RESET_PER_ADDRESS = Limit(20, timedelta(hours=1))
