"""What the values of a column look like: the share of them that fits each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from mdm.kinds.kind import Kind
from mdm.kinds.vocabulary import CITIES, COUNTIES, FAMILY_NAMES, GIVEN_NAMES, STREET_WORDS
from mdm.text import listed

SAMPLE = 5_000
"""Values looked at per column, evenly spread over the rows that have one."""

_STREET = r"(?i)\b(?:" + "|".join(STREET_WORDS) + r")\b"
_MONTHS = r"(?i)jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_GENDER = frozenset(listed("m f male female man woman boy girl x u unknown other non-binary nonbinary trans mezczyzna"))
_LEGAL = r"(?i)\b(?:ltd|limited|plc|llp|inc|gmbh|cic|llc|s\.?a\.?r?\.?l?|sp\.? ?z ?o\.?o|trust|services|& sons|group)\b"
_UK_POSTCODE = r"(?i)^[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}$"


@dataclass(frozen=True, slots=True)
class Column:
    """One column, sampled: stripped text without blanks, and how far its values differ."""

    name: str
    values: pl.Series
    filled: float
    """Share of the rows that have a value."""
    distinct: float
    """Share of the filled rows in the sample that are the first with their value."""
    unique: bool
    """No value occurs twice in the whole column, and none is missing."""

    def share(self, mask: pl.Series) -> float:
        """Share of the sampled values for which `mask` is true."""
        return float(mask.fill_null(False).sum()) / max(len(self.values), 1)

    def fits(self, pattern: str) -> float:
        return self.share(self.values.str.contains(pattern))

    def among(self, known: frozenset[str]) -> float:
        return self.share(self.values.str.to_lowercase().is_in(list(known)))

    @property
    def lengths(self) -> tuple[float, float]:
        """Mean number of characters, and mean number of words."""
        characters = self.values.str.len_chars().cast(pl.Float64).mean()
        words = (self.values.str.count_matches(r"\s+") + 1).cast(pl.Float64).mean()
        return float(characters or 0), float(words or 0)  # type: ignore[arg-type]  # - polars says a mean may be anything; of numbers it is one


def look(name: str, series: pl.Series) -> Column:
    """Sample and describe a column of strings."""
    filled = series.drop_nulls().str.strip_chars()
    filled = filled.filter(filled != "")
    step = max(1, len(filled) // SAMPLE)
    sample = filled.gather_every(step)
    distinct = sample.n_unique() / max(len(sample), 1)
    unique = distinct == 1 and len(filled) == len(series) and filled.n_unique() == len(series)
    return Column(name, sample, len(filled) / max(len(series), 1), distinct, unique)


def scores(column: Column) -> dict[Kind, float]:
    """Kind → how well the values fit it, 0 to 1; only kinds that have a recognisable look are in it."""
    return {kind: score(column) for kind, score in LOOKS.items()}


def _date(column: Column) -> float:
    numeric = r"^[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}(?:[ T].*)?$"
    compact = r"^(?:1[89]|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$"
    named = column.share(
        column.values.str.contains(_MONTHS)
        & column.values.str.contains(r"[0-9]{2,4}")
        & ~column.values.str.contains("@")
    )
    return max(column.fits(numeric), column.fits(compact), named * column.fits(r"^.{5,24}$"))


def _phone(column: Column) -> float:
    digits = column.values.str.replace_all(r"[^0-9]", "").str.len_bytes()
    shaped = column.values.str.contains(r"^[+(]?[0-9][0-9 ()+./-]{7,}(?:x[0-9]+)?$") & (digits >= 9) & (digits <= 15)
    lead = column.fits(r"^(?:\+|00|\(?0|44|[17][0-9]{9}$)")
    return column.share(shaped) * (0.4 + 0.6 * lead) * (0.0 if _date(column) > 0.5 else 1.0)


def _gender(column: Column) -> float:
    few = column.values.n_unique() <= 12
    return column.among(_GENDER) if few else 0.0


def _national_id(column: Column) -> float:
    insurance = column.fits(r"(?i)^[a-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]$")
    insurance = max(insurance, 0.8 * column.fits(r"(?i)^[a-z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]?$"))
    nhs = column.fits(r"^[0-9]{3}[ -][0-9]{3}[ -][0-9]{4}$")
    other = column.fits(r"^[0-9]{3}-[0-9]{2}-[0-9]{4}$")
    digits = column.fits(r"^[1-9][0-9]{6,11}$") * 0.55 * (column.distinct > 0.3) * (not column.unique)
    return max(insurance, nhs, other, digits)


def _postcode(column: Column) -> float:
    british = column.fits(_UK_POSTCODE)
    digits = column.fits(r"^[0-9]{4,5}$") * 0.6 * (column.distinct < 0.9)
    return max(british, digits, column.fits(r"^[0-9]{2}-[0-9]{3}$"))


def _house_number(column: Column) -> float:
    return column.fits(r"(?i)^[0-9]{1,4} ?[a-z]?$") * 0.75 * (column.values.n_unique() > 8)


def _unit(column: Column) -> float:
    return column.fits(r"(?i)^(?:flat|apt|apartment|unit|room|suite) ?[0-9a-z]{1,4}$")


def _lettered(column: Column) -> float:
    return column.fits(r"^[\p{L}\p{M}'’. -]+$")


def _city(column: Column) -> float:
    places = column.among(CITIES)
    return min(1.0, 2.2 * places) * _lettered(column) if places > 0.1 else 0.0


def _region(column: Column) -> float:
    return column.among(COUNTIES) * (column.values.n_unique() <= 200)


def _given(column: Column) -> float:
    return min(1.0, 2.5 * column.among(GIVEN_NAMES)) * _lettered(column)


def _family(column: Column) -> float:
    return min(1.0, 3.0 * column.among(FAMILY_NAMES)) * _lettered(column) * (1 - _city(column))


def _full_name(column: Column) -> float:
    lower = column.values.str.to_lowercase()
    tokens = lower.str.extract_all(r"\p{L}+")
    size = tokens.list.len()
    shaped = (size >= 2) & (size <= 5) & ~lower.str.contains("[0-9@]")
    known = [tokens.list.get(i, null_on_oob=True).is_in(list(GIVEN_NAMES)) for i in (0, 1, -1)]
    some = column.share(shaped & (known[0].fill_null(False) | known[1].fill_null(False) | known[2].fill_null(False)))
    return min(1.0, 1.8 * some) * column.share(shaped) if some > 0.1 else 0.0


def _address_line(column: Column) -> float:
    street = column.fits(_STREET)
    return street * 0.9 * (1 - _address(column)) if column.lengths[1] >= 1.5 else 0.0


def _address(column: Column) -> float:
    street = column.values.str.contains(_STREET)
    several = column.values.str.contains(r"[,\n]\s*\S") & column.values.str.contains(r"[0-9]")
    coded = column.values.str.contains(r"(?i)[a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2}\b|\b[0-9]{4,5}$")
    return column.share(street & several & coded)


def _company_number(column: Column) -> float:
    """Registers have more beginnings than the common ones; the others need a heading that says so."""
    lettered = column.fits(r"^(?:SC|NI|OC|SO|NC|R0)[0-9]{6}$")
    common = lettered + column.fits(r"^[0-9]{8}$") * (1 - _date(column)) * 0.8
    return max(common, 0.75 * column.fits(r"(?i)^[a-z]{2}[0-9]{6}$"))


LOOKS: dict[Kind, Callable[[Column], float]] = {
    Kind.EMAIL: lambda column: column.fits(r"^\S+@\S+\.\S+$"),
    Kind.DATE_OF_BIRTH: _date,
    Kind.PHONE: _phone,
    Kind.POSTCODE: _postcode,
    Kind.GENDER: _gender,
    Kind.NATIONAL_ID: _national_id,
    Kind.COMPANY_NUMBER: _company_number,
    Kind.ORGANISATION_NAME: lambda column: min(1.0, 1.5 * column.fits(_LEGAL)),
    Kind.ADDRESS: _address,
    Kind.ADDRESS_LINE: _address_line,
    Kind.HOUSE_NUMBER: _house_number,
    Kind.UNIT: _unit,
    Kind.CITY: _city,
    Kind.REGION: _region,
    Kind.GIVEN_NAME: _given,
    Kind.FAMILY_NAME: _family,
    Kind.FULL_NAME: _full_name,
}
