"""The mixture: it finds the parameters that the data were made with, and its scores are the sum of their parts."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mdm
from mdm.coarse import agreeing_fields, coarse_view, coarse_weights, stratified_sample
from mdm.columns import read_records
from mdm.compare import RARITIES, comparisons
from mdm.errors import BadModel
from mdm.fields import fields_of_model, new_fields
from mdm.model import CLASSES, MATCHES, MOST_BELONGING, UNRELATED, distinct_patterns, from_dict, load
from mdm.model_chance import chances
from mdm.model_em import fit
from tests.unit.mdm.people import KINDS, people


@pytest.fixture(scope="module")
def trained():
    table, truth = people()
    return table, truth, mdm.train(table, KINDS)


def random_patterns(model, count: int = 500):
    rng = np.random.default_rng(0)
    return np.stack([rng.integers(0, len(field.labels), count) for field in model.fields]).astype(np.uint8)


def test_weights_are_the_sum_of_their_parts(trained):
    evidence = trained[2].evidence(random_patterns(trained[2]))
    assert np.allclose(evidence.weight, evidence.parts.sum(axis=0) + evidence.prior, atol=1e-9)
    assert np.allclose(evidence.weight, trained[2].weights(random_patterns(trained[2])), atol=1e-9)
    assert np.allclose(evidence.rivals.sum(axis=0), 1)


def test_a_missing_field_has_no_part(trained):
    patterns = random_patterns(trained[2])
    parts = trained[2].evidence(patterns).parts
    assert (parts[patterns == 0] == 0).all()


def test_every_class_is_a_distribution_over_levels(trained):
    for field in trained[2].fields:
        assert np.allclose(field.tables[:, 1:].sum(axis=1), 1, atol=0.01)
        assert (field.tables > 0).all()


def test_the_number_of_matches_is_found(trained):
    _, truth, model = trained
    sizes = np.bincount(list(truth.values()))
    true = (sizes * (sizes - 1) // 2).sum()
    assert model.sizes[:MATCHES].sum() == pytest.approx(true, rel=0.1)
    assert model.sizes[UNRELATED] == len(truth) * (len(truth) - 1) / 2


def test_em_recovers_the_parameters_of_synthetic_pairs():
    """Levels drawn from known m and u, as independent fields: EM has to give back m within four points."""
    table, _ = people(300, systems=1)
    kinds = {column: kind for column, kind in KINDS.items() if kind in ("id", "given_name", "family_name", "postcode")}
    fields = comparisons(read_records(table, kinds))
    rng, all_pairs, matches = np.random.default_rng(5), 4_000_000.0, 20_000
    chance = chances(fields, table.num_rows, rng)
    m = []
    for field in fields:
        profile = np.zeros(len(field.labels))
        profile[1], profile[field.exact - 1], profile[field.exact :] = 0.05, 0.1, 0.85 / 8
        m.append(profile)
    of_match = np.stack([rng.choice(len(profile), matches, p=profile) for profile in m])
    drawn = 200_000
    by_chance = np.stack([rng.choice(len(one.u), drawn, p=np.r_[0, one.u[1:]] / one.u[1:].sum()) for one in chance])
    levels = np.concatenate([of_match, by_chance], axis=1).astype(np.uint8)
    weight = np.r_[np.ones(matches), np.full(drawn, (all_pairs - matches) / drawn)]
    fitted = fit(fields, levels, weight, chance, n=table.num_rows, all_pairs=all_pairs)
    share = fitted.sizes[:MATCHES] / fitted.sizes[:MATCHES].sum()
    assert fitted.sizes[:MATCHES].sum() == pytest.approx(matches, rel=0.05)
    for profile, found in zip(m, fitted.tables, strict=True):
        assert np.abs(share @ found[:MATCHES, 1:] - profile[1:]).max() < 0.04
    assert fitted.likelihood[-1] > fitted.likelihood[0]


def test_more_agreement_never_weighs_less_for_a_lone_field(trained):
    """Of one field alone, exact agreement on a rare value weighs more than on a common one, and more than none."""
    model = trained[2]
    for number, field in enumerate(model.fields):
        if field.kind != "date_of_birth":
            continue
        patterns = np.zeros((len(model.fields), 3), np.uint8)
        patterns[number] = [1, len(field.labels) - 8, 0]
        different, equal, missing = model.weights(patterns)
        assert equal > missing > different


def test_a_saved_model_is_the_same_model(trained, tmp_path):
    trained[2].save(tmp_path / "model.json")
    again = load(tmp_path / "model.json")
    assert again.as_dict() == trained[2].as_dict()
    assert (again.weights(random_patterns(again)) == trained[2].weights(random_patterns(again))).all()


def test_a_model_that_was_saved_before_there_were_movers_can_still_be_read(trained):
    old = trained[2].as_dict()
    gone = list(old["classes"]).index("moved match")
    old["classes"] = {name: size for name, size in old["classes"].items() if name != "moved match"}
    for field in old["fields"]:
        levels = {label: [*shares[:gone], *shares[gone + 1 :]] for label, shares in field["levels"].items()}
        field["levels"] = {"part of the other" if label == "short form" else label: levels[label] for label in levels}
    read = from_dict(old)
    assert read.sizes[gone] == 0
    weights = read.weights(random_patterns(read))
    assert np.isfinite(weights).all()
    assert (weights <= trained[2].weights(random_patterns(read)) + 1e-9).all()


def test_movers_write_their_names_as_others_do(trained):
    model = trained[2]
    clean, moved = (CLASSES.index(name) for name in ("clean match", "moved match"))
    for field in model.fields:
        if field.kind in ("postcode", "city"):
            assert field.tables[moved, -RARITIES:].sum() < 0.1 < field.tables[clean, -RARITIES:].sum()
        elif field.kind != "source":
            assert (field.tables[moved] == field.tables[clean]).all()


def test_a_file_with_one_field_of_place_has_no_class_of_movers():
    table, _ = people(100)
    model = mdm.train(table, {column: kind for column, kind in KINDS.items() if column != "town"})
    assert model.sizes[CLASSES.index("moved match")] == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 99}', '{"version": 1}', '{"version": 1, "sources": []}'])
def test_what_is_no_model_is_refused(tmp_path, text: str):
    (tmp_path / "model.json").write_text(text)
    with pytest.raises(BadModel):
        load(tmp_path / "model.json")
    with pytest.raises(BadModel):
        load(tmp_path / "nothing.json")


def test_a_model_for_more_records_expects_more_pairs(trained):
    model = trained[2]
    twice = model.for_size(2 * model.n)
    assert twice.sizes[0] == pytest.approx(2 * model.sizes[0])
    assert twice.sizes[UNRELATED] == pytest.approx(4 * model.sizes[UNRELATED], rel=0.01)
    assert model.for_size(model.n) is model


def test_a_model_reads_records_that_lack_a_column(trained):
    table, _, model = trained
    kinds = {column: kind for column, kind in KINDS.items() if kind not in ("email", "source")}
    fields = fields_of_model(model, read_records(table, kinds))
    assert [field.name for field in fields] == [field.name for field in model.fields]


def test_rarity_follows_the_training_file(trained):
    table, _, model = trained
    records = read_records(table, KINDS)
    for mine, theirs in zip(new_fields(records), fields_of_model(model, records), strict=True):
        if mine.kind != "source":
            common = mine.column.counts > 3
            assert (mine.rarity[common] == theirs.rarity[common]).all()
            assert (theirs.rarity[~common] == 0).all()


def test_the_coarse_look_agrees_with_the_model_on_exact_pairs(trained):
    table, _, model = trained
    records = read_records(table, KINDS)
    fields = new_fields(records)
    view = coarse_view(fields)
    rows = np.arange(len(records), dtype=np.int32)
    assert (coarse_weights(model, view, fields, rows, rows) > 0).mean() > 0.9
    assert (coarse_weights(model, view, fields, rows, np.roll(rows, 7)) < 0).mean() > 0.95
    filled = np.sum([codes >= 0 for codes in view.codes], axis=0)
    assert (agreeing_fields(view, rows, rows) == filled).all()


def test_a_stratified_sample_stands_for_all_pairs():
    strata = np.repeat(np.arange(8, dtype=np.uint8), [5000, 500, 50, 5, 5, 5, 5, 5])
    places, weight = stratified_sample(strata, 700, np.random.default_rng(0))
    assert len(places) <= 700
    assert weight.sum() == pytest.approx(len(strata))
    assert set(strata[places]) == set(range(8))
    everything, ones = stratified_sample(strata, 10_000, np.random.default_rng(0))
    assert len(everything) == len(strata)
    assert (ones == 1).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_distinct_patterns_give_back_all_pairs(fields: int, pairs: int, seed: int):
    levels = np.random.default_rng(seed).integers(0, 3, (fields, pairs)).astype(np.uint8)
    patterns, shown = distinct_patterns(levels)
    assert (patterns[:, shown] == levels).all()
    assert len({tuple(column) for column in patterns.T}) == patterns.shape[1]


def test_an_adjusted_model_weighs_by_its_factors(trained):
    model = trained[2]
    patterns = random_patterns(model)
    plain, doubled = model.evidence(patterns), replace(model, fields=[replace(f, factor=2.0) for f in model.fields])
    assert doubled.weights(patterns) == pytest.approx(plain.weight + plain.parts.sum(axis=0))
    assert replace(model, shift=1.5).weights(patterns) == pytest.approx(plain.weight + 1.5)


def test_a_description_may_lose_the_order_of_its_classes(trained):
    described = trained[2].as_dict()
    described["classes"] = dict(sorted(described["classes"].items()))
    read = from_dict(described)
    assert (read.sizes == trained[2].sizes).all()
    assert all((one.tables == other.tables).all() for one, other in zip(read.fields, trained[2].fields, strict=True))


def test_a_record_belongs_somewhere_the_sooner_the_more_records_people_have(trained):
    model = trained[2]
    matches = np.zeros(len(CLASSES))
    matches[0] = 1.0
    expected = {0.5: 0.0, 1.0: 0.0, 2.0: float(np.log(2.0)), 50.0: MOST_BELONGING}
    for pairs_per_record, belonging in expected.items():
        assert replace(model, sizes=matches * pairs_per_record * model.n).belonging == pytest.approx(belonging)


def test_classes_begin_with_the_matches():
    assert CLASSES[:MATCHES] == ("clean match", "dirty match", "moved match")
    assert CLASSES[UNRELATED] == CLASSES[-1] == "unrelated"


def test_the_gender_of_a_household_is_pulled_to_chance():
    table, truth = people(300, seed=12)
    rng = np.random.default_rng(0)
    gender = {person: "mf"[rng.integers(2)] for person in sorted(set(truth.values()))}
    column = pa.array([gender[truth[name]] for name in table["id"].to_pylist()])
    model = mdm.train(table.append_column("sex", column), {**KINDS, "sex": "gender"})
    field = next(one for one in model.fields if one.kind == "gender")
    equal = [label.startswith("equal") for label in field.labels]
    shares = field.tables[:, equal].sum(axis=1)
    assert 0.35 < shares[CLASSES.index("household")] < 0.8
    assert shares[CLASSES.index("clean match")] > 0.95
