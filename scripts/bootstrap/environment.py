"""The Python environment: `.venv`, filled from the lock files, every file checked by its hash."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from console import Problem, attempt, digest, is_stamped, must, say

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LOCKS = ROOT / "requirements"
STAMP = VENV / ".firstpoint"
LAUNCHER = VENV / "bin" / "firstpoint"


def ensure(wanted: str) -> None:
    """Make `.venv` hold what requirements/WANTED.txt lists. Quick when nothing changed; "dev" includes "base"."""
    if any(is_stamped(STAMP, _fingerprint(kind)) for kind in {wanted, "dev"}) and PYTHON.exists():
        return
    if (VENV / "bin" / "pytest").exists():
        wanted = "dev"  # whoever has the test tools keeps them
    say(f"Preparing the Python environment ({wanted}) in {VENV}")
    if not _is_usable():
        _create()
    STAMP.unlink(missing_ok=True)
    _install(wanted)
    _write_launcher()
    STAMP.write_text(_fingerprint(wanted))


def install_into(folder: Path, lock: Path, what: str) -> None:
    """Install a lock file's packages into a folder of their own."""
    _bring_uv()
    command = ["pip", "install", "--require-hashes", "--target", folder, "-r", lock]
    if not UV.exists() or attempt(what, [UV, *command, "--python", PYTHON], _quiet()):
        must(what, [*_pip(), *command[1:]], _quiet())


def _fingerprint(kind: str) -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return digest([kind, version, str(VENV)], [LOCKS / "bootstrap.txt", LOCKS / f"{kind}.txt"])


def _is_usable() -> bool:
    """False for no environment, one whose Python is gone or another version, or one that was copied from elsewhere."""
    question = "import sys; print(sys.prefix, *sys.version_info[:2])"
    try:
        answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer == [str(VENV), *map(str, sys.version_info[:2])]


def _create() -> None:
    if VENV.exists():
        say("  The old environment does not fit this machine or place: making a new one")
        shutil.rmtree(VENV)
    told = attempt("Creating it", [_base_python(), "-m", "venv", VENV])
    if not told:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if _base_pip() and not attempt(
        "Creating it without pip of its own", [_base_python(), "-m", "venv", "--without-pip", VENV]
    ):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    raise Problem(
        f"Python {version} cannot make virtual environments here.\n"
        f"On Debian and Ubuntu: apt-get install python3-venv   (or python{version}-venv)\n{told}"
    )


def _base_python() -> str:
    """The interpreter itself, even when we were started by one of an environment."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _base_pip() -> bool:
    return subprocess.run([_base_python(), "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _pip() -> list[str | Path]:
    """pip for the environment: its own, else the machine's, told where to work."""
    own = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0
    return [PYTHON, "-m", "pip"] if own else [_base_python(), "-m", "pip", "--python", PYTHON]


def _bring_uv() -> None:
    if UV.exists() and subprocess.run([UV, "--version"], capture_output=True, check=False).returncode == 0:
        return
    command = [*_pip(), "install", "--require-hashes", "--only-binary=:all:", "-r", LOCKS / "bootstrap.txt"]
    told = attempt("Installing the installer (uv)", command, _quiet())
    if told:
        say("  uv cannot be used here; pip does it all, more slowly")


def _install(kind: str) -> None:
    _bring_uv()
    lock = LOCKS / f"{kind}.txt"
    if UV.exists():
        sync = [UV, "pip", "sync", "--require-hashes", "--python", PYTHON, LOCKS / "bootstrap.txt", lock]
        told = attempt(f"Installing packages from {lock.name}", sync, _quiet())
        if not told:
            return
        say(f"  uv could not do it, trying pip. What uv said:\n{told}")
    must(
        f"Installing packages from {lock.name} with pip", [*_pip(), "install", "--require-hashes", "-r", lock], _quiet()
    )


def _quiet() -> dict[str, str]:
    """The caller's settings, minus what would break an environment or frighten its owner; uv follows pip's mirror."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in {"PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PYTHONPATH"}
    }
    env |= {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        "PIP_NO_INPUT": "1",
        "VIRTUAL_ENV": str(VENV),
    }
    env.setdefault("UV_SYSTEM_CERTS", "1")
    home = Path(env.get("HOME", "/nonexistent"))
    if not os.access(home, os.W_OK):
        env |= {"PIP_NO_CACHE_DIR": "1", "UV_NO_CACHE": "1", "UV_LINK_MODE": "copy"}
    elif home.stat().st_dev != ROOT.stat().st_dev:
        env.setdefault("UV_LINK_MODE", "copy")
    for theirs, ours in (
        ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
        ("PIP_EXTRA_INDEX_URL", "UV_INDEX"),
        ("PIP_CERT", "SSL_CERT_FILE"),
    ):
        if theirs in env:
            env.setdefault(ours, env[theirs])
    return env


def _write_launcher() -> None:
    """`.venv/bin/firstpoint`: the command, without installing the checkout as a package."""
    LAUNCHER.write_text(
        f"#!{PYTHON}\nimport sys\n\nsys.path.insert(0, {str(ROOT)!r})\n\nfrom app.cli.main import main\n\nmain()\n"
    )
    LAUNCHER.chmod(0o755)
