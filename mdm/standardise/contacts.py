"""E-mail addresses, telephone numbers, and the identifiers of people and companies, each in one form."""

from __future__ import annotations

import polars as pl

from mdm.text import alphanumeric, choose, on


def email(folded: pl.Series) -> pl.Series:
    """The bare address: no display name, no +tag; googlemail.com is gmail.com."""
    plain = on(folded.str.contains("[<>]|mailto:"), folded, _bare)
    plain = on(plain.str.contains(r"[\s(\[,;]"), plain, _spelled_out)
    plain = on(plain.str.contains(r"\+|@googlemail\.|\.$|@@|'"), plain, _tidy)
    return choose(plain.str.contains("[a-z0-9]"), plain, "")


def _bare(series: pl.Series) -> pl.Series:
    inside = series.str.extract(r"<\s*([^<>]*@[^<>]*?)\s*>", 1)
    series = series.str.replace(r"<[^<>@]*>", "")
    return inside.fill_null(series).str.replace_all(r"mailto:|[<>]", "").str.strip_chars()


def _spelled_out(series: pl.Series) -> pl.Series:
    """'ann (at) example.org' and the first of 'a@b.org; c@d.org'."""
    said = series.str.replace(r"\s*[(\[]\s*at\s*[)\]]\s*|\s+at\s+", "@")
    said = said.str.replace_all(r"\s*[(\[]\s*dot\s*[)\]]\s*|\s+dot\s+", ".")
    several = said.str.contains(r"@.*[;,\s/].*@")
    said = on(several, said, lambda s: s.str.replace(r"^(\S+?@[^\s;,/]+).*$", "$1"))
    return said.str.replace_all(r"[\s;,()\[\]]+", "")


def _tidy(series: pl.Series) -> pl.Series:
    tidy = series.str.replace_all("'", "").str.replace_all(r"@+", "@").str.replace(r"^([^@+]+)\+[^@]*@", "${1}@")
    return tidy.str.replace(r"@googlemail\..*$", "@gmail.com").str.replace(r"\.+$", "")


def phone(folded: pl.Series) -> pl.Series:
    """Digits of the first number: national form in the United Kingdom, country code first elsewhere; under 6 is none."""
    plain = on(~folded.str.contains(r"^[0-9]*$"), folded, _digits)
    plain = on(~plain.str.contains(r"^0[1-9][0-9]{8,9}$"), plain, _national)
    return choose(plain.str.len_bytes() >= 6, plain, "")


def _digits(series: pl.Series) -> pl.Series:
    one = series.str.replace(r"\s*(?:ext?n?\.?|extension|x|#)\s*[0-9]{1,6}$", "").str.replace(r"\.0$", "")
    one = one.str.replace(r"^([^/;,]*[0-9][^/;,]{8,}?)\s*(?:[/;,]| or ).*$", "$1")
    one = one.str.replace(r"^(\s*(?:\+|00)\s*44)\s*\(?0\)?", "$1").str.replace(r"^\s*\+", "00")
    return one.str.replace_all(r"[^0-9]+", "")


def _national(series: pl.Series) -> pl.Series:
    """0044…, 44… and a number that lost its 0 in a spreadsheet all become 0…"""
    plain = series.str.replace(r"^0044([0-9]{8,11})$", "0$1").str.replace(r"^44([1-37-9][0-9]{8,9})$", "0$1")
    plain = plain.str.replace(r"^([127][0-9]{9})$", "0$1")
    return plain.str.replace(r"^00+", "")


def identifier(folded: pl.Series) -> pl.Series:
    """Letters and digits only; a number that passed through a spreadsheet loses its '.0'."""
    return alphanumeric(on(folded.str.ends_with(".0"), folded, lambda s: s.str.replace(r"^([0-9]+)\.0$", "$1")))


def company_number(folded: pl.Series) -> pl.Series:
    """Eight characters: digits are filled with zeros on the left, as Companies House writes them."""
    plain = identifier(folded)
    short = plain.str.contains(r"^[0-9]{5,7}$")
    return on(short, plain, lambda s: s.str.zfill(8))
