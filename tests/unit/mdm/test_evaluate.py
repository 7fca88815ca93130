"""The figures by which matching is judged, against counting by hand."""

from dataclasses import dataclass, field
from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.errors import EmptyTable, MissingColumn
from mdm.evaluate import evaluate

NONE = pa.table({"left": pa.array([], pa.string()), "right": pa.array([], pa.string()),
                 "weight": pa.array([], pa.float64()), "probability": pa.array([], pa.float64())})  # fmt: skip


@dataclass(frozen=True)
class Found:
    """A match result written by hand."""

    clusters: pa.Table
    links: pa.Table = field(default_factory=lambda: NONE)
    possible: pa.Table = field(default_factory=lambda: NONE)


def pairs(*rows: tuple[str, str, float]) -> pa.Table:
    left, right, probability = zip(*rows, strict=True)
    return pa.table({"left": left, "right": right, "weight": [0.0] * len(rows), "probability": probability})


def test_a_small_example_by_hand():
    figures = evaluate({"a": 1, "b": 1, "c": 2, "d": 3}, {"a": "x", "b": "x", "c": "x", "d": "y"})
    assert (figures.records, figures.true_pairs) == (4, 3)
    assert (figures.pairs.precision, figures.pairs.recall, figures.pairs.f1) == (1.0, pytest.approx(1 / 3), 0.5)
    assert (figures.clusters.precision, figures.clusters.recall) == (pytest.approx(1 / 3), 0.5)
    assert (figures.bcubed.precision, figures.bcubed.recall) == (1.0, pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4))
    assert figures.completeness is None


labels = st.dictionaries(st.integers(0, 12), st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1)


@given(labels)
@settings(max_examples=80, deadline=None)
def test_pairs_and_bcubed_agree_with_counting_every_pair(drawn):
    cluster = {str(name): both[0] for name, both in drawn.items()}
    truth = {str(name): both[1] for name, both in drawn.items()}
    figures = evaluate(cluster, truth)
    found = {pair for pair in combinations(sorted(cluster), 2) if cluster[pair[0]] == cluster[pair[1]]}
    true = {pair for pair in combinations(sorted(truth), 2) if truth[pair[0]] == truth[pair[1]]}
    right = len(found & true)
    assert figures.true_pairs == len(true)
    assert figures.pairs.precision == pytest.approx(right / len(found) if found else 1)
    assert figures.pairs.recall == pytest.approx(right / len(true) if true else 1)
    by_record = [
        sum(cluster[b] == cluster[a] and truth[b] == truth[a] for b in cluster)
        / sum(cluster[b] == cluster[a] for b in cluster)
        for a in cluster
    ]
    assert figures.bcubed.precision == pytest.approx(sum(by_record) / len(by_record))


@given(labels)
@settings(max_examples=30, deadline=None)
def test_the_truth_judged_by_itself_is_perfect(drawn):
    truth = {str(name): both[1] for name, both in drawn.items()}
    figures = evaluate(truth, truth)
    assert figures.pairs.f1 == figures.clusters.f1 == figures.bcubed.f1 == 1


def test_completeness_and_reliability_of_a_result():
    clusters = pa.table({"id": ["a", "b", "c", "d"], "cluster": ["a", "a", "c", "c"]})
    found = Found(clusters, links=pairs(("a", "b", 0.9), ("c", "d", 0.92)), possible=pairs(("a", "c", 0.3)))
    figures = evaluate(found, {"a": "x", "b": "x", "c": "x", "d": "y"})
    assert figures.completeness == pytest.approx(2 / 3)
    bands = {band.low: band for band in figures.reliability}
    assert (bands[0.85].pairs, bands[0.85].true, bands[0.85].claimed) == (2, 0.5, pytest.approx(0.91))
    assert bands[0.25].true == 1
    assert figures.as_dict()["reliability"][0]["pairs"] == 1


def test_records_without_a_true_label_are_left_out():
    figures = evaluate({"a": 1, "b": 1, "c": 1}, {"a": "x", "b": "x", "c": None})
    assert (figures.records, figures.pairs.precision) == (2, 1.0)


def test_nothing_in_common_and_too_few_columns_are_refused():
    with pytest.raises(EmptyTable, match="ids are the same"):
        evaluate({"a": 1}, {"b": 1})
    with pytest.raises(MissingColumn, match="two columns"):
        evaluate({"a": 1}, pa.table({"id": ["a"]}))
