"""One raw value to its standard form, quickly.

`mdm.standardise` is made for columns; on a single value most of its time is the start of each step. A value that is
plainly in standard form already takes the short way here, anything else the long one. Both ways give the same form:
a property test holds them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import polars as pl

from mdm.kinds.kind import Kind
from mdm.standardise import standardise
from mdm.standardise.addresses import LONG
from mdm.standardise.names import ONLY_TITLES, SUFFIXES, TITLES
from mdm.standardise.placeholders import ANYWHERE, BY_KIND, ONE_DIGIT

_WORDS = re.compile(r"[A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")
_NAME = re.compile(r"[A-Za-z]+(?:[ '-][A-Za-z]+)*")
_PLAIN = {
    Kind.GIVEN_NAME: _NAME,
    Kind.FAMILY_NAME: _NAME,
    Kind.MIDDLE_NAME: _NAME,
    Kind.EMAIL: re.compile(
        r"[A-Za-z0-9._-]+@(?!googlemail)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]+", re.IGNORECASE
    ),
    Kind.POSTCODE: re.compile(r"[A-Za-z]{1,2}[0-9][A-Za-z0-9]? ?[0-9][A-Za-z]{2}"),
    Kind.HOUSE_NUMBER: re.compile(r"[1-9][0-9]*[A-Za-z]?"),
    Kind.ADDRESS_LINE: _WORDS,
    Kind.CITY: _WORDS,
    Kind.REGION: _WORDS,
    Kind.FREE_TEXT: _WORDS,
    Kind.NATIONAL_ID: re.compile(r"[A-Za-z0-9]+"),
}
"""Values whose standard form is themselves in lower case, but for the characters in REPLACED."""

_HYPHEN: dict[int, str | None] = {ord("-"): " "}
_NAME_MARKS: dict[int, str | None] = {ord("-"): " ", ord("'"): None}
REPLACED: dict[Kind, dict[int, str | None]] = {
    Kind.GIVEN_NAME: _NAME_MARKS,
    Kind.FAMILY_NAME: _NAME_MARKS,
    Kind.MIDDLE_NAME: _NAME_MARKS,
    Kind.POSTCODE: {ord(" "): None},
    Kind.ADDRESS_LINE: _HYPHEN,
    Kind.CITY: _HYPHEN,
    Kind.REGION: _HYPHEN,
    Kind.FREE_TEXT: _HYPHEN,
}

_NAME_WORDS = frozenset({*TITLES, *SUFFIXES, "o", "mc", "mac", "d", "l", "nee", "formerly", "aka"})
_SPECIAL_WORDS = {
    Kind.GIVEN_NAME: _NAME_WORDS,
    Kind.FAMILY_NAME: _NAME_WORDS,
    Kind.MIDDLE_NAME: _NAME_WORDS,
    Kind.ADDRESS_LINE: frozenset({*LONG, "st", "dr"}),
    Kind.CITY: frozenset({"st", "city", "greater"}),
}
"""Words that the long way writes differently, or leaves out, where they do not stand alone."""

_MAIDEN = re.compile(r"nee|formerly|aka")
_ALONE = frozenset({*ONLY_TITLES, *LONG, "st", "dr"})
"""Those that the long way changes even where they stand alone."""

_YEAR_FIRST = re.compile(r"([0-9]{3,4})-([0-9]{1,2})-([0-9]{1,2})")
_BROKEN = re.compile(r"[0-9]{1,}-[0-9]{3,}(?:-[0-9]+)?|[0-9]{5,}-[0-9]+")
_ISO_DIGITS = re.compile(r"(?:1[5-9]|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_ISO_END = re.compile(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$")
_DAY_FIRST = re.compile(r"(?P<day>[0-3][0-9])(?P<month>[01][0-9])(?P<year>1[5-9][0-9]{2}|20[0-9]{2})")
_MONTH_FIRST = re.compile(r"(?P<month>[01][0-9])(?P<day>[0-3][0-9])(?P<year>1[5-9][0-9]{2}|20[0-9]{2})")
_DIALLED = re.compile(r"\+?[0-9()][0-9 ()-]*")
_TRUNK_ZERO = re.compile(r"^((?:\+|00)\s*44)\s*\(?0\)?")
_NATIONAL = re.compile(r"0[1-9][0-9]{8,9}")
_SLASHED = re.compile(r"(0?[1-9]|[12][0-9]|3[01])/(0?[1-9]|1[0-2])/((?:1[5-9]|20)[0-9]{2})")

_NO_MAIL = re.compile(r"(?:no|none|noemail|nomail|unknown|na|test|xxx+|notgiven|noreply)@")
_SAME_DIGIT = re.compile(ONE_DIGIT)


def standard_value(value: str | None, kind: Kind, day_first: bool | None) -> str:
    """The standard form of one value; '' says nothing."""
    if not value:
        return ""
    short = _short_way(value, kind, day_first is not False)
    if short is None:
        return _long_way(value, kind, day_first)
    return "" if _is_hollow(short, kind) else short


def _short_way(value: str, kind: Kind, day_first: bool) -> str | None:
    """The standard form, placeholders of the kind included; None where only the long way is sure."""
    if kind is Kind.DATE_OF_BIRTH:
        if day_first and (parts := _SLASHED.fullmatch(value)):
            day, month, year = parts.groups()
            value = f"{year}-{month:>02}-{day:>02}"
        digits = _dashed(value)
        return None if digits is None else _settled(digits, day_first)
    if kind is Kind.PHONE:
        number = _national(value) if _DIALLED.fullmatch(value) else None
        return number if number and _national(number) == number else None
    plain = _PLAIN.get(kind)
    if plain is None or not plain.fullmatch(value):
        return None
    lower = value.lower()
    short = lower.translate(REPLACED[kind]) if kind in REPLACED else lower
    return None if lower in ANYWHERE or _is_special(lower, short, kind) else short


def _dashed(value: str) -> str | None:
    """YYYYMMDD of digits and dashes, however they were mistyped; '' is missing, None needs the long way."""
    parts = _YEAR_FIRST.fullmatch(value)
    if parts:
        year, month, day = parts.groups()
        return f"{year}{month:>02}{day:>02}"[:8] if len(year) == 4 else ""
    digits = value.replace("-", "")
    return digits if len(digits) == 8 and "-" in value and _BROKEN.fullmatch(value) else None


def _settled(digits: str, day_first: bool) -> str:
    """As `mdm.standardise.dates` settles eight digits: no 00 parts, and year first where it can only be last."""
    if digits and digits != "00000000":
        month, day = digits[4:6], digits[6:]
        digits = digits[:4] + ("01" if month == "00" else month) + ("01" if day == "00" else day)
    turned = (_DAY_FIRST if day_first else _MONTH_FIRST).fullmatch(digits)
    if _ISO_DIGITS.fullmatch(digits) or turned is None:
        return digits
    other = turned["year"] + turned["month"] + turned["day"]
    return other if _ISO_END.search(other) else digits


def _national(value: str) -> str:
    """As `mdm.standardise.contacts` reads one telephone number."""
    text = _TRUNK_ZERO.sub(r"\1", value.strip())
    digits = re.sub(r"[^0-9]", "", f"00{text[1:]}" if text.startswith("+") else text)
    if not _NATIONAL.fullmatch(digits):
        digits = re.sub(r"^0044([0-9]{9,10})$", r"0\1", digits)
        digits = re.sub(r"^44([1-37-9][0-9]{8,9})$", r"0\1", digits)
        digits = re.sub(r"^([127][0-9]{9})$", r"0\1", digits)
        digits = re.sub(r"^00+", "", digits)
    return digits if len(digits) >= 6 else ""


def _is_special(lower: str, short: str, kind: Kind) -> bool:
    words = short.split()
    special = _SPECIAL_WORDS.get(kind)
    if "'" in lower and _MAIDEN.search(lower):
        return True
    return special is not None and not special.isdisjoint(words) and (len(words) > 1 or short in _ALONE)


def _is_hollow(short: str, kind: Kind) -> bool:
    """The placeholders of one kind."""
    check = _HOLLOW.get(kind)
    return short in BY_KIND.get(kind, frozenset()) or (check is not None and check(short))


_HOLLOW: dict[Kind, Callable[[str], bool]] = {
    Kind.EMAIL: lambda short: _NO_MAIL.match(short) is not None,
    Kind.PHONE: lambda short: _SAME_DIGIT.match(short) is not None,
    Kind.NATIONAL_ID: lambda short: _SAME_DIGIT.match(short) is not None,
    Kind.POSTCODE: lambda short: short.startswith("zz99"),
}


@lru_cache(maxsize=20_000)
def _long_way(value: str, kind: Kind, day_first: bool | None) -> str:
    return str(standardise(pl.Series([value], dtype=pl.String), kind, day_first=day_first)[0])
