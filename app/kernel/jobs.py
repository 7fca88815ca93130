"""What a room wants done regularly. The scheduler finds these, runs them on one worker at a time and remembers how it went."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Job:
    """A named piece of regular work. `run` takes the Runtime and returns one line on what it did, "" for nothing.

    One worker at a time runs it; with `everywhere` each worker does, for work that is claimed row by row (deliveries).
    """

    name: str
    description: str
    every: timedelta
    run: Callable[[Any], str]
    everywhere: bool = False
