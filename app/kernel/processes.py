"""Child processes that never outlive us, and never hold more rights than they need.

On Linux the kernel itself ends a child when its parent dies, even by kill -9 (PR_SET_PDEATHSIG). It watches the *thread*
that started the child, so start children from the main thread only.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class SystemUser:
    """A user of the operating system, by number, so that no lookup is needed after a fork."""

    name: str
    uid: int
    gid: int


def unprivileged_user() -> SystemUser | None:
    """Who should run what must not be root: `postgres`, else `nobody`. None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise LookupError("running as root, and this machine has neither a user `postgres` nor a user `nobody`")


def dying_with_parent(how: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    """What a child does between fork and exec: ask the kernel for `how` when the parent dies."""
    parent = os.getpid()

    def ask() -> None:
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)
            if os.getppid() != parent:  # it died before the kernel was asked
                os._exit(1)

    return ask


def start_child(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    output: IO[bytes] | int | None = None,
    user: SystemUser | None = None,
    when_parent_dies: signal.Signals = signal.SIGTERM,
    own_group: bool = True,
) -> subprocess.Popen[bytes]:
    """Start a child that ends with us. In its own group a Ctrl-C at the terminal does not reach it: we tell it to stop."""
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("children die with the thread that starts them: start them from the main thread")
    return subprocess.Popen(
        [str(part) for part in command],
        env=dict(env) if env is not None else None,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        preexec_fn=dying_with_parent(when_parent_dies),  # noqa: PLW1509 - we are single-threaded here, see above
        process_group=0 if own_group else None,
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
    )


def is_alive(pid: int) -> bool:
    """True if there is such a process and it has not ended already (a zombie has)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return sys.platform != "linux"


def command_of(pid: int) -> str:
    """The command line of a process, or an empty text when it cannot be seen."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""
