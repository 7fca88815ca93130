"""What goes wrong between a person and a record, how often, in which system.

Rates as data, applied to whole columns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from app.seeds.city import spelling
from app.seeds.city.model import Noise, Source

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Rates:
    """Chances per record. The first group are slips and grow with the noise level, the second are habits of the
    system.
    """

    typo_given: float = 0.025
    typo_family: float = 0.025
    swapped: float = 0.006
    date_slip: float = 0.018
    new_years_day: float = 0.004
    phone_slip: float = 0.012
    email_slip: float = 0.012
    national_id_slip: float = 0.012
    postcode_slip: float = 0.012
    number_slip: float = 0.006
    street_slip: float = 0.02
    uprn_slip: float = 0.002
    gender_slip: float = 0.004
    placeholder: float = 0.004

    nickname: float = 0.03
    initial: float = 0.0
    no_given: float = 0.0
    no_middle: float = 0.3
    middle_initial: float = 0.4
    no_born: float = 0.05
    no_gender: float = 0.05
    no_national_id: float = 1.0
    no_phone: float = 0.2
    no_email: float = 0.4
    no_postcode: float = 0.02
    no_number: float = 0.003
    no_unit: float = 0.03
    no_uprn: float = 0.05
    no_address: float = 0.0
    unaccented: float = 0.5
    loose_mark: float = 0.25
    short_street: float = 0.1


_SLIPS: Final = (
    "typo_given", "typo_family", "swapped", "date_slip", "new_years_day", "phone_slip", "email_slip",
    "national_id_slip",
    "postcode_slip", "number_slip", "street_slip", "uprn_slip", "gender_slip", "placeholder",
)  # fmt: skip
_MISSING: Final = (
    "no_given",
    "no_born",
    "no_phone",
    "no_email",
    "no_postcode",
    "no_uprn",
    "no_national_id",
    "nickname",
    "initial",
)
_LEVELS: Final[dict[Noise, tuple[float, float]]] = {"easy": (0.3, 0.7), "normal": (1.0, 1.0), "heavy": (3.0, 1.5)}

RATES: Final[dict[Source, Rates]] = {
    "council_tax": Rates(
        nickname=0.012, initial=0.09, no_middle=0.35, no_born=0.33, no_gender=0.0, no_phone=0.4, no_email=0.5,
        unaccented=0.4,
        short_street=0.0, placeholder=0.002,
    ),
    "housing": Rates(
        typo_given=0.012, typo_family=0.012, swapped=0.003, no_middle=0.2, no_born=0.02, no_national_id=0.12,
        no_email=0.4,
        no_uprn=0.06, placeholder=0.002,
    ),
    "crm": Rates(
        typo_given=0.035, typo_family=0.04, swapped=0.01, street_slip=0.03, nickname=0.2, initial=0.025, no_given=0.015,
        no_middle=0.6, no_born=0.3, no_gender=0.35, no_phone=0.18, no_email=0.42, no_postcode=0.05, no_number=0.01,
        no_unit=0.1,
        no_uprn=0.8, no_address=0.02, short_street=0.15, placeholder=0.007,
    ),
}  # fmt: skip

_NOBODY: Final = ("Unknown", "Occupier", "X", "Not Known", "TBC")
_NO_PHONES: Final = ("00000000000", "01632 000000", "07700 900000", "0")
_NO_MAILS: Final = ("none@none.example", "noemail@noemail.example", "unknown@unknown.example")


def rates(source: Source, noise: Noise) -> Rates:
    """The rates of a system at a noise level; habits saturate at 0.9 unless the field does not exist there at all."""
    base = RATES[source]
    slips, missing = _LEVELS[noise]
    changes = {name: getattr(base, name) * slips for name in _SLIPS}
    changes |= {name: 1.0 if getattr(base, name) >= 1 else min(0.9, getattr(base, name) * missing) for name in _MISSING}
    return replace(base, **changes)


class Clerk:
    """Holds the columns while they are being spoilt; every method hits a random share of the rows."""

    def __init__(self, frame: pl.DataFrame, rng: np.random.Generator) -> None:
        self.columns: dict[str, pl.Series] = {column.name: column for column in frame.get_columns()}
        self.rng = rng
        self.random = Random(int(rng.integers(2**31)))
        self.height = frame.height

    def hit(self, rate: float) -> Indices:
        return np.flatnonzero(self.rng.random(self.height) < rate)

    def spoil(self, column: str, rate: float, how: Callable[[Any, Random], Any], where: Indices | None = None) -> None:
        rows = self.hit(rate) if where is None else where
        old = self.columns[column].gather(rows).to_list()
        self.put(column, rows, [value if value is None else how(value, self.random) for value in old])

    def put(self, column: str, rows: Indices, values: list[Any]) -> None:
        if len(rows):
            series = self.columns[column]
            self.columns[column] = series.scatter(rows.tolist(), pl.Series(values, dtype=series.dtype))

    def lose(self, column: str, rate: float) -> Indices:
        rows = self.hit(rate)
        self.put(column, rows, [None] * len(rows))
        return rows

    def placeholders(self, column: str, rate: float, values: tuple[str, ...]) -> None:
        rows = self.hit(rate)
        self.put(column, rows, [self.random.choice(values) for _ in range(len(rows))])

    def frame(self) -> pl.DataFrame:
        return pl.DataFrame(list(self.columns.values()))


def spoil(frame: pl.DataFrame, source: Source, noise: Noise, rng: np.random.Generator) -> pl.DataFrame:
    """A frame of true values in, what the system holds out. Same rows, same order."""
    clerk, chance = Clerk(frame, rng), rates(source, noise)
    _names(clerk, chance)
    _identity(clerk, chance)
    _reach(clerk, chance)
    _address(clerk, chance)
    return clerk.frame()


def _names(clerk: Clerk, chance: Rates) -> None:
    clerk.spoil("given", chance.nickname, spelling.nickname)
    clerk.spoil("given", chance.typo_given, spelling.typo)
    clerk.spoil("family", chance.typo_family, spelling.typo)
    marked = np.flatnonzero(clerk.columns["family"].str.contains("['-]").to_numpy())
    clerk.spoil("family", 0, spelling.loose_mark, marked[clerk.rng.random(len(marked)) < chance.loose_mark])
    clerk.lose("middle", chance.no_middle)
    clerk.spoil("middle", chance.middle_initial, lambda name, _: name[:1])
    short = clerk.hit(chance.initial)
    clerk.spoil("given", 0, spelling.initial, short)
    clerk.spoil("middle", 0, lambda name, _: name[:1], short)
    for column in ("given", "family"):
        foreign = np.flatnonzero(clerk.columns[column].str.contains(r"[^\x00-\x7F]").to_numpy())
        clerk.spoil(column, 0, spelling.unaccented, foreign[clerk.rng.random(len(foreign)) < chance.unaccented])
    clerk.lose("given", chance.no_given)
    swapped = clerk.hit(chance.swapped)
    swapped = swapped[clerk.columns["given"].gather(swapped).is_not_null().to_numpy()]
    given, family = clerk.columns["given"].gather(swapped).to_list(), clerk.columns["family"].gather(swapped).to_list()
    clerk.put("given", swapped, family)
    clerk.put("family", swapped, given)
    clerk.placeholders("given", chance.placeholder, _NOBODY)


def _identity(clerk: Clerk, chance: Rates) -> None:
    clerk.spoil("born", chance.date_slip, spelling.date_slip)
    clerk.spoil("born", chance.new_years_day, spelling.new_years_day)
    clerk.lose("born", chance.no_born)
    clerk.put("born", unknown := clerk.hit(chance.placeholder), [date(1900, 1, 1)] * len(unknown))
    clerk.spoil("gender", chance.gender_slip, lambda value, _: "F" if value == "M" else "M")
    clerk.lose("gender", chance.no_gender)
    clerk.spoil("national_id", chance.national_id_slip, spelling.wrong_digit)
    clerk.lose("national_id", chance.no_national_id)


def _reach(clerk: Clerk, chance: Rates) -> None:
    clerk.spoil("phone", chance.phone_slip, spelling.wrong_digit)
    clerk.lose("phone", chance.no_phone)
    clerk.placeholders("phone", chance.placeholder, _NO_PHONES)
    clerk.spoil("email", chance.email_slip, _mail_slip)
    clerk.lose("email", chance.no_email)
    clerk.placeholders("email", chance.placeholder, _NO_MAILS)


def _mail_slip(address: str, random: Random) -> str:
    local, _, domain = address.partition("@")
    return f"{spelling.typo(local, random)}@{domain}"


def _address(clerk: Clerk, chance: Rates) -> None:
    clerk.spoil("street_name", chance.street_slip, spelling.typo)
    clerk.spoil("house_number", chance.number_slip, spelling.near_number)
    clerk.spoil("postcode", chance.postcode_slip, spelling.postcode_slip)
    clerk.spoil("uprn", chance.uprn_slip, spelling.wrong_digit)
    for column, rate in (
        ("house_number", chance.no_number),
        ("unit", chance.no_unit),
        ("postcode", chance.no_postcode),
        ("uprn", chance.no_uprn),
    ):
        clerk.lose(column, rate)
    nowhere = clerk.hit(chance.no_address)
    for column in ("unit", "house_number", "street_name", "postcode", "uprn"):
        clerk.put(column, nowhere, [None] * len(nowhere))
