"""Two values side by side, with the letters marked in which they differ; and in one word how they compare."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from app.customers.desk_policy import same_value

Parts = tuple[tuple[str, bool], ...]
"""Pieces of a value, each with whether it differs from the other side."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One attribute of two records. `how` is "same", "nearly", "different", "left" or "right" (only on that side)."""

    name: str
    label: str
    left: Parts
    right: Parts
    how: str


def compare(labels: dict[str, str], one: dict[str, str], other: dict[str, str]) -> list[Compared]:
    """Every attribute that a side has, in the usual order."""
    return [
        _compared(name, label, one.get(name, ""), other.get(name, ""))
        for name, label in labels.items()
        if one.get(name) or other.get(name)
    ]


def _compared(name: str, label: str, one: str, other: str) -> Compared:
    if not one or not other:
        return Compared(name, label, _plain(one), _plain(other), "left" if one else "right")
    if same_value(one, other):
        return Compared(name, label, _plain(one), _plain(other), "same")
    if name == "date_of_birth":
        return Compared(name, label, ((one, True),), ((other, True),), "different")
    matcher = SequenceMatcher(None, one.casefold(), other.casefold(), autojunk=False)
    if matcher.ratio() < 0.5:
        return Compared(name, label, ((one, True),), ((other, True),), "different")
    codes = matcher.get_opcodes()
    left = tuple((one[start:end], tag != "equal") for tag, start, end, _, _ in codes if end > start)
    right = tuple((other[start:end], tag != "equal") for tag, _, _, start, end in codes if end > start)
    return Compared(name, label, left, right, "nearly" if matcher.ratio() >= 0.8 else "different")


def _plain(value: str) -> Parts:
    return ((value, False),) if value else ()
