"""The pipeline: encode, block, train, compare, score, cluster. Each stage is a function from columns to columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from mdm.blocking import Candidates, candidates
from mdm.blocking_choice import choose_keys, membership
from mdm.blocking_keys import available_keys
from mdm.cluster import THRESHOLD, Clustering, Scored, agglomerate
from mdm.coarse import agreeing_fields, coarse_view, coarse_weights, stratified_sample
from mdm.columns import Records, read_records
from mdm.compare import Comparison, SourceComparison, compare
from mdm.constraints import Pair, bound, rows_of_pairs
from mdm.fields import fields_of_model, new_fields
from mdm.model import Decision, Floats, Model, describe_field, distinct_patterns, probability
from mdm.model_chance import chances
from mdm.model_em import fit
from mdm.posterior import posterior

#: Pairs on which EM learns.
SAMPLE = 100_000
#: From this many records on, keys are chosen on a pilot that keeps one group in ten.
PILOT_FROM, PILOT = 200_000, 10
#: From this many candidate pairs on, a coarse look drops pairs that hold at most this share of the expected matches.
COARSE_FROM, COARSE_LOSS, COARSE_LOWEST = 500_000, 0.004, -12.0
#: Pairs below the threshold that are worth a person's look, in nats (p ≈ .05).
POSSIBLE = -3.0

Field = Comparison | SourceComparison


@dataclass(frozen=True, eq=False)
class MatchResult:
    """What matching found.

    ``clusters``: Arrow table (id, cluster), in the order of ids; a cluster is called after its first id.
    ``links``: Arrow table (left, right, weight, probability), pairs within clusters at or above the threshold.
    ``possible``: the same of pairs in different clusters that are worth a person's look. The weight is what the two
    records say (nats, 0 at even odds), the probability what all records of their clusters say (:mod:`mdm.posterior`).
    """

    clusters: pa.Table
    links: pa.Table
    possible: pa.Table
    model: Model
    timings: dict[str, float] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


class _Watch:
    """Seconds per phase."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        began = perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - began


def train(table: Any, kinds: Mapping[str, str], labels: Sequence[Decision] = (), seed: int = 0) -> Model:
    """Learn a model from the table alone; ``labels`` are decisions (left id, right id, same person?) that it will keep.

    Decisions bind whole clusters, and so settle more pairs than they name. They change no weight: people decide what
    the engine asks them, and what a person sees in doubtful pairs says nothing sure of the others.
    """
    records = read_records(table, kinds)
    fields = new_fields(records)
    model, _ = _learn(records, fields, kinds, seed, _Watch())
    rows_of_pairs(records, [(left, right) for left, right, _ in labels])
    return replace(model, decisions=tuple((str(left), str(right), bool(decided)) for left, right, decided in labels))


def match(
    table: Any,
    kinds: Mapping[str, str],
    model: Model | None = None,
    must_link: Sequence[Pair] = (),
    cannot_link: Sequence[Pair] = (),
    *,
    seed: int = 0,
) -> MatchResult:
    """Find the records of one person. Without a model, one is learned.

    ``must_link`` and ``cannot_link`` are always kept, and so are the decisions that the model was trained with, as far
    as they are about records of this table and nothing given here speaks against them.
    """
    watch = _Watch()
    with watch.phase("read"):
        records = read_records(table, kinds, model.day_first if model else None)
        start, apart = bound(records, must_link, cannot_link, model.decisions if model else ())
    found = None
    if model is None:
        fields = new_fields(records)
        model, found = _learn(records, fields, kinds, seed, watch)
    else:
        fields = fields_of_model(model, records)
        model = model.for_size(len(records))
    if found is None:
        with watch.phase("block"):
            known = set(model.keys) if len(records) >= PILOT_FROM else set()
            found = candidates(records, [key for key in available_keys(records) if not known or key in known])
    scored, met = _score(model, fields, found, watch), len(found)
    del found
    with watch.phase("cluster"):
        grouped = agglomerate(model, fields, records, scored, start=start, apart=apart)
        label = grouped.label
    with watch.phase("report"):
        clusters = pa.table({"id": records.ids.to_arrow(), "cluster": records.ids.gather(label).to_arrow()})
        links, possible = _report(records, scored, grouped)
    counts = {"records": len(records), "candidates": met, "compared": len(scored.left),
              "links": links.num_rows, "possible": possible.num_rows, "clusters": len(np.unique(label))}  # fmt: skip
    return MatchResult(clusters, links, possible, model, watch.seconds, counts)


def _learn(
    records: Records, fields: Sequence[Field], kinds: Mapping[str, str], seed: int, watch: _Watch
) -> tuple[Model, Candidates | None]:
    """Train on candidates. Gives the model, and the candidates unless they were only a pilot."""
    rng, n = np.random.default_rng(seed), len(records)
    pilot = PILOT if n >= PILOT_FROM else 1
    with watch.phase("pilot" if pilot > 1 else "block"):
        found = candidates(records, one_in=pilot)
    with watch.phase("train"):
        chance = chances(fields, n, rng)
        view = coarse_view(fields)
        places, weight = stratified_sample(agreeing_fields(view, found.left, found.right), SAMPLE, rng)
        left, right = found.left[places], found.right[places]
        members = membership(records, found.caps, left, right) if pilot > 1 else None
        if members is not None:
            weight = weight / (1 - (1 - 1 / pilot) ** np.maximum(members.sum(axis=0), 1))
        levels = compare(fields, left, right)
        fitted = fit(fields, levels, weight, chance, n=n, all_pairs=max(n * (n - 1) / 2, 1.0))
        model = Model(
            tuple(describe_field(one, table) for one, table in zip(fields, fitted.tables, strict=True)),
            fitted.sizes, n, {column: str(kind) for column, kind in kinds.items()}, records.source_names,
            day_first=records.day_first,
        )  # fmt: skip
        patterns, shown = distinct_patterns(levels)
        expected = weight * probability(model.weights(patterns))[shown]
        keys = choose_keys(found.pairs, members, expected) if members is not None else list(found.pairs)
        floor = _lowest_weight(coarse_weights(model, view, fields, left, right), expected)
        model = replace(model, keys=tuple(keys), floor=floor)
    return model, found if members is None else None


def _score(model: Model, fields: Sequence[Field], found: Candidates, watch: _Watch) -> Scored:
    """Compare and weigh the candidates; many of them pass a coarse look first."""
    left, right = found.left, found.right
    if len(left) > COARSE_FROM:
        with watch.phase("coarse"):
            kept = np.flatnonzero(coarse_weights(model, coarse_view(fields), fields, left, right) >= model.floor)
            left, right = left[kept], right[kept]
    with watch.phase("compare"):
        levels = compare(fields, left, right)
    with watch.phase("score"):
        patterns, shown = distinct_patterns(levels)
        return Scored(left, right, levels, model.weights(patterns)[shown])


def _lowest_weight(seen: NDArray[np.float32], expected: Floats) -> float:
    """The coarse weight below which at most COARSE_LOSS of the expected matches lie."""
    if not len(seen):
        return COARSE_LOWEST
    order = np.argsort(seen, kind="stable")
    running = np.cumsum(expected[order])
    return max(COARSE_LOWEST, float(seen[order[np.searchsorted(running, COARSE_LOSS * running[-1])]]))


def _report(records: Records, scored: Scored, grouped: Clustering) -> tuple[pa.Table, pa.Table]:
    """Links within clusters, and possible matches between them, the likeliest first."""
    together = grouped.label[scored.left] == grouped.label[scored.right]
    told = np.flatnonzero(scored.weight >= np.where(together, THRESHOLD, POSSIBLE))
    some = Scored(scored.left[told], scored.right[told], scored.levels[:, told], scored.weight[told])
    chance = posterior(some, grouped)
    links, possible = np.flatnonzero(together[told]), np.flatnonzero(~together[told])
    return _pairs_table(records, some, chance, links), _pairs_table(records, some, chance, possible)


def _pairs_table(records: Records, scored: Scored, chance: Floats, chosen: NDArray[np.int64]) -> pa.Table:
    keys = (scored.right[chosen], scored.left[chosen], -scored.weight[chosen], -chance[chosen])
    order = chosen[np.lexsort(keys)]
    ids: pl.Series = records.ids
    return pa.table({
        "left": ids.gather(scored.left[order]).to_arrow(),
        "right": ids.gather(scored.right[order]).to_arrow(),
        "weight": pl.Series(scored.weight[order]).to_arrow(),
        "probability": pl.Series(chance[order]).to_arrow(),
    })  # fmt: skip
