"""Keeps the demo's processes going, and ends them all when it ends, however it ends."""

import http.client
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGTERM
from threading import Event

from app.kernel.processes import start_child

ROOT = Path(__file__).parents[2]
LARGEST_LOG = 5_000_000
STOP_SECONDS = 15.0
_BEAT = 0.25


class DidNotStart(Exception):
    """A process ended, or stayed silent, before it was of use. The message ends with what it said."""


@dataclass
class Child:
    """One process of ours: how to start it, where it writes, and how often it had to be started again."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path | None
    process: subprocess.Popen[bytes] | None = None
    restarts: int = 0
    not_before: float = field(default=0.0)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Start it, writing to its log, or to our own output if it has none."""
        if self.log is None:
            self.process = start_child(self.command, env=self.env, cwd=ROOT)
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.log.exists() and self.log.stat().st_size > LARGEST_LOG
        with self.log.open("wb" if fresh else "ab") as output:
            self.process = start_child(self.command, env=self.env, cwd=ROOT, output=output)

    def last_words(self, lines: int = 12) -> str:
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


class Supervisor:
    """Starts children, starts again what ends by itself, and stops everything at the end."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.stopping = Event()
        self._children: list[Child] = []
        self._say = say

    def add(self, child: Child) -> None:
        child.start()
        self._children.append(child)

    def wait_until_serving(self, child: Child, host: str, port: int, seconds: float = 180.0) -> None:
        """Return when the web server answers; raises DidNotStart with its last words if it cannot."""
        deadline = time.monotonic() + seconds
        while not _answers(host, port):
            if not child.is_running or time.monotonic() > deadline:
                raise DidNotStart(f"The {child.name} process did not start.\n{child.last_words()}")
            time.sleep(0.1)

    def watch(self, database_is_well: Callable[[], None]) -> None:
        """Go on until told to stop; a child that ends by itself is started again, after longer and longer pauses."""
        while not self.stopping.wait(_BEAT):
            database_is_well()
            for child in self._children:
                if not child.is_running:
                    self._revive(child)

    def stop(self) -> None:
        """Ask every child to finish, latest first; end those that do not within a quarter of a minute."""
        running = [child.process for child in reversed(self._children) if child.process and child.is_running]
        for process in running:
            process.send_signal(SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.not_before == 0.0:
            child.restarts += 1
            child.not_before = now + min(30.0, 2.0 ** (child.restarts - 1))
            code = child.process.returncode if child.process else "?"
            where = f" ({child.log})" if child.log else ""
            self._say(f"The {child.name} process ended by itself with code {code}{where}; starting it again")
        elif now >= child.not_before:
            child.not_before = 0.0
            child.start()


def firstpoint(*arguments: str) -> list[str]:
    """The command line of one of our own commands, in this environment."""
    return [sys.executable, "-m", "app.cli", *arguments]


def gunicorn() -> list[str]:
    """The command line of the web server."""
    return [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "wsgi:app"]


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
