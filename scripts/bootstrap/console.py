"""Telling people what is going on, and running programs so that a failure can be read."""

import ctypes
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

HEARTBEAT = 10.0
TAIL = 25


class Problem(Exception):
    """Something that the person at the keyboard can put right; the message says how."""


def say(text: str, where: TextIO | None = None) -> None:
    print(text, file=where or sys.stdout, flush=True)


def attempt(
    what: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> str:
    """Run a step with a sign of life every ten seconds. Returns "" if it went well, else the end of what it printed."""
    started = time.monotonic()
    say(f"  {what} …")
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(env) if env is not None else None,
                cwd=cwd,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - this program has one thread
            )
        except OSError as error:
            return str(error)
        _wait(process, what, started)
        output.seek(0)
        told = output.read().decode(errors="replace")
    if process.returncode == 0:
        say(f"  {what}: done in {time.monotonic() - started:.1f} s")
        return ""
    return "\n".join(told.splitlines()[-TAIL:]) or f"it ended with code {process.returncode}"


def must(
    what: str, command: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> None:
    """Like `attempt`, for a step that nothing can replace."""
    told = attempt(what, command, env, cwd)
    if told:
        raise Problem(f"{what} failed:\n{told}")


def _wait(process: "subprocess.Popen[bytes]", what: str, started: float) -> None:
    while True:
        try:
            process.wait(HEARTBEAT)
            return
        except subprocess.TimeoutExpired:
            say(f"  {what}: {time.monotonic() - started:.0f} s so far")
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent ends, so that killing `make` leaves nothing behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, int(signal.SIGTERM), 0, 0, 0)


def digest(parts: Iterable[str], files: Iterable[Path]) -> str:
    """One fingerprint of texts and of files' names and contents."""
    sum_ = hashlib.sha256("\0".join(parts).encode())
    for file in sorted(files):
        sum_.update(str(file).encode() + b"\0" + file.read_bytes())
    return sum_.hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text().strip() == value


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
