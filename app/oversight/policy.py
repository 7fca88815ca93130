"""Bands of waiting time, and the numbers from which on something is worth a look."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from app.kernel.i18n import N_
from app.oversight.enums import AnomalyKind, Threshold


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

Limits = Mapping[Threshold, int]
DEFAULTS: Limits = MappingProxyType(
    {
        Threshold.STUCK_DAYS: 10,
        Threshold.UNATTENDED_DAYS: 2,
        Threshold.BREACH_HOURS: 24,
        Threshold.SILENT_HOURS: 24,
        Threshold.PING_PONG_RETURNS: 2,
        Threshold.PING_PONG_DAYS: 30,
        Threshold.TOUCHED_TIMES: 3,
        Threshold.TOUCHED_DAYS: 5,
        Threshold.CLOSED_MINUTES: 5,
        Threshold.ACKNOWLEDGED_DAYS: 5,
        Threshold.VOLUME_WEEKS: 8,
        Threshold.VOLUME_LEAST: 5,
        Threshold.UNREAD_DAYS: 3,
        Threshold.SAMPLE_PER_TEAM: 5,
    }
)
"""What holds until somebody at the desk says otherwise."""
SMALLEST, LARGEST = 1, 1000

HIGHEST_LEVEL = 3
ALARMING = frozenset({AnomalyKind.VOLUME_ZERO, AnomalyKind.QUEUE_UNREAD, AnomalyKind.QUEUE_MISNAMED})
"""Of these the monitor is told by e-mail at once: behind each may stand many customers."""


def next_level(level: int) -> int:
    """How high an anomaly stands that was explained or fixed before and has come back."""
    return min(level + 1, HIGHEST_LEVEL)


def score(marks: Mapping[str, tuple[int, int | None]]) -> int | None:
    """Points of a hundred from (weight, points 0 to 2 or None for "does not apply") by question; None if nothing applies."""
    counted = [(weight, points) for weight, points in marks.values() if points is not None]
    possible = sum(2 * weight for weight, _ in counted)
    return round(100 * sum(weight * points for weight, points in counted) / possible) if possible else None
