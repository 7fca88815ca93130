"""Who lives with whom: kinds of household, ages, family surnames' bearers, homes, moves and departures.

Frames come out in numpy order: people sorted by household, the head first. Shares are those of an English town.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from app.seeds.city.model import stage_rng

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]

KINDS: Final = {
    "single": 0.20, "elder": 0.14, "couple": 0.16, "elder couple": 0.10, "family": 0.20, "lone parent": 0.07,
    "grown family": 0.075, "three generations": 0.015, "sharers": 0.02, "students": 0.02,
}  # fmt: skip
COUPLES: Final = ("couple", "elder couple", "family", "grown family", "three generations")
COMMUNITIES: Final = {
    "british": 0.735, "muslim": 0.06, "polish": 0.05, "hindu": 0.03, "irish": 0.035, "sikh": 0.015, "chinese": 0.015,
    "african": 0.025, "caribbean": 0.015, "european": 0.02,
}  # fmt: skip
CARE_HOME_BEDS: Final = 48
HOSTEL_BEDS: Final = 26
LEFT_SHARE: Final = 0.10  # households that have gone, for every one that is here
MOVED_SHARE: Final = 0.14  # households that lived elsewhere in the city before


@dataclass(frozen=True)
class Draft:
    """People before they have names: arrays of one length, sorted by household."""

    household: Ints
    role: npt.NDArray[np.str_]
    male: npt.NDArray[np.bool_]
    born: Days


def build(residents: int, today: date, seed: int, properties: pl.DataFrame) -> tuple[pl.DataFrame, Draft]:
    rng = stage_rng(seed, "households")
    institutions = properties.filter(pl.col("kind").is_in(["care_home", "hostel"]))
    beds = np.where(institutions["kind"] == "care_home", CARE_HOME_BEDS, HOSTEL_BEDS)
    if beds.sum() > residents // 4:
        beds = np.maximum(1, beds * residents // 4 // beds.sum())
    kind, size = _sizes(residents - int(beds.sum()), rng)
    gone_kind, gone_size = _sizes(round((residents - beds.sum()) * LEFT_SHARE), rng)
    lived_in = _homes(kind, properties, rng)
    beds_kind = np.repeat(institutions["kind"].to_numpy(), beds)
    beds_home = np.repeat(institutions["property"].to_numpy(), beds)
    all_kinds = np.concatenate((kind, beds_kind, gone_kind))
    sizes = np.concatenate((size, np.ones(len(beds_kind), dtype=np.int64), gone_size))
    left = np.arange(len(all_kinds)) >= len(kind) + len(beds_kind)
    ordinary = properties.filter(pl.col("kind").is_in(["house", "flat"]))["property"].to_numpy()
    home = np.concatenate((lived_in, beds_home, rng.choice(ordinary, len(gone_kind))))
    households = pl.DataFrame(
        {
            "household": np.arange(len(all_kinds)), "kind": all_kinds, "property": home,
            "community": rng.choice(np.array(list(COMMUNITIES)), len(all_kinds), p=list(COMMUNITIES.values())),
        }
    )  # fmt: skip
    draft = _people(all_kinds, sizes, today, rng)
    of_age = draft.born[draft.role == "head"].astype("datetime64[D]") + np.timedelta64(18 * 365 + 4, "D")
    return households.with_columns(
        *_moves(all_kinds, rng, left=left, home=home, ordinary=ordinary, of_age=of_age, today=today)
    ), draft


def _sizes(people: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.str_], Ints]:
    """Households drawn until they hold exactly this many people; the last one takes what is left."""
    names = np.array(list(KINDS))
    kind = rng.choice(names, people, p=list(KINDS.values()))
    size = np.ones(people, dtype=np.int64)
    size[np.isin(kind, ["couple", "elder couple"])] = 2
    children = rng.choice(np.arange(1, 6), people, p=[0.44, 0.40, 0.11, 0.035, 0.015])
    few = np.minimum(children, 3)
    size = np.where(kind == "family", 2 + children, size)
    size = np.where(kind == "lone parent", 1 + few, size)
    size = np.where(kind == "grown family", 2 + np.minimum(children, 2), size)
    size = np.where(kind == "three generations", 3 + few, size)
    size = np.where(np.isin(kind, ["sharers", "students"]), rng.integers(3, 6, people), size)
    end = int(np.searchsorted(np.cumsum(size), people)) + 1
    kind, size = kind[:end], size[:end]
    spare = int(size.sum()) - people
    if spare:
        kept = int(size[-1]) - spare
        kind = np.concatenate((kind[:-1], np.full(kept, "single")))
        size = np.concatenate((size[:-1], np.ones(kept, dtype=np.int64)))
    return kind, size


def _homes(kind: npt.NDArray[np.str_], properties: pl.DataFrame, rng: np.random.Generator) -> Ints:
    """Sharers and students into houses in multiple occupation, the smaller households rather into flats."""
    shared = np.isin(kind, ["sharers", "students"])
    of_kind = {
        name: properties.filter(pl.col("kind") == name)["property"].to_numpy() for name in ("house", "flat", "hmo")
    }
    hmo = rng.permutation(of_kind["hmo"])[: int(shared.sum())]
    rest = np.concatenate((rng.permutation(of_kind["flat"]), rng.permutation(of_kind["house"])))
    small = np.isin(kind, ["single", "elder", "couple", "elder couple"])
    wish = np.where(small, 0.0, 0.8) + rng.random(len(kind))
    in_hmo = np.flatnonzero(shared)[: len(hmo)]
    others = np.setdiff1d(np.arange(len(kind)), in_hmo)
    others = others[np.argsort(wish[others])]
    vacant = max(0, len(rest) - len(others))
    rest = np.delete(rest, rng.choice(len(rest), vacant, replace=False))
    home = np.empty(len(kind), dtype=np.int64)
    home[in_hmo] = hmo
    home[others] = rest[np.arange(len(others)) % len(rest)]
    return home


def _moves(
    kind: npt.NDArray[np.str_],
    rng: np.random.Generator,
    *,
    left: npt.NDArray[np.bool_],
    home: Ints,
    ordinary: Ints,
    of_age: Days,
    today: date,
) -> list[pl.Series]:
    """Since when a household is where it is, where it was before, when it left. Nobody takes on a home as a minor."""
    count = len(kind)
    now = np.datetime64(today)
    moved_on = now - rng.integers(20, 8 * 365, count)
    moved = (
        (rng.random(count) < MOVED_SHARE)
        & ~left
        & ~np.isin(kind, ["care_home", "hostel", "students"])
        & (moved_on > of_age + 60)
    )
    left_on = np.maximum(now - rng.integers(30, 12 * 365, count), np.minimum(of_age + 90, now - 15))
    old = np.where(np.isin(kind, ["students", "sharers", "hostel"]), 3, 30)
    end = np.where(left, left_on, np.where(moved, moved_on, now))
    since = np.where(moved, moved_on, end - (rng.beta(0.9, 2.2, count) * old * 365).astype(np.int64) - 40)
    since = np.minimum(np.maximum(since, of_age), end - 10)
    before = np.maximum(moved_on - rng.integers(200, 4000, count), of_age)
    former = rng.choice(ordinary, count)
    former = np.where(former == home, ordinary[0], former)
    frame = pl.select(
        pl.Series("since", since.astype("datetime64[D]")).cast(pl.Date),
        pl.when(pl.Series(moved)).then(pl.Series(former)).alias("former_property"),
        pl.when(pl.Series(moved)).then(pl.Series(before.astype("datetime64[D]")).cast(pl.Date)).alias("former_since"),
        pl.when(pl.Series(moved)).then(pl.Series(moved_on.astype("datetime64[D]")).cast(pl.Date)).alias("moved_on"),
        pl.when(pl.Series(left)).then(pl.Series(left_on.astype("datetime64[D]")).cast(pl.Date)).alias("left_on"),
    )
    return frame.get_columns()


_HEAD_AGES: Final = {
    "single": (21, 64), "elder": (65, 96), "couple": (21, 64), "elder couple": (65, 92), "family": (26, 53),
    "lone parent": (21, 52), "grown family": (45, 70), "three generations": (32, 50), "sharers": (20, 42),
    "students": (18, 22),
    "care_home": (76, 99), "hostel": (19, 62),
}  # fmt: skip


def _people(kind: npt.NDArray[np.str_], size: Ints, today: date, rng: np.random.Generator) -> Draft:
    household = np.repeat(np.arange(len(kind)), size)
    position = np.arange(len(household)) - np.repeat(np.cumsum(size) - size, size)
    of = kind[household]
    low, high = (np.array([_HEAD_AGES[str(name)][side] for name in kind]) for side in (0, 1))
    head_age = low + rng.beta(1.15, 1.35, len(kind)) * (high - low)
    coupled = np.isin(of, COUPLES)
    role = np.full(len(household), "child", dtype="<U8")
    role[np.isin(of, ["sharers", "students"])] = "sharer"
    role[coupled & (position == 1)] = "partner"
    role[(of == "three generations") & (position == 2)] = "elder"
    role[position == 0] = "head"
    male = _sexes(kind, household, role, rng)
    rank = position - np.where(coupled, 2, 1) - (of == "three generations")
    age = _ages(of, rng, rank=rank, role=role, size=size[household], head=head_age[household])
    born = np.datetime64(today) - (age * 365.2425).astype(np.int64)
    _twins(household, role, born, rng)
    return Draft(household, role, male, born)


def _sexes(
    kind: npt.NDArray[np.str_], household: Ints, role: npt.NDArray[np.str_], rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    share = np.where(kind == "lone parent", 0.13, np.where(np.isin(kind, ["elder", "care_home"]), 0.35, 0.5))
    share = np.where(np.isin(kind, COUPLES), 0.62, np.where(kind == "hostel", 0.75, share))
    head_male = rng.random(len(kind)) < share
    same_sex = rng.random(len(kind)) < 0.03
    male = rng.random(len(household)) < 0.51
    male[role == "head"] = head_male
    partner = np.where(role == "partner")
    male[partner] = (~head_male ^ same_sex)[household[partner]]
    return male


def _ages(
    of: npt.NDArray[np.str_],
    rng: np.random.Generator,
    *,
    rank: Ints,
    role: npt.NDArray[np.str_],
    size: Ints,
    head: Floats,
) -> Floats:
    """Ages in years. ``rank`` counts the children of a household from 0, the eldest."""
    count = len(of)
    grown = of == "grown family"
    eldest_limit = np.where(grown, head - 20.0, np.minimum(17.9, head - 19.0))
    keyed = np.sqrt(np.modf(head * 7919.0)[0])  # one draw per household, shared by all its members
    floor = np.where(grown, 18.0, 0.3)
    eldest = np.maximum(floor + 0.1, floor + keyed * (eldest_limit - floor))
    child = floor + (eldest - floor) * np.maximum(0.04, 1 - rank / size) + rng.uniform(0, 0.05, count)
    partner = np.clip(head - rng.normal(1.2, 3.6, count), np.where(grown, 42, 18.2), 100)
    sharer = np.where(of == "students", rng.uniform(18.1, 23, count), rng.uniform(19, 45, count))
    return np.select(
        [role == "head", role == "partner", role == "elder", role == "sharer"],
        [head, partner, np.minimum(head + rng.uniform(21, 36, count), 99), sharer],
        child,
    )


def _twins(household: Ints, role: npt.NDArray[np.str_], born: Days, rng: np.random.Generator) -> None:
    """Three in a hundred second children share the birthday of the child before them."""
    follows = np.flatnonzero((household[1:] == household[:-1]) & (role[1:] == "child") & (role[:-1] == "child")) + 1
    twin = follows[rng.random(len(follows)) < 0.03]
    born[twin] = born[twin - 1]
