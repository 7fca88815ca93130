"""One record against many: found, taken in, taken out, and clustered as a whole file would be."""

import random
import threading

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mdm.errors import DuplicateIds, NoIdColumn, UnknownId
from mdm.evaluate import evaluate
from mdm.index import Index
from mdm.index.forgiving import SHORT_SLIPS, SLIPS, forgiving
from mdm.match import match, train
from mdm.model import CLASSES, UNRELATED, FieldModel, Model

KINDS = {
    "id": "id", "first": "given_name", "last": "family_name", "born": "date_of_birth", "town": "city",
    "code": "postcode", "mail": "email",
}  # fmt: skip
SYLLABLES = ["ba", "ri", "mo", "sen", "lu", "tas", "ke", "do", "win", "har", "ton", "ley", "ga", "pu"]
GIVEN = ["Ann", "Bob", "Cat", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon", "Kim", "Lea", "Max", "Ned", "Oda", "Pia"]


def slip(text: str, rng: random.Random) -> str:
    place = rng.randrange(len(text) - 1)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def people(count: int, seed: int = 1) -> tuple[list[dict[str, str | None]], dict[str, str]]:
    """`count` people with one to three records each, and who is who."""
    rng = random.Random(seed)
    rows: list[dict[str, str | None]] = []
    truth = {}
    for who in range(count):
        first, last = rng.choice(GIVEN), "".join(rng.choices(SYLLABLES, k=3)).title()
        original = {
            "first": first,
            "last": last,
            "born": f"{rng.randint(1940, 2005)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            "town": rng.choice(["Leeds", "York", "Hull", "Otley"]),
            "code": f"LS{rng.randint(1, 29)} {rng.randint(1, 9)}{rng.choice('ABD')}{rng.choice('EFG')}",
            "mail": f"{first}.{last}@example.org".lower(),
        }
        for copy in range(rng.randint(1, 3)):
            row = dict(original)
            if copy:
                row["last"] = slip(last, rng)
                row[rng.choice(["born", "town", "code", "mail"])] = None
            name = f"{who:04}-{copy}"
            rows.append({"id": name, **row})
            truth[name] = str(who)
    rng.shuffle(rows)
    return rows, truth


@pytest.fixture(scope="module")
def town():
    rows, truth = people(250)
    table = pl.DataFrame(rows)
    return rows, truth, table, match(table, KINDS)


@pytest.fixture
def index(town):
    _, _, table, found = town
    return Index(found.model, table, found.clusters)


def test_a_damaged_record_finds_its_person_when_its_own_record_is_not_there(town, index):
    rows, truth, _, _ = town
    rng = random.Random(3)
    several = [row for row in rows if sum(truth[other["id"]] == truth[row["id"]] for other in rows) > 1]
    first = 0
    for row in several[:60]:
        index.remove(row["id"])
        damaged = {**row, "first": slip(row["first"], rng), "last": slip(row["last"], rng), "town": None}
        hits = index.lookup(damaged)
        first += bool(hits) and truth[hits[0].id] == truth[row["id"]]
        index.add(row)
    assert first >= 58


def test_hits_are_in_order_and_a_stranger_finds_nobody_likely(town, index):
    rows, _, _, _ = town
    hits = index.lookup(rows[0], top=3)
    assert len(hits) <= 3
    assert [hit.weight for hit in hits] == sorted((hit.weight for hit in hits), reverse=True)
    assert hits[0].cluster == index.cluster_of(rows[0]["id"])
    assert hits[0].probability > 0.99
    stranger = {"first": "Zebedee", "last": "Quux", "born": "1901-12-13"}
    assert all(hit.probability < 0.5 for hit in index.lookup(stranger))
    assert index.lookup({}) == []


def test_looking_up_leaves_no_trace(town, index):
    rows, _, _, _ = town
    before = [index.lookup(row) for row in rows[:30]]
    index.lookup({"first": "Never", "last": "Seen Before", "mail": "never@example.org"})
    assert [index.lookup(row) for row in rows[:30]] == before
    assert len(index) == len(rows)


def test_removing_and_adding_again_restores_the_clusters(town, index):
    rows, truth, _, found = town
    before = evaluate(found, truth).pairs.f1
    for row in rows[:60]:
        index.remove(row["id"])
        assert row["id"] not in index
    for row in rows[:60]:
        index.add(row)
    assert evaluate(index.clusters(), truth).pairs.f1 == pytest.approx(before, abs=0.005)


def test_one_by_one_comes_to_the_clusters_of_the_whole_file(town):
    rows, truth, table, found = town
    index = Index(found.model)
    assert len(index) == 0
    assert index.lookup(rows[0]) == []
    for row in rows:
        index.add(row)
    assert len(index) == len(rows)
    assert index.clusters()["id"].to_pylist() == sorted(truth)
    whole = evaluate(match(table, KINDS, found.model), truth).pairs.f1
    assert evaluate(index.clusters(), truth).pairs.f1 == pytest.approx(whole, abs=0.005)


def test_an_index_makes_its_own_clusters_when_none_are_given(town):
    _, truth, table, found = town
    made = Index(found.model, table).clusters()
    assert evaluate(made, truth).pairs.f1 == pytest.approx(evaluate(found, truth).pairs.f1, abs=0.002)


def test_a_cluster_keeps_its_members_when_its_first_record_leaves(town, index):
    rows, truth, _, _ = town
    sizes = (
        pl.DataFrame({"id": list(truth), "who": list(truth.values())}).group_by("who").len().filter(pl.col("len") == 3)
    )
    who = sizes["who"].sort()[0]
    names = sorted(name for name, owner in truth.items() if owner == who)
    assert {index.cluster_of(name) for name in names} == {names[0]}
    index.remove(names[0])
    assert {index.cluster_of(name) for name in names[1:]} == {names[1]}
    assert index.add(next(row for row in rows if row["id"] == names[0])) == names[1]


def test_wrong_requests_are_refused_in_words(town, index):
    rows, _, _, _ = town
    with pytest.raises(DuplicateIds, match="already"):
        index.add(rows[0])
    with pytest.raises(NoIdColumn, match="id column"):
        index.add({"first": "Ann"})
    for ask in (index.remove, index.cluster_of):
        with pytest.raises(UnknownId, match="nobody"):
            ask("nobody")


def test_whole_names_and_addresses_are_read_as_in_the_table():
    rows, truth = people(200, seed=9)
    table = pl.DataFrame(
        [{"id": row["id"], "who": f"{row['last']}, {row['first']}", "born": row["born"],
          "where": f"{7 + int(truth[row['id']]) % 90} Mill Road, Leeds {row['code'] or ''}"} for row in rows]
    )  # fmt: skip
    kinds = {"id": "id", "who": "full_name", "born": "date_of_birth", "where": "address"}
    index = Index(train(table, kinds), table)
    for row in table.head(40).to_dicts():
        hits = index.lookup(row)
        assert truth[hits[0].id] == truth[row["id"]]


def test_sources_are_told_apart():
    rows, truth = people(200, seed=4)
    for row in rows:
        row["system"] = "one" if row["id"].endswith("0") else "two"
    table = pl.DataFrame(rows)
    index = Index(train(table, {**KINDS, "system": "source"}), table)
    assert truth[index.lookup(rows[5])[0].id] == truth[rows[5]["id"]]
    assert index.lookup({**rows[5], "system": "a third"})


def test_threads_may_share_it(town, index):
    rows, _, _, _ = town
    expected = [index.lookup(row) for row in rows[:40]]
    answers = {}

    def ask(number):
        answers[number] = [index.lookup(row) for row in rows[:40]]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answer == expected for answer in answers.values())


def test_vocabularies_and_rows_grow_beyond_their_room(town):
    _, _, _, found = town
    rows, _ = people(300, seed=8)
    index = Index(found.model)
    for row in rows[:420]:
        index.add(row)
    assert len(index) == 420
    assert index.lookup(rows[400])[0].probability > 0.9


def test_a_gender_that_hardly_anybody_has_is_a_slip_and_says_nothing():
    rows, _ = people(700)
    for row in rows:
        row["sex"] = "F" if row["first"] in {"Ann", "Cat", "Eve", "Fay", "Ida", "Kim", "Lea", "Oda", "Pia"} else "M"
    kinds = {**KINDS, "sex": "gender"}
    table = pl.DataFrame(rows)
    found = match(table, kinds)
    index = Index(found.model, table, found.clusters)
    assert len(index) > 1_000, "in a smaller one everybody counts"
    asked = next(row for row in rows if row["code"] and row["born"])
    weights = [
        index.lookup({**asked, "sex": sex})[0].weight for sex in (None, "nF", "M" if asked["sex"] == "F" else "F")
    ]
    assert weights[0] == weights[1] > weights[2]


def test_a_forename_of_two_letters_that_nobody_has_was_an_initial_and_says_nothing(monkeypatch):
    rows, _ = people(700)
    for row in rows:
        row["middle"] = str(row["first"])[:1] if row["born"] else "Bo"
    kinds = {**KINDS, "middle": "middle_name"}
    table = pl.DataFrame(rows)
    found = match(table, kinds)
    index = Index(found.model, table, found.clusters)
    asked = next(row for row in rows if row["code"] and row["born"])
    different = "Z" if asked["middle"] != "Z" else "Y"
    assert weight(index, asked, "qj") < weight(index, asked, None), "in a small file everybody counts"
    monkeypatch.setattr("mdm.index.store.SLIPS_OF_INITIALS", 1_000)
    assert weight(index, asked, "qj") == weight(index, asked, None) > weight(index, asked, different)
    assert weight(index, asked, "Bo") < weight(index, asked, None), "some are called Bo"


def weight(index: Index, row: dict[str, str | None], middle: str | None) -> float:
    return index.lookup({**row, "middle": middle})[0].weight


def test_one_wrong_value_does_not_put_strangers_who_lack_it_before_the_right_person(town):
    rows, _, table, found = town
    index = Index(found.model, table, found.clusters)
    whole = [row for row in rows if all(row.values())]
    for row in whole[:40]:
        harm = {"born": "1931-12-24", "code": "LS30 9ZZ", "town": "Truro", "mail": "nobody@nowhere.example"}
        for field, wrong in harm.items():
            least = np.log(min(SLIPS, *SHORT_SLIPS.values()))
            right, changed = index.weigh(row, row["id"]), index.weigh({**row, field: wrong}, row["id"])
            without = index.weigh({**row, field: None}, row["id"])
            assert without + least - 0.5 < changed < right
        assert index.lookup({**row, "mail": harm["mail"]})[0].cluster == index.cluster_of(row["id"])


@given(
    share=st.lists(st.floats(0.001, 1), min_size=4, max_size=4),
    chance=st.lists(st.floats(0.001, 1), min_size=4, max_size=4),
)
def test_a_forgiving_model_keeps_shares_and_bounds_what_one_field_can_say_against(share, chance):
    tables = np.ones((len(CLASSES), 5))
    tables[:, 1:] = np.array(share) / sum(share)
    tables[UNRELATED, 1:] = np.array(chance) / sum(chance)
    field = FieldModel("born", "date_of_birth", ("missing", "a", "b", "c", "d"), tables)
    sizes = np.ones(len(CLASSES))
    (made,) = forgiving(Model((field,), sizes, 10, {"born": "date_of_birth"})).fields
    assert np.allclose(made.tables[:, 1:].sum(axis=1), 1)
    assert (made.tables[:, 0] == 1).all()
    assert (np.log(made.tables[:, 1:] / made.tables[UNRELATED, 1:]) >= np.log(SLIPS) - 1e-9).all()
    assert made.tables[UNRELATED] == pytest.approx(field.tables[UNRELATED])


def test_the_pair_of_sources_is_no_slip_of_whoever_asks():
    field = FieldModel("source", "source", ("missing", "a and a"), np.full((len(CLASSES), 2), 0.5))
    asked = forgiving(Model((field,), np.ones(len(CLASSES)), 10, {}))
    assert asked.fields == (field,)
