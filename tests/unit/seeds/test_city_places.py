"""The ground is plausible, and plainly nowhere."""

import re

import polars as pl

from app.seeds.city import City


def test_there_are_nine_thousand_properties_for_twenty_thousand_people(city: City) -> None:
    assert city.properties.height == 9_000
    assert city.residents.height == 20_000


def test_uprns_are_unique_strings_of_twelve_digits_in_the_fictional_range(city: City) -> None:
    uprns = city.properties["uprn"]
    assert uprns.n_unique() == city.properties.height
    assert uprns.str.contains(r"^9990\d{8}$").all()


def test_postcodes_have_a_valid_shape_in_an_area_that_does_not_exist(city: City) -> None:
    assert city.properties["postcode"].str.contains(r"^ZF\d{1,2} \d[ABD-HJLNP-UW-Z]{2}$").all()
    per_postcode = city.properties.group_by("postcode").len()["len"]
    assert 8 < per_postcode.mean() < 25  # type: ignore[operator]  # - polars leaves the type of a value open


def test_no_two_properties_share_an_address(city: City) -> None:
    assert not city.properties.select("unit", "house_number", "street_name").is_duplicated().any()


def test_the_town_lies_on_the_water_of_the_wash(city: City) -> None:
    assert city.properties["latitude"].is_between(52.90, 53.00).all()
    assert city.properties["longitude"].is_between(0.2, 0.4).all()


def test_there_are_flats_shared_houses_a_care_home_and_a_hostel(city: City) -> None:
    kinds = dict(city.properties["kind"].value_counts().iter_rows())
    assert kinds["care_home"] == kinds["hostel"] == 1
    assert kinds["flat"] > 1_500
    assert kinds["hmo"] > 150


def test_every_door_has_a_collection_day(city: City) -> None:
    assert city.properties["collection_day"].is_between(0, 4).all()
    assert set(city.properties["collection_week"].unique()) == {"A", "B"}


def test_streets_are_named_once_and_lie_in_one_ward(city: City) -> None:
    assert city.streets["name"].n_unique() == city.streets.height
    assert city.streets["ward"].is_in(city.wards["ward"].implode()).all()
    assert all(re.fullmatch(r"999\d{5}", usrn) for usrn in city.streets["usrn"])
    assert pl.Series(city.wards["name"]).n_unique() == city.wards.height
