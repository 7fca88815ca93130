"""Batches of components: nothing is lost, nothing is torn apart, and clusters come out the same."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mdm
from mdm import cluster, cluster_batches
from mdm.cluster_batches import component_batches, components
from mdm.columns import read_records
from mdm.constraints import starting_clusters
from tests.unit.mdm.people import KINDS, people

EDGES = st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), max_size=40)


def graph(edges: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    ends = np.array(edges, np.int32).reshape(-1, 2)
    return ends.min(axis=1), ends.max(axis=1)


@settings(deadline=None)
@given(EDGES, EDGES)
def test_components_are_named_by_their_lowest_row(edges, links):
    table = {"id": [f"{row:02d}" for row in range(30)], "x": ["a"] * 30}
    ids = [(f"{left:02d}", f"{right:02d}") for left, right in links]
    records = read_records(table, {"id": "id", "x": "family_name"})
    start = starting_clusters(records, ids)
    both = [*ids, *((f"{left:02d}", f"{right:02d}") for left, right in edges)]
    assert (components(*graph(edges), start) == starting_clusters(records, both)).all()


@settings(deadline=None)
@given(EDGES, st.integers(1, 10))
def test_every_pair_is_in_one_batch_and_no_component_in_two(edges, most: int):
    left, right = graph(edges)
    pairs = np.arange(len(left))
    batches = list(component_batches(left, right, pairs, np.arange(30, dtype=np.int32), most))
    assert sorted(np.concatenate([pairs[:0], *batches]).tolist()) == pairs.tolist()
    assert all((np.diff(batch) > 0).all() for batch in batches)
    rows = [set(left[batch].tolist()) | set(right[batch].tolist()) for batch in batches]
    assert sum(map(len, rows)) == len(set().union(*rows))


@pytest.mark.parametrize("seed", [0, 1])
def test_clusters_are_the_same_in_one_batch_or_in_many(seed: int):
    table, _ = people(120, seed=seed, noise=0.3)
    model = mdm.train(table, KINDS)
    must = [tuple(table["id"].to_pylist()[:2])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "LARGE", 0)
        whole = mdm.match(table, KINDS, model, must_link=must)
        patch.setattr(cluster_batches.component_batches, "__defaults__", (10,))
        parts = mdm.match(table, KINDS, model, must_link=must)
    assert whole.clusters.equals(parts.clusters)
