"""The database is away: said once when it goes and once when it is back, however many parts notice."""

from threading import Lock
from time import monotonic

from app.kernel.logging import get_logger

log = get_logger(__name__)


class Outage:
    """Shared by all threads of a worker."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: float | None = None

    def began(self, error: Exception) -> bool:
        """Note that it is away; True if that was news."""
        with self._lock:
            if self._since is not None:
                return False
            self._since = monotonic()
        log.warning("the database is away; trying again until it is back", error=type(error).__name__)
        return True

    def ended(self) -> bool:
        """Note that it is there; True if that was news."""
        with self._lock:
            since, self._since = self._since, None
        if since is not None:
            log.info("the database is back", away_seconds=round(monotonic() - since, 1))
        return since is not None

    @property
    def is_on(self) -> bool:
        return self._since is not None
