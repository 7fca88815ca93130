"""A person's whole name to given, middle and family name."""

from __future__ import annotations

import polars as pl

from mdm.kinds.kind import Kind
from mdm.kinds.vocabulary import GIVEN_NAMES
from mdm.standardise.names import SUFFIXES, TITLES, person
from mdm.standardise.placeholders import blank_before
from mdm.text import choose, fold, on

PARTICLES = "van von der den de la le del della di da do dos das du bin ibn bint al el ap ab ter ten zu zur st saint y"
"""Words that begin a family name of several words when another word follows."""

_PARTICLES = r"(?:(?:" + "|".join(PARTICLES.split()) + r") )*"
_GIVEN_FIRST = r"^(\S+)((?: \S+)*?) (" + _PARTICLES + r"\S+)$"
_FAMILY_FIRST = r"^(" + _PARTICLES + r"\S+) (\S+)((?: \S+)*)$"
_TITLE = r"(?:" + "|".join(sorted(set(TITLES), key=len, reverse=True)) + r")\.?"
_COUPLE_OF_TITLES = r"^" + _TITLE + r" ?(?:&|and|/) ?" + _TITLE + r" "
_COUPLE = r"\s*(?: & | and | / |&).*$"
_HAN_COMPOUND = "欧阳|歐陽|司马|司馬|上官|诸葛|諸葛|东方|東方|皇甫|尉迟|公孙|慕容|令狐|司徒"
_HAN = r"^(" + _HAN_COMPOUND + r"|\p{Han}|\p{Hangul})(\p{Han}{1,3}|\p{Hangul}{1,2})$"
_SHOUTED = r"^(?:\p{Lu}['’-]?){2,}\p{Lu}*[\p{Lu}'’ -]* \p{Lu}\p{Ll}"


def split_full_names(raw: pl.Series) -> dict[Kind, pl.Series]:
    """Given, middle and family name of each value, folded to lower-case ASCII; '' where the name has no such part.

    'SMITH, John A', 'SMITH John A', 'Dr John A. Smith' and, when the whole column runs that way, 'Smith John A' all
    give (john, a, smith). Of a couple the first person is taken; '王小明' is (xiaoming, '', wang).
    """
    raw = raw.cast(pl.String).fill_null("").str.strip_chars()
    raw = on(raw.str.contains(_HAN), raw, lambda s: s.str.replace(_HAN, "${2} ${1}"))
    shouted = raw.str.contains(_SHOUTED)
    text = blank_before(fold(raw))
    text = on(text.str.contains(r"&|/|\band\b"), text, _first_of_couple)
    head, tail = _at_comma(text)
    whole = person(head, keep_hyphens=True)
    family_first = shouted & (tail == "") | _runs_family_first(whole, tail)
    given, middle, family = _by_order(whole, family_first)
    rest = tail.str.extract_groups(r"^(\S+)(?: (.+))?$").struct.unnest()
    comma = tail != ""
    given = choose(comma, rest.to_series(0).fill_null(""), given)
    middle = choose(comma, rest.to_series(1).fill_null(""), middle)
    family = choose(comma, whole, family)
    return {Kind.GIVEN_NAME: given, Kind.MIDDLE_NAME: middle, Kind.FAMILY_NAME: family}


def _first_of_couple(text: pl.Series) -> pl.Series:
    """'mr & mrs j smith' → 'j smith'; 'john & mary smith' → 'john smith'; 'john smith & mary jones' → 'john smith'."""
    text = text.str.replace(_COUPLE_OF_TITLES, "")
    first, last = text.str.replace(_COUPLE, ""), text.str.extract(r"(\S+)$", 1).fill_null("")
    bare = first.str.replace(r"^(?:" + _TITLE + r" )+", "").str.replace(r"^" + _TITLE + "$", "")
    alone = ~bare.str.contains(" ") & text.str.contains(_COUPLE) & ~first.str.contains(",")
    return choose(alone, (bare + " " + last).str.strip_chars(), first)


def _at_comma(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Before the comma, and the names behind it; honours and suffixes behind a comma are no names."""
    head = text.str.extract(r"^([^,]*)", 1).fill_null("")
    tail = choose(text.str.contains(",", literal=True), text.str.extract(r",\s*([^,]*)", 1).fill_null(""), "")
    tail = person(choose(tail.str.contains("[0-9]"), "", tail), keep_hyphens=True)
    tail = choose(tail.str.contains(r"^(?:" + "|".join(SUFFIXES) + r"| )+$"), "", tail)
    return head, tail


def _by_order(whole: pl.Series, family_first: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    usual = whole.str.extract_groups(_GIVEN_FIRST).struct.unnest()
    other = choose(family_first, whole, "").str.extract_groups(_FAMILY_FIRST).struct.unnest()
    turn = family_first & other.to_series(0).is_not_null()
    lone = ~whole.str.contains(" ")
    known = whole.is_in(list(GIVEN_NAMES))
    given = choose(turn, other.to_series(1), usual.to_series(0)).fill_null("")
    middle = choose(turn, other.to_series(2), usual.to_series(1)).fill_null("").str.strip_chars()
    family = choose(turn, other.to_series(0), usual.to_series(2)).fill_null("")
    return choose(lone & known, whole, given), middle, choose(lone & ~known, whole, family)


def _runs_family_first(whole: pl.Series, tail: pl.Series) -> bool:
    """The whole column does, when well-known given names stand last far more often than first."""
    sample = whole.filter((tail == "") & whole.str.contains(" ")).head(20_000)
    first = sample.str.extract(r"^(\S+)", 1).is_in(list(GIVEN_NAMES)).sum()
    last = sample.str.extract(r"(\S+)$", 1).is_in(list(GIVEN_NAMES)).sum()
    return bool(last >= 5 and last > 3 * first)
