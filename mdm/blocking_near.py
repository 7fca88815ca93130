"""Values that are one slip of the pen apart: hashes that they share although they differ.

Each value is hashed whole and with every one of its signs left out in turn. Two values that differ by one wrong,
missing, added or transposed sign have a hash in common, so that near values are found by equality (the symmetric
deletion of Mor and Fraenkel 1982): ``cutsham`` and ``cursham`` meet in ``cusham``.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mdm.blocking_keys import Hashes
from mdm.columns import Vocabulary

#: Shorter values are all near each other; of longer ones, signs are left out of the beginning only.
SHORTEST, LONGEST = 4, 24


def near_hashes(vocabulary: Vocabulary, codes: NDArray[np.int64]) -> tuple[NDArray[np.int64], Hashes]:
    """The near hashes of the values ``codes`` (m,), and for each hash the position in ``codes`` that it belongs to."""
    starts = vocabulary.derived("near.starts", lambda values: _starts(hash_lists(values)))
    hashes = vocabulary.derived("near.hashes", lambda values: hash_lists(values).explode().drop_nulls().to_numpy())
    count = starts[codes + 1] - starts[codes]
    which = np.repeat(np.arange(len(codes)), count)
    nth = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    return which, hashes[starts[codes[which]] + nth]


def _starts(lists: pl.Series) -> NDArray[np.int64]:
    """Where the hashes of each value begin (v + 1,)."""
    return np.append(0, np.cumsum(lists.list.len().to_numpy())).astype(np.int64)


def hash_lists(values: pl.Series) -> pl.Series:
    """For each value the hashes of itself and of it without its first, second … sign; none for a short value."""
    text = pl.col("value")
    length = text.str.len_chars()
    whole = pl.when(length >= SHORTEST).then(text.hash(seed=0) | 1)
    left_out = [
        pl.when(length >= max(place + 1, SHORTEST)).then(
            (text.str.slice(0, place) + text.str.slice(place + 1)).hash(seed=0) | 1
        )
        for place in range(LONGEST)
    ]
    return values.to_frame("value").select(pl.concat_list(whole, *left_out).list.drop_nulls().alias("value"))["value"]
