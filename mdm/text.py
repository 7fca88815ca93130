"""Any script to lower-case ASCII, so that Łukasz and Lukasz, or ਸਿੰਘ and Singh, can be compared.

Every function here takes and returns a polars Series of strings of the same length, without nulls; '' is missing.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from anyascii import anyascii

COMBINING = r"[\u0300-\u036f\u200b-\u200f\ufeff]"
"""Latin accents once decomposed, and the invisible marks that spreadsheets leave behind."""

LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "–": "-", "—": "-", "‐": "-", "‑": "-", "\u00a0": " ",
    "ੰ": "n", "ਂ": "n", "ʿ": "", "ʾ": "",
}  # fmt: skip
"""Letters that do not decompose, typographic marks, and the Gurmukhi nasals, which English spelling writes as n."""


def listed(text: str, separator: str | None = None) -> tuple[str, ...]:
    """The words of a table written as text, split at blanks or at `separator` and line ends."""
    if separator is None:
        return tuple(text.split())
    pieces = (piece.strip() for piece in text.replace("\n", separator).split(separator))
    return tuple(piece for piece in pieces if piece)


def on(mask: pl.Series, series: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """`series` with `change` applied to the values where `mask` is true: the rare values pay, the rest do not.

    The series itself stays as it is (`scatter` would write into it).
    """
    rows = mask.arg_true()
    if not len(rows):
        return series
    if len(rows) == len(series):
        return change(series)
    return series.clone().scatter(rows, change(series.gather(rows)))


def choose(mask: pl.Series, yes: pl.Series | str, no: pl.Series | str) -> pl.Series:
    """`yes` where `mask` holds (a null mask is false), else `no`, element by element."""
    return pl.select(pl.when(mask.fill_null(False)).then(pl.lit(yes)).otherwise(pl.lit(no))).to_series()


def fold(series: pl.Series) -> pl.Series:
    """Lower-case ASCII of every value, stripped; null becomes ''."""
    lower = series.cast(pl.String).fill_null("").str.to_lowercase().str.strip_chars()
    return on(_not_ascii(lower), lower, _to_ascii)


def collapse(series: pl.Series) -> pl.Series:
    """Runs of blanks become one, the ends are stripped."""
    series = series.str.strip_chars()
    return on(series.str.contains("  ", literal=True), series, lambda s: s.str.replace_all(r" +", " "))


def words(series: pl.Series) -> pl.Series:
    """Only a–z, 0–9 and single blanks are left of a folded series."""
    odd = ~series.str.contains(r"^[a-z0-9 ]*$")
    return collapse(on(odd, series, lambda s: s.str.replace_all("&", " and ").str.replace_all(r"[^a-z0-9]+", " ")))


def alphanumeric(series: pl.Series) -> pl.Series:
    """Only a–z and 0–9 are left of a folded series."""
    odd = ~series.str.contains(r"^[a-z0-9]*$")
    return on(odd, series, lambda s: s.str.replace_all(r"[^a-z0-9]+", ""))


def _not_ascii(series: pl.Series) -> pl.Series:
    return series.str.len_bytes() != series.str.len_chars()


def _to_ascii(series: pl.Series) -> pl.Series:
    """Accents are removed by Unicode decomposition; other scripts are transliterated letter by letter (anyascii)."""
    plain = series.str.normalize("NFKD").str.replace_all(COMBINING, "")
    plain = plain.str.replace_many(list(LETTERS), list(LETTERS.values()))
    return on(_not_ascii(plain), plain, _transliterate).str.strip_chars()


def _transliterate(series: pl.Series) -> pl.Series:
    composed = series.str.normalize("NFC").to_list()
    return pl.Series([anyascii(value).lower() for value in composed], dtype=pl.String)


def fold_one(value: str) -> str:
    """Lower-case ASCII of a single value."""
    return str(fold(pl.Series([value], dtype=pl.String))[0])
