"""Explanations: the bars add up, and are told in words."""

import math

import pytest

import mdm
from tests.unit.mdm.people import KINDS, people

TABLE, TRUTH = people(200, seed=7, noise=0.25)
RAW = {row["id"]: row for row in TABLE.to_pylist()}
RESULT = mdm.match(TABLE, KINDS)
PAIRS = [*RESULT.links.slice(0, 20).to_pylist(), *RESULT.links.slice(RESULT.links.num_rows - 10).to_pylist(),
         *RESULT.possible.slice(0, 10).to_pylist()]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['left']}-{pair['right']}")
def test_the_bars_and_the_prior_add_up_to_the_weight_of_the_link(pair):
    told = mdm.explain(RESULT.model, RAW[pair["left"]], RAW[pair["right"]])
    assert told.prior + sum(bar.weight for bar in told.fields) == pytest.approx(told.weight, abs=1e-12)
    assert told.weight == pytest.approx(pair["weight"], abs=1e-6)
    assert told.probability == pytest.approx(1 / (1 + math.exp(-told.weight)))
    assert sum(rival.share for rival in told.rivals) == pytest.approx(1)


def test_a_record_and_itself_are_a_match_in_words():
    record = next(row for row in RAW.values() if all(row.values()))
    told = mdm.explain(RESULT.model, record, record)
    assert told.probability > 0.99
    assert "a match" in told.words
    born = next(bar for bar in told.fields if bar.kind == "date_of_birth")
    assert born.level.startswith("equal")
    assert born.left == born.right == record["born"].replace("-", "")
    assert "for one person" in born.words


def test_two_strangers_are_not_a_match_in_words():
    left, right = (
        {"first": "ann", "last": "lee", "born": "1950-02-03"},
        {"first": "bo", "last": "xu", "born": "1999-07-08"},
    )
    told = mdm.explain(RESULT.model, left, right)
    assert told.weight < 0
    assert "not a match" in told.words
    mail = next(bar for bar in told.fields if bar.kind == "email")
    assert (mail.left, mail.right, mail.weight) == (None, None, 0)
    assert "says nothing" in mail.words


def test_an_explanation_is_plain_data():
    data = mdm.explain(RESULT.model, {"first": "ann"}, {"first": "ann"}).as_dict()
    assert {"weight", "probability", "prior", "fields", "rivals", "words"} == set(data)
    assert data["fields"][0]["field"]
