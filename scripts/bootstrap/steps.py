"""The commands: what has to be there before the demo or the tests can start."""

import os
import sys
from collections.abc import Callable, Sequence

import assets
import browser
import environment
from console import Problem, die_with_parent, say

USAGE = """usage: bootstrap COMMAND [ARGUMENTS]

  prepare     Python environment for running, and the front-end assets
  develop     the same with the test and check tools
  browser     Chromium for the browser tests
  run ARGS    prepare, then `firstpoint ARGS`
  test ARGS   develop and browser, then `pytest ARGS`
"""


def prepare(_: Sequence[str] = ()) -> None:
    environment.ensure("base")
    assets.ensure()


def develop(_: Sequence[str] = ()) -> None:
    environment.ensure("dev")
    assets.ensure()


def run(arguments: Sequence[str]) -> None:
    prepare()
    _become("-m", "app.cli", *arguments)


def test(arguments: Sequence[str]) -> None:
    develop()
    browser.ensure()
    _become("-m", "pytest", *arguments)


def _become(*arguments: str) -> None:
    """Turn into the program proper, so that signals reach it and its exit code is ours."""
    sys.stdout.flush()
    die_with_parent()
    os.chdir(environment.ROOT)
    python = str(environment.PYTHON)
    os.execv(python, [python, *arguments])


COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {
    "prepare": prepare,
    "develop": develop,
    "browser": lambda _: browser.ensure(),
    "run": run,
    "test": test,
}


def main(arguments: Sequence[str]) -> int:
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        sys.stderr.write(USAGE)
        return 2
    try:
        command(arguments[1:])
    except Problem as problem:
        say(f"\nStopped: {problem}", sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nStopped.", sys.stderr)
        return 130
    return 0
