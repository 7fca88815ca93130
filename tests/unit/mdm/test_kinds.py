"""What a column holds, told from its heading and from its values."""

import random

import polars as pl
import pyarrow as pa
import pytest

from mdm.errors import MissingColumn, NoIdColumn, UnknownKind
from mdm.kinds import Kind, check_kinds, guess_kinds
from mdm.kinds.guess import kind_of_heading

ROWS = 400


def people(seed: int = 5) -> dict[str, list[str | None]]:
    """A table with one column of most kinds."""
    rng = random.Random(seed)
    given, family = (
        ["John", "Mary", "Ahmed", "Piotr", "Harpreet", "Susan", "David", "Emma"],
        ["Smith", "Jones", "Khan", "Nowak", "Gill", "Brown"],
    )
    rare = ["Quillfeather", "Ombersley", "Thackwray", "Zuberi"]
    rows = []
    for number in range(ROWS):
        first, last = rng.choice([*given, *rare]), rng.choice([*family, *rare])
        rows.append({
            "id": f"r{number:05}",
            "given": first,
            "family": last,
            "born": f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/{rng.randint(1930, 2010)}",
            "sex": rng.choice(["M", "F", None]),
            "mail": f"{first}.{last}{rng.randint(1, 99)}@example.org".lower(),
            "phone": f"07700 900{rng.randint(100, 999)}",
            "nino": f"AB{rng.randint(100000, 999999)}C",
            "code": f"LS{rng.randint(1, 29)} {rng.randint(1, 9)}{rng.choice('ABD')}{rng.choice('EFG')}",
            "house": f"{rng.randint(1, 240)}{rng.choice(['', '', '', 'a'])}",
            "line": f"{rng.choice(['Mill', 'High', 'Oak', 'Church'])} {rng.choice(['Street', 'Road', 'Lane'])}",
            "town": rng.choice(["Leeds", "Bradford", "York", "Otley"]),
        })  # fmt: skip
    return {name: [row[name] for row in rows] for name in rows[0]}


EXPECTED = {
    "id": Kind.ID, "given": Kind.GIVEN_NAME, "family": Kind.FAMILY_NAME, "born": Kind.DATE_OF_BIRTH,
    "sex": Kind.GENDER, "mail": Kind.EMAIL, "phone": Kind.PHONE, "nino": Kind.NATIONAL_ID, "code": Kind.POSTCODE,
    "house": Kind.HOUSE_NUMBER, "line": Kind.ADDRESS_LINE, "town": Kind.CITY,
}  # fmt: skip


def test_values_alone_tell_the_kind_under_meaningless_headings():
    table = people()
    names = {name: f"c{place}" for place, name in enumerate(table)}
    guesses = guess_kinds({names[name]: values for name, values in table.items()})
    assert {name: guesses[names[name]].kind for name in table} == EXPECTED
    assert all(0 < guess.confidence <= 1 and guess.why for guess in guesses.values())


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("FirstName", Kind.GIVEN_NAME), ("FORENAME_1", Kind.GIVEN_NAME), ("imię", Kind.GIVEN_NAME),
        ("prénom", Kind.GIVEN_NAME), ("Nachname", Kind.FAMILY_NAME), ("Surname", Kind.FAMILY_NAME),
        ("cust_surname", Kind.FAMILY_NAME), ("apellidos", Kind.FAMILY_NAME), ("D.O.B.", Kind.DATE_OF_BIRTH),
        ("date_naissance", Kind.DATE_OF_BIRTH), ("dyddiad geni", Kind.DATE_OF_BIRTH), ("NI No", Kind.NATIONAL_ID),
        ("E-mail", Kind.EMAIL), ("telNo", Kind.PHONE), ("Post Code", Kind.POSTCODE), ("PLZ", Kind.POSTCODE),
        ("address_line_2", Kind.ADDRESS_LINE), ("addr1", Kind.ADDRESS_LINE), ("Full Address", Kind.ADDRESS),
        ("suburb", Kind.CITY), ("Miasto", Kind.CITY), ("county", Kind.REGION), ("SourceSystem", Kind.SOURCE),
        ("rec_id", Kind.ID), ("entity_id", Kind.IGNORE), ("company no", Kind.COMPANY_NUMBER), ("qwerty", None),
    ],
)  # fmt: skip
def test_headings_in_many_languages(heading, kind):
    assert kind_of_heading(heading) is kind


def test_a_heading_that_the_values_contradict_is_doubted():
    guesses = guess_kinds({"id": list(range(100)), "phone": [f"a{n % 40}@example.org" for n in range(100)]})
    assert guesses["phone"].kind is Kind.EMAIL
    assert guesses["phone"].confidence < 0.8


def test_only_one_column_is_the_id_and_the_answer_is_never_evidence():
    guesses = guess_kinds({"id": [1, 2, 3], "record_id": [1, 1, 2], "cluster": [1, 1, 2], "surname": ["a", "b", "c"]})
    assert [name for name, guess in guesses.items() if guess.kind is Kind.ID] == ["id"]
    assert guesses["record_id"].kind is Kind.IGNORE
    assert guesses["cluster"].kind is Kind.IGNORE


def test_a_whole_name_beside_its_parts_is_left_out():
    table = people()
    whole = [f"{given} {family}" for given, family in zip(table["given"], table["family"], strict=True)]
    assert guess_kinds({**table, "full name": whole})["full name"].kind is Kind.IGNORE
    assert guess_kinds({"id": table["id"], "x": whole})["x"].kind is Kind.FULL_NAME


def test_whole_addresses_organisations_and_company_numbers():
    guesses = guess_kinds({
        "a": [f"{n} Mill Road, Leeds LS1 {n % 9}AB" for n in range(60)],
        "b": [f"{word} {n} Ltd" for n, word in enumerate(["Acme", "Apex", "Star"] * 20)],
        "c": [f"SC{n:06}" for n in range(30)] * 2,
    })  # fmt: skip
    assert [guess.kind for guess in guesses.values()] == [Kind.ADDRESS, Kind.ORGANISATION_NAME, Kind.COMPANY_NUMBER]


def test_empty_constant_numeric_and_long_columns_are_ignored():
    guesses = guess_kinds({
        "p": pl.Series([None] * 60, dtype=pl.String).to_list(),
        "q": ["same"] * 60,
        "r": [round(n * 1.7 % 9, 3) for n in range(60)],
        "s": ["a very long remark about nothing in particular that goes on and on"] * 30 + ["another such one as this"] * 30,
        "t": ["plumber", "roofer", "joiner"] * 20,
    })  # fmt: skip
    assert [guesses[name].kind for name in "pqrs"] == [Kind.IGNORE] * 4
    assert guesses["t"].kind is Kind.FREE_TEXT


def test_a_table_without_a_named_id_gives_the_role_to_a_column_without_repeats():
    assert guess_kinds({"zz": [f"k-{n}" for n in range(80)], "surname": ["Smith", "Jones"] * 40})["zz"].kind is Kind.ID
    assert guess_kinds({"zz": list(range(1000, 1080)), "surname": ["Smith", "Jones"] * 40})["zz"].kind is Kind.ID


def test_the_guess_is_a_mapping_that_can_be_checked():
    table = pa.table(people())
    checked = check_kinds({name: guess.kind for name, guess in guess_kinds(table).items()}, table.column_names)
    assert checked == EXPECTED


def test_kinds_come_back_in_the_order_of_the_table():
    assert list(check_kinds({"b": "email", "a": "id"}, ["a", "x", "b"])) == ["a", "b"]


@pytest.mark.parametrize(
    ("kinds", "error", "words"),
    [
        ({"a": "id", "b": "e-mail"}, UnknownKind, "'b' has the unknown kind 'e-mail'; did you mean 'email'"),
        ({"a": "id", "b": "zzzz"}, UnknownKind, "use one of: given_name"),
        ({"a": "id", "bb": "email"}, MissingColumn, "'bb' is not in the table; did you mean 'b'"),
        ({"a": "id", "quux": "email"}, MissingColumn, "the table has: a, b"),
        ({"b": "email"}, NoIdColumn, "No column has the kind 'id'"),
        ({"a": "id", "b": "id"}, NoIdColumn, "'a', 'b'"),
        ({"a": "source", "b": "source"}, UnknownKind, "Only one column can have the kind 'source'"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_in_words(kinds, error, words):
    with pytest.raises(error, match=words.replace("(", r"\(")):
        check_kinds(kinds, ["a", "b"], need_id="source" not in kinds.values())
