"""Dates with a slip of the pen that would leave nothing of them: 15940-02-19, 196-08-30, 05/03/16972, 12/10k2003.

Which sign is wrong can't always be known. What is made of such a date is then one digit away from the truth where that
is possible, and two at the most as a rule: near enough for :func:`mdm.compare_levels.date_levels` to see it.
"""

from __future__ import annotations

import re

_DIGITS = re.compile("[^0-9]+")
_APART = re.compile("[^0-9a-z]+")
FIRST_YEAR, LAST_YEAR = 1850, 2029
FEWEST, MOST = 7, 9
"""So many digits has a date of eight with one too few or too many."""


def mended(text: str, day_first: bool) -> str:
    """'YYYYMMDD' of a folded text with a slip in it, '' if it can't be made out."""
    digits = _DIGITS.sub("", text)
    if not FEWEST <= len(digits) <= MOST:
        return ""
    return (_in_order(digits, day_first) if len(digits) == 8 else "") or _three_parts(text, day_first)


def _in_order(digits: str, day_first: bool) -> str:
    """Eight digits whose marks are in the wrong places."""
    if _is_year(digits[:4]) and _is_day(digits[4:6], digits[6:]):
        return digits
    first, second, year = digits[:2], digits[2:4], digits[4:]
    month, day = (second, first) if day_first else (first, second)
    return year + month + day if _is_year(year) and _is_day(month, day) else ""


def _three_parts(text: str, day_first: bool) -> str:
    parts = [_DIGITS.sub("", part) for part in _APART.split(text)]
    if len(parts) != 3 or not all(parts):
        return ""
    a, b, c = parts
    if len(a) >= 3 > len(c) or _is_year(a):
        year, month, day = a, b, c
    else:
        year, month, day = (c, b, a) if day_first else (c, a, b)
    said = _year(year), _part(month, 12), _part(day, 31)
    return "".join(said) if all(said) else ""


def _year(digits: str) -> str:
    """Four digits of four, of five with one too many, or of three."""
    if len(digits) == 5:
        without = (digits[:at] + digits[at + 1 :] for at in range(5))
        return next(filter(_is_year, without), "")
    if len(digits) == 3:
        return next(filter(_is_year, _lengthened(digits)), "")
    return digits if _is_year(digits) else ""


def _lengthened(digits: str) -> tuple[str, ...]:
    """199 → 1999, which is one digit away from 1990 and from 1979; 204 → 2004; 176 → 1976; 976 → 1976."""
    if digits.startswith(("19", "20")):
        return digits + digits[-1], digits[:2] + "0" + digits[-1]
    known = {"1": "19" + digits[1:], "2": "20" + digits[1:], "9": "1" + digits, "0": "2" + digits}
    return (known.get(digits[0], ""),)


def _part(digits: str, highest: int) -> str:
    """Two digits of one, of two, or of three with one too many."""
    if len(digits) == 3:
        without = (digits[:at] + digits[at + 1 :] for at in range(3))
        return next((two for two in without if 1 <= int(two) <= highest), "")
    return digits.zfill(2) if len(digits) <= 2 else ""


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and FIRST_YEAR <= int(digits) <= LAST_YEAR


def _is_day(month: str, day: str) -> bool:
    return int(month) <= 12 and int(day) <= 31
