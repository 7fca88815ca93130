"""What the clusters say about a pair: its probability once everything has been grouped.

The weight of a pair knows two records. When the groups are there, more is known. Of two records in one cluster::

    p = max(p_ab, max_c p_ac + p_cb − 1)      over the records c of the cluster

because whoever is the same as c, and c as the other, is the same as the other (Bonferroni's inequality gives the bound;
no independence is assumed). Of two records in different clusters p is that of the bond between the two: whether they are
one person is what the records of both sides say together.
"""

from __future__ import annotations

import numpy as np

from mdm.cluster import Clustering, Scored
from mdm.cluster_bonds import Labels, pair_codes
from mdm.model import Floats, probability

#: Links of at least this probability are not looked at again.
CERTAIN = 0.99
#: So many ways from one record to the other are followed at a time.
AT_ONCE = 1 << 20


def posterior(scored: Scored, found: Clustering) -> Floats:
    """Probability (K,) that each scored pair is one person."""
    own = probability(scored.weight)
    together = found.label[scored.left] == found.label[scored.right]
    after = own.copy()
    links = np.flatnonzero(together & (own > 0.5))
    after[links] = _by_way_of_others(scored.left[links], scored.right[links], own[links])
    between = np.flatnonzero(~together)
    after[between] = _of_bonds(scored.left[between], scored.right[between], own[between], found)
    return after


def _of_bonds(left: Labels, right: Labels, own: Floats, found: Clustering) -> Floats:
    """Probability (K,) by the bond between the clusters of each pair; the pair's own where there is none."""
    if not len(found.low):
        return own
    known = pair_codes(found.low, found.high)
    order = np.argsort(known)
    known = known[order]
    one, other = found.label[left], found.label[right]
    asked = pair_codes(np.minimum(one, other), np.maximum(one, other))
    place = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    bonded = probability(found.score[order][place].astype(float))
    after: Floats = np.where(known[place] == asked, bonded, own)
    return after


def _by_way_of_others(left: Labels, right: Labels, own: Floats) -> Floats:
    """The best lower bound (K,) of each link, by itself or by way of a third record that both are linked to."""
    tails, heads, chance = np.r_[left, right], np.r_[right, left], np.r_[own, own]
    code = pair_codes(tails, heads)
    order = np.argsort(code)
    code, tails, heads, chance = code[order], tails[order], heads[order], chance[order]
    degree = np.bincount(tails, minlength=int(tails[-1]) + 1 if len(tails) else 0)
    starts = np.cumsum(degree) - degree
    doubtful = np.flatnonzero(own < CERTAIN)
    fewer = degree[left[doubtful]] <= degree[right[doubtful]]
    near = np.where(fewer, left[doubtful], right[doubtful])
    far = np.where(fewer, right[doubtful], left[doubtful])
    after = own.copy()
    steps = np.cumsum(degree[near])
    for some in np.split(np.arange(len(doubtful)), np.flatnonzero(np.diff(steps // AT_ONCE)) + 1):
        which = np.repeat(some, degree[near[some]])
        nth = np.arange(len(which)) - np.repeat(np.cumsum(degree[near[some]]) - degree[near[some]], degree[near[some]])
        step = starts[near[which]] + nth
        wanted = pair_codes(heads[step], far[which])
        place = np.minimum(np.searchsorted(code, wanted), len(code) - 1)
        bound = np.where(code[place] == wanted, chance[step] + chance[place] - 1, 0.0)
        np.maximum.at(after, doubtful[which], bound)
    return after
