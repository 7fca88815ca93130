"""The truth is complete, apart from the extracts, and hard enough to find."""

import polars as pl
import pyarrow as pa
import pytest

from app.seeds.city import City, Noise, extract_tables, generate
from tests.unit.seeds.conftest import TODAY

COLUMNS = [
    "id", "source", "given_name", "family_name", "middle_name", "date_of_birth", "gender", "national_id", "email",
    "phone", "house_number", "unit",
    "address_line", "city", "postcode", "uprn", "person",
]  # fmt: skip


def test_every_record_has_one_truth(truth: pl.DataFrame, table: pl.DataFrame, city: City) -> None:
    people = truth.filter(pl.col("person").str.starts_with("P"))
    assert people.height == table.height
    assert not truth.select("source", "source_key").is_duplicated().any()
    assert set(people["person"]) <= set(city.people["person"])
    joined = table.join(people.with_columns(id=pl.format("{}:{}", "source", "source_key")), on="id")
    assert joined.height == table.height
    assert (joined["person"] == joined["person_right"]).all()


def test_organisations_have_a_truth_too(truth: pl.DataFrame) -> None:
    owners = truth.filter(pl.col("person").str.starts_with("O"))
    assert owners.height > 200
    assert owners["person"].n_unique() <= 16


def test_the_table_is_plain_strings_with_the_engines_columns(city: City) -> None:
    table = extract_tables(city)
    assert table.column_names == COLUMNS
    assert all(field.type == pa.string() for field in table.schema)


def test_most_people_stand_in_more_than_one_record(table: pl.DataFrame) -> None:
    per_person = table.group_by("person").agg(pl.len(), sources=pl.col("source").n_unique())
    assert 2.4 < per_person["len"].mean() < 3.3  # type: ignore[operator]  # - polars leaves the type of a value open
    assert (per_person["sources"] > 1).mean() > 0.35  # type: ignore[operator]  # - polars leaves the type of a value open


def test_all_the_cast_can_be_found_in_the_files(table: pl.DataFrame, city: City) -> None:
    found = set(table["person"])
    cast = city.cast
    assert {
        cast.demo_resident,
        cast.demo_partner,
        *cast.twins,
        cast.father,
        cast.son,
        cast.mover,
        cast.married,
        cast.missed_bin,
    } <= found
    assert {*cast.shared_phone, *cast.students, *cast.pothole, cast.blue_badge, cast.stuck} <= found


def test_the_demo_resident_differs_in_all_three_systems(table: pl.DataFrame, city: City) -> None:
    hers = table.filter(pl.col("person") == city.cast.demo_resident)
    assert set(hers["source"]) == {"council_tax", "housing", "crm"}
    assert {"Josie", "JOSEPHINE"} <= set(hers["given_name"])
    assert {name.title() for name in hers["family_name"]} >= {"Tallis", "Merriweather", "Meriweather"}
    assert hers["date_of_birth"].drop_nulls().n_unique() == 2
    assert hers["postcode"].drop_nulls().str.to_uppercase().str.replace(" ", "").n_unique() >= 2


def test_the_mover_has_two_council_tax_accounts(table: pl.DataFrame, city: City) -> None:
    accounts = table.filter((pl.col("person") == city.cast.mover) & (pl.col("source") == "council_tax"))
    assert accounts.height == 2
    assert accounts["uprn"].n_unique() == 2 or accounts["address_line"].n_unique() == 2


def disagreement(noise: Noise) -> float:
    """The share of records whose family name is not, letter for letter, one that the person has or had."""
    city = generate(5_000, today=TODAY, noise=noise)
    table = pl.DataFrame(extract_tables(city)).join(
        city.people.select("person", "family", "previous_family"), on="person"
    )
    name = pl.col("family_name").str.to_uppercase()
    wrong = (name != pl.col("family").str.to_uppercase()) & (
        name != pl.col("previous_family").str.to_uppercase()
    ).fill_null(value=True)
    return float(table.select(wrong.mean()).item())


@pytest.mark.parametrize(
    ("noise", "low", "high"), [("easy", 0.01, 0.06), ("normal", 0.03, 0.10), ("heavy", 0.09, 0.22)]
)
def test_noise_is_as_heavy_as_it_says(noise: Noise, low: float, high: float) -> None:
    assert low < disagreement(noise) < high


def test_errors_of_every_kind_are_there(table: pl.DataFrame, city: City) -> None:
    true = table.join(city.people.select("person", "given", "family", "born"), on="person")
    given, family = pl.col("given_name").str.to_uppercase(), pl.col("family_name").str.to_uppercase()
    swapped = (given == pl.col("family").str.to_uppercase()) & (family == pl.col("given").str.to_uppercase())
    born = pl.col("date_of_birth").str.to_date()
    turned = (
        (born.dt.day() == pl.col("born").dt.month())
        & (born.dt.month() == pl.col("born").dt.day())
        & (born != pl.col("born"))
    )
    counts = true.select(
        swapped=swapped.sum(), turned=turned.sum(), initials=(given.str.len_chars() == 1).sum(),
        placeholder=(pl.col("date_of_birth") == "1900-01-01").sum(),
        no_birthday=born.is_null().sum(),
        shouted=((pl.col("source") == "crm") & (pl.col("family_name") == family)).sum(),
    ).row(0, named=True)  # fmt: skip
    assert all(count >= 80 for count in counts.values()), counts
