"""Names for everybody: given names by decade and community, family names that follow marriage, descent and
language.

Draws are Zipf-shaped. A town of 20,000 knows about 1,500 surnames, a city of a million over 7,000: the tail widens
with the number of people, as in any real register, so that names stay as telling at a million rows as at forty
thousand.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from app.seeds.city import given_names as given
from app.seeds.city import surnames
from app.seeds.city.households import COUPLES, Draft
from app.seeds.city.model import stage_rng

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

# How often the young of a community carry names from the common English list.
_ANGLICISED: Final = {
    "irish": 0.55,
    "chinese": 0.45,
    "caribbean": 0.65,
    "african": 0.3,
    "european": 0.15,
    "polish": 0.05,
}


def name_people(draft: Draft, households: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Columns given, middle, family, previous_family (before a marriage or a divorce; null for most)."""
    rng = stage_rng(seed, "names")
    community = households["community"].to_numpy()[draft.household]
    first = _given(draft, community, rng)
    _distinct_siblings(first, draft, community, rng)
    _juniors(first, draft, households, rng)
    family, previous = _families(draft, households, community, rng)
    middle = _middles(draft, community, rng)
    sikh = community == "sikh"
    middle[sikh] = np.where(draft.male, "Singh", "Kaur")[sikh]
    return pl.DataFrame(
        {"given": pl.Series(first.tolist(), dtype=pl.String), "middle": pl.Series(middle.tolist(), dtype=pl.String),
         "family": pl.Series(family.tolist(), dtype=pl.String), "previous_family": pl.Series(previous.tolist(),
         dtype=pl.String)}
    )  # fmt: skip


def _zipf(count: int, shift: float, power: float) -> npt.NDArray[np.float64]:
    weights = (np.arange(count) + 1.0 + shift) ** -power
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _pick(names: list[str], count: int, rng: np.random.Generator, shift: float, power: float) -> Words:
    return np.array(names, dtype=object)[rng.choice(len(names), count, p=_zipf(len(names), shift, power))]


def _given(draft: Draft, community: npt.NDArray[np.str_], rng: np.random.Generator) -> Words:
    year = draft.born.astype("datetime64[Y]").astype(np.int64) + 1970
    era = np.searchsorted(np.array(given.ERAS), year, side="right") - 1
    first = np.empty(len(year), dtype=object)
    lists = {True: (given.BRITISH_MEN, given.OTHER_MEN), False: (given.BRITISH_WOMEN, given.OTHER_WOMEN)}
    for male, (british, other) in lists.items():
        of_sex = draft.male == male
        for number, names in enumerate(british):
            where = of_sex & (era == number)
            first[where] = _pick(_widened(names.split(), number, male), int(where.sum()), rng, 4.0, 0.95)
        for group, text in other.items():
            own = of_sex & (community == group) & (rng.random(len(year)) > _ANGLICISED.get(group, 0.0))
            first[own] = _pick(text.split(), int(own.sum()), rng, 2.0, 0.8)
    return first


def _widened(names: list[str], era: int, male: bool) -> list[str]:
    """Names of every other era are the tail of this one; the youngest girls add the paired names."""
    lists = given.BRITISH_MEN if male else given.BRITISH_WOMEN
    tail = [name for other in lists for name in other.split()]
    paired = (
        [f"{one}-{two}" for one in given.PAIRED_FIRST for two in given.PAIRED_SECOND] if era == 5 and not male else []
    )
    return list(dict.fromkeys(names + tail + paired))


def _middles(draft: Draft, community: npt.NDArray[np.str_], rng: np.random.Generator) -> Words:
    """Two in three have a middle name, drawn as a first name would be; twins and siblings have their own."""
    middle = _given(draft, community, rng)
    middle[rng.random(len(middle)) > 0.66] = None
    return middle


def _distinct_siblings(first: Words, draft: Draft, community: npt.NDArray[np.str_], rng: np.random.Generator) -> None:
    """Parents do not use a name twice.

    Redraw whoever repeats one within the household (juniors are made later, on purpose).
    """
    for _ in range(4):
        frame = pl.DataFrame({"household": draft.household, "given": pl.Series(first.tolist(), dtype=pl.String)})
        again = (~frame.select(pl.struct("household", "given").is_first_distinct()).to_series()).to_numpy()
        if not again.any():
            return
        where = np.flatnonzero(again)
        part = Draft(draft.household[where], draft.role[where], draft.male[where], draft.born[where])
        first[where] = _given(part, community[where], rng)


def _juniors(first: Words, draft: Draft, households: pl.DataFrame, rng: np.random.Generator) -> None:
    """In one grown family of fifteen the eldest son has his father's name and, as in England, nothing that tells
    them apart.
    """
    kind = households["kind"].to_numpy()[draft.household]
    head = np.searchsorted(draft.household, draft.household)
    second = np.minimum(head + 2, len(first) - 1)
    son = (np.arange(len(first)) == second) & draft.male & draft.male[head] & (draft.role == "child")
    share = np.where(kind == "grown family", 0.07, np.where(kind == "family", 0.012, 0.0))
    chosen = np.flatnonzero(son & (rng.random(len(first)) < share))
    first[chosen] = first[head[chosen]]


def _drawn(community: npt.NDArray[np.str_], people: int, rng: np.random.Generator) -> Words:
    """A family name for each community label; the English list grows a tail with the size of the city."""
    drawn = np.empty(len(community), dtype=object)
    tail = surnames.coined()[: int(np.clip(people * 0.03, 400, 7000))]
    for group, names in surnames.COMMUNITIES.items():
        where = community == group
        count = int(where.sum())
        if names is not surnames.BRITISH:
            drawn[where] = _pick(names, count, rng, 3.0, 0.8)
            continue
        common = _pick(names, count, rng, 7.0, 0.72)
        rare = np.array(tail, dtype=object)[rng.integers(0, len(tail), count)]
        drawn[where] = np.where(rng.random(count) < 0.26, rare, common)
    return drawn


def _families(
    draft: Draft, households: pl.DataFrame, community: npt.NDArray[np.str_], rng: np.random.Generator
) -> tuple[Words, Words]:
    of_home = households["community"].to_numpy()
    kind = households["kind"].to_numpy()[draft.household]
    people = len(draft.household)
    house_name = _drawn(of_home, people, rng)
    doubled = rng.random(len(house_name)) < 0.02
    house_name[doubled] += "-" + _drawn(of_home, people, rng)[doubled]
    house_name[of_home == "sikh"] = np.where(rng.random(len(of_home)) < 0.4, "Singh", house_name)[of_home == "sikh"]
    own_name = _drawn(community, people, rng)
    family = house_name[draft.household]
    stranger = (draft.role == "sharer") | (np.isin(kind, ["sharers", "students", "hostel"]))
    family[stranger] = own_name[stranger]
    married, previous = _married(draft, kind, rng), np.full(people, None, dtype=object)
    wife = married & np.isin(draft.role, ["head", "partner"]) & ~draft.male
    previous[wife] = own_name[wife]
    hyphenated = wife & (rng.random(people) < 0.05)
    short = np.array([("-" not in name) for name in family]) & np.array([("-" not in name) for name in own_name])
    family[hyphenated & short] = own_name[hyphenated & short] + "-" + family[hyphenated & short]
    unmarried = np.isin(kind, COUPLES) & ~married & (draft.role == "partner")
    family[unmarried] = own_name[unmarried]
    divorced = (
        ~draft.male & np.isin(kind, ["single", "lone parent"]) & (draft.role == "head") & (rng.random(people) < 0.12)
    )
    previous[divorced] = own_name[divorced]
    stepchild = (kind == "lone parent") & (draft.role == "child") & (rng.random(len(households))[draft.household] < 0.3)
    family[stepchild] = _drawn(of_home, people, rng)[draft.household][stepchild]
    _inflect(family, previous, draft, community)
    return family, previous


def _married(draft: Draft, kind: npt.NDArray[np.str_], rng: np.random.Generator) -> Bools:
    share = np.where(np.isin(kind, ["elder couple", "grown family", "three generations"]), 0.88, 0.62)
    households = int(draft.household[-1]) + 1
    married: Bools = np.isin(kind, COUPLES) & (rng.random(households)[draft.household] < share)
    return married


def _inflect(family: Words, previous: Words, draft: Draft, community: npt.NDArray[np.str_]) -> None:
    """Polish women inflect in two households of three; Singh's wife and daughters are Kaur."""
    polish = np.flatnonzero((community == "polish") & ~draft.male & (draft.household % 3 != 0))
    family[polish] = [surnames.feminine(name) for name in family[polish]]
    previous[polish] = [name and surnames.feminine(name) for name in previous[polish]]
    kaur = (community == "sikh") & ~draft.male & (family == "Singh")
    family[kaur] = "Kaur"
