"""Where the server's files may lie: the user who runs it must be able to walk there, and nobody else to read."""

import hashlib
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

from app.kernel.postgres.errors import PostgresError
from app.kernel.processes import SystemUser, command_of, unprivileged_user

ELSEWHERE = Path("/var/tmp")  # noqa: S108 - survives a restart; our folders there are owned by one user and closed to others

_ABANDONED = 3 * 60 * 60.0


def default_data_directory(checkout: Path) -> Path:
    """`var/postgres` in the checkout; below /var/tmp when that user could not reach the checkout (a clone in /root, say)."""
    return reachable(checkout / "var" / "postgres")


def reachable(wanted: Path) -> Path:
    """This path, or a lasting stand-in for it that the server's user can reach."""
    wanted = wanted.absolute()
    user = unprivileged_user()
    if user is None or can_walk_to(wanted, user):
        return wanted
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    return ELSEWHERE / f"firstpoint-{digest}"


def can_walk_to(path: Path, user: SystemUser) -> bool:
    """True if every existing folder above this path lets the user through."""
    return all(_lets_through(folder, user) for folder in path.parents if folder.exists())


def _lets_through(folder: Path, user: SystemUser) -> bool:
    entry = folder.stat()
    if entry.st_uid == user.uid:
        return bool(entry.st_mode & stat.S_IXUSR)
    if entry.st_gid == user.gid:
        return bool(entry.st_mode & stat.S_IXGRP)
    return bool(entry.st_mode & stat.S_IXOTH)


def scratch_directory() -> Path:
    """A fresh data directory for a server that will not be kept. Takes away what killed test runs have left."""
    for left in ELSEWHERE.glob("firstpoint-pg-*"):
        if _is_abandoned(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="firstpoint-pg-", dir=ELSEWHERE if ELSEWHERE.is_dir() else None))
    _give(folder, unprivileged_user())
    return folder


def _is_abandoned(folder: Path) -> bool:
    try:
        age = time.time() - folder.stat().st_mtime
    except FileNotFoundError:  # whose it was has just taken it away
        return False
    try:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
    except FileNotFoundError:
        pid = 0
    except (OSError, ValueError, IndexError):
        return False
    return age > _ABANDONED and not (pid and str(folder) in command_of(pid))


def prepare(folder: Path, user: SystemUser | None) -> None:
    """Make the folder if need be, and make sure that it belongs to the server's user and is closed to everybody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = folder.lstat()
    if stat.S_ISLNK(owner.st_mode) or owner.st_uid not in {os.geteuid(), user.uid if user else os.geteuid()}:
        raise PostgresError(f"{folder} belongs to another user; remove it or give DATABASE_URL")
    _give(folder, user)


def _give(folder: Path, user: SystemUser | None) -> None:
    folder.chmod(0o700)
    if user is not None:
        os.chown(folder, user.uid, user.gid)


def programs_within_reach(binaries: Path, user: SystemUser | None) -> Path:
    """The programs as the server's user can start them: a copy, when they lie in a folder that is closed to that user."""
    if user is None or can_walk_to(binaries / "postgres", user):
        return binaries
    package = binaries.parent.parent
    made = (binaries / "postgres").stat()
    stamp = hashlib.sha256(f"{binaries} {made.st_mtime_ns} {made.st_size}".encode()).hexdigest()[:12]
    copy = ELSEWHERE / f"firstpoint-programs-{stamp}"
    if not copy.exists():
        _copy_programs(package, copy)
    if copy.lstat().st_uid != os.geteuid():
        raise PostgresError(f"{copy} belongs to another user; remove it or give DATABASE_URL")
    return copy / package.name / binaries.relative_to(package)


def _copy_programs(package: Path, copy: Path) -> None:
    partial = Path(tempfile.mkdtemp(prefix="firstpoint-programs-", dir=copy.parent))
    for folder in (package, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, partial / folder.name, symlinks=True)
    partial.chmod(0o755)
    try:
        partial.rename(copy)
    except OSError:  # another start was quicker, and its copy is as good
        shutil.rmtree(partial)


def remove_directory(folder: Path) -> None:
    """Delete a data directory, with everything in it. Nothing happens if there is none."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "PG_VERSION").exists():
        raise PostgresError(f"{folder} does not look like PostgreSQL's data; it was left alone")
    shutil.rmtree(folder, ignore_errors=True)
