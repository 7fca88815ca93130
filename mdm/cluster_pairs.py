"""Record pairs between two clusters: what a proposed merge is verified on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mdm.cluster_bonds import Labels

#: Most record pairs looked at to verify a merge.
VERIFIED = 144


def cross_pairs(
    label: Labels, low: Labels, high: Labels, most: int = VERIFIED
) -> tuple[NDArray[np.int64], Labels, Labels]:
    """Record pairs between clusters low[i] and high[i], at most ``most`` of each, evenly thinned.

    Gives the number i of the cluster pair and the rows of both sides, in order of i.
    """
    wanted = np.zeros(len(label), bool)
    wanted[low] = wanted[high] = True
    rows = np.flatnonzero(wanted[label])
    rows = rows[np.argsort(label[rows], kind="stable")].astype(np.int32)
    owner = label[rows]
    starts_low, starts_high = np.searchsorted(owner, low), np.searchsorted(owner, high)
    size_low = np.searchsorted(owner, low, side="right") - starts_low
    size_high = np.searchsorted(owner, high, side="right") - starts_high
    take_low, take_high = _thinned(size_low, size_high, most)
    count = take_low * take_high
    which = np.repeat(np.arange(len(low)), count)
    nth = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
    in_low = (nth // take_high[which]) * size_low[which] // take_low[which]
    in_high = (nth % take_high[which]) * size_high[which] // take_high[which]
    return which, rows[starts_low[which] + in_low], rows[starts_high[which] + in_high]


def _thinned(a: NDArray[np.int64], b: NDArray[np.int64], most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many records of either side to look at, so that at most ``most`` pairs arise."""
    side = int(most**0.5)
    many = a * b > most
    of_a = np.where(many & (a >= side), np.where(b < side, np.minimum(a, most // np.maximum(b, 1)), side), a)
    of_b = np.where(many, np.minimum(b, most // np.maximum(of_a, 1)), b)
    return of_a, of_b
