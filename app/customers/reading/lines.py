"""Physical lines of a text file, decoded one by one, so that memory does not depend on the file."""

from collections.abc import Iterator
from pathlib import Path

LONGEST = 1 << 20
"""Bytes of one line; what is longer is no row."""


def read_lines(path: Path, encoding: str) -> Iterator[tuple[int, str | None]]:
    """(line number, text with its line end), or (line number, None) for a line beyond LONGEST.

    Bytes that the encoding does not know come as surrogate escapes: one bad line is not a bad file.
    """
    with path.open("rb") as file:
        number = 0
        while block := file.readline(LONGEST):
            number += 1
            if number == 1:
                block = block.removeprefix(b"\xef\xbb\xbf")
            if len(block) < LONGEST or block.endswith(b"\n"):
                yield number, block.decode(encoding, "surrogateescape")
            else:
                while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
                    pass
                yield number, None
