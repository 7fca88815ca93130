"""Shares with their intervals, honestly: what was judged of a sample, and what that says of the whole. Pure.

95 % throughout. A single share has a Wilson interval. Sums over strata have the interval of their posterior (Jeffreys' prior in each
stratum, a fixed seed), so that a stratum in which few were judged widens the whole rather than being taken at its word.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Z = 1.959963984540054
DRAWS = 20_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A stratum: how many pairs there are, how many were judged, and how many of those are the same person."""

    population: int
    judged: int
    same: int


def wilson(part: int, whole: int, z: float = Z) -> tuple[float, float]:
    """Lower and upper end of the Wilson interval of a share, 95 % unless `z` says otherwise; (0, 1) of nothing."""
    if whole == 0:
        return 0.0, 1.0
    share, spread = part / whole, z * z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def stratified(strata: Sequence[Seen]) -> tuple[float, float, float] | None:
    """The share of the same in all strata together, and its interval; None if nothing was judged."""
    judged = [one for one in strata if one.judged and one.population]
    if not judged:
        return None
    whole = sum(one.population for one in judged)
    share = sum(one.population * one.same / one.judged for one in judged) / whole
    counts = _posterior(strata)
    return (share, *_middle(counts / max(1, sum(one.population for one in strata))))


def recall(together: Sequence[Seen], elsewhere: Sequence[Seen]) -> tuple[float, float, float] | None:
    """Of all pairs that are the same, the share that is together; None if nothing was judged on one of the sides."""
    if not any(one.judged for one in together) or not any(one.judged for one in elsewhere):
        return None
    found, missed = _expected(together), _expected(elsewhere)
    if found + missed == 0:
        return None
    drawn_found, drawn_missed = _posterior(together), _posterior(elsewhere, seed=2)
    return (found / (found + missed), *_middle(drawn_found / np.maximum(drawn_found + drawn_missed, 1e-9)))


def kappa(both_same: int, both_different: int, split: tuple[int, int]) -> float | None:
    """Cohen's kappa of two judges; None where chance alone would have them agree always, or nothing was judged twice."""
    whole = both_same + both_different + sum(split)
    if whole == 0:
        return None
    first, second = (both_same + split[0]) / whole, (both_same + split[1]) / whole
    by_chance = first * second + (1 - first) * (1 - second)
    return None if by_chance >= 1 else ((both_same + both_different) / whole - by_chance) / (1 - by_chance)


def _expected(strata: Sequence[Seen]) -> float:
    return sum(one.population * one.same / one.judged for one in strata if one.judged)


def _posterior(strata: Sequence[Seen], seed: int = 1) -> NDArray[np.float64]:
    """Draws of how many pairs of all strata are the same."""
    random = np.random.default_rng(seed)
    total = np.zeros(DRAWS)
    for one in strata:
        total += one.population * random.beta(one.same + 0.5, one.judged - one.same + 0.5, DRAWS)
    return total


def _middle(draws: NDArray[np.float64]) -> tuple[float, float]:
    low, high = np.quantile(draws, (0.025, 0.975))
    return float(low), float(high)
