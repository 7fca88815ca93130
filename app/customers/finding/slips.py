"""A slip of the pen in a short code, such as the beginning of a postcode or a year: how likely it is that one was meant by another. Pure."""

from itertools import pairwise

from rapidfuzz.distance import OSA

USUAL, OTHER = 0.9, 0.84
"""How like two codes are that are one slip apart: one that hands and eyes make, or any other sign in place of one."""
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_ALIKE = ("o0", "il1", "z2", "s5", "b8", "g6", "g9", "q9", "uv", "mn")
_FIRST, _LAST = 1900, 2039
"""Years in which people whom we serve may be born, with some room."""


def _beside() -> frozenset[str]:
    """Pairs of signs that lie beside each other on a keyboard, or look alike."""
    found = {one + other for row in _ROWS for one, other in pairwise(row)}
    for upper, lower in pairwise(_ROWS):
        for place, sign in enumerate(lower):
            found |= {sign + other for other in upper[place : place + 2]}
    found |= {one + other for group in _ALIKE for one in group for other in group if one != other}
    return frozenset(found | {pair[::-1] for pair in found})


_BESIDE = _beside()


def likeness(typed: str, meant: str) -> float:
    """1 for the same, 0 for more than one slip: a sign dropped, added, put in place of another, or two that changed places."""
    if typed == meant:
        return 1.0
    if OSA.distance(typed, meant, score_cutoff=1) > 1:
        return 0.0
    if len(typed) != len(meant):
        return USUAL
    apart = [place for place, sign in enumerate(typed) if sign != meant[place]]
    usual = len(apart) > 1 or typed[apart[0]] + meant[apart[0]] in _BESIDE
    return USUAL if usual else OTHER


def is_year(typed: str) -> bool:
    """Whether it is a year in which people may be born."""
    return typed.isascii() and typed.isdigit() and _FIRST <= int(typed) <= _LAST


def near_years(typed: str) -> dict[int, float]:
    """Years that may have been meant by what was typed, and by how much; not the one that was."""
    known = ((year, likeness(typed, str(year))) for year in range(_FIRST, _LAST + 1))
    return {year: like for year, like in known if 0 < like < 1}
