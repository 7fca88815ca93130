"""The ground: wards on both banks of a river, streets with houses on them, postcodes, UPRNs and coordinates.

The town is laid out upon the open water of the Wash (52.95° N, 0.30° E), a real estuary where nobody lives, so no
pin can fall on anybody's home. Its postcode area ``ZF`` does not exist in the United Kingdom (the only area in Z is
ZE); the shape is valid. UPRNs begin with 9990 and USRNs with 999, beyond what has been issued.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from app.seeds.city.model import stage_rng
from app.seeds.city.words import BUILDINGS, CARE_HOME, HOSTEL, STREET_KINDS, STREET_NAMES, WARDS

CENTRE: Final = (52.95, 0.30)
HOUSES_PER_STREET: Final = 34
_METRES_PER_DEGREE: Final = 111_320.0
_INWARD: Final = "ABDEFGHJLNPQRSTUWXYZ"  # letters that the second half of a postcode may use

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def build(residents: int, seed: int) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Wards, streets and properties for a city of this size: about 0.45 properties a head."""
    rng = stage_rng(seed, "places")
    wards = _wards(residents, rng)
    count = max(60, round(residents * 0.45))
    streets = _streets(max(4, round(count / HOUSES_PER_STREET)), wards, rng)
    return (
        wards.with_columns(*_degrees(wards["x"].to_numpy(), wards["y"].to_numpy())).drop("x", "y"),
        streets.select("street", "name", "ward", "usrn"),
        _properties(count, residents, streets, rng),
    )


def _wards(residents: int, rng: np.random.Generator) -> pl.DataFrame:
    count = int(np.clip(round(residents / 1700), 6, len(WARDS)))
    spiral = np.arange(count)
    # A sunflower spiral packs wards evenly around the centre; each gets the area that its people need.
    radius = np.sqrt(spiral + 0.5) * 330.0 * np.sqrt(residents / count / 1000.0)
    angle = spiral * np.pi * (3 - np.sqrt(5))
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    return pl.DataFrame(
        {"ward": spiral, "name": WARDS[:count], "x": x, "y": _river(x, y), "tilt": rng.uniform(0, np.pi, count)}
    )


def _river(x: Floats, y: Floats) -> Floats:
    """Push the banks apart: a river 150 m wide winds through the middle to the sea."""
    bend = 120.0 * np.sin(x / 700.0)
    return np.where(y >= 0, y + 75.0, y - 75.0) + bend


def _streets(count: int, wards: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Straight streets along or across their ward's grain, with some jitter; names never repeat."""
    ward = np.sort(rng.integers(0, wards.height, count))
    per_ward = np.bincount(ward, minlength=wards.height)
    order = np.arange(count) - np.concatenate(([0], np.cumsum(per_ward)[:-1]))[ward]
    side = np.ceil(np.sqrt(per_ward))[ward]
    u = (order % side - (side - 1) / 2) * 170.0 + rng.normal(0, 12, count)
    v = (order // side - (side - 1) / 2) * 110.0 + rng.normal(0, 12, count)
    tilt = wards["tilt"].to_numpy()[ward]
    x = wards["x"].to_numpy()[ward] + u * np.cos(tilt) - v * np.sin(tilt)
    y = wards["y"].to_numpy()[ward] + u * np.sin(tilt) + v * np.cos(tilt)
    names = _street_names(count, rng)
    return pl.DataFrame(
        {
            "street": np.arange(count), "name": names, "ward": ward, "x": x, "y": y, "tilt": tilt + rng.normal(0, 0.08,
            count),
            "usrn": [f"999{n:05d}" for n in rng.permutation(100_000)[:count]],
            "council": rng.random(count) < 0.13,
        }
    )  # fmt: skip


def _street_names(count: int, rng: np.random.Generator) -> list[str]:
    pairs = [f"{name} {kind}" for name in STREET_NAMES for kind in STREET_KINDS]
    widened = [f"{bank} {pair}" for bank in ("Upper", "Lower", "Old", "New", "Little", "Great") for pair in pairs]
    chosen = [pairs[i] for i in rng.permutation(len(pairs))[:count]]
    return chosen + [widened[i] for i in rng.permutation(len(widened))[: count - len(chosen)]]


def _properties(count: int, residents: int, streets: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    street = np.sort(rng.integers(0, streets.height, count))
    starts = np.searchsorted(street, np.arange(streets.height))
    order = np.arange(count) - starts[street]
    kind = _kinds(street, order, residents, rng)
    plot, unit = _plots(street, order, kind)
    council = np.where(streets["council"].to_numpy()[street], rng.random(count) < 0.85, rng.random(count) < 0.09)
    tenure = np.where(council, "council", np.where(rng.random(count) < 0.24, "private", "owned"))
    tenure[kind == "hmo"] = "private"
    tenure[kind == "hostel"] = "council"
    tenure[kind == "care_home"] = "private"
    frame = pl.DataFrame(
        {
            "property": np.arange(count), "uprn": [f"9990{n:08d}" for n in _scattered(count, rng)],
            "usrn": streets["usrn"].gather(street), "kind": kind, "tenure": tenure, "unit": unit, "plot": plot,
            "street": street, "street_name": streets["name"].gather(street), "ward": streets["ward"].gather(street),
            "postcode": _postcodes(street, plot, rng), "band": rng.choice(list("ABCDEFGH"), count, p=_BANDS),
            "collection_day": (streets["ward"].gather(street) * 3 + street % 2) % 5,
            "collection_week": np.where(street % 2, "A", "B"),
            "revenues_ref": [f"R{n:08d}X" for n in rng.permutation(count) + 10_000_000],
            "housing_ref": [f"HP{n:06d}" for n in rng.permutation(count)],
        }
    )  # fmt: skip
    along = (plot // 2) * 9.0 - 75.0
    across = np.where(plot % 2 == 0, 14.0, -14.0) + rng.normal(0, 1.2, count)
    tilt = streets["tilt"].to_numpy()[street]
    x = streets["x"].to_numpy()[street] + along * np.cos(tilt) - across * np.sin(tilt)
    y = streets["y"].to_numpy()[street] + along * np.sin(tilt) + across * np.cos(tilt)
    return frame.with_columns(*_degrees(x, y), _building(), _number()).drop("plot")


_BANDS: Final = [0.25, 0.20, 0.21, 0.15, 0.10, 0.05, 0.035, 0.005]


def _kinds(street: Ints, order: Ints, residents: int, rng: np.random.Generator) -> npt.NDArray[np.str_]:
    """Eight doors in a row are flats together or houses together; a care home and a hostel for every 50,000 people."""
    count = len(street)
    _, block = np.unique(street * 1000 + order // 8, return_inverse=True)
    flats = rng.random(count)[block] < 0.25
    kind = np.where(flats, "flat", np.where(rng.random(count) < 0.045, "hmo", "house")).astype("<U9")
    kind[: 1 + residents // 50_000] = "care_home"
    kind[-1 - residents // 50_000 :] = "hostel"
    return kind


def _plots(street: Ints, order: Ints, kind: npt.NDArray[np.str_]) -> tuple[Ints, pl.Series]:
    """Flats in a row share one building of up to eight.

    Every other property has a plot, and so a number, of its own.
    """
    flat = kind == "flat"
    opens = ~flat | (order % 8 == 0)
    opens[1:] |= ~flat[:-1] | (street[1:] != street[:-1])
    opens[0] = True
    building = np.cumsum(opens)
    first = np.flatnonzero(opens)[building - 1]
    within = np.arange(len(street)) - first + 1
    first_building = building[np.searchsorted(street, street)]
    shared = np.bincount(building)[building] > 1
    labels = pl.Series("unit", within).cast(pl.String)
    return building - first_building, pl.select(
        pl.when(pl.Series(flat & shared)).then("Flat " + labels)
    ).to_series().alias("unit")


def _number() -> pl.Expr:
    """Odd on one side, even on the other."""
    return (pl.col("plot") + 1).cast(pl.String).alias("house_number")


def _building() -> pl.Expr:
    """One street in three has named blocks of flats; the institutions are known by their names."""
    named = (pl.col("street") % len(BUILDINGS)).replace_strict(dict(enumerate(BUILDINGS)), return_dtype=pl.String)
    house = pl.when(pl.col("unit").is_not_null() & (pl.col("street") % 3 == 0)).then(named)
    institution = (
        pl.when(pl.col("kind") == "care_home")
        .then(pl.lit(CARE_HOME))
        .when(pl.col("kind") == "hostel")
        .then(pl.lit(HOSTEL))
    )
    return pl.coalesce(institution, house).alias("building")


def _postcodes(street: Ints, plot: Ints, rng: np.random.Generator) -> pl.Series:
    """About fifteen addresses to a postcode, districts growing with the town."""
    key = street * 100 + plot // 16
    unique, inverse = np.unique(key, return_inverse=True)
    district = 1 + np.arange(len(unique)) // 1500
    units = rng.permutation(4000)[np.arange(len(unique)) % 1500]
    sector, rest = np.divmod(units, 400)
    codes = [f"ZF{d} {s}{_INWARD[r // 20]}{_INWARD[r % 20]}" for d, s, r in zip(district, sector, rest, strict=True)]
    return pl.Series(codes).gather(inverse)


def _scattered(count: int, rng: np.random.Generator) -> Ints:
    return np.sort(rng.choice(max(count * 9, 1000), count, replace=False)) + 10_000_000


def _degrees(x: Floats, y: Floats) -> tuple[pl.Series, pl.Series]:
    latitude = CENTRE[0] + y / _METRES_PER_DEGREE
    longitude = CENTRE[1] + x / (_METRES_PER_DEGREE * np.cos(np.radians(CENTRE[0])))
    return pl.Series("latitude", np.round(latitude, 6)), pl.Series("longitude", np.round(longitude, 6))
