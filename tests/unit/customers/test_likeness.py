"""How like something typed is to what is held."""

from datetime import date

import pytest

from app.customers.enums import ReasonKind
from app.customers.finding.likeness import Held, judge
from app.customers.finding.terms import near, near_dates, read_date, terms_of
from app.customers.rows import Criteria, Reason

JOSIE = Held(
    names="josephine anne tallis", addresses="flat 2 14 marine parade | 9 elm road", postcodes=["zf12ab", "zf99zz"],
    births=[date(1980, 3, 12)], phones=["07700900123"], emails="josie@resident.example",
)  # fmt: skip


def score(**typed: str) -> float:
    criteria = Criteria(**typed)
    return judge(terms_of(criteria), criteria, JOSIE, by_reference=False)[0]


def reason(**typed: str) -> Reason:
    criteria = Criteria(**typed)
    return judge(terms_of(criteria), criteria, JOSIE, by_reference=False)[1][0]


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Tallis Josephine"}, {"date_of_birth": "12/3/1980"}, {"postcode": "ZF1 2AB"}, {"phone": "+44 7700 900123"},
        {"email": "Josie@Resident.example"}, {"address": "14 Marine Parade"}, {"address": "9 Elm Road ZF9 9ZZ"},
    ],
)  # fmt: skip
def test_what_agrees_is_exact(typed: dict[str, str]) -> None:
    assert score(**typed) == pytest.approx(1.0)
    assert reason(**typed).kind is ReasonKind.EXACT


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "Josefine Talis"}, {"name": "J Tallis"}, {"date_of_birth": "3/12/1980"}, {"date_of_birth": "12/3/1981"},
        {"postcode": "ZF1 2AC"}, {"phone": "07700 900132"}, {"email": "josie@resident.exampel"}, {"address": "14 Marien Parade"},
    ],
)  # fmt: skip
def test_a_slip_is_close(typed: dict[str, str]) -> None:
    assert 0.7 < score(**typed) < 1
    assert reason(**typed).kind in {ReasonKind.CLOSE, ReasonKind.PART}


@pytest.mark.parametrize(
    "typed",
    [{"name": "Boris Okafor"}, {"date_of_birth": "1/1/1950"}, {"postcode": "ZF5 5QQ"}, {"phone": "01632 960001"}],
)
def test_somebody_else_is_different(typed: dict[str, str]) -> None:
    assert score(**typed) < 0.5
    assert reason(**typed).kind is ReasonKind.DIFFERENT


def test_a_typed_field_that_is_not_held_counts_less_than_one_that_agrees_and_more_than_one_that_clashes() -> None:
    bare = Held(names="josephine tallis", addresses="", postcodes=[], births=[], phones=[], emails="")
    typed = Criteria(name="Josephine Tallis", phone="07700 900123")
    unknown = judge(terms_of(typed), typed, bare, by_reference=False)[0]
    assert (
        score(name="Josephine Tallis", phone="01632 960001")
        < unknown
        < score(name="Josephine Tallis", phone="07700 900123")
    )


def test_near_dates_hold_the_swap_and_only_days_of_the_calendar() -> None:
    days = near_dates(date(1980, 3, 12))
    assert {"1980-03-12", "1980-12-03", "1980-03-21", "1981-03-12"} <= set(days)
    assert all(date.fromisoformat(day) for day in days)
    assert "ab2" in set(near("ab1"))


def test_nothing_is_near_what_is_too_long_for_any_code() -> None:
    assert len(set(near("07700900123"))) > 99
    assert list(near("a" * 2000)) == []


@pytest.mark.parametrize(
    ("typed", "day"), [("5/6/29", date(2029, 6, 5)), ("5/6/30", date(1930, 6, 5)), ("31/2/1980", None), ("", None)]
)
def test_short_years_belong_to_people_who_are_alive(typed: str, day: date | None) -> None:
    assert read_date(typed) == day


@pytest.mark.parametrize(
    "typed", ["12/03/1980", "12 March 1980", "12 Mar 1980", "1980-03-12", "12.3.80", "12-3-80", "12 3 1980", "12031980"]
)
def test_a_date_of_birth_may_be_typed_as_people_do(typed: str) -> None:
    assert read_date(typed) == date(1980, 3, 12)
