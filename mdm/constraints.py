"""Decisions of stewards: records that must share a cluster, and records that must not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mdm.columns import Records
from mdm.errors import MdmError, UnknownId
from mdm.model import Decision

Pair = tuple[str, str]


class ContradictoryDecisions(MdmError):
    """What must be linked and what can't be linked exclude each other."""


def bound(
    records: Records, must_link: Sequence[Pair], cannot_link: Sequence[Pair], remembered: Sequence[Decision]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The clusters to start with (n,), and the rows to keep apart (2, A).

    What is given outranks what a model remembers: a remembered decision that would break it is left out.
    """
    given = starting_clusters(records, must_link)
    apart = kept_apart(records, given, cannot_link)
    known = [(left, right, same) for left, right, same in remembered if left in records.rows and right in records.rows]
    start = given
    linked = [(left, right) for left, right, same in known if same]
    for pairs in [linked] if _compatible(records, given, apart, linked) else [[pair] for pair in linked]:
        if _compatible(records, start, apart, pairs):
            start = starting_clusters(records, pairs, start)
    rows = rows_of_pairs(records, [(left, right) for left, right, same in known if not same])
    rows = rows[:, start[rows[0]] != start[rows[1]]]
    return start, np.concatenate([apart, rows], axis=1)


def _compatible(records: Records, start: NDArray[np.int32], apart: NDArray[np.int32], pairs: Sequence[Pair]) -> bool:
    """Whether ``pairs`` can be linked without joining what is kept ``apart``."""
    joined = starting_clusters(records, pairs, start)
    return not (joined[apart[0]] == joined[apart[1]]).any()


def starting_clusters(
    records: Records, must_link: Sequence[Pair], start: NDArray[np.int32] | None = None
) -> NDArray[np.int32]:
    """Cluster of each record (n,) by its first row, after all must-links (union–find with path halving)."""
    parent = np.arange(len(records), dtype=np.int32) if start is None else start.copy()

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = int(parent[row])
        return row

    rows = rows_of_pairs(records, must_link)
    for left, right in rows.T.tolist():
        one, other = root(left), root(right)
        parent[max(one, other)] = min(one, other)
    while (parent != parent[parent]).any():
        parent = parent[parent]
    return parent


def kept_apart(records: Records, start: NDArray[np.int32], cannot_link: Sequence[Pair]) -> NDArray[np.int32]:
    """Rows (2, A) of the cannot-links; raises ContradictoryDecisions when must-links have joined one of them."""
    rows = rows_of_pairs(records, cannot_link)
    joined = np.flatnonzero(start[rows[0]] == start[rows[1]])
    if len(joined):
        left, right = cannot_link[int(joined[0])]
        raise ContradictoryDecisions(f"{left!r} and {right!r} must not be linked, but other decisions link them.")
    return rows


def rows_of_pairs(records: Records, pairs: Sequence[Pair]) -> NDArray[np.int32]:
    """Rows (2, A) of pairs of ids; raises UnknownId for an id that is not in the table."""
    if not len(pairs):
        return np.zeros((2, 0), np.int32)
    try:
        rows = [[records.rows[str(left)], records.rows[str(right)]] for left, right in pairs]
    except KeyError as error:
        raise UnknownId(f"A decision names record {error.args[0]!r}, which is not in the table.") from None
    return np.array(rows, np.int32).T.copy()
