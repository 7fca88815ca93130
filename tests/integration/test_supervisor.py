"""`firstpoint run`: everything starts, everything goes on, and everything ends with it, however it ends."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.cli.ports import PortTaken, free_port, insist_on_free
from app.kernel.postgres import EmbeddedPostgres
from app.kernel.processes import command_of, is_alive
from tests.support.mail import free_port as unused_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@dataclass
class Demo:
    process: "subprocess.Popen[str]"
    port: int
    mail_port: int
    said: str

    def descendants(self) -> set[int]:
        return set(_below(self.process.pid))

    def named(self, part: str) -> set[int]:
        return {pid for pid in self.descendants() if part in command_of(pid)}

    def get(self, path: str = "/livez", port: int | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=60)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0
        finally:
            connection.close()


def _below(pid: int) -> Iterator[int]:
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    yield from found - {pid}


def until(holds: Callable[[], bool], seconds: float = 120.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.1)
    return holds()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("var")
    yield folder
    EmbeddedPostgres(folder / "postgres").remove()


@contextmanager
def demo(data_dir: Path, *options: str) -> Iterator[Demo]:
    port, mail_port = unused_port(), unused_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("FIRSTPOINT_", "DATABASE_"))} | {
        "PORT": str(port),
        "FIRSTPOINT_DATA_DIR": str(data_dir),
        "FIRSTPOINT_SMTP_PORT": str(unused_port()),
        "FIRSTPOINT_MAIL_VIEW_PORT": str(mail_port),
    }
    command = [sys.executable, "-m", "app.cli", "run", "--no-seed", *options]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C stops" in line:
                break
        running = Demo(process, port, mail_port, said)
        try:
            yield running
        finally:
            left = running.descendants()
            process.terminate()
            process.communicate(timeout=120)
            assert until(lambda: not any(map(is_alive, left)))


def test_it_starts_everything_and_says_where(data_dir: Path) -> None:
    with demo(data_dir) as running:
        assert f"http://127.0.0.1:{running.port}" in running.said
        assert f"http://127.0.0.1:{running.mail_port}" in running.said
        assert running.get() == 200
        assert running.get("/", running.mail_port) == 200
        assert running.named("app.cli worker")
        assert running.named("postgres")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_nothing_is_left_when_it_ends(data_dir: Path, how: signal.Signals) -> None:
    with demo(data_dir) as running:
        children = running.descendants()
        assert len(children) > 5
        running.process.send_signal(how)
        running.process.wait(120)
        assert until(lambda: not any(map(is_alive, children)))
        assert running.process.returncode == (-how if how is signal.SIGKILL else 0)


def test_a_second_start_builds_nothing(data_dir: Path) -> None:
    with demo(data_dir):
        pass
    with demo(data_dir) as running:
        assert "migrated" not in running.said
        assert "first start" not in running.said
        assert running.get() == 200


def test_what_ends_by_itself_is_started_again(data_dir: Path) -> None:
    with demo(data_dir) as running:
        [worker] = running.named("app.cli worker")
        os.kill(worker, signal.SIGKILL)
        assert until(lambda: bool(running.named("app.cli worker") - {worker}))
        server = int((EmbeddedPostgres(data_dir / "postgres").data_dir / "postmaster.pid").read_text().split()[0])
        assert server in running.named("bin/postgres")
        os.kill(server, signal.SIGKILL)
        assert until(lambda: server not in running.named("bin/postgres") and bool(running.named("bin/postgres")))
        assert until(lambda: running.get("/readyz") == 200)


def test_a_port_that_is_taken_is_named_with_a_free_one(data_dir: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = subprocess.run(
            [sys.executable, "-m", "app.cli", "run"],
            cwd=ROOT,
            env=os.environ | {"PORT": str(port), "FIRSTPOINT_DATA_DIR": str(data_dir)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert ran.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in ran.stderr
    assert "make run PORT=" in ran.stderr


def test_a_host_that_is_not_ours_is_said_to_be() -> None:
    with pytest.raises(PortTaken, match=r"HOST=no\.such\.host\.invalid"):
        insist_on_free("no.such.host.invalid", 8000)


def test_the_next_free_port_is_found() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = int(other.getsockname()[1])
        assert free_port("127.0.0.1", taken) > taken
