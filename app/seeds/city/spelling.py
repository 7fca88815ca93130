"""How clerks, keyboards and scanners spoil a word: pure functions of the word and a random stream."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Final

from app.seeds.city.given_names import NICKNAMES
from app.seeds.city.letters import plain, words

Spoil = Callable[[str, Random], str]

_KEYS: Final = {
    pair[0]: pair[2:]
    for pair in words(
        """q:wa w:qes e:wrd r:etf t:ryg y:tuh u:yij i:uok o:ipl p:ol a:qsz s:adwz d:sfex f:dgrc g:fhtv h:gjyb j:hkun
        k:jlim l:kop z:asx x:zsdc c:xdfv v:cfgb b:vghn n:bhjm m:njk"""
    )
}
_SOUNDS: Final = (
    ("ph", "f"), ("ck", "k"), ("ie", "ei"), ("ei", "ie"), ("ee", "ea"), ("ea", "ee"), ("sch", "sh"), ("mac", "mc"),
    ("ks", "x"),
    ("th", "t"), ("gh", "g"), ("wh", "w"), ("kn", "n"), ("ou", "u"), ("c", "k"), ("k", "c"), ("y", "i"), ("i", "y"),
    ("s", "z"),
    ("z", "s"), ("v", "w"), ("a", "e"), ("o", "u"),
)  # fmt: skip
_SCANS: Final = (
    ("rn", "m"),
    ("m", "rn"),
    ("cl", "d"),
    ("d", "cl"),
    ("vv", "w"),
    ("h", "b"),
    ("u", "v"),
    ("e", "c"),
    ("l", "1"),
    ("o", "0"),
)


def typo(word: str, random: Random) -> str:
    """One slip of one kind; the case of the word is kept. Words of one letter have no room for a slip."""
    if len(word) < 2:
        return word
    slip = random.choices((_neighbour, _drop, _double, _transpose, _sound, _scan), (28, 20, 12, 20, 12, 8))[0]
    spoilt = slip(word.lower(), random)
    if word.isupper():
        return spoilt.upper()
    return "".join(
        new.upper() if old.isupper() else new for old, new in zip(word.ljust(len(spoilt)), spoilt, strict=False)
    )


def _neighbour(word: str, random: Random) -> str:
    at = random.randrange(len(word))
    return word[:at] + random.choice(_KEYS.get(word[at], word[at])) + word[at + 1 :]


def _drop(word: str, random: Random) -> str:
    at = random.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _double(word: str, random: Random) -> str:
    at = random.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def _transpose(word: str, random: Random) -> str:
    at = random.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _sound(word: str, random: Random) -> str:
    return _replace_one(word, random, _SOUNDS)


def _scan(word: str, random: Random) -> str:
    return _replace_one(word, random, _SCANS)


def _replace_one(word: str, random: Random, table: tuple[tuple[str, str], ...]) -> str:
    fitting = [pair for pair in table if pair[0] in word]
    if not fitting:
        return _transpose(word, random)
    old, new = random.choice(fitting)
    return word.replace(old, new, 1)


def wrong_digit(number: str, random: Random) -> str:
    """One of the last five digits misread, or two neighbours swapped.

    The fictional prefix of a number is never touched.
    """
    digits = [at for at, letter in enumerate(number) if letter.isdigit()][-5:]
    if len(digits) < 2:
        return str(random.randrange(1, 99))
    at = random.choice(digits[:-1])
    if random.random() < 0.4 and number[at + 1].isdigit():
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return number[:at] + str((int(number[at]) + random.randrange(1, 9)) % 10) + number[at + 1 :]


def near_number(number: str, random: Random) -> str:
    return str(max(1, int(number) + random.choice((-2, -1, 1, 2, 10)))) if number.isdigit() else number


def nickname(name: str, random: Random) -> str:
    known = NICKNAMES.get(name)
    return random.choice(known) if known else name


def initial(name: str, random: Random) -> str:
    return name[:1] + ("." if random.random() < 0.15 else "")


def loose_mark(name: str, random: Random) -> str:
    """Hyphens and apostrophes as systems treat them: closed up, opened out, or half of a double name lost."""
    if "'" in name:
        return name.replace("'", random.choice(("", " ")))
    if "-" in name:
        one, two = name.split("-", 1)
        return random.choice((f"{one} {two}", two, one, one + two))
    return name


def unaccented(name: str, _random: Random) -> str:
    return plain(name)


def postcode_slip(code: str, random: Random) -> str:
    """A wrong letter in the inward half, or 0 for O and 1 for I as typed in a hurry."""
    at = random.randrange(4, len(code))
    new = random.choice("ABDEFGHJLNPQRSTUWXYZ") if code[at].isalpha() else str(random.randrange(10))
    return code[:at] + new + code[at + 1 :]


def date_slip(day: date, random: Random) -> date:
    """Day and month swapped where both can be a month, else one digit wrong.

    A year off by 1 or 10, a day by 1 or 10.
    """
    if day.day <= 12 and day.day != day.month and random.random() < 0.6:
        return day.replace(day=day.month, month=day.day)
    if random.random() < 0.5:
        year = day.year + random.choice((-10, -1, 1, 10))
        return day.replace(year=year, day=min(day.day, 28))
    return day + timedelta(days=random.choice((-10, -1, 1, 10)))


def new_years_day(day: date, _random: Random) -> date:
    return day.replace(month=1, day=1)
