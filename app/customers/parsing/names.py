"""Whole names to their parts, and shouted names to readable ones."""

import re

TITLES = frozenset(
    ["mr", "mrs", "miss", "ms", "mx", "dr", "rev", "revd", "prof", "sir", "dame", "lord", "lady", "cllr", "master"]
)
PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "la",
        "le",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "du",
        "bin",
        "al",
        "el",
        "ap",
        "ter",
        "st",
    ]
)
_LOWER_INSIDE = frozenset(
    ["van", "von", "der", "den", "de", "la", "le", "del", "della", "di", "da", "dos", "das", "du", "y"]
)
_WORD = re.compile(r"[^\W\d_][^\W_]*")


def split_name(text: str) -> dict[str, str]:
    """title, given_name, middle_name, family_name of 'SMITH MR JOHN A', 'Mr John A Smith', 'SMITH, JOHN A' or 'John Smith'."""
    before, comma, after = text.partition(",")
    if comma:
        title, rest = _take_title(after.split())
        return _parts(title, rest[:1], rest[1:], before.split())
    words = text.split()
    place = next((place for place, word in enumerate(words) if _is_title(word)), None)
    if place:
        return _parts(words[place], words[place + 1 : place + 2], words[place + 2 :], words[:place])
    title, rest = _take_title(words)
    if len(rest) < 2:
        return _parts(title, [], [], rest)
    start = len(rest) - 1
    while start > 1 and rest[start - 1].lower() in PARTICLES:
        start -= 1
    return _parts(title, rest[:1], rest[1:start], rest[start:])


def _take_title(words: list[str]) -> tuple[str, list[str]]:
    if len(words) > 1 and _is_title(words[0]):
        return words[0], words[1:]
    return "", words


def _is_title(word: str) -> bool:
    return word.rstrip(".").lower() in TITLES


def _parts(title: str, given: list[str], middle: list[str], family: list[str]) -> dict[str, str]:
    parts = {"title": [title.rstrip(".")], "given_name": given, "middle_name": middle, "family_name": family}
    return {name: calm(" ".join(words)) for name, words in parts.items() if any(words)}


def calm(text: str) -> str:
    """'O'BRIEN-SMITH' as "O'Brien-Smith"; what is in mixed case already is left alone."""
    text = " ".join(text.split())
    if text != text.upper() and text != text.lower():
        return text
    words = [_WORD.sub(lambda found: found[0].capitalize(), word) for word in text.split(" ")]
    words = [re.sub(r"\bMc([a-z])", lambda found: "Mc" + found[1].upper(), word) for word in words]
    words = [re.sub(r"'S\b", "'s", word) for word in words]
    return " ".join(
        word.lower() if number and word.lower() in _LOWER_INSIDE and number < len(words) - 1 else word
        for number, word in enumerate(words)
    )
