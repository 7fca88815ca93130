"""Processes of their own, killed at work. They are forked from one that has everything loaded, so that each starts in a moment."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import text

from app.kernel.db import Database
from tests.conftest import SECRET

FORKS = get_context("forkserver")
FORKS.set_forkserver_preload(
    ["app.factory", "app.cli.main", "app.scheduler.worker", "app.customers.services", "app.cli.house"]
)
PATIENCE = 300.0
CALLED = "firstpoint-to-be-killed"
"""How the server knows their connections."""
_AT_WORK = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = :called"
)


def environment(url: str, folder: Path) -> dict[str, str]:
    """The settings of a process that works on a database."""
    return {
        "DATABASE_URL": url, "SECRET_KEY": SECRET, "FIRSTPOINT_DATA_DIR": str(folder), "FIRSTPOINT_LOG_LEVEL": "ERROR",
        "FIRSTPOINT_OUTBOUND_ALLOWED": "127.0.0.0/8", "PGAPPNAME": CALLED,
    }  # fmt: skip


def command(settings: dict[str, str], *arguments: str) -> None:
    """What the process does: a command of ours."""
    from app.cli.main import firstpoint

    os.environ.update(settings)
    firstpoint(list(arguments), standalone_mode=False)


def web(settings: dict[str, str], port: int) -> None:
    """Or a web server."""
    from werkzeug.serving import make_server

    from app.config import Settings
    from app.factory import create_app

    os.environ.update(settings)
    make_server("127.0.0.1", port, create_app(Settings()), threaded=True).serve_forever()


@contextmanager
def running(target: Callable[..., None], *given: Any) -> Iterator[ForkServerProcess]:
    """A process at work; ended, if it still runs, when the block ends."""
    process = FORKS.Process(target=target, args=given, daemon=True)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join(PATIENCE)
        process.close()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds. Fails, saying what did not come about, when it takes too long."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def killed(process: ForkServerProcess, *, moment: float) -> bool:
    """SIGKILL after a moment; False if it had ended before."""
    process.join(moment)
    assert process.pid
    if process.exitcode is None:
        os.kill(process.pid, signal.SIGKILL)
    process.join(PATIENCE)
    return process.exitcode == -signal.SIGKILL


def die_in(moment: float) -> None:
    """The system ends this process a moment from now, as suddenly as SIGKILL does. Nobody else needs to be quick for it."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, moment)


def has_died(process: ForkServerProcess) -> bool:
    """Wait for a process that is to die of itself; False if it came to its end before."""
    process.join(PATIENCE)
    return process.exitcode == -signal.SIGALRM


@contextmanager
def alone_at_the_end(database: Database) -> Iterator[None]:
    """When the block is over, the server has noticed that whoever was at work in it is gone."""

    def nobody_else() -> bool:
        with database.reading() as session:
            return not session.scalar(_AT_WORK, {"called": CALLED})

    yield
    until(nobody_else, "the server lets go of the dead")


def moments(seed: int, most: float = 0.15) -> Iterator[float]:
    """How long to wait before each kill: by chance, and the same every time."""
    chance = Random(seed)
    while True:
        yield chance.uniform(0, most)
