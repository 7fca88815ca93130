"""When two values are the same, and when a value can be true at all."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache

import polars as pl

from mdm.kinds.kind import Kind
from mdm.standardise import standardise
from mdm.standardise.addresses import UK_POSTCODE
from mdm.standardise.placeholders import ANYWHERE

_FREE = {Kind.DATE_OF_BIRTH: re.compile(r"\d{4}-\d\d-\d\d|\d{8}"), Kind.PHONE: re.compile(r"0[1-9][0-9 ]{8,12}")}
"""Values of these kinds that need no reading: what most sources hold."""

_SHAPES = {
    Kind.EMAIL: re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+"),
    Kind.PHONE: re.compile(r"0[1-9][0-9]{8,9}|[1-9][0-9]{7,14}"),
    Kind.POSTCODE: re.compile(f"{UK_POSTCODE}|[0-9]{{4,6}}"),
    Kind.COMPANY_NUMBER: re.compile(r"[0-9]{8}|[a-z]{2}[0-9]{6}"),
    Kind.GIVEN_NAME: re.compile(r"[^\d@]*[^\W\d_][^\d@]*"),
    Kind.FAMILY_NAME: re.compile(r"[^\d@]*[^\W\d_][^\d@]*"),
}


@lru_cache(maxsize=50_000)
def form(value: str | None, kind: Kind | None) -> str:
    """The form in which equal values are equal: 'SMITH ' and 'Smith', 03/05/1971 and 1971-05-03. '' says nothing."""
    if value is None:
        return ""
    plain = _plain(value)
    if not plain or value.strip().lower() in ANYWHERE:
        return ""
    if kind in _FREE:
        stripped = value.strip()
        if _FREE[kind].fullmatch(stripped):
            plain = re.sub(r"\D", "", stripped)
            return "" if kind is Kind.DATE_OF_BIRTH and plain in {"19000101", "99991231"} else plain
        return _read(value, kind)
    return plain.replace(" ", "") if kind in {Kind.POSTCODE, Kind.NATIONAL_ID, Kind.COMPANY_NUMBER} else plain


def valid(form: str, kind: Kind | None) -> bool:
    """False only for what cannot be: a 31st of June, a postcode of no known shape, a name with digits."""
    if kind is Kind.DATE_OF_BIRTH:
        return _is_date(form)
    shape = _SHAPES.get(kind) if kind else None
    return shape is None or shape.fullmatch(form) is not None


def _plain(value: str) -> str:
    """Case-folded, without accents; only letters, digits, @ and what holds an address or a name together."""
    text = value.casefold()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not "\u0300" <= c <= "\u036f")
    return " ".join(re.sub(r"[^\w@.+/-]+", " ", text.replace("'", "").replace("’", "")).split()).strip(".-/ ")


@lru_cache(maxsize=50_000)
def _read(value: str, kind: Kind) -> str:
    return str(standardise(pl.Series([value], dtype=pl.String), kind)[0])


def _is_date(form: str) -> bool:
    try:
        return date(int(form[:4]), int(form[4:6]), int(form[6:8])).year >= 1800
    except ValueError:
        return False
