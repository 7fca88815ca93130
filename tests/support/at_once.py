"""Work that tests do in processes of its own."""

import os
from pathlib import Path
from time import monotonic, sleep

from app.config import Settings
from app.customers import services
from app.customers.errors import MatchInProgress
from app.kernel.clock import SystemClock
from app.kernel.db import Database
from app.runtime import build_bus


def match_again_and_again(url: str, seconds: float, done: str) -> int:
    """Match everything until the file `done` is there or the time is over; gives how many runs ended."""
    settings = Settings(_env_file=None, SECRET_KEY="x" * 40, DATABASE_URL=url, log_level="ERROR")
    database, ended, runs = Database(url, build_bus(settings), connect_wait=60), monotonic() + seconds, 0
    Path(done).with_name(f"started-{os.getpid()}").touch()
    while monotonic() < ended and not Path(done).exists():
        try:
            services.match_all(database, clock=SystemClock(), learns=False)
            runs += 1
        except MatchInProgress:
            sleep(0.05)
    database.close()
    return runs
