"""One seed, one date, one city: the same call gives the same people, to the letter."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from app.seeds.city import households, places
from app.seeds.city.casting import cast_city
from app.seeds.city.households import Draft
from app.seeds.city.model import City, Noise, person_id, stage_rng
from app.seeds.city.naming import name_people
from app.seeds.city.reach import reach
from app.seeds.city.words import CITY_NAME

DEFAULT_SEED = 2014
SMALLEST = 1_000


def generate(residents: int = 20_000, seed: int = DEFAULT_SEED, *, today: date, noise: Noise = "normal") -> City:
    """A city of exactly ``residents`` people at ``today``, with those who have left on top.

    ``noise`` says how dirty its extracts are; places and people are the same at every level.
    """
    if residents < SMALLEST:
        raise ValueError(f"a city needs at least {SMALLEST} residents, not {residents}")
    wards, streets, properties = places.build(residents, seed)
    homes, draft = households.build(residents, today, seed, properties)
    people = _people(draft, homes, today, seed)
    people, homes = reach(people, homes, seed)
    (people, homes, properties), cast = cast_city(people, homes, properties, today)
    people = people.join(
        homes.select("household", "property", "former_property", "moved_on", "left_on", "landline"),
        on="household",
        maintain_order="left",
    )
    return City(CITY_NAME, today, seed, noise, wards, streets, properties, homes, people.drop("age"), cast)


def _people(draft: Draft, homes: pl.DataFrame, today: date, seed: int) -> pl.DataFrame:
    age = (np.datetime64(today) - draft.born).astype(np.int64) / 365.2425
    names = name_people(draft, homes, seed)
    kind = homes["kind"].gather(draft.household)
    # A name changed at some time in the last 25 adult years.
    span = np.clip(age - 19.0, 0.3, 25.0)
    days = (stage_rng(seed, "marriages").random(len(age)) * span * 365.0).astype(np.int64) + 60
    changed_on = pl.Series((np.datetime64(today) - days).astype("datetime64[D]")).cast(pl.Date)
    people = pl.DataFrame(
        {
            "person": [person_id(index) for index in range(len(age))], "household": draft.household, "role": draft.role,
            "male": draft.male, "born": pl.Series(draft.born).cast(pl.Date), "age": age, "student": kind == "students",
            "kind": kind,
        }
    )  # fmt: skip
    changed = pl.when(pl.col("previous_family").is_not_null()).then(changed_on)
    return people.hstack(names).with_columns(changed.alias("changed_on"))
