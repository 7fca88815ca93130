"""The whole engine on people whose truth is known."""

import subprocess
import sys
import threading

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import mdm
from mdm import blocking, blocking_choice, blocking_clusters, coarse, compare
from mdm.errors import DuplicateIds, EmptyTable, MissingColumn, NoIdColumn, UnknownKind
from tests.unit.mdm.people import KINDS, pair_scores, people

MATCH = sys.modules["mdm.match"]


@pytest.fixture(scope="module")
def made():
    table, truth = people(600, seed=2)
    return table, truth, mdm.match(table, KINDS)


@pytest.mark.parametrize(("noise", "least"), [(0.1, 0.99), (0.3, 0.93)])
def test_people_are_found(noise: float, least: float):
    table, truth = people(500, seed=3, noise=noise)
    precision, recall = pair_scores(mdm.match(table, KINDS).clusters, truth)
    assert 2 * precision * recall / (precision + recall) > least


def test_links_lie_within_clusters_and_possible_matches_between_them(made):
    _, _, result = made
    cluster = dict(zip(result.clusters["id"].to_pylist(), result.clusters["cluster"].to_pylist(), strict=True))
    for link in result.links.to_pylist():
        assert cluster[link["left"]] == cluster[link["right"]]
        assert link["weight"] >= 0
        assert link["probability"] >= 0.5
    assert all(cluster[pair["left"]] != cluster[pair["right"]] for pair in result.possible.to_pylist())
    assert all(name <= member for member, name in cluster.items())
    assert result.counts["links"] == result.links.num_rows
    assert {"read", "block", "train", "compare", "score", "cluster"} <= set(result.timings)


def test_probabilities_are_calibrated(made):
    _, truth, result = made
    assert result.possible["probability"].to_numpy().max() <= 0.5
    pairs = pa.concat_tables([result.links, result.possible]).to_pylist()
    right = np.array([truth[pair["left"]] == truth[pair["right"]] for pair in pairs])
    p = np.array([pair["probability"] for pair in pairs])
    assert right[p > 0.99].mean() > 0.98
    assert right[p < 0.3].mean() < 0.3
    assert abs(p.sum() - right.sum()) < 0.05 * right.sum()


def same(one: mdm.MatchResult, other: mdm.MatchResult) -> bool:
    tables = ("clusters", "links", "possible")
    return all(getattr(one, name).equals(getattr(other, name)) for name in tables)


def test_the_order_of_rows_does_not_matter(made):
    table, _, result = made
    shuffled = table.take(np.random.default_rng(0).permutation(table.num_rows))
    assert same(mdm.match(shuffled, KINDS), result)


def test_the_names_of_columns_do_not_matter(made):
    table, _, result = made
    renamed = table.rename_columns([f"column {name}" for name in table.column_names])
    assert same(mdm.match(renamed, {f"column {name}": kind for name, kind in KINDS.items()}), result)


@pytest.mark.parametrize("threads", [1, 5])
def test_the_number_of_threads_does_not_matter(made, monkeypatch, threads: int):
    table, _, result = made
    for module in (blocking, blocking_choice, blocking_clusters, coarse, compare):
        monkeypatch.setattr(module, "THREADS", threads)
    assert same(mdm.match(table, KINDS), result)


def test_another_seed_finds_nearly_the_same_people(made):
    table, truth, result = made
    other = mdm.match(table, KINDS, seed=1)
    assert np.allclose(pair_scores(other.clusters, truth), pair_scores(result.clusters, truth), atol=0.01)


def test_any_table_will_do(made):
    table, _, result = made
    assert same(mdm.match(pl.from_arrow(table), KINDS, result.model), result)
    assert same(mdm.match(table.to_pydict(), KINDS, result.model), result)


def test_a_trained_and_saved_model_gives_the_same_answer(made, tmp_path):
    table, _, result = made
    mdm.train(table, KINDS).save(tmp_path / "model.json")
    assert same(mdm.match(table, KINDS, model=mdm.load(tmp_path / "model.json")), result)


def test_decisions_help():
    table, truth = people(400, seed=9, noise=0.45)
    plain = mdm.match(table, KINDS)
    pairs = pa.concat_tables([plain.links, plain.possible]).to_pylist()
    grey = sorted(pairs, key=lambda pair: abs(pair["weight"]))[:100]
    labels = [(pair["left"], pair["right"], truth[pair["left"]] == truth[pair["right"]]) for pair in grey]
    taught = mdm.match(table, KINDS, model=mdm.train(table, KINDS, labels=labels))

    def f1(result: mdm.MatchResult) -> float:
        precision, recall = pair_scores(result.clusters, truth)
        return 2 * precision * recall / (precision + recall)

    assert f1(taught) > f1(plain)


def test_a_large_file_is_matched_by_way_of_a_pilot_and_a_coarse_look(made, monkeypatch):
    table, truth, result = made
    monkeypatch.setattr(MATCH, "PILOT_FROM", 100)
    monkeypatch.setattr(MATCH, "PILOT", 2)
    monkeypatch.setattr(MATCH, "COARSE_FROM", 100)
    large = mdm.match(table, KINDS)
    assert large.counts["compared"] < large.counts["candidates"]
    assert 0 < len(large.model.keys) < len(result.model.keys)
    assert np.allclose(pair_scores(large.clusters, truth), pair_scores(result.clusters, truth), atol=0.05)
    assert same(mdm.match(table, KINDS, model=large.model), large)


@pytest.mark.parametrize("rows", [1, 2, 5, 100])
def test_small_tables(rows: int):
    table, _ = people(rows, seed=rows)
    result = mdm.match(table, KINDS)
    assert result.clusters.num_rows == table.num_rows


@pytest.mark.parametrize("value", [None, "", "unknown", "smith"])
def test_a_table_in_which_everybody_is_the_same_ends_soon(value: str | None):
    columns = {"id": [str(row) for row in range(3000)], "first": [value] * 3000, "last": [value] * 3000}
    kinds = {"id": "id", "first": "given_name", "last": "family_name"}
    assert len(set(mdm.match(columns, kinds).clusters["cluster"].to_pylist())) == 3000


def test_names_of_all_scripts_and_dates_of_all_forms():
    names = ["Łukasz", "ਗੁਰਪ੍ਰੀਤ", "王小明", "محمد", "O'Brien", "Anne-Marie", "Smith Jones", "", " ", "Ñandú", None, "🙂"]
    dates = ["1980-03-01", "1/3/1980", "March 1, 1980", "1980", "n/a", None, "31/31/1999"]
    columns = {
        "id": [str(row) for row in range(300)],
        "first": [names[row % 12] for row in range(300)],
        "last": [names[(row // 3) % 12] for row in range(300)],
        "born": [dates[row % 7] for row in range(300)],
        "system": [f"system {row % 20}" for row in range(300)],
    }
    kinds = {name: KINDS[name] for name in columns}
    assert mdm.match(columns, kinds).clusters.num_rows == 300


def test_organisations_are_matched_too():
    rng = np.random.default_rng(1)
    words = ["alder", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "iris", "jade"]
    rows = []
    for firm in range(200):
        name = f"{words[rng.integers(10)]} {words[rng.integers(10)]} {words[rng.integers(10)]}"
        number, post = f"{rng.integers(10**7, 10**8)}", f"ab{rng.integers(40)} {rng.integers(9)}xy"
        for copy, form in enumerate(("Ltd", "Limited")):
            rows.append((f"{firm}-{copy}", f"{name} {form}", number if rng.random() < 0.8 else None, post))
    ids, names, numbers, posts = (list(column) for column in zip(*rows, strict=True))
    kinds = {"id": "id", "name": "organisation_name", "number": "company_number", "post": "postcode"}
    result = mdm.match({"id": ids, "name": names, "number": numbers, "post": posts}, kinds)
    precision, recall = pair_scores(result.clusters, {name: int(name.split("-")[0]) for name in ids})
    assert precision > 0.97
    assert recall > 0.97


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"mail": "electronic"}, UnknownKind),
        ({"nothing": "city"}, MissingColumn),
        ({"id": "ignore"}, NoIdColumn),
        ({"mail": "id"}, NoIdColumn),
        ({name: "ignore" for name in KINDS if name not in ("id", "system")}, EmptyTable),
    ],
)
def test_wrong_kinds_are_refused(made, change: dict[str, str], error: type[mdm.MdmError]):
    with pytest.raises(error):
        mdm.match(made[0], {**KINDS, **change})


@pytest.mark.parametrize(("ids", "error"), [(["1", "1"], DuplicateIds), (["1", None], DuplicateIds), ([], EmptyTable)])
def test_wrong_ids_are_refused(ids: list[str | None], error: type[mdm.MdmError]):
    table = {"id": pa.array(ids, pa.string()), "first": pa.array(["ann"] * len(ids), pa.string())}
    with pytest.raises(error):
        mdm.match(table, {"id": "id", "first": "given_name"})


def test_two_threads_may_match_at_once(made):
    table, _, result = made
    found: list[mdm.MatchResult] = []
    workers = [threading.Thread(target=lambda: found.append(mdm.match(table, KINDS))) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(found) == 2
    assert all(same(one, result) for one in found)


def test_the_engine_knows_no_web_and_no_database():
    program = "import sys, mdm; print(sorted({'flask', 'sqlalchemy', 'app'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
