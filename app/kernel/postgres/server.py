"""Starting, finding and stopping the server."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

import psycopg
from psycopg import sql

from app.kernel.postgres import binaries as programs
from app.kernel.postgres import places
from app.kernel.postgres.errors import PostgresError
from app.kernel.processes import command_of, is_alive, start_child, unprivileged_user

ROLE = "firstpoint"
PORT = 5432
_LONGEST_SOCKET_FOLDER = 107 - len(f"/.s.PGSQL.{PORT}.lock")
_START_SECONDS = 60.0


class EmbeddedPostgres:
    """One PostgreSQL server over one data directory. Start it from the main thread: it dies with the thread that did."""

    def __init__(self, data_dir: Path, *, durable: bool = True, database: str = "firstpoint") -> None:
        self.data_dir = places.reachable(data_dir)
        self.durable = durable
        self.database = database
        self._user = unprivileged_user()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_folder = self.data_dir

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def log_file(self) -> Path:
        """Where the server writes what it has to say."""
        return self.data_dir / "server.log"

    @property
    def is_new(self) -> bool:
        """True until the first start has made the data directory."""
        return not (self.data_dir / "PG_VERSION").exists()

    @property
    def is_running(self) -> bool:
        """True while a server that we started goes on."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> str:
        """Start the server, making its files first if need be; returns the SQLAlchemy URL of our database in it."""
        places.prepare(self.data_dir, self._user)
        folder = self._programs()
        if self.is_new:
            self._initialise(folder)
        self._clear_way()
        self._socket_folder = self._choose_socket_folder()
        self._launch(folder)
        self._make_database()
        return url(self._socket_folder, self.database)

    def stop(self, *, patience: float = 0.0) -> None:
        """End the server cleanly: `patience` seconds for others to finish, then at once. Nothing happens if it is not ours."""
        process, self._process = self._process, None
        if process is None:
            return
        steps = ((signal.SIGTERM, patience), (signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
        for how, seconds in steps:
            if seconds and _ended_after(process, how, seconds):
                break
        if self._socket_folder != self.data_dir:
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    def remove(self) -> None:
        """Delete the data directory, with everything in it."""
        places.remove_directory(self.data_dir)

    def _programs(self) -> Path:
        version = self.data_dir / "PG_VERSION"
        major = int(version.read_text()) if version.exists() else None
        return places.programs_within_reach(programs.find_binaries(major), self._user)

    def _initialise(self, folder: Path) -> None:
        base: list[str | Path] = [
            folder / "initdb",
            "-D",
            self.data_dir,
            "-U",
            ROLE,
            "-E",
            "UTF8",
            "--auth=trust",
            "--no-instructions",
        ]
        base += [] if self.durable else ["--no-sync"]
        answer = ""
        for locale in _locales(programs.version_of(folder) or programs.OLDEST):
            process = start_child(
                [*base, *locale], env=_environment(), cwd=Path("/"), output=subprocess.PIPE, user=self._user
            )
            answer = process.communicate()[0].decode(errors="replace")
            if process.returncode == 0:
                return
        raise PostgresError(f"PostgreSQL could not make its files in {self.data_dir}:\n{_last_words(answer)}")

    def _clear_way(self) -> None:
        """A lock file left by a kill -9 goes; a server that is still ending is waited for; one that serves others is an error."""
        lock = self.data_dir / "postmaster.pid"
        deadline = time.monotonic() + 20
        while (pid := _pid_in(lock)) and _is_server_of(pid, self.data_dir):
            if time.monotonic() > deadline:
                raise PostgresError(
                    f"PostgreSQL (process {pid}) is already running on {self.data_dir}: "
                    "another `firstpoint run` of this checkout? Stop that one first."
                )
            time.sleep(0.1)
        for left in (lock, self.data_dir / f".s.PGSQL.{PORT}.lock", self.data_dir / f".s.PGSQL.{PORT}"):
            left.unlink(missing_ok=True)

    def _choose_socket_folder(self) -> Path:
        if len(os.fsencode(self.data_dir)) <= _LONGEST_SOCKET_FOLDER:
            return self.data_dir
        folder = Path(tempfile.mkdtemp(prefix="fp-", dir="/tmp"))
        places.prepare(folder, self._user)
        return folder

    def _launch(self, folder: Path) -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._socket_folder),
            "max_connections": "200",
        }
        options |= {"log_timezone": "UTC", "timezone": "UTC"}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command: list[str | Path] = [folder / "postgres", "-D", self.data_dir, "-p", str(PORT)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + _START_SECONDS
        while True:
            self._process = self._launch_once(command)
            tale = self._wait_until_ready(deadline)
            if tale is None:
                return
            if "shared memory block" not in tale or time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL did not start:\n{_last_words(tale)}\nThe whole story: {self.log_file}")
            time.sleep(0.2)  # processes of a killed server are still ending

    def _launch_once(self, command: list[str | Path]) -> subprocess.Popen[bytes]:
        with self.log_file.open("wb") as log:
            return start_child(
                command,
                env=_environment(),
                cwd=Path("/"),
                output=log,
                user=self._user,
                when_parent_dies=signal.SIGINT,
            )

    def _wait_until_ready(self, deadline: float) -> str | None:
        """None once the server answers; what it said if it ended instead, or took too long."""
        process = self._process
        while process is not None and process.poll() is None and time.monotonic() < deadline:
            if _status_in(self.data_dir / "postmaster.pid") == "ready":
                return None
            time.sleep(0.02)
        self.stop()
        return self.log_file.read_text(errors="replace")

    def _make_database(self) -> None:
        with psycopg.connect(conninfo(self._socket_folder, "postgres"), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.database)))


def url(socket_folder: Path, database: str) -> str:
    """The SQLAlchemy URL of a database behind a socket; no PG* variable of the caller's can bend it."""
    return f"postgresql+psycopg://{ROLE}@/{database}?host={socket_folder}&port={PORT}"


def conninfo(socket_folder: Path, database: str) -> str:
    return f"host='{socket_folder}' port={PORT} user={ROLE} dbname={database}"


def running_url(data_dir: Path, database: str = "firstpoint") -> str | None:
    """The URL of a server that someone else has started on this data directory; None if there is none."""
    folder = places.reachable(data_dir)
    lock = folder / "postmaster.pid"
    pid = _pid_in(lock)
    if pid is None or not _is_server_of(pid, folder) or _status_in(lock) != "ready":
        return None
    return url(Path(_lines(lock)[4]), database)


def _lines(lock: Path) -> list[str]:
    try:
        return lock.read_text(errors="replace").splitlines()
    except OSError:
        return []


def _pid_in(lock: Path) -> int | None:
    lines = _lines(lock)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def _status_in(lock: Path) -> str:
    lines = _lines(lock)
    return lines[7].strip() if len(lines) > 7 else ""


def _is_server_of(pid: int, data_dir: Path) -> bool:
    """A process id may have been given to another program since; PostgreSQL's command line names its data directory."""
    if not is_alive(pid):
        return False
    command = command_of(pid)
    return not command or ("postgres" in command and str(data_dir) in command)


def _locales(major: int) -> list[list[str]]:
    """Code-point order, so that lists sort alike everywhere; upper and lower case of every letter where there is a way."""
    if major >= 17:
        return [["--locale-provider=builtin", "--locale=C.UTF-8"], ["--locale=C"]]
    return [["--locale=C", "--lc-ctype=C.UTF-8"], ["--locale=C"]]


def _environment() -> dict[str, str]:
    """Nothing of the caller's: PG* and locale variables would change how the server behaves."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}


def _last_words(story: str) -> str:
    return "\n".join(story.splitlines()[-8:])


def _ended_after(process: subprocess.Popen[bytes], how: signal.Signals, seconds: float) -> bool:
    try:
        process.send_signal(how)
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
