"""Training: expectation–maximisation of the mixture on a weighted sample of candidate pairs.

After Winkler (1988) and Dempster, Laird and Rubin (1977), with the rival classes that naive independence lacks. What
keeps the classes what they are called: person fields of households and places are held near chance, the dirty class
may disagree only so much, a mover is as clean as others but for the address, and the unrelated class is given what the
file's value counts leave over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mdm.compare import Comparison, SourceComparison
from mdm.compare_levels import Levels
from mdm.model import CLASSES, MATCHES, UNRELATED, Floats, distinct_patterns, log_sum
from mdm.model_chance import SMALLEST, Chance

ROUNDS = 20
#: Fields that two members of a household, or two firms at one address, share only by chance.
PERSONAL = frozenset(
    {"given_name", "middle_name", "date_of_birth", "national_id", "gender", "email", "company_number",
     "organisation_name"}
)  # fmt: skip
CONTACTS = frozenset({"phone", "email"})
#: Fields in which the records of a mover agree only by chance.
PLACE = frozenset({"postcode", "house_number", "unit", "address_line", "city", "region"})
#: Fields that a class may agree in beyond chance; None: all but the personal ones.
FREE: dict[str, frozenset[str] | None] = {
    "household": None,
    "same place": None,
    "shared contact": CONTACTS | {"family_name", "source"},
    "namesake": frozenset({"given_name", "email", "gender", "source"}),
}
#: A dirty match may differ in some of these, not in most of them.
IDENTIFYING = frozenset(
    {"given_name", "family_name", "date_of_birth", "national_id", "company_number", "organisation_name"}
)
#: Where EM begins: pairs of each class per record, and its share of exact agreement in the fields that it is free in.
START = {
    "clean match": (0.25, 0.9), "dirty match": (0.05, 0.6), "moved match": (0.08, 0.9), "household": (0.3, 0.8), "same place": (0.3, 0.8),
    "shared contact": (0.1, 0.8), "namesake": (0.1, 0.5),
}  # fmt: skip
#: Twins and juniors: share of personal fields that agree within a household beyond chance.
TIED = 0.002
#: Strength with which personal fields are pulled to chance: half the class plus so many pairs.
PULL = 20.0
DIRTIEST = 0.3

Field = Comparison | SourceComparison


@dataclass(frozen=True, eq=False)
class Fit:
    """What training found: ``sizes`` (C,) pairs per class, ``tables`` one (C, L) per field, log-likelihood by round."""

    sizes: Floats
    tables: list[Floats]
    likelihood: list[float]


def fit(
    fields: Sequence[Field], levels: Levels, weight: Floats, chance: Sequence[Chance], *, n: int, all_pairs: float
) -> Fit:
    """Fit the mixture to levels (F, K) of sampled pairs, each standing for ``weight`` (K,) candidate pairs."""
    patterns, shown = distinct_patterns(levels)
    weight = np.bincount(shown, weight, patterns.shape[1]).astype(float)
    sizes = _starting_sizes(fields, n, all_pairs)
    tables = [_starting_tables(field, one) for field, one in zip(fields, chance, strict=True)]
    likelihood: list[float] = []
    for _ in range(ROUNDS):
        logs = _class_logs(sizes, tables, patterns)
        total, shares = log_sum(logs)
        likelihood.append(float((weight * total).sum()))
        expected = shares * weight
        live = sizes > 0
        sizes = np.where(live, np.maximum(expected.sum(axis=1), 1.0), 0.0)
        sizes[UNRELATED] = all_pairs
        for number, (field, one) in enumerate(zip(fields, chance, strict=True)):
            seen = np.stack([np.bincount(patterns[number], row, len(field.labels)) for row in expected]).astype(float)
            tables[number] = _updated(field, one, seen, live=live, old=tables[number], all_pairs=all_pairs)
    return Fit(sizes, tables, likelihood)


def _class_logs(sizes: Floats, tables: Sequence[Floats], patterns: Levels) -> Floats:
    """ln N_k + Σ_f ln t_kf, (C, P); −inf for a class that the file has no use for."""
    with np.errstate(divide="ignore"):
        logs = np.repeat(np.log(sizes)[:, None], patterns.shape[1], axis=1)
    for table, levels in zip(tables, patterns, strict=True):
        logs += np.log(table)[:, levels]
    return logs


def _starting_sizes(fields: Sequence[Field], n: int, all_pairs: float) -> Floats:
    kinds = {field.kind for field in fields}
    sizes = np.array([START[name][0] * n if name in START else all_pairs for name in CLASSES])
    sizes[CLASSES.index("moved match")] *= len(kinds & PLACE) > 1
    sizes[CLASSES.index("shared contact")] *= bool(kinds & CONTACTS)
    sizes[CLASSES.index("namesake")] *= "email" in kinds
    return sizes


def _starting_tables(field: Field, chance: Chance) -> Floats:
    """Tables (C, L) before the first round: agreement where the class is free to agree, else chance."""
    tables = np.repeat(chance.u[None, :], len(CLASSES), axis=0)
    if isinstance(field, SourceComparison):
        return tables
    for number, name in enumerate(CLASSES[:UNRELATED]):
        if _starts_agreeing(field, name):
            tables[number] = _agreeing(field, chance, START[name][1])
    return tables


def _starts_agreeing(field: Comparison, name: str) -> bool:
    if name in CLASSES[:MATCHES]:
        return name != "moved match" or field.kind not in PLACE
    free = FREE[name]
    if free is not None:
        return field.kind in free
    vague = field.family == "category" or field.kind == "free_text"
    return field.kind not in PERSONAL and not vague and not (name == "same place" and field.kind == "family_name")


def _agreeing(field: Comparison, chance: Chance, share: float) -> Floats:
    """A profile (L,) with so much exact agreement, spread over rarity as the records are, the rest rising to it."""
    rising = np.linspace(0.5, 2.0, field.exact - 1)
    profile = np.r_[rising / rising.sum() * (1 - share), share * chance.rarity + 1e-5]
    whole: Floats = np.r_[1.0, profile / profile.sum()]
    return whole


def _updated(
    field: Field, chance: Chance, seen: Floats, *, live: NDArray[np.bool_], old: Floats, all_pairs: float
) -> Floats:
    """The M step for one field: ``seen`` (C, L) is the expected number of pairs by class and level."""
    tables, base = old.copy(), chance.u[1:] / chance.u[1:].sum()
    for number in np.flatnonzero(live[:UNRELATED]):
        name, counts = CLASSES[number], seen[number, 1:]
        moved = name == "moved match" and isinstance(field, Comparison)
        if moved and field.kind not in PLACE:
            tables[number] = tables[0]
            continue
        if number < MATCHES and not moved:
            profile = counts + 0.5 * base + 0.3 / len(field.labels)
        elif moved or _is_held(field, name):
            profile = _held_near_chance(field, chance, name, counts, base)
        else:
            profile = counts + base
        profile = profile / profile.sum()
        if name == "dirty match" and field.kind in IDENTIFYING:
            profile = _bounded(field, profile, tables[0])
        profile = np.maximum(profile / profile.sum(), 1e-7)
        tables[number, 1:] = profile
    if isinstance(field, Comparison):
        tables[UNRELATED] = _left_over(field, chance, seen, old[UNRELATED], all_pairs)
    return tables


def _is_held(field: Field, name: str) -> bool:
    free = FREE[name]
    return field.kind in PERSONAL if free is None else field.kind not in free


def _held_near_chance(field: Field, chance: Chance, name: str, counts: Floats, base: Floats) -> Floats:
    """Expected counts pulled to chance, with a floor of exact agreement for twins and juniors."""
    target = base
    if isinstance(field, Comparison) and field.family != "category":
        tied = np.zeros_like(base)
        tied[field.exact - 1 :] = TIED * chance.rarity
        target = base * (1 - TIED) + tied
    if name == "namesake" and isinstance(field, Comparison) and field.family == "date":
        profile = counts + base  # an address like robert46@ also says the year
        profile[field.exact - 1 :] = base[field.exact - 1 :] * profile.sum()
        return profile
    pulled: Floats = counts + (0.5 * counts.sum() + PULL) * target
    return pulled


def _bounded(field: Field, profile: Floats, clean: Floats) -> Floats:
    """Keep the dirty class a class of matches: its disagreement is at most min(.3, 4·that of clean matches + .05)."""
    worst = 3 if isinstance(field, Comparison) and field.family == "date" else 2
    most = min(DIRTIEST, 4 * float(clean[1 : 1 + worst].sum()) + 0.05)
    differs = float(profile[:worst].sum())
    if differs <= most:
        return profile
    bounded: Floats = np.r_[profile[:worst] * most / differs, profile[worst:] * (1 - most) / max(1 - differs, 1e-9)]
    return bounded


def _left_over(field: Comparison, chance: Chance, seen: Floats, old: Floats, all_pairs: float) -> Floats:
    """u of exact agreement: all agreeing pairs of the file less those that the other classes explain."""
    pairs = chance.present * all_pairs
    agreeing = chance.exact * pairs
    left = np.maximum(agreeing - seen[:UNRELATED, field.exact :].sum(axis=0), 0.02 * agreeing)
    u = old.copy()
    u[field.exact :] = np.maximum(left / max(pairs, 1.0), 0.02 * chance.u[field.exact :])
    u[1 : field.exact] *= (1 - u[field.exact :].sum()) / u[1 : field.exact].sum()
    return np.maximum(u, SMALLEST)
