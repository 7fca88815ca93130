"""How each system writes what it holds.

Capitals, telephone formats, postcodes without the space, characters it lacks.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from app.seeds.city.model import Source
from app.seeds.city.words import CITY_NAME, SHORT_KINDS

_TEXT: Final = ("given", "middle", "family", "unit", "building", "street_name", "town")
_ABBREVIATED: Final[dict[Source, float]] = {"council_tax": 0.0, "housing": 0.1, "crm": 0.15}
_LOOSE_PHONE: Final[dict[Source, float]] = {"council_tax": 0.8, "housing": 0.4, "crm": 0.7}
_LOOSE_POSTCODE: Final[dict[Source, float]] = {"council_tax": 0.12, "housing": 0.03, "crm": 0.15}


def speak(rows: pl.DataFrame, source: Source, rng: np.random.Generator) -> pl.DataFrame:
    """The same rows as the system shows them; adds ``town``. Council tax knows no gender but what the title says."""

    def chance() -> pl.Series:
        return pl.Series(rng.random(rows.height))

    rows = rows.with_columns(
        town=pl.when(pl.col("street_name").is_not_null()).then(pl.lit(CITY_NAME)),
        street_name=pl.when(chance() < _ABBREVIATED[source]).then(_short("street_name")).otherwise("street_name"),
        phone=pl.when(chance() < _LOOSE_PHONE[source]).then(_phone("phone", chance())).otherwise("phone"),
        postcode=pl.when(chance() < _LOOSE_POSTCODE[source])
        .then(pl.col("postcode").str.replace(" ", "", literal=True))
        .otherwise("postcode"),
    )
    if source == "council_tax":
        return rows.with_columns(_cp1252(rows, name) for name in _TEXT).with_columns(
            building=pl.when(chance() < 0.6).then(pl.col("building").str.to_uppercase()), gender=_gender_of_title()
        )
    if source == "crm":
        shout, whisper = chance() < 0.08, chance() < 0.05
        return rows.with_columns(
            pl.when(shout)
            .then(pl.col(name).str.to_uppercase())
            .when(whisper)
            .then(pl.col(name).str.to_lowercase())
            .otherwise(name)
            .alias(name)
            for name in (*_TEXT, "postcode")
            if name != "building"
        )
    return rows


def _short(column: str) -> pl.Expr:
    street = pl.col(column)
    for long, short in SHORT_KINDS.items():
        street = street.str.replace(f" {long}$", f" {short}")
    return street


def _phone(column: str, chance: pl.Series) -> pl.Expr:
    """``07700 900123`` as people and forms write it; what is no full number stays as it is."""
    closed = pl.col(column).str.replace_all(" ", "", literal=True)
    code, rest = closed.str.head(5), closed.str.tail(6)
    written = (
        pl.when(chance < 0.6).then(closed)
        .when(chance < 0.75).then(pl.format("+44{}", closed.str.tail(10)))
        .when(chance < 0.85).then(pl.format("{} {} {}", code, rest.str.head(3), rest.str.tail(3)))
        .when(chance < 0.93).then(pl.format("({}) {}", code, rest))
        .otherwise(pl.format("0044 {} {}", code.str.tail(4), rest))
    )  # fmt: skip
    return pl.when(closed.str.len_chars() == 11).then(written).otherwise(pl.col(column))


def _cp1252(rows: pl.DataFrame, column: str) -> pl.Series:
    """Upper case, and a question mark for every letter that the old code page lacks."""
    upper = rows[column].str.to_uppercase()
    strange = upper.str.contains(r"[^\x00-\x7F]").fill_null(value=False).arg_true()
    fixed = [value.encode("cp1252", "replace").decode("cp1252") for value in upper.gather(strange).to_list()]
    return upper.scatter(strange.to_list(), fixed) if fixed else upper


def _gender_of_title() -> pl.Expr:
    title = pl.col("title")
    return pl.when(title == "MR").then(pl.lit("M")).when(title.is_in(["MRS", "MISS", "MS"])).then(pl.lit("F"))
