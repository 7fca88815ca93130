"""What `mdm.blocking_keys` and `mdm.compare_levels` derive from a column of values, for a single value.

A column pays for the start of an expression once, a query every time: these do the same in plain Python. Tests hold
both together; whatever has no short way here takes the long one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.blocking_keys import DERIVED, SOUNDS

_DOUBLES = re.compile(r"([fgklmnprst])\1+")
_NO_LETTER = re.compile("[^a-z]")
_SILENT = str.maketrans("", "", "aeiouyhw ")


def skeleton(text: str) -> str:
    for spelling, sound in SOUNDS:
        text = text.replace(spelling, sound)
    return _DOUBLES.sub(r"\1", text[:1] + text[1:].translate(_SILENT))[:5]


def _longer_than(length: int, text: str, part: str) -> str:
    return part if len(text) > length else ""


def _local(mail: str) -> str:
    return mail.partition("@")[0]


def _proper(line: str) -> str:
    return line.split(" ")[-2:][0]


TEXTS: dict[str, Callable[[str], str]] = {
    "": lambda text: text,
    "initial": lambda text: text[:1],
    "first3": lambda text: text[:3],
    "skeleton": skeleton,
    "first_word": lambda text: skeleton(text.partition(" ")[0]),
    "year": lambda date: date[:4],
    "decade": lambda date: date[:3],
    "day_month": lambda date: "".join(sorted((date[4:6], date[6:8]))),
    "outward": lambda code: code[:-3] if len(code) >= 5 else code[:2],
    "local": lambda mail: _longer_than(5, _local(mail), _local(mail)),
    "local_part": _local,
    "last4": lambda code: _longer_than(6, code, code[-4:]),
    "last6": lambda code: _longer_than(6, code, code[-6:]),
    "all_but_last4": lambda code: _longer_than(6, code, code[:-4]),
    "first6": lambda code: _longer_than(6, code, code[:6]),
    "sector": lambda code: _longer_than(4, code, code[:-2]),
    "inward": lambda code: _longer_than(4, code, code[-3:]),
    "proper": lambda line: skeleton(_proper(line)),
    "proper3": lambda line: _proper(line)[:3],
    "lone": lambda name: name if len(name) == 1 else "",
    "letters": lambda mail: _NO_LETTER.sub("", _local(mail))[:8],
}
"""Derived texts; '' is missing. The names are those of `mdm.blocking_keys.DERIVED` and `mdm.index.keys.FINER`."""

VALUES: dict[str, Callable[[str], Any]] = {
    "length": len,
    "spaced": lambda text: " " in text,
    "digits": lambda date: np.frombuffer(date.encode(), np.uint8),
}
"""Derived numbers that the comparison asks a vocabulary for."""

BEGINNING = "beginning"
"""The hash of all but the last three signs of a code: asked for by the comparison of codes."""


def derived_text(name: str, value: str) -> str:
    short = TEXTS.get(name)
    if short is not None:
        return short(value)
    single = pl.DataFrame({"value": [value]}).select(DERIVED[name](pl.col("value"))).item()
    return single or ""


def beginning(code: str) -> str:
    return code[:-3] if len(code) > 4 else code


def hashes(texts: list[str]) -> NDArray[np.uint64]:
    """The hash of each text (m,), as an expression over a column gives it."""
    return pl.Series("value", texts, dtype=pl.String).hash(seed=0).to_numpy()


def marked(texts: list[str], raw: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Hashes as blocking keys use them: odd, and 0 for ''."""
    present = np.fromiter(map(bool, texts), bool, len(texts))
    odd: NDArray[np.uint64] = (raw | np.uint64(1)) * present
    return odd
