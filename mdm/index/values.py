"""One raw value to its standard form, quickly.

`mdm.standardise` is made for columns; on a single value most of its time is the start of each step. Here are the same
steps, from the same tables and patterns, for one value at a time. A property test holds both ways together; what this
way is not sure of, dates in strange dress and other scripts, takes the long one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import polars as pl

from mdm.index.value_dates import standard_date
from mdm.kinds.kind import Kind
from mdm.standardise import ROUNDS, placeholders, standardise
from mdm.standardise.addresses import _JOINED, _MISREAD, _UNIT_WORDS, LONG, UK_POSTCODE
from mdm.standardise.names import _MAIDEN, _PREFIX, _SUFFIX, _TITLE, GENDERS, LEGAL_FORMS, ONLY_TITLES
from mdm.text import fold_one

_PRINTABLE = re.compile(r"[ -~]*")


_NO_MAIL = r"^(no|none|noemail|nomail|unknown|na|test|xxx+|notgiven|noreply)@"
_DIGIT_OF = str.maketrans("oilsbz", "011582")
_LETTER_OF = str.maketrans("0158", "oisb")


def standard_value(value: str | None, kind: Kind, day_first: bool | None) -> str:
    """The standard form of one value; '' says nothing."""
    return _standard(value, kind, day_first) if value else ""


@lru_cache(maxsize=50_000)
def _standard(value: str, kind: Kind, day_first: bool | None) -> str:
    plain = _PRINTABLE.fullmatch(value) is not None
    if kind is Kind.DATE_OF_BIRTH:
        date = standard_date(value.strip().lower(), day_first is not False) if plain else None
        return _long_way(value, kind, day_first) if date is None else _after(date, kind)
    form = value.lower().strip() if plain else fold_one(value)
    step = _STEPS.get(kind)
    if step is None or not _PRINTABLE.fullmatch(form):
        return _long_way(value, kind, day_first)
    for _ in range(ROUNDS + 1):
        again = _after(step(_before(form, kind)), kind)
        if again == form:
            break
        form = again
    return form


def _long_way(value: str, kind: Kind, day_first: bool | None) -> str:
    return str(standardise(pl.Series([value], dtype=pl.String), kind, day_first=day_first)[0])


def _before(folded: str, kind: Kind) -> str:
    """Placeholders of any column say nothing."""
    hollow = folded in placeholders.ANYWHERE and folded not in placeholders.MEANT.get(kind, frozenset())
    return "" if hollow or not re.search("[a-z0-9]", folded) else folded


def _after(standard: str, kind: Kind) -> str:
    """Placeholders of one kind say nothing."""
    hollow = (
        standard in placeholders.BY_KIND.get(kind, frozenset())
        or (kind in placeholders.NUMBERED and re.search(placeholders.ONE_DIGIT, standard))
        or (kind is Kind.POSTCODE and standard.startswith("zz99"))
        or (kind is Kind.EMAIL and re.search(_NO_MAIL, standard))
    )
    return "" if hollow else standard


def _collapse(text: str) -> str:
    return re.sub(" +", " ", text.strip())


def _words(folded: str) -> str:
    if not re.fullmatch("[a-z0-9 ]*", folded):
        folded = re.sub("[^a-z0-9]+", " ", folded.replace("&", " and "))
    return _collapse(folded)


def _alphanumeric(folded: str) -> str:
    return re.sub("[^a-z0-9]+", "", folded)


def _unless_empty(before: str, after: str) -> str:
    return after if re.search("[a-z]", after) else before


def _person(folded: str) -> str:
    plain = folded
    if not re.fullmatch("[a-z]*", folded):
        if re.search(r"\(|\bnee\b|\bformerly\b|\baka\b", plain):
            plain = _unless_empty(plain, re.sub(_MAIDEN, " ", plain))
        plain = _collapse(re.sub("[^a-z]+", " ", re.sub("['.]", "", plain)))
        plain = re.sub(_SUFFIX, r"\1", re.sub(_TITLE, r"\1", plain, count=1), count=1)
        plain = re.sub(_PREFIX, r"\1\2", plain)
    return "" if plain in ONLY_TITLES else plain


def _organisation(folded: str) -> str:
    plain = re.sub("^the (.+)$", r"\1", _words(re.sub("['.]", "", folded)))
    for _ in range(2):
        plain = _unless_empty(plain, re.sub(LEGAL_FORMS, "", plain, count=1))
    return plain


def _gender(folded: str) -> str:
    return GENDERS.get(_words(folded), _words(folded))


def _line(folded: str) -> str:
    plain = " ".join(LONG.get(word, word) for word in _words(folded.replace("'", "")).split(" "))
    if re.search(r"\bst\b", plain):
        plain = re.sub(r"\bst\b", "street", re.sub(r"^((?:[0-9]+[a-z]? )?)st ", r"\1saint ", plain))
    return re.sub(r"([a-z]) dr( |$)", r"\1 drive\2", plain, count=1)


def _city(folded: str) -> str:
    plain = _words(folded.replace("'", ""))
    plain = re.sub("^(.+) city$", r"\1", re.sub("^(?:city of|greater) (.+)$", r"\1", plain))
    return re.sub(r"\bst\b", "saint", plain)


def _postcode(folded: str) -> str:
    plain = _alphanumeric(folded.removesuffix(".0"))
    if re.search(UK_POSTCODE, plain) or not re.search(_MISREAD, plain):
        return plain
    return plain[:-3] + plain[-3].translate(_DIGIT_OF) + plain[-2:].translate(_LETTER_OF)


def _house_number(folded: str) -> str:
    if re.fullmatch("[1-9][0-9]*[a-z]?", folded):
        return folded
    plain = re.sub(r"^([0-9]+)\.0$", r"\1", folded)
    plain = re.sub(r"^(?:no|nr|number|#)[. ]*([0-9])", r"\1", plain)
    if re.search(r"^[0-9]+[a-z]?\s*[-/]\s*[0-9]+[a-z]?$", plain):
        plain = re.sub(r"\s+", "", plain).replace("/", "-")
    else:
        plain = re.sub("^([0-9]+) ([a-z])$", r"\1\2", _words(plain))
    return re.sub("^0+([0-9])", r"\1", plain)


def _unit(folded: str) -> str:
    plain = _words(folded)
    plain = _collapse(re.sub(_UNIT_WORDS, " ", re.sub(_JOINED, r"\1 \2", plain))) or plain
    return re.sub("^0+([0-9])", r"\1", re.sub("^0*([0-9]+) ([a-z])$", r"\1\2", plain))


def _email(folded: str) -> str:
    plain = folded
    if re.search("[<>]|mailto:", plain):
        inside = re.search(r"<\s*([^<>]*@[^<>]*?)\s*>", plain)
        bare = inside[1] if inside else re.sub("<[^<>@]*>", "", plain, count=1)
        plain = re.sub("mailto:|[<>]", "", bare).strip()
    if re.search(r"[\s(\[,;]", plain):
        said = re.sub(r"\s*[(\[]\s*at\s*[)\]]\s*|\s+at\s+", "@", plain, count=1)
        said = re.sub(r"\s*[(\[]\s*dot\s*[)\]]\s*|\s+dot\s+", ".", said)
        if re.search(r"@.*[;,\s/].*@", said):
            said = re.sub(r"^(\S+?@[^\s;,/]+).*$", r"\1", said)
        plain = re.sub(r"[\s;,()\[\]]+", "", said)
    if re.search(r"\+|@googlemail\.|\.$|@@|'", plain):
        tidy = re.sub("@+", "@", plain.replace("'", ""))
        tidy = re.sub(r"^([^@+]+)\+[^@]*@", r"\1@", tidy)
        plain = re.sub(r"\.+$", "", re.sub(r"@googlemail\..*$", "@gmail.com", tidy))
    return plain if re.search("[a-z0-9]", plain) else ""


def _phone(folded: str) -> str:
    plain = folded
    if not re.fullmatch("[0-9]*", plain):
        one = re.sub(r"\.0$", "", re.sub(r"\s*(?:ext?n?\.?|extension|x|#)\s*[0-9]{1,6}$", "", plain))
        one = re.sub(r"^([^/;,]*[0-9][^/;,]{8,}?)\s*(?:[/;,]| or ).*$", r"\1", one)
        one = re.sub(r"^\s*\+", "00", re.sub(r"^(\s*(?:\+|00)\s*44)\s*\(?0\)?", r"\1", one))
        plain = re.sub("[^0-9]+", "", one)
    if not re.fullmatch("0[1-9][0-9]{8,9}", plain):
        plain = re.sub("^44([1-37-9][0-9]{8,9})$", r"0\1", re.sub("^0044([0-9]{8,11})$", r"0\1", plain))
        plain = re.sub("^00+", "", re.sub("^([127][0-9]{9})$", r"0\1", plain))
    return plain if len(plain) >= 6 else ""


def _identifier(folded: str) -> str:
    return _alphanumeric(re.sub(r"^([0-9]+)\.0$", r"\1", folded))


def _company_number(folded: str) -> str:
    plain = _identifier(folded)
    return plain.zfill(8) if re.fullmatch("[0-9]{5,7}", plain) else plain


_STEPS: dict[Kind, Callable[[str], str]] = {
    Kind.GIVEN_NAME: _person,
    Kind.FAMILY_NAME: _person,
    Kind.MIDDLE_NAME: _person,
    Kind.GENDER: _gender,
    Kind.NATIONAL_ID: _identifier,
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.POSTCODE: _postcode,
    Kind.HOUSE_NUMBER: _house_number,
    Kind.UNIT: _unit,
    Kind.ADDRESS_LINE: _line,
    Kind.CITY: _city,
    Kind.REGION: _words,
    Kind.ORGANISATION_NAME: _organisation,
    Kind.COMPANY_NUMBER: _company_number,
    Kind.FREE_TEXT: _words,
}
"""The steps of `mdm.standardise.BY_KIND`, for one value."""
