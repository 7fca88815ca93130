"""Batches of connected components: clusters of different components never meet, so they need not be held together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mdm.cluster_bonds import Labels

#: So many pairs are in a batch, or as many as the largest component has.
BATCH = 250_000


def component_batches(
    left: Labels, right: Labels, pairs: NDArray[np.int64], start: Labels, most: int = BATCH
) -> Iterator[NDArray[np.int64]]:
    """Portions of ``pairs`` (positions in ``left`` and ``right``) so that no component is in two of them.

    Rows that ``start`` (n,) puts into one cluster are connected. The pairs of a portion keep their order.
    """
    if not len(pairs):
        return
    component = components(left[pairs], right[pairs], start)[left[pairs]]
    sizes = np.bincount(component)
    batch = ((np.cumsum(sizes) - sizes) // most)[component]
    for number in np.unique(batch):
        yield pairs[batch == number]


def components(left: Labels, right: Labels, start: Labels) -> Labels:
    """Lowest row (n,) of the connected component of each row, with edges left–right and row–start[row].

    Roots are hooked to the lowest root that they touch, then all paths are halved until they are flat (after Shiloach
    and Vishkin 1982): a few passes, whatever the order of the edges.
    """
    root = start.copy()
    while True:
        one, other = root[left], root[right]
        apart = one != other
        if not apart.any():
            return root
        left, right, one, other = left[apart], right[apart], one[apart], other[apart]
        np.minimum.at(root, np.maximum(one, other), np.minimum(one, other))
        while (root != root[root]).any():
            root = root[root]
