"""Which codes are one slip of the pen away."""

import pytest

from app.customers.finding.box import read_box
from app.customers.finding.slips import OTHER, USUAL, is_year, likeness, near_years


@pytest.mark.parametrize("typed", ["m41", "m1", "m144", "mm14", "n14", "k14", "mi4", "ml4", "m15", "m13", "14", "m 14"])
def test_a_slip_that_hands_and_eyes_make_is_likelier(typed: str) -> None:
    assert likeness(typed, "m14") == USUAL


@pytest.mark.parametrize("typed", ["w14", "m19", "m74", "e14"])
def test_any_other_sign_in_place_of_one_is_a_slip_too(typed: str) -> None:
    assert likeness(typed, "m14") == OTHER


@pytest.mark.parametrize("typed", ["m2", "w41", "", "zf1 4", "m1234"])
def test_two_slips_are_not_looked_for(typed: str) -> None:
    assert likeness(typed, "m14") == 0
    assert likeness("m14", "m14") == 1


def test_zero_and_o_one_and_i_are_taken_for_each_other() -> None:
    for typed, meant in (("zfo", "zf0"), ("zf0", "zfo"), ("zfi 4", "zf1 4"), ("zfl 4", "zf1 4"), ("e1 oa", "e1 0a")):
        assert likeness(typed, meant) == USUAL


@pytest.mark.parametrize("typed", ["1908", "198", "190", "980", "19800", "198o", "l980", "1979", "9180", "1880"])
def test_a_year_is_near_what_was_typed(typed: str) -> None:
    assert (1980 in near_years(typed)) == (typed != "1979")
    assert is_year(typed) == (typed in {"1908", "1979"})


def test_no_year_is_near_itself_or_near_a_name() -> None:
    assert 1980 not in near_years("1980")
    assert near_years("tallis") == near_years("") == {}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("jo tallis zfz 1", "zfz 1"), ("jo tallis zf1m6", "zf1m6"), ("tallis 19814", "19814"), ("190 tallis jo", "190"),
        ("tallis zfl", "zfl"), ("tallis, (M1)", "m1"),
    ],
)  # fmt: skip
def test_what_could_be_a_code_is_told_whatever_else_it_was_taken_for(text: str, code: str) -> None:
    typed = read_box(text)
    assert code in typed.codes
    again = read_box(text, but=code)
    assert set(again.criteria.name.split()) == {"jo", "tallis"} & set(text.replace(",", "").split())
    assert (again.criteria.address, again.criteria.reference) == ("", "")


@pytest.mark.parametrize("text", ["700000001-1", "josephine", "27/3/1978", "07700 900123", "jo@x.example"])
def test_what_can_be_no_slip_of_a_code_is_no_code(text: str) -> None:
    assert read_box(text).codes == ()
