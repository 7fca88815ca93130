"""Many short texts in one buffer: half the memory of Python strings, and nothing to be paid for one of them but itself."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.columns import Codes

REMEMBERED = 20_000
"""So many texts are kept as Python strings once they have been read."""


class PackedTexts:
    """Texts by their codes: those of the beginning in one buffer, later ones in a list."""

    def __init__(self, texts: pl.Series) -> None:
        array = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
        _, ends, content = array.buffers()
        self._packed = len(array)
        self._ends = np.frombuffer(ends, np.int64)[array.offset : array.offset + len(array) + 1]
        self._content = memoryview(content) if content is not None else memoryview(b"")
        self._later: list[str] = []
        self._read: dict[int, str] = {}

    def __len__(self) -> int:
        return self._packed + len(self._later)

    def __getitem__(self, codes: Codes) -> NDArray[np.object_]:
        """The texts (K,) of codes (K,)."""
        read = self._read
        if len(read) > REMEMBERED:
            read.clear()
        found = np.empty(len(codes), object)
        found[:] = [read.get(code) or self._reread(code) for code in codes.tolist()]
        return found

    def _reread(self, code: int) -> str:
        text = self.one(code)
        if code < self._packed:
            self._read[code] = text
        return text

    def one(self, code: int) -> str:
        if code >= self._packed:
            return self._later[code - self._packed]
        return str(self._content[self._ends[code] : self._ends[code + 1]], "utf-8")

    def place(self, text: str) -> int | None:
        """The code of a text among those of the beginning, which are in order; None if it is not there."""
        low, high = 0, self._packed
        wanted = text.encode()
        while low < high:
            middle = (low + high) // 2
            if bytes(self._content[self._ends[middle] : self._ends[middle + 1]]) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < self._packed and self.one(low) == text else None

    def all(self) -> list[str]:
        return [self.one(code) for code in range(len(self))]

    def append(self, text: str) -> None:
        self._read[len(self)] = text
        self._later.append(text)

    def cut(self, size: int) -> list[str]:
        """Forget, and give back, the texts from code `size` on."""
        first = size - self._packed
        gone = self._later[first:]
        del self._later[first:]
        for code in range(size, size + len(gone)):
            self._read.pop(code, None)
        return gone
