"""Values that people and systems write when they know nothing. They must not agree with each other."""

from __future__ import annotations

import polars as pl

from mdm.kinds.kind import Kind
from mdm.text import listed

ANYWHERE = frozenset(
    listed(
        """
    unknown|unkown|not known|notknown|unk|u/k|n/k|nk|n/a|na|n.a.|n.a|#n/a|n\\a|nan|none|null|nil|nill|<na>|nat|(null)|(none)
    not given|not provided|not available|not applicable|not stated|not recorded|not specified|not disclosed|unspecified
    no data|no info|no information|no value|missing|blank|empty|undefined|withheld|refused|declined|prefer not to say
    tbc|tba|tbd|to be confirmed|to be advised|pending|test|testing|dummy|do not use|delete|deleted|x|xx|xxx|xxxx|xxxxx
    other|various|anon|anonymous|no name|noname|no fixed abode|nfa|no fixed address|see notes|as above|same
    brak|nieznany|nieznane|inconnu|inconnue|unbekannt|desconocido|desconocida|sconosciuto|anhysbys|ukjent|okand
    """,
        "|",
    )
)
"""Written out in any column; compared after folding to lower-case ASCII."""

BY_KIND: dict[Kind, frozenset[str]] = {
    Kind.GIVEN_NAME: frozenset({"baby", "infant", "occupier", "the occupier", "resident", "customer", "first name"}),
    Kind.FAMILY_NAME: frozenset({"occupier", "the occupier", "resident", "customer", "surname", "last name"}),
    Kind.EMAIL: frozenset(
        listed(
            """none@none.com no@no.com na@na.com n@a.com no@email.com noemail@noemail.com none@email.com test@test.com
        noemail@email.com email@email.com unknown@unknown.com no@mail.com a@a.com abc@abc.com example@example.com
        noreply@noreply.com no-email@no-email.com noemail@none.com x@x.com nomail@nomail.com a@b.com me@me.com
        """
        )
    ),
    Kind.PHONE: frozenset({"01234567890", "0123456789", "1234567890", "12345678", "123456", "0987654321"}),
    Kind.NATIONAL_ID: frozenset({"123456789", "1234567890", "987654321", "ab123456c", "qq123456c", "12345678"}),
    Kind.POSTCODE: frozenset({"xx11xx", "xx11xxx", "aa11aa", "ab12cd", "a11aa", "ab11ab", "xxx", "zz1zz", "nfa"}),
    Kind.DATE_OF_BIRTH: frozenset(
        listed(
            """19000101 19000102 18991230 18991231 18000101 17530101 16010101 99991231 99990909 99991212 99999999 11111111
        12345678 20991231 22220202 00010101 00000000"""
        )
    ),
    Kind.HOUSE_NUMBER: frozenset({"0", "00", "000", "9999", "99999"}),
}
"""Written out for one kind; compared after that kind's standardising, in its own form."""

ONE_DIGIT = r"^(0{4,}|1{6,}|2{6,}|3{6,}|4{6,}|5{6,}|6{6,}|7{6,}|8{6,}|9{4,})$"
"""One digit repeated: 00000, 999999."""

NUMBERED = frozenset({Kind.PHONE, Kind.NATIONAL_ID, Kind.POSTCODE, Kind.COMPANY_NUMBER, Kind.EMAIL})


MEANT = {Kind.GENDER: frozenset({"x", "other"})}
"""Words that say nothing elsewhere and something here."""


def blank_before(folded: pl.Series, kind: Kind | None = None) -> pl.Series:
    """Placeholders of any column become ''; `folded` is lower-case ASCII, before punctuation is taken out."""
    hollow = ANYWHERE - MEANT.get(kind, frozenset()) if kind else ANYWHERE
    return _blank(folded, folded.is_in(list(hollow)) | ~folded.str.contains(r"[a-z0-9]"))


def blank_after(standard: pl.Series, kind: Kind) -> pl.Series:
    """Placeholders of one kind become ''; `standard` is in the kind's final form."""
    hollow = standard.is_in(list(BY_KIND[kind])) if kind in BY_KIND else pl.repeat(False, len(standard), eager=True)
    if kind in NUMBERED:
        hollow = hollow | standard.str.contains(ONE_DIGIT)
    if kind is Kind.POSTCODE:
        hollow = hollow | standard.str.starts_with("zz99")
    if kind is Kind.EMAIL:
        hollow = hollow | standard.str.contains(r"^(no|none|noemail|nomail|unknown|na|test|xxx+|notgiven|noreply)@")
    return _blank(standard, hollow)


def _blank(series: pl.Series, hollow: pl.Series) -> pl.Series:
    rows = hollow.arg_true()
    return series.clone().scatter(rows, "") if len(rows) else series
