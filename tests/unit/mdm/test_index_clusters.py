"""An index beside the whole file: the same weights, the same clusters, in any order, and decisions that are kept."""

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mdm.cluster_bonds import bonds_of_pairs, pooled
from mdm.columns import read_records
from mdm.compare import compare
from mdm.constraints import ContradictoryDecisions
from mdm.evaluate import evaluate
from mdm.fields import fields_of_model
from mdm.index import Index
from mdm.index.forgiving import forgiving
from mdm.match import match
from tests.benchmarks.households import households
from tests.benchmarks.sets import HOUSEHOLDS
from tests.unit.mdm.people import KINDS, people


@pytest.fixture(scope="module")
def town():
    table, truth = people(300, seed=5)
    return table, truth, match(table, KINDS)


@pytest.mark.slow
def test_families_that_come_record_by_record_are_parted_as_in_the_whole_file():
    """A record that had joined its sister's cluster is found by her brother who comes later."""
    lost = []
    for seed in (2, 3):
        table = households(150, seed, noise=0.12, missing=0.2, moving=0.15, sources=5)
        truth = pa.table({"id": table["id"], "truth": table["person"]})
        found = match(table.select(list(HOUSEHOLDS)), HOUSEHOLDS, seed=seed)
        index, rows = Index(found.model), table.select(list(HOUSEHOLDS)).to_pylist()
        random.Random(seed).shuffle(rows)
        for row in rows:
            index.add(row)
        lost.append(evaluate(found, truth).pairs.f1 - evaluate(index.clusters(), truth).pairs.f1)
    assert sum(lost) / len(lost) < 0.003


@pytest.fixture
def index(town):
    table, _, found = town
    return Index(found.model, table, found.clusters)


def rows_of(table):
    return table.to_pylist()


def without(table, name):
    return table.filter(pa.array([other != name for other in table["id"].to_pylist()]))


def test_a_look_up_weighs_as_the_whole_file_does(town):
    table, _, found = town
    rows = rows_of(table)
    cluster = dict(zip(*(found.clusters[name].to_pylist() for name in ("id", "cluster")), strict=True))
    records = read_records(table, KINDS, found.model.day_first)
    model = forgiving(found.model.for_size(len(records)))
    compared = 0
    index = Index(found.model, table, found.clusters)
    for row in rows[:20]:
        query = records.rows[row["id"]]
        for hit in index.lookup(row)[:2]:
            others = [records.rows[name] for name, label in cluster.items() if label == cluster[hit.id]]
            right = np.array(sorted(others), np.int32)
            levels = compare(fields_of_model(found.model, records), np.full(len(right), query, np.int32), right)
            every = np.arange(levels.shape[1])
            group = np.zeros(len(right), np.int32)
            evidence = model.evidence(levels)
            bonds = bonds_of_pairs(group, group + 1, levels, evidence, every).grouped()
            batch = float(pooled(bonds, np.zeros((0, 0), np.float32), ())[0])
            assert hit.weight == pytest.approx((batch + float(evidence.weight.max())) / 2, abs=1e-3)
            compared += 1
    assert compared > 25


def test_one_row_against_many_has_the_levels_of_pairs(index):
    store = index._store
    rows = np.arange(0, len(index), 3, dtype=np.int32)
    for row in (1, 40, 77, 200):
        expected = store.compare(np.full(len(rows), row, np.int32), rows)
        assert np.array_equal(store.against(row, rows), expected)


def test_what_the_glance_ranks_first_is_what_the_model_does(index):
    """The first look agrees with the whole comparison on who is the best: it may only lose what is far behind."""
    store, better = index._store, 0
    rows = np.arange(len(index), dtype=np.int32)
    for row in range(0, len(index), 29):
        weights = index._model.weights(store.against(row, rows))
        weights[row] = -np.inf
        best = int(np.argmax(weights))
        glance = store.glance(row, rows)
        better += int((glance > glance[best]).sum() <= 5)
    assert better >= 0.95 * len(range(0, len(index), 29))


def test_the_order_of_the_table_changes_nothing(town, index):
    table, _, found = town
    order = np.random.default_rng(3).permutation(table.num_rows)
    other = Index(found.model, table.take(order), found.clusters)
    for row in rows_of(table)[:60]:
        assert other.lookup(row) == index.lookup(row)
    assert other.clusters().equals(index.clusters())


def test_the_order_of_additions_hardly_matters(town):
    table, truth = people(70, seed=6)
    found = match(table, KINDS)
    scores = []
    for seed in range(2):
        rows = rows_of(table)
        random.Random(seed).shuffle(rows)
        index = Index(found.model)
        for row in rows:
            index.add(row)
        scores.append(evaluate(index.clusters(), truth).pairs.f1)
    batch = evaluate(match(table, KINDS, found.model), truth).pairs.f1
    assert min(scores) >= batch - 0.01


@pytest.fixture(scope="module")
def hamlet():
    table, _ = people(50, seed=8)
    return table, match(table, KINDS)


@given(st.lists(st.tuples(st.sampled_from(["remove", "add", "look"]), st.integers(0, 10**6)), max_size=25))
@settings(max_examples=12, deadline=None)
def test_whatever_comes_and_goes_the_index_knows_who_is_there(hamlet, steps):
    table, found = hamlet
    rows = {row["id"]: row for row in rows_of(table)}
    index = Index(found.model, table, found.clusters)
    inside = set(rows)
    for what, number in steps:
        if what == "remove" and inside:
            name = sorted(inside)[number % len(inside)]
            index.remove(name)
            inside.discard(name)
        elif what == "add" and inside != set(rows):
            outside = sorted(set(rows) - inside)
            name = outside[number % len(outside)]
            index.add(rows[name])
            inside.add(name)
        else:
            row = rows[sorted(rows)[number % len(rows)]]
            hits = index.lookup(row)
            assert all(hit.id in inside and hit.cluster in inside for hit in hits)
            assert row["id"] not in inside or hits[0].weight >= index.weigh(row, row["id"]) - 1e-6
    table = index.clusters()
    assert table["id"].to_pylist() == sorted(inside)
    clusters = dict(zip(table["id"].to_pylist(), table["cluster"].to_pylist(), strict=True))
    assert all(clusters[clusters[name]] == clusters[name] for name in inside)
    assert len(index) == len(inside)


def test_a_removed_record_is_not_found_and_leaves_its_groups(town, index):
    row = rows_of(town[0])[0]
    for _ in range(10):
        index.remove(row["id"])
        assert all(hit.id != row["id"] for hit in index.lookup(row))
        index.add(row)
    assert index.lookup(row)[0].cluster == index.cluster_of(row["id"])


def pair_of_one(town):
    """Two records that matching has put together, and nobody else with them."""
    table, _, found = town
    names, labels = (found.clusters[name].to_pylist() for name in ("id", "cluster"))
    label = next(label for label in labels if labels.count(label) == 2)
    left, right = (name for name, other in zip(names, labels, strict=True) if other == label)
    rows = {row["id"]: row for row in rows_of(table)}
    return rows[left], rows[right]


def test_a_record_does_not_join_whom_it_must_not(town):
    table, _, found = town
    left, right = pair_of_one(town)
    index = Index(found.model, without(table, right["id"]), found.clusters, cannot_link=[(right["id"], left["id"])])
    assert index.add(right) == right["id"]
    assert index.cluster_of(left["id"]) == left["id"]
    copy = {**left, "id": "a copy"}
    index.add(copy)
    assert index.cluster_of(left["id"]) != index.cluster_of(right["id"])


def test_a_record_joins_whom_it_must_however_unlike(town):
    table, _, found = town
    left, _ = pair_of_one(town)
    stranger = {"id": "stranger", "first": "Zebedee", "last": "Quux", "born": "1901-12-13"}
    index = Index(found.model, table, found.clusters, must_link=[("stranger", left["id"])])
    index.add(stranger)
    assert index.cluster_of("stranger") == index.cluster_of(left["id"])
    for number in range(3):
        index.add({**stranger, "id": f"another {number}"})
    assert index.cluster_of("stranger") == index.cluster_of(left["id"])


def test_decisions_about_a_new_record_part_a_cluster_that_was_one(town):
    table, _, found = town
    left, right = pair_of_one(town)
    newcomer = {**left, "id": "newcomer"}
    index = Index(found.model, table, found.clusters,
                  must_link=[("newcomer", left["id"])], cannot_link=[("newcomer", right["id"])])  # fmt: skip
    assert index.cluster_of(left["id"]) == index.cluster_of(right["id"])
    index.add(newcomer)
    assert index.cluster_of("newcomer") == index.cluster_of(left["id"])
    assert index.cluster_of("newcomer") != index.cluster_of(right["id"])


def test_decisions_are_kept_from_the_beginning(town):
    table, _, found = town
    left, right = pair_of_one(town)
    stranger = next(row for row in rows_of(table) if row["id"] not in (left["id"], right["id"]))
    linked = Index(found.model, table, found.clusters, must_link=[(left["id"], stranger["id"])])
    assert linked.cluster_of(left["id"]) == linked.cluster_of(stranger["id"])
    parted = Index(found.model, table, cannot_link=[(left["id"], right["id"])])
    assert parted.cluster_of(left["id"]) != parted.cluster_of(right["id"])


def test_decisions_that_exclude_each_other_are_refused(town):
    table, _, found = town
    left, right = (row["id"] for row in pair_of_one(town))
    with pytest.raises(ContradictoryDecisions, match="link them"):
        Index(found.model, table, found.clusters, must_link=[(left, "x"), ("x", right)], cannot_link=[(left, right)])
    with pytest.raises(ContradictoryDecisions, match="share a cluster"):
        Index(found.model, table, found.clusters, cannot_link=[(left, right)])


def test_decisions_outlive_removal(town):
    table, _, found = town
    left, right = pair_of_one(town)
    index = Index(found.model, without(table, right["id"]), found.clusters, cannot_link=[(left["id"], right["id"])])
    index.remove(left["id"])
    index.add(right)
    index.add(left)
    assert index.cluster_of(left["id"]) != index.cluster_of(right["id"])
