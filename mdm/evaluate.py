"""How good the clusters are where the truth is known.

With C the predicted cluster and T the true one of a record, |C ∩ T| the records that share both:

- pairs: precision and recall over unordered pairs of records, P = Σ(|C∩T| choose 2) / Σ(|C| choose 2), R likewise by T;
- clusters: a predicted cluster counts when it is exactly a true one;
- B-cubed (Bagga and Baldwin 1998): P = mean over records of |C∩T|/|C|, R = mean of |C∩T|/|T|;
- completeness: the share of true pairs that were compared and kept at all;
- reliability: of the pairs that were given a probability in a band, the share that is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from mdm.errors import EmptyTable, MissingColumn

BANDS = (0.0, 0.05, 0.15, 0.25, 0.5, 0.75, 0.85, 0.95, 0.99, 1.0)
"""Edges of the reliability table; .85 to .95 is a band of its own because the promise is made for it."""

Codes = NDArray[np.int64]


@runtime_checkable
class Result(Protocol):
    """What `mdm.match` gives back, as far as it is judged here."""

    @property
    def clusters(self) -> pa.Table: ...
    @property
    def links(self) -> pa.Table: ...
    @property
    def possible(self) -> pa.Table: ...


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean; 1 where there was nothing to get wrong."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Band:
    """Pairs whose probability lies in [low, high): how many, what was claimed on average, what was true."""

    low: float
    high: float
    pairs: int
    claimed: float
    true: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures over the records whose truth is known."""

    records: int
    true_pairs: int
    pairs: Score
    clusters: Score
    bcubed: Score
    completeness: float | None = None
    """None when only clusters were given, and no pairs."""
    reliability: tuple[Band, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


def evaluate(result: Result | pa.Table | Mapping[str, Any], truth: pa.Table | Mapping[str, Any]) -> Evaluation:
    """Judge a match result, or clusters alone, by the truth.

    Clusters and truth are mappings from id to a label, or tables of which the first column is the id and the second the
    label. Records without a true label are left out. Raises EmptyTable when no record is in both.
    """
    found = _labels(result.clusters if isinstance(result, Result) else result, "cluster")
    both = found.join(_labels(truth, "truth"), on="id", how="inner").drop_nulls().sort("id")
    if both.is_empty():
        raise EmptyTable("No record has both a cluster and a true label; check that the ids are the same")
    cluster, true = _codes(both["cluster"]), _codes(both["truth"])
    completeness, reliability = None, tuple[Band, ...]()
    sizes = _Overlap.of(cluster, true)
    if isinstance(result, Result):
        pairs = _judged_pairs(result, both)
        completeness = _share(float(pairs["same"].sum()), sizes.pairs(sizes.true))
        reliability = _reliability(pairs["probability"].to_numpy(), pairs["same"].to_numpy())
    return Evaluation(
        len(both), int(sizes.pairs(sizes.true)), sizes.pair_score(), sizes.cluster_score(), sizes.bcubed(),
        completeness, reliability,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Overlap:
    """Sizes of the predicted clusters, of the true ones and of their non-empty intersections, with where each lies."""

    cluster: Codes
    true: Codes
    shared: Codes
    of_cluster: Codes
    of_true: Codes

    @classmethod
    def of(cls, cluster: Codes, true: Codes) -> _Overlap:
        width = int(true.max()) + 1
        cells, shared = np.unique(cluster * width + true, return_counts=True)
        return cls(np.bincount(cluster), np.bincount(true), shared, cells // width, cells % width)

    @staticmethod
    def pairs(sizes: Codes) -> float:
        return float((sizes * (sizes - 1) // 2).sum())

    def pair_score(self) -> Score:
        right = self.pairs(self.shared)
        return _score(_share(right, self.pairs(self.cluster)), _share(right, self.pairs(self.true)))

    def cluster_score(self) -> Score:
        whole = (self.shared == self.cluster[self.of_cluster]) & (self.shared == self.true[self.of_true])
        return _score(_share(whole.sum(), len(self.cluster)), _share(whole.sum(), len(self.true)))

    def bcubed(self) -> Score:
        records, square = self.shared.sum(), self.shared.astype(float) ** 2
        precision = (square / self.cluster[self.of_cluster]).sum() / records
        return _score(float(precision), float((square / self.true[self.of_true]).sum() / records))


def _share(part: float, whole: float) -> float:
    return float(part / whole) if whole else 1.0


def _score(precision: float, recall: float) -> Score:
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Score(precision, recall, f1)


def _labels(labels: pa.Table | Mapping[str, Any], name: str) -> pl.DataFrame:
    """Two columns of strings, `id` and `name`."""
    if isinstance(labels, Mapping):
        labels = pa.table({"id": list(labels), name: list(labels.values())})
    if labels.num_columns < 2:
        raise MissingColumn(f"The {name} table needs two columns, the id and the {name}")
    frame = pl.DataFrame(pl.from_arrow(labels.select([0, 1])))
    return frame.rename(dict(zip(frame.columns, ("id", name), strict=True))).cast(pl.String)


def _codes(labels: pl.Series) -> Codes:
    return (labels.rank("dense") - 1).cast(pl.Int64).to_numpy()


def _judged_pairs(result: Result, both: pl.DataFrame) -> pl.DataFrame:
    """All pairs that were kept, with `probability` and whether they are the `same` person; both truths known."""
    kept = pl.concat([pl.DataFrame(pl.from_arrow(pairs)) for pairs in (result.links, result.possible)])
    truth = both.select("id", "truth")
    left = truth.rename({"id": "left", "truth": "left_truth"})
    right = truth.rename({"id": "right", "truth": "right_truth"})
    judged = kept.join(left, on="left").join(right, on="right")
    return judged.select("probability", same=pl.col("left_truth") == pl.col("right_truth"))


def _reliability(probability: NDArray[np.float64], same: NDArray[np.bool_]) -> tuple[Band, ...]:
    place = np.clip(np.searchsorted(BANDS, probability, side="right") - 1, 0, len(BANDS) - 2)
    bands = []
    for i in range(len(BANDS) - 1):
        inside = place == i
        if inside.any():
            claimed, true = float(probability[inside].mean()), float(same[inside].mean())
            bands.append(Band(BANDS[i], BANDS[i + 1], int(inside.sum()), claimed, true))
    return tuple(bands)
