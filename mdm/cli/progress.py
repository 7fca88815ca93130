"""What a person at a terminal sees meanwhile; nothing is written when nobody is looking."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from time import perf_counter
from typing import TextIO

EVERY = 0.2  # seconds between two looks at the clock


@contextmanager
def progress(doing: str, stream: TextIO | None = None) -> Iterator[None]:
    """A line on stderr that counts the seconds of `doing` until it is done."""
    out = stream or sys.stderr
    if not out.isatty():
        yield
        return
    began, done = perf_counter(), Event()

    def tell() -> None:
        while not done.wait(EVERY):
            out.write(f"\r{doing} … {perf_counter() - began:.0f} s")
            out.flush()

    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
        out.write(f"\r{doing} … {perf_counter() - began:.1f} s\n")
