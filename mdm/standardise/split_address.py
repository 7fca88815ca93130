"""A whole address to its unit, house number, street, town, county and postcode."""

from __future__ import annotations

import polars as pl

from mdm.kinds.kind import Kind
from mdm.kinds.vocabulary import COUNTIES, STREET_WORDS
from mdm.standardise.placeholders import blank_before
from mdm.text import choose, fold, on

_POSTCODE = r"\b([a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2})\b"
_OTHER_POSTCODE = r"[ ,]([0-9]{2}-[0-9]{3}|[0-9]{4,5}(?:-[0-9]{4})?)(?:$|,)"
_COUNTRY = r"[ ,]+(?:united kingdom|uk|u\.k\.|great britain|gb|england|wales|scotland|northern ireland|australia)\.?$"
_UNIT = r"^(?:(?:flat|apartment|apt|unit|room|suite|studio|flt)\b[ .]*(?:no\.? ?)?([0-9]+[a-z]?|[a-z])\b|((?:ground|first|second|third|top|basement|lower|upper)(?: floor)?) flat\b)[ ,/]*"
_SLASHED = r"^([0-9]+[a-z]?) ?/ ?([0-9]+[a-z]?\b.*)$"
_HOUSE = r"^(?:no\.? ?)?([0-9]+ ?[a-z]?(?: ?[-–] ?[0-9]+[a-z]?)?)(?:[ ,]+|$)"
_STREET = r"\b(?:" + "|".join(STREET_WORDS) + r")\b\.?"
_RUN_ON = r"^(.*" + _STREET + r")[ ,]+([^,]+)$"


def split_addresses(raw: pl.Series) -> dict[Kind, pl.Series]:
    """Every part of each address, folded to lower-case ASCII; '' where there is none."""
    text = blank_before(fold(raw)).str.replace_all(r"[\r\n;|]+", ", ").str.replace_all(r"[\s]*,[\s,]*", ", ")
    text = text.str.strip_chars(" ,.").str.replace(_COUNTRY, "")
    text, postcode = _take_postcode(text)
    parts = _take_numbers(text)
    pieces = parts.pop(Kind.ADDRESS_LINE).str.split(", ")
    parts |= _streets_and_towns(pieces, parts[Kind.HOUSE_NUMBER])
    return {**parts, Kind.POSTCODE: postcode}


def split_line(raw: pl.Series) -> dict[Kind, pl.Series]:
    """Unit, house number and the rest of the first line of an address."""
    return _take_numbers(blank_before(fold(raw)).str.replace_all(r"[\s]*,[\s,]*", ", ").str.strip_chars(" ,."))


def _take_postcode(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    british = text.str.extract(_POSTCODE, 1)
    text = on(british.is_not_null(), text, lambda s: s.str.replace(_POSTCODE, ""))
    other = choose(british.is_null(), text, "").str.extract(_OTHER_POSTCODE, 1)
    text = on(other.is_not_null(), text, lambda s: s.str.replace(_OTHER_POSTCODE, ""))
    return text.str.replace_all(r"[ ,]*, *", ", ").str.strip_chars(" ,."), british.fill_null(other).fill_null("")


def _take_numbers(text: pl.Series) -> dict[Kind, pl.Series]:
    found = text.str.extract_groups(_UNIT).struct.unnest()
    unit = found.to_series(0).fill_null(found.to_series(1)).fill_null("")
    text = on(unit != "", text, lambda s: s.str.replace(_UNIT, ""))
    slashed = text.str.extract_groups(_SLASHED).struct.unnest()
    both = slashed.to_series(0).is_not_null() & (unit == "")
    unit = choose(both, slashed.to_series(0), unit)
    text = choose(both, slashed.to_series(1), text)
    house = text.str.extract(_HOUSE, 1).fill_null("")
    house = choose(text.str.contains(r"^[0-9]+(?:st|nd|rd|th) "), "", house)
    rest = on(house != "", text, lambda s: s.str.replace(_HOUSE, ""))
    return {Kind.UNIT: unit, Kind.HOUSE_NUMBER: house.str.replace_all(" ", ""), Kind.ADDRESS_LINE: rest}


def _streets_and_towns(pieces: pl.Series, house: pl.Series) -> dict[Kind, pl.Series]:
    """The street is the first piece, or the second behind the name of a house; the town is the last but for a county."""
    first, second = (pieces.list.get(i, null_on_oob=True).fill_null("") for i in (0, 1))
    last = pieces.list.last().fill_null("")
    county = last.is_in(list(COUNTIES)) & (pieces.list.len() >= 3)
    region = choose(county, last, "")
    town = choose(county, pieces.list.get(-2, null_on_oob=True).fill_null(""), last)
    inner = second.str.extract(_HOUSE, 1).fill_null("")
    named = (
        (house == "")
        & (pieces.list.len() >= 2)
        & ~first.str.contains(_STREET)
        & ((inner != "") | second.str.contains(_STREET))
    )
    number = choose(named, choose(inner != "", inner, first), house)
    street = choose(named, second.str.replace(_HOUSE, ""), first)
    lone = pieces.list.len() == 1
    run_on = choose(lone, first, "").str.extract_groups(_RUN_ON).struct.unnest()
    street = choose(lone, run_on.to_series(0).fill_null(first), street)
    town = choose(lone, run_on.to_series(1).fill_null(""), town)
    town = choose(named & (pieces.list.len() == 2), "", town)
    return {Kind.HOUSE_NUMBER: number, Kind.ADDRESS_LINE: street, Kind.CITY: town, Kind.REGION: region}
