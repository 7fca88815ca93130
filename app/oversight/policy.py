"""Bands of waiting time."""

from dataclasses import dataclass
from datetime import timedelta

from app.kernel.i18n import N_


@dataclass(frozen=True, slots=True)
class Band:
    """From so many days, up to (not including) so many; the last has no end."""

    code: str
    label: str
    from_days: int
    to_days: int | None


BANDS = (
    Band("0-2", N_("Less than 2 days"), 0, 2),
    Band("2-5", N_("2 to 4 days"), 2, 5),
    Band("5-10", N_("5 to 9 days"), 5, 10),
    Band("10-20", N_("10 to 19 days"), 10, 20),
    Band("20-40", N_("20 to 39 days"), 20, 40),
    Band("40", N_("40 days or more"), 40, None),
)
STUCK_AFTER = timedelta(days=10)
UNATTENDED_AFTER = timedelta(days=2)
"""Waiting in a queue without a human touch for longer than this is unattended."""
