"""Standardise: every distinct raw value once, to the one form in which values of its kind are compared."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from mdm.kinds.kind import Kind
from mdm.standardise import addresses, contacts, names
from mdm.standardise.dates import dates, is_day_first
from mdm.standardise.placeholders import blank_after, blank_before
from mdm.standardise.split import split
from mdm.standardise.split_address import split_addresses
from mdm.standardise.split_name import split_full_names
from mdm.text import fold, on, words

__all__ = ["is_day_first", "split", "split_addresses", "split_full_names", "standardise"]

BY_KIND: dict[Kind, Callable[[pl.Series], pl.Series]] = {
    Kind.GIVEN_NAME: names.person,
    Kind.FAMILY_NAME: names.person,
    Kind.MIDDLE_NAME: names.person,
    Kind.FULL_NAME: names.person,
    Kind.GENDER: names.gender,
    Kind.NATIONAL_ID: contacts.identifier,
    Kind.EMAIL: contacts.email,
    Kind.PHONE: contacts.phone,
    Kind.POSTCODE: addresses.postcode,
    Kind.HOUSE_NUMBER: addresses.house_number,
    Kind.UNIT: addresses.unit,
    Kind.ADDRESS_LINE: addresses.line,
    Kind.ADDRESS: addresses.line,
    Kind.CITY: addresses.city,
    Kind.REGION: addresses.region,
    Kind.ORGANISATION_NAME: names.organisation,
    Kind.COMPANY_NUMBER: contacts.company_number,
    Kind.FREE_TEXT: words,
}
"""From folded text to the standard form; dates read the raw value, and id, source and ignore are left alone."""

ROUNDS = 6
"""What one step uncovers, as a title behind a title, the next round takes away; few values need a second one."""

AS_THEY_ARE = frozenset({Kind.ID, Kind.SOURCE, Kind.IGNORE})


def standardise(distinct: pl.Series, kind: Kind, *, day_first: bool | None = None) -> pl.Series:
    """The standard form of each value of `distinct`, in the same order; '' is missing.

    A pure function of each value, except that the order of day and month is read from the column as a whole unless
    `day_first` says it (`is_day_first`). Standardising twice changes nothing.
    """
    raw = distinct.cast(pl.String).fill_null("")
    if kind in AS_THEY_ARE:
        return raw.str.strip_chars()
    if kind is Kind.DATE_OF_BIRTH:
        return blank_after(dates(raw, day_first), kind)
    folded = fold(raw)
    form = _once(folded, kind)
    changed = form != folded
    for _ in range(ROUNDS):
        if not changed.any():
            break
        again = on(changed, form, lambda s: _once(s, kind))
        changed, form = again != form, again
    return form


def _once(folded: pl.Series, kind: Kind) -> pl.Series:
    return blank_after(BY_KIND[kind](blank_before(folded, kind)), kind)
