"""Who lives in the demo city: families, ages, names, and the few that stories are told about."""

from datetime import date

import polars as pl
import pytest

from app.seeds.city import City, generate
from tests.unit.seeds.conftest import TODAY


def person(city: City, key: str) -> dict[str, object]:
    return city.people.row(by_predicate=pl.col("person") == key, named=True)


def test_ages_are_those_of_an_english_town(city: City) -> None:
    born = city.residents["born"]
    minors = (born > date(TODAY.year - 18, TODAY.month, TODAY.day)).mean()
    elders = (born < date(TODAY.year - 65, TODAY.month, TODAY.day)).mean()
    assert minors is not None
    assert elders is not None
    assert 0.14 < minors < 0.26
    assert 0.14 < elders < 0.27
    assert (born <= TODAY).all()


def test_households_are_of_plausible_size(city: City) -> None:
    sizes = city.residents.group_by("household").len()["len"]
    assert 2.0 < sizes.mean() < 2.6  # type: ignore[operator]  # - polars leaves the type of a value open
    assert sizes.max() <= 8  # type: ignore[operator]  # - polars leaves the type of a value open


def test_children_are_younger_than_their_parents(city: City) -> None:
    heads = city.people.filter(pl.col("role") == "head").select("household", head_born="born")
    children = city.people.filter(pl.col("role") == "child").join(heads, on="household")
    assert (children["born"].dt.year() - children["head_born"].dt.year() >= 17).mean() > 0.995  # type: ignore[operator]  # - polars leaves the type of a value open


def test_the_commonest_surname_is_common_and_the_tail_is_long(city: City) -> None:
    counts = city.residents["family"].value_counts(sort=True)
    assert 0.005 < counts["count"][0] / city.residents.height < 0.02
    assert counts.height > 1_500


def test_names_come_from_many_places(city: City) -> None:
    families = set(city.residents["family"])
    assert {"Patel", "Khan", "Nowak", "Chan", "O'Brien", "Okafor"} <= families
    assert any("-" in name for name in families)
    assert any(not name.isascii() for name in families)


def test_a_bigger_city_has_more_surnames(city: City) -> None:
    small = generate(2_000, today=TODAY).residents
    assert city.residents["family"].n_unique() > 2 * small["family"].n_unique()


def test_there_are_twins_and_sons_with_their_fathers_name(city: City) -> None:
    grown = city.residents.filter(pl.col("role") == "child")
    assert grown.select("household", "born").is_duplicated().sum() >= 60
    men = city.residents.filter("male").select("household", "given", "family")
    assert men.is_duplicated().sum() >= 40


def test_people_move_marry_and_leave(city: City) -> None:
    assert city.residents["moved_on"].is_not_null().sum() > 1_500
    assert city.residents["previous_family"].is_not_null().sum() > 1_500
    assert 1_500 < city.people.height - city.residents.height < 2_500


def test_nobody_can_be_reached(city: City) -> None:
    assert city.people["email"].drop_nulls().str.ends_with(".example").all()
    assert city.people["mobile"].drop_nulls().str.contains(r"^07700 [245689]\d{5}$").all()
    assert city.people["landline"].drop_nulls().str.contains(r"^01632 \d{6}$").all()
    assert city.people["national_id"].str.contains(r"^QQ\d{6}[A-D]$").all()


def test_numbers_and_addresses_tell_people_apart(city: City) -> None:
    for column, most in (("mobile", 1), ("email", 2), ("national_id", 1)):
        assert city.people[column].drop_nulls().value_counts()["count"].max() <= most  # type: ignore[operator]  # - polars leaves the type of a value open


def test_the_demo_resident_is_who_the_script_says(city: City) -> None:
    josie = person(city, city.cast.demo_resident)
    assert (josie["given"], josie["family"], josie["previous_family"]) == ("Josephine", "Merriweather", "Tallis")
    assert josie["email"] == "josephine@resident.example"
    assert josie["mobile"] == "07700 900123"
    assert josie["moved_on"] is not None


def test_the_cast_has_twins_a_junior_and_a_shared_telephone(city: City) -> None:
    ella, emma = (person(city, key) for key in city.cast.twins)
    assert (ella["born"], ella["household"], ella["family"]) == (emma["born"], emma["household"], emma["family"])
    father, son = person(city, city.cast.father), person(city, city.cast.son)
    assert (father["given"], father["family"], father["property"]) == (son["given"], son["family"], son["property"])
    one, two = (person(city, key) for key in city.cast.shared_phone)
    assert one["landline"] == two["landline"]
    assert one["mobile"] is two["mobile"] is None


def test_the_cast_has_a_mover_a_bride_students_and_lodgers(city: City) -> None:
    assert person(city, city.cast.mover)["former_property"] is not None
    assert person(city, city.cast.married)["previous_family"] == "Desai"
    assert len({person(city, key)["property"] for key in city.cast.students}) == 1
    assert {person(city, key)["landline"] for key in city.cast.hostel} == {"01632 960444"}
    assert len(set(city.cast.pothole)) == 12


def test_the_same_call_gives_the_same_city(city: City) -> None:
    again = generate(today=TODAY)
    assert again.people.equals(city.people)
    assert again.properties.equals(city.properties)
    assert again.cast == city.cast


def test_another_seed_gives_other_people(city: City) -> None:
    assert not generate(seed=1, today=TODAY).people["given"].equals(city.people["given"])


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2031, 12, 31)])
def test_the_city_is_as_old_on_any_day(today: date) -> None:
    people = generate(1_000, today=today).residents
    ages = today.year - people["born"].dt.year()
    assert people["born"].max() <= today  # type: ignore[operator]  # - polars leaves the type of a value open
    assert 36 < ages.mean() < 46  # type: ignore[operator]  # - polars leaves the type of a value open


def test_a_hamlet_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1000 residents"):
        generate(50, today=TODAY)
