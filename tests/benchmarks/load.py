"""A working day's load: many enquiries, many advisors who think between clicks, one machine. `make bench-load`

Builds the enquiries (or uses a kept database again), lets gunicorn serve as it does for people (its own configuration, one process, the
threads of the settings), has each advisor read and save, and prints the times of each page apart, what it asks of the database, and the
processor time that an answer costs. Ends with 1 if a goal is missed or anything went wrong. The worker and the mail server do not run.
"""

import argparse
import http
import http.client
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from app.config import Settings
from app.factory import create_app
from tests.benchmarks.load_advisors import LOOKS, Times, run
from tests.benchmarks.load_database import SECRET, Built, database
from tests.support.mail import free_port
from tests.support.statements import counted

ROOT = Path(__file__).parents[2]
GOALS = {"reading": 0.400, "saving": 0.700}
PROC = Path("/proc")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, serve, load, print."""
    given = _given(arguments)
    click.echo(
        f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} before; {given.enquiries:,} enquiries, "
        f"{given.advisors} advisors, {given.think:g} s to think"
    )
    with database(given.enquiries, given.advisors, given.keep) as built:
        asked = statements_of(built)
        with serving(built.url, given.threads) as (port, server):
            spent = Spent(server, _postmaster(built.folder))
            times = run(port, built.tokens, built.known, given, spent.start)
            spent.stop()
    return report(times, asked, spent, given.seconds)


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures the console under the load of many advisors")
    parser.add_argument("--enquiries", type=int, default=400_000)
    parser.add_argument("--advisors", type=int, default=100)
    parser.add_argument("--think", type=float, default=10.0, help="seconds between clicks, on average")
    parser.add_argument("--seconds", type=int, default=180, help="how long the load lasts, after a warm-up")
    parser.add_argument(
        "--threads", type=int, default=0, help="threads of the web server, if not as the settings have it"
    )
    parser.add_argument("--keep", type=Path, help="a folder in which the database stays for the next time")
    return parser.parse_args(arguments)


@contextmanager
def serving(url: str, threads: int) -> Iterator[tuple[int, int]]:
    """The web server as it serves people, on a free port: the port, and the process."""
    port, folder = free_port(), Path(tempfile.mkdtemp(prefix="firstpoint-load-"))
    environment = os.environ | {
        "DATABASE_URL": url, "SECRET_KEY": SECRET, "PORT": str(port), "HOST": "127.0.0.1", "FIRSTPOINT_DATA_DIR": str(folder),
        "FIRSTPOINT_LOG_LEVEL": "ERROR",
    }  # fmt: skip
    environment |= {"FIRSTPOINT_WEB_THREADS": str(threads)} if threads else {}
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    for _ in range(240):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/livez")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.5)
    sys.exit("the web server did not start")


def statements_of(built: Built) -> dict[str, int]:
    """How many statements each page sends, counted in the same application in this process."""
    settings = Settings(
        _env_file=None,
        SECRET_KEY=SECRET,
        DATABASE_URL=built.url,
        data_dir=Path(tempfile.gettempdir()),
        log_level="ERROR",
    )
    app = create_app(settings)
    database_ = app.extensions["firstpoint"].database
    browser = app.test_client()
    browser.set_cookie("fp_staff", built.tokens[0], path="/console")
    asked = {}
    for page, (_, address) in LOOKS.items():
        browser.get(address(built.known[0]))
        with counted(database_.engine) as statements:
            browser.get(address(built.known[0]))
        asked[page] = len(statements)
    database_.close()
    return asked


@dataclass
class Spent:
    """Processor time of the web server and of PostgreSQL, from /proc; nothing where there is none."""

    server: int
    postmaster: int
    web: float = 0.0
    sql: float = 0.0

    def start(self) -> None:
        self.web, self.sql = -_seconds_of(self.server), -_seconds_of(self.postmaster)

    def stop(self) -> None:
        self.web, self.sql = self.web + _seconds_of(self.server), self.sql + _seconds_of(self.postmaster)


def _seconds_of(process: int) -> float:
    """Of a process, its children that go on, and those that have ended."""
    try:
        fields = (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
        children = (PROC / str(process) / "task" / str(process) / "children").read_text().split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK") + sum(_seconds_of(int(child)) for child in children)


def _postmaster(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().splitlines()[0])


def report(times: Times, asked: dict[str, int], spent: Spent, seconds: int) -> int:
    """The figures, and whether they are good enough."""
    missed = bool(times.errors)
    head = ("answers", "a second", "median", "p95", "slowest", "queries", "goal")
    click.echo(f"{'':28}" + "".join(f"{each:>10}" for each in head))
    for kind, pages in (("reading", times.reading), ("saving", times.saving)):
        every = [each for page in pages.values() for each in page]
        missed = _line(kind, every, seconds, "", GOALS[kind]) or missed
        for page, each in sorted(pages.items()):
            _line(f"  {page}", each, seconds, str(asked.get(page, "")) if kind == "reading" else "")
    answers = sum(len(page) for pages in (times.reading, times.saving) for page in pages.values())
    if answers and spent.web:
        click.echo(
            f"Processor time of an answer: {1000 * spent.web / answers:.0f} ms web server, {1000 * spent.sql / answers:.0f} ms "
            f"PostgreSQL; {(spent.web + spent.sql) / seconds:.2f} of {os.cpu_count()} cores"
        )
    for problem in sorted(set(times.errors))[:10]:
        click.echo(f"{times.errors.count(problem)} × {problem}")
    click.echo(f"{len(times.errors)} errors; {times.overtaken} times a colleague was quicker")
    click.echo("A goal is missed" if missed else "Every goal is met")
    return int(missed)


def _line(name: str, found: Sequence[float], seconds: int, asked: str, goal: float | None = None) -> bool:
    """One line of the table; says whether its goal is missed. Too few answers to judge miss it too."""
    if len(found) < 2:
        click.echo(f"{name:28}{len(found):>10}")
        return goal is not None
    p95 = statistics.quantiles(found, n=20, method="inclusive")[-1]
    figures = "".join(f"{1000 * each:>7.0f} ms" for each in (statistics.median(found), p95, max(found)))
    aim = f"{1000 * goal:>7.0f} ms" if goal else ""
    click.echo(f"{name:28}{len(found):>10}{len(found) / seconds:>10.2f}{figures}{asked:>10}{aim}")
    return goal is not None and p95 > goal


if __name__ == "__main__":
    sys.exit(main())
