"""Chromium for the browser tests, from the system's packages where we may install them."""

import os
import shutil
import subprocess

from console import Problem, attempt, in_ci, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-dejavu-core")


def ensure() -> None:
    """Have a Chromium that starts. Without one the browser tests are skipped, loudly; in CI that is a failure."""
    if find():
        return
    told = (
        _install() if os.geteuid() == 0 and shutil.which("apt-get") else "it takes root and apt-get to install it here"
    )
    if find():
        return
    message = (
        "Chromium was not found and could not be installed, so no browser test can run.\n"
        "Install it (Debian: apt-get install chromium) or name it: FIRSTPOINT_CHROMIUM=/path/to/chromium\n" + told
    )
    if in_ci():
        raise Problem(message)
    bar = "!" * 78
    say(f"{bar}\n{message}\nThe tests marked `browser` will be SKIPPED.\n{bar}")


def find() -> str | None:
    """The path of a Chromium that answers; some distributions ship a stub that only says to use another installer."""
    for name in (os.environ.get("FIRSTPOINT_CHROMIUM"), *NAMES):
        path = shutil.which(name) if name else None
        if path and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0:
            return path
    return None


def _install() -> str:
    say("Installing Chromium for the browser tests")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    attempt("Refreshing the package lists", ["apt-get", "update", "-q"], env)
    return attempt(
        "Installing it",
        ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y", "-q", "--no-install-recommends", *PACKAGES],
        env,
    )
