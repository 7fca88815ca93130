"""Parts of an address in one spelling."""

from __future__ import annotations

import polars as pl

from mdm.text import alphanumeric, choose, collapse, on, words

LONG = {
    "rd": "road", "ave": "avenue", "av": "avenue", "avn": "avenue", "ln": "lane", "cl": "close", "clo": "close",
    "cres": "crescent", "cresc": "crescent", "cr": "crescent", "crt": "court", "ct": "court", "gdns": "gardens",
    "gdn": "garden", "grdns": "gardens", "gr": "grove", "gro": "grove", "gv": "grove", "pl": "place", "sq": "square",
    "ter": "terrace", "terr": "terrace", "tce": "terrace", "pk": "park", "prk": "park", "hse": "house", "ho": "house",
    "bldg": "building", "bldgs": "buildings", "blvd": "boulevard", "pde": "parade", "pde.": "parade", "wy": "way",
    "hwy": "highway", "cct": "circuit", "cir": "circle", "wlk": "walk", "mws": "mews", "grn": "green", "gn": "green",
    "est": "estate", "fm": "farm", "cott": "cottage", "ctge": "cottage", "apt": "apartment", "apts": "apartments",
    "mt": "mount", "nth": "north", "sth": "south", "upr": "upper", "lwr": "lower", "gt": "great", "lt": "little",
    "str": "street", "strt": "street", "ul": "ulica", "vw": "view", "hts": "heights", "hl": "hill", "ctr": "centre",
    "center": "centre", "cntr": "centre", "dve": "drive", "drv": "drive", "rw": "row", "yd": "yard", "whf": "wharf",
}  # fmt: skip
"""Short forms of street words. The long form is kept, because a typing error costs a long word less likeness."""

_SHORT = r"\b(?:" + "|".join(word for word in LONG if word.isalpha()) + r")\b"
_FLAT = "flat|[a-z]?lat|f[a-z]?at|fl[a-z]?t|fla[a-z]?|[a-z]flat|f[a-z]lat|fl[a-z]at|fla[a-z]t|flat[a-z]|lfat|falt|flta"
"""The word, and what one slip of the pen makes of it."""

_UNIT_WORDS = rf"\b(?:{_FLAT}|apartment|apt|unit|room|rm|suite|number|no|nr|the|floor|fl|studio)\b"
_JOINED = "([a-z]{3})([0-9])"
"""A word and its number that nothing parts: 'flat3'."""

UK_POSTCODE = r"^(?:gir0aa|[a-z]{1,2}[0-9][a-z0-9]?[0-9][a-z]{2})$"
_MISREAD = r"^[a-z]{1,2}[0-9][a-z0-9]?[0-9oisblz][a-z0158]{2}$"


def line(folded: pl.Series) -> pl.Series:
    """Words with street words written out: '12 High St.' is '12 high street', 'St Johns Rd' is 'saint johns road'."""
    plain = words(folded.str.replace_all("'", "", literal=True))
    plain = on(plain.str.contains(_SHORT), plain, _lengthen)
    plain = on(plain.str.contains(r"\bst\b"), plain, _saint_or_street)
    return on(plain.str.contains(r" dr\b"), plain, lambda s: s.str.replace(r"([a-z]) dr( |$)", "${1} drive${2}"))


def _lengthen(series: pl.Series) -> pl.Series:
    listed = series.str.split(" ").list.eval(pl.element().replace(LONG))
    return listed.list.join(" ")


def _saint_or_street(series: pl.Series) -> pl.Series:
    """'st' is a saint at the front or after a house number, and a street behind any other word."""
    plain = series.str.replace(r"^((?:[0-9]+[a-z]? )?)st ", "${1}saint ")
    return plain.str.replace_all(r"\bst\b", "street")


def city(folded: pl.Series) -> pl.Series:
    """Words; 'City of Leeds' is leeds, 'St Albans' is saint albans."""
    plain = words(folded.str.replace_all("'", "", literal=True))
    plain = on(plain.str.contains("city|greater"), plain, _without_city)
    return on(plain.str.contains(r"\bst\b"), plain, lambda s: s.str.replace_all(r"\bst\b", "saint"))


def _without_city(series: pl.Series) -> pl.Series:
    return series.str.replace(r"^(?:city of|greater) (.+)$", "$1").str.replace(r"^(.+) city$", "$1")


def postcode(folded: pl.Series) -> pl.Series:
    """Letters and digits; in a British postcode O, I, S and B typed for a digit of the inward part are put right."""
    plain = alphanumeric(on(folded.str.ends_with(".0"), folded, lambda s: s.str.head(-2)))
    wrong = ~plain.str.contains(UK_POSTCODE) & plain.str.contains(_MISREAD)
    return on(wrong, plain, _read_again)


def _read_again(series: pl.Series) -> pl.Series:
    outward, digit, unit = series.str.head(-3), series.str.slice(-3, 1), series.str.tail(2)
    digit = digit.replace({"o": "0", "i": "1", "l": "1", "s": "5", "b": "8", "z": "2"})
    unit = unit.str.replace_many(["0", "1", "5", "8"], ["o", "i", "s", "b"])
    return outward + digit + unit


def house_number(folded: pl.Series) -> pl.Series:
    """'No. 12 A' is '12a', '007' is '7', '12 – 14' is '12-14'; a house name keeps its words."""
    return on(~folded.str.contains(r"^[1-9][0-9]*[a-z]?$"), folded, _house)


def _house(series: pl.Series) -> pl.Series:
    plain = series.str.replace(r"^([0-9]+)\.0$", "$1").str.replace(r"^(?:no|nr|number|#)[. ]*([0-9])", "$1")
    spans = plain.str.contains(r"^[0-9]+[a-z]?\s*[-/]\s*[0-9]+[a-z]?$")
    joined = plain.str.replace_all(r"\s+", "").str.replace("/", "-", literal=True)
    named = words(plain).str.replace(r"^([0-9]+) ([a-z])$", "${1}${2}")
    return choose(spans, joined, named).str.replace(r"^0+([0-9])", "$1")


def unit(folded: pl.Series) -> pl.Series:
    """'Flat 3B', 'falt3b', '3b' and 'Unit 3 B' are all '3b'; 'Ground Floor Flat' is 'ground'."""
    plain = words(folded)
    short = collapse(plain.str.replace_all(_JOINED, "${1} ${2}").str.replace_all(_UNIT_WORDS, " "))
    plain = choose(short != "", short, plain)
    return plain.str.replace(r"^0*([0-9]+) ([a-z])$", "${1}${2}").str.replace(r"^0+([0-9])", "$1")


def region(folded: pl.Series) -> pl.Series:
    """Words."""
    return words(folded)
