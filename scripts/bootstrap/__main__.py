"""Prepares this checkout, with nothing but the standard library: `python3 scripts/bootstrap run|test|prepare …`.

The Makefile calls it. This file keeps to syntax that old Pythons read, so that it can look for a newer one.
"""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NAMES = ["python3.13", "python3.12", "python3.11", "python3.14", "python3"]


def newer_python():
    """The path of an interpreter that is new enough, or None."""
    for name in NAMES:
        path = shutil.which(name)
        test = f"import sys; sys.exit(sys.version_info < {OLDEST!r})"
        if path and subprocess.call([path, "-c", test], stderr=subprocess.DEVNULL) == 0:
            return path
    return None


def start():
    """Carry on in this interpreter, or in a newer one if this is too old."""
    if sys.version_info >= OLDEST:
        import steps

        return steps.main(sys.argv[1:])
    path = newer_python()
    if path is None:
        sys.stderr.write(
            f"Firstpoint needs Python 3.11 or newer; this is {sys.version.split()[0]} and no newer one was found.\n"
            "Install one (Debian, Ubuntu: apt-get install python3 python3-venv) or name it: make PYTHON=/path/to/python3\n"
        )
        return 1
    return os.execv(path, [path, *sys.argv])


if __name__ == "__main__":
    sys.exit(start())
