"""One box for everything: the text that was typed, taken apart into what it can be. Pure."""

import re
from itertools import pairwise
from uuid import UUID

from app.customers.finding.terms import FULL_POSTCODE, areas_of, read_date
from app.customers.matching.search_rows import words
from app.customers.rows import Criteria, Typed

LONGEST = 200
_ENQUIRY = re.compile(r"\bFP[\s-]?([0-9A-Z]{4})[\s-]?([0-9A-Z]{4})\b", re.IGNORECASE)
_OURS = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)
_EMAIL = re.compile(r"\S+@\S*")
_MONTHS = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DATE = re.compile(
    rf"\b(\d{{1,2}}[ ./-]\d{{1,2}}[ ./-](?:\d{{4}}|\d{{2}})|\d{{4}}-\d{{1,2}}-\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s*(?:of\s+)?(?:{_MONTHS})[a-z]*\.?,?\s*(?:\d{{4}}|\d{{2}})"
    rf"|(?:{_MONTHS})[a-z]*\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{8}})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b|\bof\b|[.,]", re.IGNORECASE)
_BESIDE = re.compile(r"(?<=\d)(?=[a-z])|(?<=[a-z])(?=\d)", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w-])(?:\+|0)[\d\s()-]{7,16}\d(?![\w-])")
_AREA = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?\s+\d[a-z]?|[a-z]{1,2}\d{1,2}[a-z]?)\b(?!\s*[-/])", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\w/-])(\d{4})(?![\w/-])(?!\s+[a-z]{3,})", re.IGNORECASE)
_KEY = re.compile(r"(?<![\w-])(?=[\w/-]*\d)[\w/-]{5,}(?![\w-])")
_CODE = re.compile(r"(?=.*\d)[a-z\d]{2,6}|(?=.*\d)(?=.*[a-z])[a-z\d]{1,5} [a-z\d]{1,2}|[a-z]{2,4}")
"""What a slip may make of the beginning of a postcode or of a year; a letter may stand for its only digit."""
_UNITS = frozenset(["flat", "unit", "room", "apartment", "apt", "studio", "suite"])
_STREETS = frozenset(
    [
        "road",
        "rd",
        "street",
        "avenue",
        "ave",
        "drive",
        "close",
        "crescent",
        "gardens",
        "terrace",
        "parade",
        "court",
        "mews",
        "lane",
        "place",
        "square",
        "way",
        "walk",
        "row",
        "rise",
    ]
)
_ONLY_STREETS = frozenset(["road", "rd", "street", "avenue", "ave", "crescent", "gardens", "terrace", "parade", "mews"])
"""What ends the name of a street, and never, or hardly ever, that of a person."""


def read_box(text: str, *, unfinished: bool = False, but: str = "") -> Typed:
    """What the text says. `unfinished`: somebody is still typing its last word; `but`: a code in it that is read already."""
    rest = _without(" ".join(text.split())[:LONGEST], but)
    going_on = unfinished and bool(text) and not text[-1].isspace()
    rest, enquiry = _take(_ENQUIRY, rest)
    rest, ours = _take(_OURS, rest)
    rest, email = _take(_EMAIL, rest)
    rest, born = _take_date(rest)
    rest, postcode = _take(FULL_POSTCODE, rest)
    rest, phone = _take(_PHONE, rest)
    codes = _codes(rest)
    if not postcode:
        rest, postcode = _take_area(rest)
    rest, key = _take(_KEY, rest)
    if not born:
        rest, born = _take(_YEAR, rest)
    spelt = words(rest).split()
    names, address = _names_and_address(spelt)
    last = spelt[-1] if going_on and spelt and words(text).endswith(spelt[-1]) else ""
    if not key and len(born) == 8 and born.isdigit():
        key = born
    return Typed(
        Criteria(" ".join(names), born, " ".join(address), postcode, phone, email, key),
        _as_written(enquiry),
        UUID(ours) if ours else None,
        last,
        text,
        codes,
    )


def _as_written(enquiry: str) -> str:
    """'fp 7k3q92mx' as FP-7K3Q-92MX."""
    letters = "".join(sign for sign in enquiry.upper() if sign.isalnum())
    return f"{letters[:2]}-{letters[2:6]}-{letters[6:]}" if letters else ""


def _take(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """The text without the first place where the pattern fits, and what stands there."""
    found = pattern.search(text)
    return (f"{text[: found.start()]} {text[found.end() :]}", found[0].strip()) if found else (text, "")


def _take_date(text: str) -> tuple[str, str]:
    for found in _DATE.finditer(text):
        written = found[0]
        if any(sign.isalpha() for sign in written):
            written = " ".join(_BESIDE.sub(" ", _ORDINAL.sub(" ", written)).split())
        if (day := read_date(written)) and 1890 < day.year < 2040:
            return f"{text[: found.start()]} {text[found.end() :]}", written
    return text, ""


def _take_area(text: str) -> tuple[str, str]:
    for found in _AREA.finditer(text):
        before = text[: found.start()].split()
        if areas_of(found[0]) and not (before and before[-1].lower() in _UNITS):
            return f"{text[: found.start()]} {text[found.end() :]}", found[0]
    return text, ""


def _without(text: str, code: str) -> str:
    pattern = r"\W+".join(re.escape(part) for part in code.split())
    return re.sub(rf"(?<!\w){pattern}(?!\w)", " ", text, count=1, flags=re.IGNORECASE) if code else text


def _codes(text: str) -> tuple[str, ...]:
    """Words, and words with what follows them, that look like a code: the longer ones first."""
    spelt = [word.strip(",.;:()") for word in text.lower().split()]
    both = [f"{one} {other}" for one, other in pairwise(spelt)]
    return tuple(dict.fromkeys(one for one in (*both, *spelt) if _CODE.fullmatch(one)))


def _names_and_address(typed: list[str]) -> tuple[list[str], list[str]]:
    """From a house number or a flat on it is the address, up to the end of the street; and what stands before 'road'."""
    start = next((place for place, word in enumerate(typed) if word[0].isdigit() or word in _UNITS), None)
    if start is None:
        end = next((place for place, word in enumerate(typed) if place and word in _ONLY_STREETS), None)
        return (typed, []) if end is None else ([*typed[: end - 1], *typed[end + 1 :]], typed[end - 1 : end + 1])
    last = next((place for place in range(start + 1, len(typed)) if typed[place] in _STREETS), len(typed) - 1)
    return [*typed[:start], *typed[last + 1 :]], typed[start : last + 1]
