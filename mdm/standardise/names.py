"""Names of people and of organisations in one spelling."""

from __future__ import annotations

import polars as pl

from mdm.text import choose, collapse, listed, on, words

TITLES = listed(
    "mr mister mrs miss ms mx master dr doctor prof professor rev revd reverend fr father sir dame lord lady cllr "
    "councillor capt captain maj col colonel lt sgt imam rabbi herr frau mme mlle monsieur madame senor senora sra smt shri"
)
"""Dropped from the front of a name, never when nothing else would be left."""

ONLY_TITLES = listed("mr mrs miss ms mx dr prof rev")
"""A name that is no more than one of these is no name."""

SUFFIXES = listed("jr jnr junior sr snr senior ii iii iv esq esquire obe mbe cbe kbe phd md bsc msc dds frcs frs")
"""Dropped from the end of a name, never when nothing else would be left."""

_TITLE = r"^(?:(?:" + "|".join(sorted(set(TITLES), key=len, reverse=True)) + r") )+([a-z].*)$"
_SUFFIX = r"^(.*[a-z]{2,})(?: (?:" + "|".join(SUFFIXES) + r"))+$"
_PREFIX = r"\b(o|mc|mac|d|l) ([a-z]{3,})"
_MAIDEN = r"\(.*?\)|\bnee\b.*$|\bformerly\b.*$|\baka\b.*$"

LEGAL_FORMS = (
    r" (?:ltd|limited|plc|llp|llc|lp|inc|incorporated|corp|corporation|company|co|cic|cio|gmbh|ag|bv|nv|sa|sarl|srl|"
    r"spa|ab|as|oy|sp z o o|spolka z o o)$"
)


def person(folded: pl.Series, *, keep_hyphens: bool = False) -> pl.Series:
    """Letters and single blanks; without titles, honours and maiden names; O'Brien and O Brien both as obrien."""
    odd = ~folded.str.contains(r"^[a-z]*$")
    other = r"[^a-z-]+" if keep_hyphens else r"[^a-z]+"
    plain = on(odd, folded, lambda s: _untangle(s, other))
    return choose(plain.is_in(ONLY_TITLES), "", plain)


def _untangle(folded: pl.Series, other: str) -> pl.Series:
    marked = folded.str.contains(r"\(|\bnee\b|\bformerly\b|\baka\b")
    plain = on(marked, folded, lambda s: _unless_empty(s, s.str.replace_all(_MAIDEN, " ")))
    plain = collapse(plain.str.replace_all(r"['.]", "").str.replace_all(other, " "))
    plain = on(plain.str.contains(_TITLE), plain, lambda s: s.str.replace(_TITLE, "$1"))
    plain = on(plain.str.contains(_SUFFIX), plain, lambda s: s.str.replace(_SUFFIX, "$1"))
    return on(plain.str.contains(_PREFIX), plain, _join_prefixes)


def _join_prefixes(series: pl.Series) -> pl.Series:
    return series.str.replace_all(_PREFIX, "${1}${2}")


def _unless_empty(before: pl.Series, after: pl.Series) -> pl.Series:
    return choose(after.str.contains("[a-z]"), after, before)


def organisation(folded: pl.Series) -> pl.Series:
    """Words without the legal form and a leading 'the'; '&' is 'and'."""
    plain = words(folded.str.replace_all(r"['.]", ""))
    plain = on(plain.str.starts_with("the "), plain, lambda s: s.str.replace(r"^the (.+)$", "$1"))
    for _ in range(2):
        short = on(plain.str.contains(LEGAL_FORMS), plain, lambda s: s.str.replace(LEGAL_FORMS, ""))
        plain = _unless_empty(plain, short)
    return plain


GENDERS = {
    "m": "m", "male": "m", "man": "m", "boy": "m", "1": "m", "mr": "m", "masculine": "m", "mezczyzna": "m",
    "homme": "m", "hombre": "m", "f": "f", "female": "f", "woman": "f", "girl": "f", "2": "f", "mrs": "f", "ms": "f",
    "miss": "f", "feminine": "f", "kobieta": "f", "femme": "f", "mujer": "f", "k": "f", "w": "f", "h": "m",
    "x": "x", "nb": "x", "nonbinary": "x", "non binary": "x", "trans": "x", "3": "x", "other": "x", "0": "", "9": "", "u": "",
    "indeterminate": "", "i": "",
}  # fmt: skip
"""Codes in use, ISO/IEC 5218 digits among them; 0 and 9 are 'not known' and 'not applicable' there."""


def gender(folded: pl.Series) -> pl.Series:
    """'m', 'f', 'x', '' or the folded word itself where the code is not known."""
    return words(folded).replace(GENDERS)
